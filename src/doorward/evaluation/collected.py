"""A model's scores, as they are gathered on the way through a file."""

from array import array
from collections import Counter
from collections.abc import Iterator
from math import isnan, nan

from doorward.evaluation.protocol import Step
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch

LONGEST = 39
"""How many of a user's first sign-ins are kept for the count of re-authentications."""


class Column:
    """Scores with the user's number, the count of his earlier sign-ins and the stretch: 17 bytes each."""

    __slots__ = ("earlier", "scores", "stretches", "users")

    def __init__(self) -> None:
        self.scores = array("d")
        self.users = array("I")
        self.earlier = array("I")
        self.stretches = array("B")

    def add(self, score: float, user: int, earlier: int, stretch: Stretch) -> int:
        """Add one and return its place."""
        self.scores.append(score)
        self.users.append(user)
        self.earlier.append(earlier)
        self.stretches.append(stretch)
        return len(self.scores) - 1

    def sorted(self, stretch: Stretch, least: int = 1, most: int = 2**32) -> list[float]:
        """Return the scores of a stretch, least first, of users with so many earlier sign-ins."""
        return sorted(
            score
            for score, earlier, where in zip(self.scores, self.earlier, self.stretches, strict=True)
            if where == stretch and least <= earlier <= most and not isnan(score)
        )

    def each(self, stretch: Stretch) -> Iterator[tuple[int, float]]:
        """Yield user and score of a stretch, where there is an earlier sign-in."""
        for user, score, earlier, where in zip(
            self.users, self.scores, self.earlier, self.stretches, strict=True
        ):
            if where == stretch and earlier and not isnan(score):
                yield user, score


class Collected:
    """Everything one model has said."""

    def __init__(self) -> None:
        self.legitimate = Column()
        self.attacks: dict[str, Column] = {}
        self.times: list[float] = []
        """Seconds of single calls of `score`, a sample."""
        self.levels: dict[str, Counter[str]] = {}
        """Of the report stretch: level by `legitimate` or the attacker's name."""
        self.reasons: dict[str, Counter[str]] = {}
        self._numbers: dict[int, int] = {}

    def user(self, row: Row) -> int:
        """Number users from 0, in the order in which they come."""
        return self._numbers.setdefault(row.user_id, len(self._numbers))

    def column(self, attacker: str) -> Column:
        return self.attacks.setdefault(attacker, Column())

    def sign_in(self, step: Step, score: float) -> int:
        return self.legitimate.add(score, self.user(step.row), step.earlier, step.stretch)

    def attack(self, attacker: str, step: Step, score: float) -> int:
        return self.column(attacker).add(score, self.user(step.row), step.earlier, step.stretch)

    def first_sign_ins(self) -> list["array[float]"]:
        """Return the scores of each user's first sign-ins, of users who came after the warm-up.

        The very first counts as not scored, whatever a model thinks of it: some cannot say, and it is no
        re-authentication. Users with fewer than four are left out, since nothing is told of them.
        """
        found: dict[int, array[float]] = {}
        column = self.legitimate
        for user, score, earlier, stretch in zip(
            column.users, column.scores, column.earlier, column.stretches, strict=True
        ):
            if not earlier and stretch != Stretch.WARM_UP:
                found[user] = array("d", [nan])
            elif user in found and len(found[user]) < LONGEST:
                found[user].append(score)
        return [scores for scores in found.values() if len(scores) >= 4]
