"""The only source of time and of chance.

Everything else receives the time as a number and randomness as a value, so that a test, a demonstration
or a replay can hand in its own. An instant is a float: seconds since the Unix epoch, UTC, to the
millisecond, which is also what the wire carries.
"""

import secrets
import string
import time
import uuid
from hashlib import blake2b
from random import Random
from typing import Protocol

Instant = float
"""Seconds since 1970-01-01T00:00:00Z."""

_ALPHANUMERIC = string.ascii_letters + string.digits


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Instant:
        """Return the present instant, rounded to the millisecond."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> Instant:
        """Return the present instant, rounded to the millisecond."""
        return round(time.time(), 3)


class SetClock:
    """A clock that stands where it is put: for tests, demonstrations and replays."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def now(self) -> Instant:
        """Return the instant it was set to."""
        return self.at

    def advance(self, seconds: float) -> None:
        """Move forward."""
        self.at = round(self.at + seconds, 3)


def monotonic() -> float:
    """Return seconds on a clock that never runs backwards: for measuring how long a thing took."""
    return time.monotonic()


def random_bytes(count: int) -> bytes:
    """Return `count` unpredictable bytes."""
    return secrets.token_bytes(count)


def random_digits(count: int) -> str:
    """Return `count` unpredictable decimal digits."""
    return "".join(secrets.choice(string.digits) for _ in range(count))


def random_token(bytes_of_entropy: int = 32) -> str:
    """Return an unpredictable URL-safe text. It begins with no dash: command lines would take it for an option."""
    while (token := secrets.token_urlsafe(bytes_of_entropy)).startswith("-"):
        pass
    return token


def random_text(count: int, alphabet: str = _ALPHANUMERIC) -> str:
    """Return `count` unpredictable characters of an alphabet."""
    return "".join(secrets.choice(alphabet) for _ in range(count))


def shuffled(text: str) -> str:
    """Return the characters of a text in an unpredictable order."""
    characters = list(text)
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def new_uuid() -> str:
    """Return a random UUID (RFC 9562, version 4)."""
    return str(uuid.uuid4())


class Chance(Protocol):
    """Chance that can be had again: the same seed, the same numbers, on every version of Python."""

    def random(self) -> float:
        """Return a number from 0 up to but without 1, a multiple of 2⁻⁵³."""
        ...


def seeded(*seed: str | int) -> Chance:
    """Return a generator of its own for what is named: for simulations, never for secrets.

    Only `random()` of the Mersenne Twister is promised to stay the same between versions of Python, so
    nothing else of it is offered.
    """
    named = "\x1f".join(map(str, seed)).encode()
    return Random(int.from_bytes(blake2b(named, digest_size=16).digest(), "big"))  # noqa: S311 - no secret
