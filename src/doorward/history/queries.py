"""Auth events in the database: written once, then only their outcome and feedback change."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from doorward.clock import Instant
from doorward.history.auth_event import AuthEvent
from doorward.store.tables import auth_events, event_sequences

_AT_ONCE = 1_000

_event = msgspec.json.Decoder(AuthEvent)


_NUMBER = insert(event_sequences).values(pool_id=bindparam("pool_id"), last=1)
# Built once: building a statement takes longer than running it.
_NEXT_NUMBER = _NUMBER.on_conflict_do_update(
    index_elements=["pool_id"], set_={"last": event_sequences.c.last + 1}
).returning(event_sequences.c.last)


def next_number(tx: Connection, pool_id: str) -> int:
    """Return the next number of a pool's sequence. What takes one is counted in the pool's view just once."""
    return int(tx.execute(_NEXT_NUMBER, {"pool_id": pool_id}).scalar_one())


def last_number(tx: Connection, pool_id: str) -> int:
    """Return the number given last in a pool; 0 before the first."""
    given = select(event_sequences.c.last).where(event_sequences.c.pool_id == pool_id)
    return tx.execute(given).scalar_one_or_none() or 0


def add(tx: Connection, event: AuthEvent) -> None:
    """Keep a new event."""
    tx.execute(
        insert(auth_events).values(
            pool_id=event.pool_id,
            event_id=event.event_id,
            created_at=event.created_at,
            sub=event.sub,
            event_type=event.event_type,
            **_what_changes(event),
        )
    )


def change(tx: Connection, event: AuthEvent) -> None:
    """Keep an event's outcome or feedback."""
    tx.execute(
        update(auth_events)
        .where(auth_events.c.pool_id == event.pool_id, auth_events.c.event_id == event.event_id)
        .values(**_what_changes(event))
    )


def _what_changes(event: AuthEvent) -> dict[str, object]:
    return {
        "event": msgspec.json.encode(event),
        "concluded": event.concluded,
        "judged": event.judged,
        "open_until": event.open_until,
    }


def find(tx: Connection, pool_id: str, event_id: str) -> AuthEvent | None:
    """Return an event, or None."""
    encoded = tx.execute(
        select(auth_events.c.event).where(
            auth_events.c.pool_id == pool_id, auth_events.c.event_id == event_id
        )
    ).scalar_one_or_none()
    return _event.decode(encoded) if encoded else None


def overdue(tx: Connection, now: Instant, limit: int) -> list[AuthEvent]:
    """Return at most `limit` events in progress, of all pools, whose time to be answered is over."""
    query = select(auth_events.c.event).where(auth_events.c.open_until <= now).limit(limit)
    return [_event.decode(encoded) for encoded in tx.execute(query).scalars()]


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


def all_of_user(tx: Connection, pool_id: str, sub: str) -> Iterator[AuthEvent]:
    """Yield all events of a user, the oldest first."""
    query = (
        select(auth_events.c.event)
        .where(auth_events.c.pool_id == pool_id, auth_events.c.sub == sub)
        .order_by(auth_events.c.created_at, auth_events.c.event_id)
    )
    for encoded in tx.execute(query).scalars():
        yield _event.decode(encoded)


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


def numbered_after(tx: Connection, pool_id: str, number: int, limit: int) -> Iterator[AuthEvent]:
    """Yield the latest `limit` events of a pool whose end or feedback has a number above one, as they occurred.

    The order is that of their latest number.
    """
    # Feedback mostly follows the end.
    latest_number = func.coalesce(auth_events.c.judged, auth_events.c.concluded)
    latest = (
        select(auth_events.c.event, latest_number.label("number"))
        .where(
            auth_events.c.pool_id == pool_id,
            or_(auth_events.c.concluded > number, auth_events.c.judged > number),
        )
        .order_by(latest_number.desc())
        .limit(limit)
        .subquery()
    )
    for encoded in tx.execute(select(latest.c.event).order_by(latest.c.number)).scalars():
        yield _event.decode(encoded)


def every_of_pool(tx: Connection, pool_id: str) -> Iterator[AuthEvent]:
    """Yield all events of a pool, the oldest first, a thousand read at a time."""
    after = (float("-inf"), "")
    while True:
        query = (
            select(auth_events.c.event)
            .where(
                auth_events.c.pool_id == pool_id,
                auth_events.c.created_at >= after[0],
                or_(auth_events.c.created_at > after[0], auth_events.c.event_id > after[1]),
            )
            .order_by(auth_events.c.created_at, auth_events.c.event_id)
            .limit(_AT_ONCE)
        )
        batch = [_event.decode(encoded) for encoded in tx.execute(query).scalars()]
        yield from batch
        if len(batch) < _AT_ONCE:
            return
        after = (batch[-1].created_at, batch[-1].event_id)


def users_after(tx: Connection, pool_id: str, sub: str, limit: int) -> list[str]:
    """Return at most `limit` users of a pool who have events, by their `sub`, those after one."""
    query = (
        select(auth_events.c.sub)
        .where(auth_events.c.pool_id == pool_id, auth_events.c.sub > sub)
        .group_by(auth_events.c.sub)
        .order_by(auth_events.c.sub)
        .limit(limit)
    )
    return [found for found in tx.execute(query).scalars() if found is not None]


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
