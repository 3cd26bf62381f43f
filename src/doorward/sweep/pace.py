"""At which pace and in which hours a sweep verifies, so that the server beside it stays responsive."""

import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from doorward.clock import Clock, Instant, monotonic

_LOOK_AGAIN_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day in a time zone, from `begins` up to `ends`, past midnight where it ends before it begins."""

    begins: time
    ends: time
    zone: ZoneInfo

    def is_open(self, at: Instant) -> bool:
        """Say whether an instant lies within; two equal ends are the whole day."""
        local = datetime.fromtimestamp(at, self.zone).time().replace(tzinfo=None)
        if self.begins == self.ends:
            return True
        if self.begins < self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M} {self.zone.key}"


def window(text: str, zone: str) -> Window:
    """Return the window of `22:00-06:00` in a time zone (IANA's name).

    Raises ValueError for another form, zoneinfo.ZoneInfoNotFoundError for a zone that there is not.
    """
    begins, dash, ends = text.partition("-")
    if not dash:
        raise ValueError("a window has the form 22:00-06:00")
    return Window(time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip()), ZoneInfo(zone))


class Pace:
    """Lets verifications through one after the other: at most `rate` a second (0: all), within the window."""

    def __init__(self, rate: float, hours: Window | None, clock: Clock, stopping: threading.Event) -> None:
        self._every = 1 / rate if rate else 0.0
        self._hours = hours
        self._clock = clock
        self._stopping = stopping
        self._lock = threading.Lock()
        self._next = monotonic()

    def is_open(self) -> bool:
        """Say whether the present hour is one to work in."""
        return self._hours is None or self._hours.is_open(self._clock.now())

    def wait(self) -> bool:
        """Wait for the next turn; False where the sweep is to end."""
        with self._lock:
            # What was missed is not made up for: a burst is what the pace is there to prevent.
            turn = self._next = max(self._next, monotonic())
            self._next += self._every
        if (left := turn - monotonic()) > 0:
            self._stopping.wait(left)
        while not self.is_open() and not self._stopping.is_set():
            self._stopping.wait(_LOOK_AGAIN_SECONDS)
        return not self._stopping.is_set()


def step_back(niceness: int) -> None:
    """Let the calling thread alone step back behind other work, where the system can do that (Linux).

    The thread that writes into the database keeps its priority: while it holds the lock, the server waits for it.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
