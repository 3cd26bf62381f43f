"""When people sign in: the pool's day and week, and a user's own hours. Times are milliseconds from the start."""

from typing import Final

from doorward.clock import Chance
from doorward.evaluation.synthesis.drawing import Weighted, normal

DAY: Final = 86_400_000
HOUR: Final = 3_600_000

PER_MINUTE: Final = (
    8, 6, 6, 8, 12, 27, 50, 66, 73, 75, 77, 78, 78, 79, 80, 82, 84, 82, 80, 79, 76, 68, 48, 20,
)  # fmt: skip
"""Attempts a minute in each hour of the day, UTC: with the users' own hours on top the published 16
at midnight and 80 at 16 h result; between, a guess."""

_SATURDAY = 5


class Rhythm:
    """The pool's day and week over a span of days that begins on a given weekday (Monday is 0)."""

    def __init__(self, days: int, first_weekday: int, weekend_weight: float) -> None:
        self.days = days
        self._first = first_weekday
        self._hours = Weighted(enumerate(PER_MINUTE))
        self._weekend = weekend_weight

    def weekday(self, at: int) -> int:
        """Return the day of the week of an instant."""
        return (at // DAY + self._first) % 7

    def day(self, first: float, chance: Chance) -> int:
        """Return a day from `first` to the end, weekends less often."""
        day = 0
        for _ in range(4):
            day = int(first + (self.days - first) * chance.random())
            if (day + self._first) % 7 < _SATURDAY or chance.random() < self._weekend:
                break
        return day

    def hour(self, chance: Chance) -> float:
        """Return an hour of the day as the pool has it."""
        return self._hours.draw(chance) + chance.random()

    def habit(self, chance: Chance) -> tuple[float, ...]:
        """Return one to three hours of a user's own."""
        return tuple(self.hour(chance) for _ in range(1 + int(3 * chance.random())))

    def moment(self, habit: tuple[float, ...], share: float, chance: Chance) -> int:
        """Return a time of day, near one of the user's own hours with the given share."""
        if chance.random() < share:
            hour = (habit[int(len(habit) * chance.random())] + 0.8 * normal(chance)) % 24.0
        else:
            hour = self.hour(chance)
        return min(int(hour * HOUR), DAY - 1)


class Calendar:
    """Writes times as the data set does."""

    def __init__(self, dates: list[str]) -> None:
        self._dates = dates
        self._minutes = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440)]
        self._seconds = [f"{second:02d}." for second in range(60)]
        self._thousandths = [f"{part:03d}" for part in range(1000)]

    def text(self, at: int) -> str:
        """Return the text of an instant within the span."""
        day, rest = divmod(at, DAY)
        minute, rest = divmod(rest, 60_000)
        second, part = divmod(rest, 1000)
        return f"{self._dates[day]} {self._minutes[minute]}{self._seconds[second]}{self._thousandths[part]}"
