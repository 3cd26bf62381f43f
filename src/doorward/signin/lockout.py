"""Lockout: a user whose password is guessed at waits longer and longer.

Cognito's rule: five failures are free, and from the fifth on failure n locks for 2^(n - 5) seconds, about 15
minutes at most. What is tried during a lock is refused unseen and changes nothing. A success, or 15 minutes
without an attempt after the lock, forgets everything.
"""

from typing import Final

import msgspec

from doorward.clock import Instant

FREE_FAILURES: Final = 5
LONGEST_LOCK: Final = 900.0
"""Seconds."""
QUIET: Final = 900.0
"""Seconds without a failure after which a user is forgiven."""


class Lockout(msgspec.Struct, frozen=True):
    """How one user stands: consecutive failures, when the lock ends, when the last failure was."""

    failures: int = 0
    locked_until: Instant = 0.0
    last_failure: Instant = 0.0

    @classmethod
    def clear(cls) -> "Lockout":
        """Return the state of a user who has not failed: where everybody begins and a success leads."""
        return cls()


def is_locked(state: Lockout, now: Instant) -> bool:
    """Say whether an attempt at `now` is refused without a look at the password."""
    return now < state.locked_until


def after_failure(state: Lockout, now: Instant) -> Lockout:
    """Return the state after a wrong password at `now`; the same state where the user was locked."""
    if is_locked(state, now):
        return state
    failures = state.failures + 1
    if now - max(state.last_failure, state.locked_until) >= QUIET:
        failures = 1
    lock = 0.0
    if failures >= FREE_FAILURES:
        # The exponent is bounded too, so that a counter of any size stays a cheap number.
        lock = min(2.0 ** min(failures - FREE_FAILURES, 10), LONGEST_LOCK)
    return Lockout(failures=failures, locked_until=now + lock if lock else 0.0, last_failure=now)
