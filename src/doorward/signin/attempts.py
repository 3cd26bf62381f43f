"""Counted attempts: how often within an hour a user may try a code, ask for one, or try his old password."""

from typing import Final

from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.signin import queries
from doorward.signin.attempt_budget import remaining, spend
from doorward.wire.errors import LimitExceededException

PER_HOUR: Final = {
    "ChangePassword": 5,
    "ChangePassword, right or wrong": 20,
    "ConfirmForgotPassword": 20,
    "ConfirmSignUp": 15,
    "ForgotPassword": 20,
    "GetUserAttributeVerificationCode": 5,
    "ResendConfirmationCode": 5,
    "UpdateUserAttributes": 10,
    "VerifySoftwareToken": 10,
    "VerifyUserAttribute": 15,
    "beginnings of custom sign-ins": 20,
    "codes of first factors": 10,
}
"""Attempts a user has within an hour, by operation; a right one forgets those before it.

ChangePassword has a second bound that nothing forgets, since a right one costs the most work. Codes of first
factors are what is sent to who begins a sign-in with one: fewer than the address may get, so that asking for them
from elsewhere leaves some to the user at home. Custom sign-ins may be begun more often than the lockout lets wrong
answers be given: who answers is held by it, and the bound is for who only begins."""

BY_RISK: Final = {"Low": 15, "Medium": 10, "High": 5}
"""Attempts at ForgotPassword and ConfirmForgotPassword where the circumstances are risky, by level."""


def spend_attempt(
    tx: Connection, pool_id: str, subject: str, operation: str, now: Instant, limit: int | None = None
) -> bool:
    """Count one attempt; return whether it is within the limit (`PER_HOUR` unless another is given)."""
    state = queries.attempts(tx, pool_id, subject, operation)
    after, within = spend(state, now, PER_HOUR[operation] if limit is None else limit)
    if after != state:
        queries.keep_attempts(tx, pool_id, subject, operation, after)
    return within


def has_attempt_left(
    tx: Connection, pool_id: str, subject: str, operation: str, now: Instant, limit: int | None = None
) -> bool:
    """Say whether an attempt is within the limit, without counting it.

    For work whose duration would answer a guess: it is not begun beyond the limit.
    """
    state = queries.attempts(tx, pool_id, subject, operation)
    return remaining(state, now, PER_HOUR[operation] if limit is None else limit) > 0


def forget_attempts(tx: Connection, pool_id: str, subject: str, operation: str) -> None:
    """Forget a subject's attempts: he has shown that he is no guesser."""
    queries.remove_attempts(tx, pool_id, subject, operation)


def limit_exceeded() -> LimitExceededException:
    """Return the error of an attempt beyond the limit."""
    return LimitExceededException("Attempt limit exceeded, please try after some time.")
