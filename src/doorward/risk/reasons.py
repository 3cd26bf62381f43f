"""Why a score is what it is, in words that a security engineer understands."""

from math import floor
from typing import Final

import msgspec

LONGEST_SHOWN: Final = 60
NEGLIGIBLE: Final = 0.005
"""A weight below this is no reason."""


class Reason(msgspec.Struct, frozen=True):
    """One addend of a score.

    `signal` names what was looked at, `value` is what was seen, `weight` is the log-ratio it adds (positive:
    speaks for an impostor; negative: for the user), `sentence` explains it.
    """

    signal: str
    value: str
    weight: float
    sentence: str


def because(signal: str, value: str, weight: float, sentence: str) -> Reason | None:
    """The reason with its weight in whole thousandths; None where it weighs next to nothing."""
    if -NEGLIGIBLE < weight < NEGLIGIBLE:
        return None
    return Reason(signal, value, floor(weight * 1000.0 + 0.5) / 1000.0, sentence)


def shown(value: str) -> str:
    """A value from outside, made fit to stand in a sentence: short and printable."""
    if len(value) > LONGEST_SHOWN:
        value = value[:LONGEST_SHOWN] + "…"
    if value.isprintable():
        return value
    return "".join(character if character.isprintable() else "�" for character in value)
