"""The yardstick: the published implementation of Freeman et al. (NDSS 2016, Equation 7), incrementally.

Wiefling et al. (ACM TOPS 2022) published theirs as the notebook das-group/rba-algorithm, on data frames. The
same numbers come out here from counts that are kept, so that a million sign-ins take a minute. The score:

    S = Π over features [ p(x) / p(x | u) ] · (1 / users) / (N_u / N)

over the successes so far: N of `users` users, N_u of this one. A feature is a chain of levels with weights.
With c_u and c the counts of a level's value for the user and for all, and N, M as below,

    p(x | u) = Σ w · c_u / N_u                       and p(x) / 4 where that is 0
    p(x)     = w₁ · s · f + Σ over the lower levels  w · c / N
    f        = c / N · (1 − M / (N + M))             or 1 / (N + M) for a value never seen
    s        = c / (c + m)                           or 1 for a value never seen

M = 1 + the distinct values of the lower levels, m the same among the sign-ins with this first-level value.
The lower levels' conditional shares are 1 in the published code, and a value with no sign-in of its own on a
lower level gives 0. A user's first sign-in is not scored. The published code drops rows with missing cells;
here an empty cell is a value like any other, so that every model scores the same rows.
"""

from collections.abc import Callable, Hashable
from sys import getsizeof
from typing import Final

from doorward.evaluation.models.adapter import UNSCORED
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch

WEIGHTS: Final = (
    (0.6, 0.3, 0.1),
    (0.5386653840551359, 0.2680451498625666, 0.18818295100109536, 0.0051065150812021525),
)
"""Address, AS, country; user agent, browser, operating system, device type."""

LEVELS: Final[tuple[tuple[Callable[[Row], Hashable], ...], ...]] = (
    (lambda row: row.address, lambda row: row.asn, lambda row: row.country),
    (lambda row: row.user_agent, lambda row: row.browser, lambda row: row.os, lambda row: row.device_type),
)


class Freeman:
    """N, exactly."""

    def __init__(self) -> None:
        self._sign_ins = 0
        self._of_users: dict[int, dict[int, int]] = {}
        self._totals: dict[int, int] = {}
        self._numbers: dict[tuple[int, Hashable], int] = {}
        self._counts: list[int] = []
        self._distinct = [0] * sum(map(len, WEIGHTS))
        self._below: list[int] = []
        """For each value how many distinct lower values it was seen with; 0 for those of lower levels."""
        self._pairs: set[int] = set()
        """The first-level values with the lower ones they were seen with, two numbers in one."""

    def score(self, row: Row) -> float:
        total = self._totals.get(row.user_id)
        if not total:
            return UNSCORED
        of_user, numbers, sign_ins = self._of_users[row.user_id], self._numbers, self._sign_ins
        product = 1.0
        level = 0
        for weights, (address, asn, *rest) in zip(WEIGHTS, LEVELS, strict=True):
            first = numbers.get((level, address(row)))
            user = weights[0] * of_user.get(first, 0) / total if first is not None else 0.0
            pool = weights[0] * self._first_level(first, level, len(weights))
            for offset, (weight, value) in enumerate(zip(weights[1:], (asn, *rest), strict=True), level + 1):
                number = numbers.get((offset, value(row)))
                if number is not None:
                    user += weight * of_user.get(number, 0) / total
                    pool += weight * self._counts[number] / sign_ins
            product *= pool / user if user else 4.0
            level += len(weights)
        return product * sign_ins / (len(self._totals) * total)

    def learn(self, row: Row) -> None:
        of_user = self._of_users.setdefault(row.user_id, {})
        level = 0
        for values in LEVELS:
            first, *lower = [self._number(level + offset, value(row)) for offset, value in enumerate(values)]
            for number in (first, *lower):
                self._counts[number] += 1
                of_user[number] = of_user.get(number, 0) + 1
            for number in lower:
                pair = first << 32 | number
                if pair not in self._pairs:
                    self._pairs.add(pair)
                    self._below[first] += 1
            level += len(values)
        self._totals[row.user_id] = self._totals.get(row.user_id, 0) + 1
        self._sign_ins += 1

    def note(self, row: Row) -> None:
        """Nothing: failures are no part of the model."""

    def begin(self, stretch: Stretch) -> None:
        """Nothing: there is nothing to fit."""

    def bytes_per_user(self) -> float:
        some = list(self._of_users.values())[:: max(len(self._of_users) // 10_000, 1)]
        return sum(map(getsizeof, some)) / max(len(some), 1)

    def _first_level(self, number: int | None, level: int, levels: int) -> float:
        unseen = 1 + sum(self._distinct[level + 1 : level + levels])
        if number is None:
            return 1.0 / (self._sign_ins + unseen)
        count = self._counts[number]
        smoothed = count / self._sign_ins * (1.0 - unseen / (self._sign_ins + unseen))
        return smoothed * count / (count + 1 + self._below[number])

    def _number(self, level: int, value: Hashable) -> int:
        number = self._numbers.get((level, value))
        if number is None:
            number = self._numbers[level, value] = len(self._counts)
            self._counts.append(0)
            self._below.append(0)
            self._distinct[level] += 1
        return number
