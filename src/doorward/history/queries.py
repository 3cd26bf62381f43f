"""Auth events in the database: written once, then only their outcome and feedback change."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from doorward.clock import Instant
from doorward.history.auth_event import AuthEvent
from doorward.store.tables import auth_events

_event = msgspec.json.Decoder(AuthEvent)


def add(tx: Connection, event: AuthEvent) -> None:
    """Keep a new event."""
    tx.execute(
        insert(auth_events).values(
            pool_id=event.pool_id,
            event_id=event.event_id,
            created_at=event.created_at,
            sub=event.sub,
            event_type=event.event_type,
            event=msgspec.json.encode(event),
        )
    )


def change(tx: Connection, event: AuthEvent) -> None:
    """Keep an event's outcome or feedback."""
    tx.execute(
        update(auth_events)
        .where(auth_events.c.pool_id == event.pool_id, auth_events.c.event_id == event.event_id)
        .values(event=msgspec.json.encode(event))
    )


def find(tx: Connection, pool_id: str, event_id: str) -> AuthEvent | None:
    """Return an event, or None."""
    encoded = tx.execute(
        select(auth_events.c.event).where(
            auth_events.c.pool_id == pool_id, auth_events.c.event_id == event_id
        )
    ).scalar_one_or_none()
    return _event.decode(encoded) if encoded else None


def of_user(
    tx: Connection, pool_id: str, sub: str, limit: int, after: tuple[Instant, str] | None
) -> list[AuthEvent]:
    """Return at most `limit` events of a user, the newest first, those older than `after` (instant, id)."""
    query = (
        select(auth_events.c.event)
        .where(auth_events.c.pool_id == pool_id, auth_events.c.sub == sub)
        .order_by(auth_events.c.created_at.desc(), auth_events.c.event_id.desc())
        .limit(limit)
    )
    if after is not None:
        at, event_id = after
        query = query.where(
            or_(
                auth_events.c.created_at < at,
                and_(auth_events.c.created_at == at, auth_events.c.event_id < event_id),
            )
        )
    return [_event.decode(encoded) for encoded in tx.execute(query).scalars()]


def of_pool_since(tx: Connection, pool_id: str, since: Instant, limit: int) -> Iterator[AuthEvent]:
    """Yield the latest `limit` events of a pool since an instant, the oldest first."""
    latest = (
        select(auth_events.c.event, auth_events.c.created_at, auth_events.c.event_id)
        .where(auth_events.c.pool_id == pool_id, auth_events.c.created_at >= since)
        .order_by(auth_events.c.created_at.desc(), auth_events.c.event_id.desc())
        .limit(limit)
        .subquery()
    )
    query = select(latest.c.event).order_by(latest.c.created_at, latest.c.event_id)
    for encoded in tx.execute(query).scalars():
        yield _event.decode(encoded)


def remove_before(tx: Connection, instant: Instant, limit: int, *, of_nobody: bool = False) -> int:
    """Delete at most `limit` events older than an instant, all or only those of nobody; return how many."""
    old = (
        select(auth_events.c.pool_id, auth_events.c.event_id)
        .where(auth_events.c.created_at < instant)
        .limit(limit)
    )
    if of_nobody:
        old = old.where(auth_events.c.sub.is_(None))
    keys = tx.execute(old).all()
    for pool_id, event_id in keys:
        tx.execute(
            delete(auth_events).where(auth_events.c.pool_id == pool_id, auth_events.c.event_id == event_id)
        )
    return len(keys)
