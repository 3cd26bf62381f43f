"""From a score to a level. Thresholds are shipped here and may be replaced by a pool's own calibration."""

from enum import IntEnum
from typing import Final

import msgspec


class Level(IntEnum):
    """How risky an attempt is. The wire's names (`Low`, `Medium`, `High`) are `wire_name`."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def wire_name(self) -> str | None:
        """`EventRisk.RiskLevel` as Cognito writes it; None where the field is left out."""
        return None if self is Level.NONE else self.name.capitalize()


class Thresholds(msgspec.Struct, frozen=True):
    """The least score of each level. `source` tells where they come from: `shipped` or a calibration's name.

    Raises ValueError where they do not rise.
    """

    low: float
    medium: float
    high: float
    source: str = "shipped"

    def __post_init__(self) -> None:
        if not self.low < self.medium < self.high:
            raise ValueError("The thresholds of the levels must rise from low to high.")

    def level_of(self, score: float) -> Level:
        if score < self.low:
            return Level.NONE
        if score < self.medium:
            return Level.LOW
        return Level.MEDIUM if score < self.high else Level.HIGH


SHIPPED_THRESHOLDS: Final = Thresholds(low=0.0, medium=2.0, high=5.0)
