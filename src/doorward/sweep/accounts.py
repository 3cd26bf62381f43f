"""Which accounts a name in a leak leads to, found at some million names a second and eight bytes a name.

A leak has a thousand names for each one that is ours, so names are looked up here and not in the database. By
the names that sign in, and also by addresses that do not: it is the person that reuses a password. Case never
counts: leaks seldom keep it.
"""

from collections.abc import Iterable, Sequence

import numpy as np

_ENTRY = np.dtype([("name", np.int64), ("sub", "S64")])


class Accounts:
    """The names of a pool's accounts as hashes. Another name is taken for one with a probability of 2⁻⁶⁴ each."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take (name, sub)."""
        entries = np.fromiter(((_key(name), sub.encode()) for name, sub in names), dtype=_ENTRY)
        entries = np.unique(entries)
        self._names = np.ascontiguousarray(entries["name"])
        self._subs = entries["sub"]

    def __len__(self) -> int:
        return len(self._names)

    def find(self, names: Sequence[str]) -> list[list[str]]:
        """Return the subs that each name leads to."""
        keys = np.fromiter(map(_key, names), dtype=np.int64, count=len(names))
        first = np.searchsorted(self._names, keys, "left")
        beyond = np.searchsorted(self._names, keys, "right")
        found: list[list[str]] = [[] for _ in names]
        for index in np.flatnonzero(first < beyond):
            found[index] = [sub.decode() for sub in self._subs[first[index] : beyond[index]]]
        return found


def _key(name: str) -> int:
    # Python's own hash has a key of each process: nobody can make a leak whose names collide.
    return hash(name.casefold())
