"""The yardstick in the way it was published, on pandas data frames: to compare the time, not the result.

Each sign-in filters the user's whole history, and the whole history of all for the first level of a feature,
as the notebook does. What the notebook computes and never uses is left out, which is in its favour. Needs
pandas; without it the time is not told.
"""

from collections import deque
from math import nan
from statistics import median
from typing import Any, Final, Self

from doorward.clock import monotonic
from doorward.evaluation.models.adapter import Model
from doorward.evaluation.models.freeman import WEIGHTS, Freeman
from doorward.evaluation.rows import Row

SCORED: Final = 60
"""Sign-ins whose scoring is timed."""
HISTORY: Final = 500_000
"""The latest sign-ins that make up the history; the notebook's own example has 476,564."""

FEATURES: Final = (
    ("address", "asn", "country"),
    ("user_agent", "browser", "os", "device_type"),
)
_COLUMNS: Final = ("user_id", *FEATURES[0], *FEATURES[1])


class Frames:
    """A history of sign-ins as data frames. Raises ImportError where pandas is not installed."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        import pandas  # noqa: PLC0415 - only where it is installed

        self.all = pandas.DataFrame(rows, columns=list(_COLUMNS))
        self._counted = {name: self.all.groupby(name, dropna=False).size() for name in _COLUMNS}

    def score(self, row: Row) -> float:
        """Return the score of a sign-in after this history."""
        of_user = self.all[self.all["user_id"] == row.user_id]
        if not len(of_user):
            return nan
        product = 1.0
        for weights, levels in zip(WEIGHTS, FEATURES, strict=True):
            user = pool = 0.0
            for place, (weight, level) in enumerate(zip(weights, levels, strict=True)):
                user += weight * self._in_history(of_user, level, getattr(row, level))
                if place:
                    pool += weight * self._count(level, getattr(row, level)) / len(self.all)
                else:
                    pool += weight * self._first(levels, row)
            product *= pool / (user or pool / 4)
        users = len(self._counted["user_id"])
        return float(product / users / (len(of_user) / len(self.all)))

    def _count(self, level: str, value: object) -> int:
        try:
            return int(self._counted[level].loc[value])
        except KeyError:
            return 0

    def _first(self, levels: tuple[str, ...], row: Row) -> float:
        value = getattr(row, levels[0])
        unseen = 1 + sum(len(self._counted[level]) for level in levels[1:])
        within = self.all[self.all[levels[0]] == value]
        unseen_within = 1 + sum(len(within[level].unique()) for level in levels[1:])
        count = self._count(levels[0], value)
        if not count:
            return 1 / (len(self.all) + unseen)
        smoothed = count / len(self.all) * (1 - unseen / (len(self.all) + unseen))
        return float(smoothed * (1 - unseen_within / (len(within) + unseen_within)))

    @staticmethod
    def _in_history(of_user: Any, level: str, value: object) -> float:
        matching = of_user[of_user[level] == value]
        if not len(matching):
            return 0.0
        return float(len(matching[matching[level] == value]) / len(matching) * len(matching) / len(of_user))


class PublishedWay:
    """Times the scoring of some sign-ins of the report stretch, after the history before it."""

    def __init__(self) -> None:
        self._rows: deque[tuple[Any, ...]] = deque(maxlen=HISTORY)
        self._frames: Frames | None = None
        self._begun = False
        self._times: list[float] = []
        self._size = 0

    @classmethod
    def beside(cls, model: Model) -> Self | None:
        """Return one where the model is the yardstick, else None."""
        return cls() if isinstance(model, Freeman) else None

    def learn(self, row: Row) -> None:
        if not self._begun:
            self._rows.append(as_tuple(row))

    def begin(self) -> None:
        """Build the frames: the report begins."""
        self._begun = True
        self._size = len(self._rows)
        try:
            self._frames = Frames(list(self._rows))
        except ImportError:
            self._frames = None
        self._rows.clear()

    def score(self, row: Row) -> None:
        if self._frames is None or len(self._times) >= SCORED:
            return
        began = monotonic()
        self._frames.score(row)
        self._times.append(monotonic() - began)
        if len(self._times) >= SCORED:
            self._frames = None

    def result(self) -> dict[str, Any]:
        """Return the median time a score; None without pandas."""
        microseconds = median(self._times) * 1e6 if self._times else None
        return {
            "microseconds_per_score_as_published": microseconds,
            "published_history": self._size if microseconds is not None else None,
        }


def as_tuple(row: Row) -> tuple[Any, ...]:
    """Return the cells that the frames hold of a row."""
    return tuple(getattr(row, name) for name in _COLUMNS)
