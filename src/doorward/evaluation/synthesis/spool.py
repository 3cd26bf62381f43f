"""Rows put in the order of time without holding them all: a file for each day, sorted when its turn comes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from doorward.evaluation.synthesis.rhythm import DAY

_HELD: Final = 200_000
"""Rows in memory before they are put down."""


class Spool:
    """Takes lines in any order and gives them back sorted; a line begins with its time, as text."""

    def __init__(self, directory: Path, days: int) -> None:
        self._directory = directory
        self._days: list[list[str]] = [[] for _ in range(days)]
        self._end = days * DAY
        self._held = 0
        self.count = 0

    def inside(self, at: int) -> bool:
        """Tell whether an instant lies within the span."""
        return 0 <= at < self._end

    def put(self, at: int, line: str) -> None:
        """Take a line, without its line end, whose instant is inside."""
        self._days[at // DAY].append(line)
        self.count += 1
        self._held += 1
        if self._held >= _HELD:
            self._put_down()

    def _put_down(self) -> None:
        for day, lines in enumerate(self._days):
            if lines:
                with self._file(day).open("a", encoding="utf-8") as file:
                    file.write("\n".join(lines) + "\n")
                lines.clear()
        self._held = 0

    def _file(self, day: int) -> Path:
        return self._directory / f"{day:05d}"

    def days(self) -> Iterator[list[str]]:
        """Yield the lines of each day in order, and forget them."""
        for day, lines in enumerate(self._days):
            if self._file(day).exists():
                lines.extend(self._file(day).read_text(encoding="utf-8").splitlines())
                self._file(day).unlink()
            lines.sort()
            yield lines
            lines.clear()
