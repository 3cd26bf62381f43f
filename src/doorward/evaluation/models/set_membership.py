"""The rule that most products began with: a new device or a new country."""

from sys import getsizeof
from typing import Final

from doorward.evaluation.models.adapter import UNSCORED
from doorward.evaluation.models.doorward import named
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch

_LONG: Final = 64


class SetMembership:
    """1 for a device not seen before, 1 for a country not seen before, together 2; nothing is forgotten.

    A device is what its browser, operating system (both without version) and kind name. A user's first
    sign-in is not scored.
    """

    def __init__(self) -> None:
        self._devices: dict[int, set[tuple[str | None, str | None, str]]] = {}
        self._countries: dict[int, set[str]] = {}

    def score(self, row: Row) -> float:
        devices = self._devices.get(row.user_id)
        if devices is None:
            return UNSCORED
        new_country = row.country not in self._countries[row.user_id]
        return float(_device(row) not in devices) + float(new_country)

    def learn(self, row: Row) -> None:
        self._devices.setdefault(row.user_id, set()).add(_device(row))
        self._countries.setdefault(row.user_id, set()).add(row.country)

    def note(self, row: Row) -> None:
        """Nothing: failures are no part of the rule."""

    def begin(self, stretch: Stretch) -> None:
        """Nothing: there is nothing to fit."""

    def bytes_per_user(self) -> float:
        kept = sum(getsizeof(known) + _LONG * len(known) for known in self._devices.values())
        kept += sum(map(getsizeof, self._countries.values()))
        return kept / max(len(self._devices), 1)


def _device(row: Row) -> tuple[str | None, str | None, str]:
    return named(row.browser)[0], named(row.os)[0], row.device_type
