"""An isolation forest (Liu, Ting, Zhou, ICDM 2008) over what a sign-in has in common with the user's past.

Needs scikit-learn: `pip install doorward[evaluation]`.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from math import log
from sys import getsizeof
from typing import Any, Final

from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch

_FITTED_ON: Final = 200_000
_TREES: Final = 100
_NOTHING: Final[frozenset[tuple[int, Hashable]]] = frozenset()


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
        self._of_users: dict[int, set[tuple[int, Hashable]]] = {}
        self._pool: Counter[tuple[int, Hashable]] = Counter()
        self._total = 0

    def prepared(self, row: Row) -> Sequence[float]:
        """Return for each value whether it is new for the user, and how rare it is in the pool."""
        of_user = self._of_users.get(row.user_id, _NOTHING)
        total, pool = self._total + 1, self._pool
        found = array("f")
        for key in _keys(row):
            found.append(float(key not in of_user))
            found.append(-log((pool[key] + 1) / total))
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
        of_user = self._of_users.setdefault(row.user_id, set())
        for key in _keys(row):
            of_user.add(key)
            self._pool[key] += 1
        self._total += 1

    def note(self, row: Row) -> None:
        """Nothing: failures are no part of the model."""

    def begin(self, stretch: Stretch) -> None:
        if stretch in (Stretch.FIT, Stretch.THRESHOLDS) and self._seen:
            self._forest = self._new()
            self._forest.fit([list(one) for one in self._seen])
            self._seen = []

    def bytes_per_user(self) -> float:
        some = list(self._of_users.values())[:: max(len(self._of_users) // 10_000, 1)]
        return sum(map(getsizeof, some)) / max(len(some), 1)


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
