"""Which of a pool's numbered conclusions and judgements are counted in its view.

Numbers are given in the order of commits but counted after them, by several threads: a later one may come
first. So the coverage is a number up to which all are counted, and those counted beyond it.
"""

import msgspec

LATE_AT_MOST = 1_000
"""How many later numbers are counted before a missing one is given up (its thread died between the two)."""


class Coverage(msgspec.Struct):
    """All numbers up to `up_to`, and those in `beyond`."""

    up_to: int = 0
    beyond: set[int] = msgspec.field(default_factory=set)

    def take(self, number: int | None) -> bool:
        """Note a number as counted. False where it was before; what has no number is always new."""
        if number is None:
            return True
        if number <= self.up_to or number in self.beyond:
            return False
        self.beyond.add(number)
        if len(self.beyond) > LATE_AT_MOST:
            self.up_to = min(self.beyond) - 1
        while self.up_to + 1 in self.beyond:
            self.up_to += 1
            self.beyond.remove(self.up_to)
        return True
