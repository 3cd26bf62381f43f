"""Why a score is what it is, in words that a security engineer understands."""

from typing import Final

import msgspec

LONGEST_SHOWN: Final = 60


class Reason(msgspec.Struct, frozen=True):
    """One addend of a score.

    `signal` names what was looked at, `value` is what was seen, `weight` is the log-ratio it adds (positive:
    speaks for an impostor; negative: for the user), `sentence` explains it.
    """

    signal: str
    value: str
    weight: float
    sentence: str


def shown(value: str) -> str:
    """A value from outside, made fit to stand in a sentence: short and printable."""
    if len(value) > LONGEST_SHOWN:
        value = value[:LONGEST_SHOWN] + "…"
    if value.isprintable():
        return value
    return "".join(character if character.isprintable() else "�" for character in value)
