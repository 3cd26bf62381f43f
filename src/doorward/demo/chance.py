"""Choices that look like chance and are the same in every demonstration."""

from collections.abc import Sequence
from hashlib import sha256
from string import ascii_lowercase, digits
from typing import TypeVar

T = TypeVar("T")

_SCALE = float(2**64)


def share(*of: object) -> float:
    """Return a number from 0 up to but without 1, spread evenly, that hangs on nothing but what is named."""
    named = "\x00".join(map(str, of)).encode()
    return min(int.from_bytes(sha256(named).digest()[:8], "big") / _SCALE, 1 - 2**-53)


def whole(low: int, high: int, *of: object) -> int:
    """Return a whole number from `low` to `high`, both included."""
    return low + int(share(*of) * (high - low + 1))


def one_of(choices: Sequence[T], *of: object) -> T:
    """Return one of several."""
    return choices[int(share(*of) * len(choices))]


def base36(length: int, *of: object) -> str:
    """Return lower-case letters and digits."""
    return "".join(one_of(digits + ascii_lowercase, *of, place) for place in range(length))
