"""The event of a find: a sweep saw that a user's stored password stands in a leak.

Nobody tried anything, so it is no sign-in; what it asks for is a change of password, which has not come yet:
a PasswordChange in progress. In progress it also counts neither as a failure nor as a success of the user's in
what the engine learns from.
"""

from sqlalchemy import Connection

from doorward.breach.check import LEAK
from doorward.clock import Instant
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.history.auth_event import AuthEvent, EventReason, EventRisk
from doorward.protection import configuration
from doorward.protection.untried import mode_of, untried

OPERATION = "doorward breach sweep"


def demands_reset(tx: Connection, pool: UserPool) -> bool:
    """Say whether the pool's policy makes users choose anew whose password is known: ENFORCED and BLOCK.

    The pool's own configuration counts: no app client takes part.
    """
    policy = configuration.effective(tx, pool.id, None).compromised
    return pool.advanced_security_mode == "ENFORCED" and policy.action == "BLOCK"


def finding(
    pool: UserPool, user: User, *, sweep_id: str, leak: str, line: int, reset: bool, would: bool, now: Instant
) -> AuthEvent:
    """Return the event. `reset`: the user must choose another password; `would`: the policy asks for that."""
    name = leak.removeprefix(LEAK)
    what = "the user must choose another one" if reset else "reported, not acted upon"
    risk = EventRisk(
        mode=mode_of(pool),
        decision="NoRisk",
        response="reset" if reset else "allow",
        would_have="reset" if would else "allow",
        because=f"a sweep found the stored password in the leak {name}: {what}",
        compromised=True,
        corpus_version=leak,
        reasons=[
            EventReason(
                "compromised", "leaked", 0.0, f"the stored password stands in the leak {name}, line {line}"
            )
        ],
    )
    return untried(
        pool,
        user,
        "PasswordChange",
        "InProgress",
        risk,
        operation=OPERATION,
        request_id=sweep_id,
        now=now,
    )
