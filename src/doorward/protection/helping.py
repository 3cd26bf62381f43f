"""The event of help that a user had from the command line: he tried nothing, so it is no sign-in."""

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant, new_uuid
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.directory.usernames import known_as
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent, EventContext, EventRisk
from doorward.protection.leak_finding import mode_of
from doorward.risk.circumstance import Circumstance


def record_help(
    tx: Connection, pool: UserPool, user: User, operation: str, *, by: str, because: str, now: Instant
) -> None:
    """Write down that somebody helped a user; nothing where the pool's advanced security is OFF.

    Of the wire's types it has that of account recovery, the nearest there is.
    """
    mode = mode_of(pool)
    if mode == "OFF":
        return
    event = AuthEvent(
        event_id=new_uuid(),
        pool_id=pool.id,
        client_id=None,
        sub=user.sub,
        username=known_as(pool, user),
        event_type="ForgotPassword",
        operation=operation,
        request_id=new_uuid(),
        created_at=now,
        response="Pass",
        challenges=[],
        risk=EventRisk(mode=mode, decision="NoRisk", because=because),
        context=EventContext(),
        circumstance=msgspec.Raw(msgspec.json.encode(Circumstance(at=now))),
        concluded=events.next_number(tx, pool.id),
        by=by,
    )
    events.add(tx, event)
