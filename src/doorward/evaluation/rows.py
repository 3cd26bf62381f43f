"""The public data set's CSV: read and written as a stream, whatever its size.

Time never runs backwards for who reads: rows may stand out of order in the file by at most `slack` seconds
and are handed out in order; a row that is later than that is an error. (Several machines write a log like
this one, each a little behind the others.)
"""

import csv
import gzip
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Final, cast

import msgspec

from doorward.evaluation import columns
from doorward.evaluation.atomic import atomically
from doorward.evaluation.columns import BOOLEANS, COLUMNS, LIVE_COLUMNS, READERS, Remembered
from doorward.network.address import shown

SLACK: Final = 600.0
"""Seconds by which a row may stand behind a later one before time counts as running backwards."""

Progress = Callable[[int, int], None]
"""Called now and then with the bytes read so far and the bytes of the whole file."""

_LONGEST_LINE: Final = 1 << 18
_BLOCK: Final = 4096
_USERS: Final = range(-(2**63), 2**63)
_ADDRESSES_REMEMBERED: Final = 1 << 18
_LABELS: Final = 3
"""The last of the published columns: whether it succeeded, from an attack address, as a takeover."""
_USER_AGENT: Final = COLUMNS.index("User Agent String")
_GZIP: Final = b"\x1f\x8b"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Row(msgspec.Struct, gc=False):
    """One attempt to sign in, as the data set tells it.

    `at` is in seconds since the epoch, UTC; `user_id` is `columns.UNKNOWN_USER` where the name did not exist;
    None and an empty text are unknown. `successful` means the right password; `attack_ip` and `takeover` are
    labels, never inputs. The last three are empty unless the file has the live columns.
    """

    index: int
    at: float
    user_id: int
    round_trip_ms: float | None
    address: str
    country: str
    region: str
    city: str
    asn: int | None
    user_agent: str
    browser: str
    os: str
    device_type: str
    successful: bool
    attack_ip: bool
    takeover: bool
    device_id: str = ""
    language: str = ""
    time_zone: str = ""


class RowError(ValueError):
    """A file that is not the data set's format. `row` counts from 1 after the header, which is row 0."""

    def __init__(self, row: int, column: str | None, problem: str) -> None:
        where = f"row {row}" if row else "header"
        super().__init__(f"{where}, column {column!r}: {problem}" if column else f"{where}: {problem}")
        self.row = row
        self.column = column


def read_rows(path: Path, *, slack: float = SLACK, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a file, plain or gzip, in the order of their time.

    Raises RowError at the first cell, row or header that is wrong, and where time runs backwards by more than
    `slack` seconds; OSError where the file cannot be read.
    """
    with ExitStack() as stack:
        raw = stack.enter_context(path.open("rb"))
        size = path.stat().st_size
        packed = raw.peek(2)[:2] == _GZIP
        file = stack.enter_context(gzip.open(raw)) if packed else raw
        reader = csv.reader(_lines(cast(BinaryIO, file)), strict=True)
        names = _header(reader)
        yield from _parsed(reader, names, slack, lambda: progress(raw.tell(), size) if progress else None)


def _lines(file: BinaryIO) -> Iterator[str]:
    # A bounded readline, so that a file without line ends is an error and not a memory.
    return map(bytes.decode, iter(partial(file.readline, _LONGEST_LINE), b""))


def _header(reader: Iterator[list[str]]) -> Sequence[str]:
    try:
        names = next(reader, None)
    except _UNREADABLE as problem:
        raise _unreadable(problem, 0) from None
    if names is None:
        raise RowError(0, None, "the file is empty")
    if names and names[0].startswith("\ufeff"):
        names[0] = names[0][1:]
    allowed = COLUMNS + LIVE_COLUMNS
    for place, name in enumerate(names):
        if name not in allowed:
            raise RowError(0, None, f"unknown column {shown(name)} at place {place + 1}")
    for name in LIVE_COLUMNS if len(names) > len(COLUMNS) else COLUMNS:
        if name not in names:
            raise RowError(0, name, "missing")
    for name, expected in zip(names, allowed, strict=False):
        if name != expected:
            raise RowError(0, expected, f"expected here, found {shown(name)}")
    if len(names) not in (len(COLUMNS), len(allowed)):
        raise RowError(0, None, "a column stands twice")
    return names


_UNREADABLE: Final = (csv.Error, UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile)


def _unreadable(problem: Exception, row: int) -> RowError:
    match problem:
        case csv.Error():
            return RowError(row, None, f"malformed CSV: {problem}")
        case UnicodeDecodeError():
            return RowError(row, None, "the text is not UTF-8")
        case _:
            return RowError(row, None, "the gzip file is damaged or cut short")


def _parsed(
    reader: Iterator[list[str]], names: Sequence[str], slack: float, tick: Callable[[], None]
) -> Iterator[Row]:
    parse, latest, block = _parser(len(names)), float("-inf"), _BLOCK
    ordered: list[Row] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            try:
                row = parse(cells)
            except (ValueError, LookupError):
                raise _fault(number, cells, names) from None
            at = row.at
            if at > latest:
                latest = at
            elif at < latest - slack:
                behind = f"time runs backwards by {latest - at:.0f} s, more than {slack:.0f} s"
                raise RowError(number, "Login Timestamp", behind)
            ordered.append(row)
            if len(ordered) >= block:
                ordered.sort(key=_AT)
                ready = bisect_right(ordered, latest - slack, key=_AT)
                yield from ordered[:ready]
                del ordered[:ready]
                block = len(ordered) + _BLOCK
                tick()
    except _UNREADABLE as problem:
        raise _unreadable(problem, number + 1) from None
    ordered.sort(key=_AT)
    yield from ordered
    tick()


_AT = attrgetter("at")


def _parser(width: int) -> Callable[[list[str]], Row]:
    """Return the quick reader of a row, which raises ValueError or LookupError where *something* is wrong."""
    expected = width - len(COLUMNS) + _LABELS
    days = Remembered(columns.day, 1 << 14)
    times = Remembered(columns.time_of_day, 86_400)
    fractions = Remembered(columns.fraction, 1 << 14)
    round_trips = Remembered(columns.round_trip, 1 << 14)
    addresses = Remembered(columns.address, _ADDRESSES_REMEMBERED)
    asns = Remembered(columns.asn, 1 << 17)
    flags, longest = BOOLEANS, columns.LONGEST_TEXT

    def parse(cells: list[str]) -> Row:
        (index, time, user, trip, address, country, region, city, asn, agent, browser, os, kind, *rest) = (
            cells
        )
        row = Row(
            int(index), days[time[:10]] + times[time[10:19]] + fractions[time[19:]], int(user),
            round_trips[trip], addresses[address], country, region, city, asns[asn], agent, browser, os, kind,
            flags[rest[0]], flags[rest[1]], flags[rest[2]],
        )  # fmt: skip
        if len(rest) != expected:
            raise ValueError
        if expected > _LABELS:
            row.device_id, row.language, row.time_zone = rest[_LABELS:]
        if (
            str(row.user_id) != user
            or row.user_id not in _USERS
            or str(row.index) != index
            or row.index < 0
            # Where all together are not too long, none is.
            or (len("".join(cells)) > longest and _too_long(cells))
        ):
            raise ValueError
        return row

    return parse


def _too_long(cells: list[str]) -> bool:
    return any(
        len(cell) > (columns.LONGEST_USER_AGENT if place == _USER_AGENT else columns.LONGEST_TEXT)
        for place, cell in enumerate(cells)
    )


def _fault(number: int, cells: Sequence[str], names: Sequence[str]) -> RowError:
    """Say which cell is wrong, reading each with the reader of its column."""
    if len(cells) != len(names):
        return RowError(number, None, f"{len(cells)} columns instead of {len(names)}")
    for name, cell in zip(names, cells, strict=True):
        try:
            READERS[name](cell)
        except ValueError as problem:
            return RowError(number, name, str(problem))
    raise AssertionError("a row that every column's reader takes was refused")


def time_text(at: float) -> str:
    """Write an instant as the data set does, to the millisecond."""
    return f"{_EPOCH + timedelta(milliseconds=round(at * 1000)):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def write_rows(path: Path, rows: Iterable[Row], *, live: bool = False) -> int:
    """Write rows as they come, with the live columns if asked for; a name ending in .gz is compressed.

    The file appears whole or not at all. Returns the number of rows. Raises OSError, and
    OverflowError where a time lies beyond the year 9999.
    """
    count = 0
    with atomically(path) as file:
        # RFC 4180's line ends, with which the writer quotes every text that has a part of one.
        writer = csv.writer(file)
        writer.writerow(COLUMNS + LIVE_COLUMNS if live else COLUMNS)
        for row in rows:
            cells = list(msgspec.structs.astuple(row))
            cells[1] = time_text(row.at)
            writer.writerow(cells if live else cells[: len(COLUMNS)])
            count += 1
    return count
