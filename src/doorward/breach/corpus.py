"""What a list of passwords known from breaches can be asked.

A password is looked up as it was typed: its UTF-8 bytes, without Unicode normalisation, trimming or folding
of case, hashed with SHA-1. These are the bytes and the hash of the lists that circulate (Have I Been
Pwned's among them), so that a corpus can be built from them without ever seeing a password.
"""

import hashlib
from typing import Protocol


class CorpusUnreadable(Exception):
    """The corpus cannot answer: its file is gone, cut off or damaged. The message names the cause."""


class Corpus(Protocol):
    """A list of passwords known from breaches."""

    @property
    def version(self) -> str:
        """What the list is and how new, as it is written into events."""
        ...

    def lookup(self, password: str) -> int:
        """Return how often the password was seen in breaches: 0 where it is not known.

        Raises CorpusUnreadable where the list cannot be read.
        """
        ...


def digest(password: str) -> bytes:
    """Return the 20 bytes by which a password is looked up.

    A lone surrogate, which has no UTF-8 form, is encoded as if it had one: it cannot be in any list, and a
    password must not be able to end a sign-in in an exception.
    """
    # SHA-1 is the key of a public list, not a protection.
    return hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
