"""Which values each user has shown: some 200 bytes for each of millions of users."""

from array import array
from collections.abc import Hashable, Iterable
from sys import getsizeof
from typing import Final

_SEARCHED: Final = 32
"""Numbers of a user that are searched one by one; more go into a set, so that none costs more than the others."""
_NONE: Final["array[int]"] = array("I")


class Shown:
    """Values are numbered in the order in which they come; of a user only numbers are kept."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._of_users: dict[int, array[int] | set[int]] = {}

    def number(self, value: Hashable) -> int:
        """Return a value's number; the same for equal values."""
        return self._numbers.setdefault(value, len(self._numbers))

    def knows(self, user: int) -> bool:
        """Tell whether a user has shown anything."""
        return user in self._of_users

    def of(self, user: int) -> "array[int] | set[int]":
        """Return the numbers of what a user has shown."""
        return self._of_users.get(user, _NONE)

    def learn(self, user: int, numbers: Iterable[int]) -> None:
        """Take in what a user shows."""
        known = self._of_users.get(user)
        if known is None:
            known = self._of_users[user] = array("I")
        for number in numbers:
            if isinstance(known, set):
                known.add(number)
            elif number not in known:
                known.append(number)
                if len(known) > _SEARCHED:
                    known = self._of_users[user] = set(known)

    def bytes_per_user(self) -> float:
        some = list(self._of_users.values())[:: max(len(self._of_users) // 10_000, 1)]
        return sum(map(getsizeof, some)) / max(len(some), 1)
