"""An isolation forest (Liu, Ting, Zhou, ICDM 2008) over what a sign-in has in common with the user's past.

Needs scikit-learn: `pip install doorward[evaluation]`.
"""

from array import array
from collections.abc import Callable, Hashable, Sequence
from math import log
from typing import Any, Final

from doorward.evaluation.models.shown import Shown
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch

_FITTED_ON: Final = 200_000
_TREES: Final = 100


class ForestMissing(RuntimeError):
    """scikit-learn is not installed."""


class IsolationForestModel:
    """Fitted on legitimate and other successes alike, at the end of the warm-up and again of the fit."""

    def __init__(self, seed: int) -> None:
        try:
            from sklearn.ensemble import IsolationForest  # noqa: PLC0415 - an extra
        except ImportError:
            raise ForestMissing("scikit-learn is not installed (doorward[evaluation])") from None
        self._new: Callable[[], Any] = lambda: IsolationForest(n_estimators=_TREES, random_state=seed)
        self._forest: Any = None
        self._seen: list[Sequence[float]] = []
        self._shown = Shown()
        self._pool = array("I")
        """How often each value was seen, by its number."""
        self._total = 0

    def prepared(self, row: Row) -> Sequence[float]:
        """Return for each value whether it is new for the user, and how rare it is in the pool."""
        shown, pool, total = self._shown, self._pool, self._total + 1
        of_user = shown.of(row.user_id)
        found = array("f")
        for number in map(shown.number, _keys(row)):
            found.append(float(number not in of_user))
            found.append(-log(((pool[number] if number < len(pool) else 0) + 1) / total))
        return found

    def score(self, row: Row) -> float:
        return self.scores([self.prepared(row)])[0]

    def scores(self, prepared: Sequence[Sequence[float]]) -> list[float]:
        if self._forest is None:
            return [0.0] * len(prepared)
        found: list[float] = (-self._forest.score_samples([list(one) for one in prepared])).tolist()
        return found

    def learn(self, row: Row) -> None:
        if len(self._seen) < _FITTED_ON:
            self._seen.append(self.prepared(row))
        numbers = [self._shown.number(key) for key in _keys(row)]
        self._shown.learn(row.user_id, numbers)
        self._pool.extend([0] * (max(numbers) + 1 - len(self._pool)))
        for number in numbers:
            self._pool[number] += 1
        self._total += 1

    def note(self, row: Row) -> None:
        """Nothing: failures are no part of the model."""

    def begin(self, stretch: Stretch) -> None:
        if stretch in (Stretch.FIT, Stretch.THRESHOLDS) and self._seen:
            self._forest = self._new()
            self._forest.fit([list(one) for one in self._seen])
            self._seen = []

    def bytes_per_user(self) -> float:
        return self._shown.bytes_per_user()


def _keys(row: Row) -> tuple[tuple[int, Hashable], ...]:
    return (
        (0, row.country),
        (1, row.asn),
        (2, row.address),
        (3, row.device_type),
        (4, row.os),
        (5, row.browser),
        (6, row.user_agent),
    )
