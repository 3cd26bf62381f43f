"""Counted attempts: how often a user may try a code or ask for one within an hour.

An exact rolling window. The limits are small (ConfirmForgotPassword 5 to 20 by risk, ResendConfirmationCode
5, ConfirmSignUp 15, ChangePassword 5, VerifyUserAttribute 15), so the moments themselves are the state, and
no burst over a window's edge gets twice the limit.
"""

from typing import Final

import msgspec

from doorward.clock import Instant

HOUR: Final = 3600.0


class AttemptBudget(msgspec.Struct, frozen=True):
    """The moments of the attempts that still count, oldest first."""

    spent: tuple[Instant, ...] = ()


def spend(state: AttemptBudget, now: Instant, limit: int, window: float = HOUR) -> tuple[AttemptBudget, bool]:
    """Count one attempt at `now` and say whether it is within `limit` attempts per `window` seconds.

    A refused attempt is not counted: whoever keeps asking gets through as soon as an old attempt has aged.
    A limit that was lowered meanwhile (a higher risk) counts the attempts already made.
    """
    counted = tuple(moment for moment in state.spent if now - moment < window)
    if len(counted) >= limit:
        return AttemptBudget(counted), False
    return AttemptBudget((*counted, now)), True


def remaining(state: AttemptBudget, now: Instant, limit: int, window: float = HOUR) -> int:
    """Return how many attempts are left at `now`."""
    return max(0, limit - sum(1 for moment in state.spent if now - moment < window))
