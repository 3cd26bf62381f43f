"""Verifying leaked passwords against stored ones: Argon2id in threads, at a pace.

Argon2 works outside the interpreter's lock, so threads use as many cores as they are given.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

from argon2.exceptions import InvalidHashError, VerificationError

from doorward.clock import monotonic
from doorward.directory.password_hash import PasswordHashing
from doorward.sweep.pace import Pace, step_back

Result = Literal["match", "other", "untestable", "not-done"]

_WARM_UP = "no password of anybody's"


@dataclass(frozen=True, slots=True)
class Job:
    """One leaked password to be tried on one account; `line` is where it stands in the leak."""

    line: int
    sub: str
    digest: str = field(repr=False)
    password: str = field(repr=False)


class Verifier:
    """The threads. A context manager: at the end they are gone."""

    def __init__(self, hashing: PasswordHashing, pace: Pace, workers: int, niceness: int) -> None:
        """Take `workers` threads, 0 for one a core."""
        self.workers = workers or os.cpu_count() or 1
        self._hashing = hashing
        self._pace = pace
        self._threads = ThreadPoolExecutor(self.workers, "sweep", initializer=step_back, initargs=(niceness,))

    def __enter__(self) -> "Verifier":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)

    def verify(self, jobs: Sequence[Job]) -> list[Result]:
        """Try each job; those that the sweep's end came before are `not-done`.

        Nobody works when it returns: a thread that has stepped back must not hold anything the writer needs.
        """
        return list(self._threads.map(self._one, jobs))

    def again(self, digest: str, password: str) -> Result:
        """Try one password at once, without waiting for the pace."""
        try:
            return "match" if self._hashing.verify(digest, password) else "other"
        except (InvalidHashError, VerificationError):
            return "untestable"

    def measure(self, seconds: float = 0.5) -> float:
        """Return how many verifications a second these threads get done now, without the pace."""
        begun, stop = monotonic(), threading.Event()

        def work(_: int) -> int:
            count = 0
            while not stop.is_set() and monotonic() - begun < seconds:
                self._hashing.verify_against_nothing(_WARM_UP)
                count += 1
            return count

        done = sum(self._threads.map(work, range(self.workers)))
        return done / (monotonic() - begun)

    def _one(self, job: Job) -> Result:
        return self.again(job.digest, job.password) if self._pace.wait() else "not-done"
