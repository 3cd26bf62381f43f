"""Events of what befell an account without its user's trying anything: a find in a leak, help from the command line."""

import msgspec

from doorward.clock import Instant, new_uuid
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.directory.usernames import known_as
from doorward.history.auth_event import (
    AuthEvent,
    EventContext,
    EventResponse,
    EventRisk,
    EventType,
    SecurityMode,
)
from doorward.risk.circumstance import Circumstance


def untried(
    pool: UserPool,
    user: User,
    event_type: EventType,
    response: EventResponse,
    risk: EventRisk,
    *,
    operation: str,
    request_id: str,
    now: Instant,
) -> AuthEvent:
    """Return the event. Nobody came from anywhere, so that its circumstance is the time alone."""
    return AuthEvent(
        event_id=new_uuid(),
        pool_id=pool.id,
        client_id=None,
        sub=user.sub,
        username=known_as(pool, user),
        event_type=event_type,
        operation=operation,
        request_id=request_id,
        created_at=now,
        response=response,
        challenges=[],
        risk=risk,
        context=EventContext(),
        circumstance=msgspec.Raw(msgspec.json.encode(Circumstance(at=now))),
    )


def mode_of(pool: UserPool) -> SecurityMode:
    """Return a pool's mode as an event tells it."""
    mode = pool.advanced_security_mode
    return "ENFORCED" if mode == "ENFORCED" else "AUDIT" if mode == "AUDIT" else "OFF"
