"""What the evaluation asks of a model."""

from collections.abc import Sequence
from math import nan
from typing import Final, Protocol, runtime_checkable

from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch

UNSCORED: Final = nan
"""The score of a sign-in that a model has nothing to say about."""


class Model(Protocol):
    """A model. It sees rows in the order of their time and must not look at their labels."""

    def score(self, row: Row) -> float:
        """Return how risky a sign-in is (more is riskier), before it is learned; NaN: cannot say."""
        ...

    def learn(self, row: Row) -> None:
        """Take a sign-in that has succeeded for normal."""
        ...

    def note(self, row: Row) -> None:
        """Take notice of an attempt that failed."""
        ...

    def begin(self, stretch: Stretch) -> None:
        """Be told that a stretch begins: the time to fit."""
        ...

    def bytes_per_user(self) -> float:
        """Return how much is kept for a user, on average."""
        ...


@runtime_checkable
class Batched(Model, Protocol):
    """A model that scores many sign-ins at once. `score` is not called."""

    def prepared(self, row: Row) -> Sequence[float]:
        """Return what is known of a sign-in now, before it is learned."""
        ...

    def scores(self, prepared: Sequence[Sequence[float]]) -> list[float]:
        """Return the score of each."""
        ...
