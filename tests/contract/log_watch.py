"""Failures that a server would keep to its log."""

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from structlog.testing import capture_logs

_SERIOUS = {"error", "critical", "exception"}


class _Collector(logging.Handler):
    def __init__(self, into: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._into = into

    def emit(self, record: logging.LogRecord) -> None:
        self._into.append(self.format(record))


class LogWatch:
    """What was logged as an error, by Doorward, by uvicorn or by asyncio, since it was last asked."""

    def __init__(self, lines: list[MutableMapping[str, Any]], others: list[str]) -> None:
        self._lines = lines
        self._others = others

    def errors(self) -> list[object]:
        """Return the errors since the last question."""
        found: list[object] = [line for line in self._lines if line.get("log_level") in _SERIOUS]
        found += self._others
        self._lines.clear()
        self._others.clear()
        return found


@contextmanager
def watched() -> Iterator[LogWatch]:
    """Take down the log of the process while the block runs."""
    others: list[str] = []
    collector = _Collector(others)
    root = logging.getLogger()
    root.addHandler(collector)
    with capture_logs() as lines:
        try:
            yield LogWatch(lines, others)
        finally:
            root.removeHandler(collector)
