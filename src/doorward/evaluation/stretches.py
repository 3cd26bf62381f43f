"""How a file's time is divided: warm up, fit, set thresholds, report. Time never runs backwards."""

from array import array
from collections.abc import Iterable
from enum import IntEnum
from typing import Final

import msgspec

from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.rows import Row

DAY: Final = 86_400.0
WARM_UP_DAYS: Final = 14.0
SHORTEST_DAYS: Final = 4.0
"""A shorter file has no four stretches."""


class Stretch(IntEnum):
    """What a row's time is used for."""

    WARM_UP = 0
    FIT = 1
    THRESHOLDS = 2
    REPORT = 3


class Stretches(msgspec.Struct, frozen=True):
    """Where each stretch begins, in seconds since the epoch; the last one ends with the file."""

    first: float
    fit: float
    thresholds: float
    report: float
    last: float

    def of(self, at: float) -> Stretch:
        if at < self.thresholds:
            return Stretch.WARM_UP if at < self.fit else Stretch.FIT
        return Stretch.THRESHOLDS if at < self.report else Stretch.REPORT


def divided(first: float, last: float) -> Stretches:
    """Divide a span: 14 days to warm up (a quarter of what is shorter than 56), then 2 : 1 : 1.

    Raises ValueError where the span is under `SHORTEST_DAYS`.
    """
    span = last - first
    if span < SHORTEST_DAYS * DAY:
        raise ValueError(
            f"the file spans {max(span, 0) / DAY:.1f} days; the protocol needs at least {SHORTEST_DAYS:.0f}"
        )
    warm = min(WARM_UP_DAYS * DAY, span / 4)
    left = span - warm
    return Stretches(first, first + warm, first + warm + left / 2, first + warm + left * 3 / 4, last)


class Survey(msgspec.Struct, frozen=True):
    """What one reading of the file has counted. `legitimate` has one number for each stretch."""

    rows: int
    users: int
    successes: int
    legitimate: tuple[int, int, int, int]
    stretches: Stretches
    live: bool
    """Some row has one of the live columns."""


def is_sign_in(row: Row) -> bool:
    """Tell whether a row is the success of a name that exists: what a product would learn from."""
    return row.successful and row.user_id != UNKNOWN_USER


def is_legitimate(row: Row) -> bool:
    """Tell whether a row is a negative: a success that no label speaks against."""
    return row.successful and row.user_id != UNKNOWN_USER and not row.attack_ip and not row.takeover


def survey(rows: Iterable[Row]) -> Survey:
    """Read everything once. Raises ValueError where nothing can be evaluated, and what `rows` raises."""
    count = successes = 0
    users: set[int] = set()
    first = last = 0.0
    live = False
    times = array("d")
    for row in rows:
        if not count:
            first = row.at
        last = row.at
        count += 1
        if is_sign_in(row):
            successes += 1
            users.add(row.user_id)
            live = live or bool(row.device_id or row.language or row.time_zone)
            if is_legitimate(row):
                times.append(row.at)
    if not times:
        raise ValueError("the file has no legitimate successful sign-in to evaluate on")
    stretches = divided(first, last)
    found = [0, 0, 0, 0]
    for at in times:
        found[stretches.of(at)] += 1
    return Survey(count, len(users), successes, (found[0], found[1], found[2], found[3]), stretches, live)
