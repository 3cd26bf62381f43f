"""The rule that most products began with: a new device or a new country."""

from doorward.evaluation.models.adapter import UNSCORED
from doorward.evaluation.models.doorward import named
from doorward.evaluation.models.shown import Shown
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch


class SetMembership:
    """1 for a device not seen before, 1 for a country not seen before, together 2; nothing is forgotten.

    A device is what its browser, operating system (both without version) and kind name. A user's first
    sign-in is not scored.
    """

    def __init__(self) -> None:
        self._shown = Shown()

    def score(self, row: Row) -> float:
        if not self._shown.knows(row.user_id):
            return UNSCORED
        known = self._shown.of(row.user_id)
        return float(sum(number not in known for number in self._numbers(row)))

    def learn(self, row: Row) -> None:
        self._shown.learn(row.user_id, self._numbers(row))

    def note(self, row: Row) -> None:
        """Nothing: failures are no part of the rule."""

    def begin(self, stretch: Stretch) -> None:
        """Nothing: there is nothing to fit."""

    def bytes_per_user(self) -> float:
        return self._shown.bytes_per_user()

    def _numbers(self, row: Row) -> tuple[int, int]:
        return self._shown.number(_device(row)), self._shown.number(row.country)


def _device(row: Row) -> tuple[str | None, str | None, str]:
    return named(row.browser)[0], named(row.os)[0], row.device_type
