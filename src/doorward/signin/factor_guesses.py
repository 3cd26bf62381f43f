"""Wrong codes of sign-ins, counted over all of a user's sessions and factors; those of first factors apart.

Who has the password, or needs none, can begin as many sign-ins as he likes; he shall not get as many guesses. Six
digits fall to ten guesses an hour within some years, so a month has a bound too (NIST SP 800-63B, 5.2.2: at most 100
failures in a row). Guesses are counted by where they come from, as wrong passwords are: whoever guesses from elsewhere
does not close the user's own home to him. A right code forgets those before it, and so does an administrator who
unlocks the user (`doorward.signin.unlocking`).
"""

from typing import Final

from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.signin import queries
from doorward.signin.attempt_budget import HOUR, AttemptBudget, remaining

WRONG_AN_HOUR: Final = 10
WRONG_A_MONTH: Final = 100
MONTH: Final = 30 * 86_400.0

SECOND: Final = "codes of second factors"
FIRST: Final = "codes of first factors, wrong"
CUSTOM: Final = "answers to custom challenges"
"""What is counted. A stranger can guess at first factors, and shall not close the second ones by it; what a pool's
functions judge, behind the password, is counted alike and apart."""


def may_guess(tx: Connection, pool_id: str, subject: str, now: Instant, counted: str = SECOND) -> bool:
    """Say whether another code is looked at."""
    state = queries.attempts(tx, pool_id, subject, counted)
    return remaining(state, now, WRONG_AN_HOUR, HOUR) > 0 and remaining(state, now, WRONG_A_MONTH, MONTH) > 0


def count_wrong(tx: Connection, pool_id: str, subject: str, now: Instant, counted: str = SECOND) -> None:
    """Count a wrong code."""
    before = queries.attempts(tx, pool_id, subject, counted)
    recent = tuple(moment for moment in before.spent if now - moment < MONTH)
    queries.keep_attempts(tx, pool_id, subject, counted, AttemptBudget((*recent, now)), MONTH)


def forget(tx: Connection, pool_id: str, subject: str, counted: str = SECOND) -> None:
    """Forget the wrong codes of a subject: the right one came."""
    queries.remove_attempts(tx, pool_id, subject, counted)
