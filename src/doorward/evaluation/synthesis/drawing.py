"""Drawing from distributions with nothing but a number from 0 to 1."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import cos, log, pi, sqrt
from typing import Generic, TypeVar

from doorward.clock import Chance

T = TypeVar("T")


class Weighted(Generic[T]):
    """Values, drawn in proportion to their weights. Raises ValueError where there is none."""

    __slots__ = ("_steps", "_total", "values")

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        listed = list(pairs)
        if not listed:
            raise ValueError("nothing to draw from")
        self.values = [value for value, _ in listed]
        self._steps = list(accumulate(weight for _, weight in listed))
        self._total = self._steps[-1]

    def draw(self, chance: Chance) -> T:
        """Return one of the values."""
        return self.at(chance.random())

    def at(self, point: float) -> T:
        """Return the value at a point, where they lie side by side from 0 to 1, as wide as their weights."""
        # Rounding can make the product the total itself.
        place = bisect_right(self._steps, point * self._total)
        return self.values[min(place, len(self.values) - 1)]


def one_of(values: Sequence[T], chance: Chance) -> T:
    """Return one of several, each as likely."""
    return values[int(chance.random() * len(values))]


def waiting(mean: float, chance: Chance) -> float:
    """Return an exponential waiting time."""
    return -mean * log(1.0 - chance.random())


def normal(chance: Chance) -> float:
    """Return a standard normal number (Box and Muller)."""
    return sqrt(-2.0 * log(1.0 - chance.random())) * cos(2.0 * pi * chance.random())


def zipf(count: int, exponent: float) -> list[float]:
    """Return weights of `count` ranks that fall like a power of the rank."""
    return [(rank + 1) ** -exponent for rank in range(count)]


def bits(count: int, chance: Chance) -> int:
    """Return a number of so many random bits, at most 53."""
    return int(chance.random() * (1 << count))
