"""Work that is done again and again beside the requests, each kind in a thread of its own."""

import threading
from collections.abc import Callable

import structlog

_log = structlog.get_logger(__name__)


class Periodic:
    """A thread that does one piece of work every so many seconds.

    `work` is handed a function that says whether it should come to an end early. What it raises is logged and
    does not end the thread: the next round tries again.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[Callable[[], bool]], object]) -> None:
        self._name = name
        self._seconds = seconds
        self._work = work
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, once the work in hand is done."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                self._work(self._stopping.is_set)
            except Exception:
                _log.exception("periodic work failed", work=self._name)
