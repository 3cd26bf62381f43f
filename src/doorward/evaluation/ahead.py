"""A look ahead into a stream of rows: donors for attacks must come from after the attack's instant."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from doorward.clock import Chance
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import DAY, is_legitimate

ROWS: Final = 50_000
"""The most rows that are held ahead (about 40 MB)."""
DAYS: Final = 7.0
"""How far ahead a donor may come from. From months ahead he would bring browsers that are not yet released,
and would be known by that alone."""
_DRAWS: Final = 12

K = TypeVar("K")


class _Line:
    """Donors in the order of their time: added at the end, dropped at the front, drawn anywhere."""

    __slots__ = ("_begin", "_rows")

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._begin = 0

    def add(self, row: Row) -> None:
        self._rows.append(row)

    def drop(self) -> None:
        self._begin += 1
        if self._begin > 64 and self._begin * 2 > len(self._rows):
            del self._rows[: self._begin]
            self._begin = 0

    def __len__(self) -> int:
        return len(self._rows) - self._begin

    def draw(self, chance: Chance, fits: Callable[[Row], bool]) -> Row | None:
        """Return a row that fits, or None where a few draws, and then a look at all of few, find none."""
        rows, begin = self._rows, self._begin
        left = len(rows) - begin
        for _ in range(min(left, _DRAWS)):
            row = rows[begin + int(chance.random() * left)]
            if fits(row):
                return row
        fitting = [row for row in rows[begin : begin + 4 * _DRAWS] if fits(row)]
        return fitting[int(chance.random() * len(fitting))] if fitting else None


class Ahead:
    """Hands out a stream's rows in order and knows those of the next `days`, at most `most` of them.

    The row handed out last is no longer among those ahead.
    """

    def __init__(self, rows: Iterable[Row], most: int = ROWS, days: float = DAYS) -> None:
        self._source = iter(rows)
        self._most = most
        self._seconds = days * DAY
        self.held: deque[Row] = deque()
        self._anywhere = _Line()
        self._countries: dict[str, _Line] = {}
        self._asns: dict[int, _Line] = {}

    def __iter__(self) -> Iterator[Row]:
        held, most, seconds = self.held, self._most, self._seconds
        for row in self._source:
            held.append(row)
            self._index(row)
            while len(held) > most or row.at - held[0].at > seconds:
                yield self._let_go()
        while held:
            yield self._let_go()

    def anywhere(self, victim: Row, chance: Chance) -> Row | None:
        """Return another user's later sign-in."""
        return self._anywhere.draw(chance, _other(victim))

    def in_country(self, victim: Row, chance: Chance) -> Row | None:
        """Return another user's later sign-in from the victim's country."""
        line = self._countries.get(victim.country)
        return line.draw(chance, _other(victim)) if line else None

    def in_asn(self, victim: Row, chance: Chance) -> Row | None:
        """Return another user's later sign-in through the victim's autonomous system in his country."""
        line = self._asns.get(victim.asn) if victim.asn is not None else None
        if line is None:
            return None
        other = _other(victim)
        return line.draw(chance, lambda row: row.country == victim.country and other(row))

    def _index(self, row: Row) -> None:
        if not is_legitimate(row):
            return
        self._anywhere.add(row)
        if row.country:
            self._countries.setdefault(row.country, _Line()).add(row)
        if row.asn is not None:
            self._asns.setdefault(row.asn, _Line()).add(row)

    def _let_go(self) -> Row:
        row = self.held.popleft()
        if is_legitimate(row):
            self._anywhere.drop()
            if row.country:
                _dropped(self._countries, row.country)
            if row.asn is not None:
                _dropped(self._asns, row.asn)
        return row


def _dropped(lines: dict[K, _Line], key: K) -> None:
    line = lines[key]
    line.drop()
    if not len(line):
        del lines[key]


def _other(victim: Row) -> Callable[[Row], bool]:
    return lambda row: row.user_id != victim.user_id and row.at > victim.at
