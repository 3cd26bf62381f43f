"""The event of help that a user had from the command line: he tried nothing, so it is no sign-in."""

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant, new_uuid
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.history import queries as events
from doorward.history.auth_event import EventRisk
from doorward.protection.recording import with_end
from doorward.protection.untried import mode_of, untried


def record_help(
    tx: Connection, pool: UserPool, user: User, operation: str, *, by: str, because: str, now: Instant
) -> None:
    """Write down that somebody helped a user; nothing where the pool's advanced security is OFF.

    Of the wire's types it has that of account recovery, the nearest there is.
    """
    mode = mode_of(pool)
    if mode == "OFF":
        return
    event = untried(
        pool,
        user,
        "ForgotPassword",
        "Pass",
        EventRisk(mode=mode, decision="NoRisk", because=because),
        operation=operation,
        request_id=new_uuid(),
        now=now,
    )
    events.add(tx, with_end(tx, msgspec.structs.replace(event, by=by)))
