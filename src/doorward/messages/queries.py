"""The outbox in the database."""

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from doorward.clock import Instant
from doorward.store.tables import outbox


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it lies in the outbox, sealed, with what became of it.

    `state`: `waiting` for its turn; `delivering`: handed to the mail server, whose answer is not in yet;
    `delivered`; `kept`: nothing is set up that could deliver it; `failed`: given up, `problem` says why;
    `discarded`: it was to nobody.
    """

    pool_id: str
    message_id: str
    created_at: Instant
    sub: str | None
    kind: str
    medium: str
    sealed_message: bytes
    state: str
    attempts: int
    next_attempt_at: Instant
    problem: str | None

    def __repr__(self) -> str:
        """Name the message without what stands in it."""
        return f"OutboxRow({self.message_id}, {self.kind}, {self.medium}, {self.state})"


def add(tx: Connection, row: OutboxRow) -> None:
    """Keep a new message, after the pool's others."""
    last = select(func.coalesce(func.max(outbox.c.sequence), 0)).where(outbox.c.pool_id == row.pool_id)
    tx.execute(insert(outbox).values(**msgspec.structs.asdict(row), sequence=last.scalar_subquery() + 1))


def due(tx: Connection, now: Instant, limit: int) -> list[OutboxRow]:
    """Return at most `limit` waiting messages whose time has come, the longest due first."""
    query = (
        select(outbox)
        .where(outbox.c.state == "waiting", outbox.c.next_attempt_at <= now)
        .order_by(outbox.c.next_attempt_at, outbox.c.sequence)
        .limit(limit)
    )
    return [_row(row) for row in tx.execute(query)]


def begin(tx: Connection, row: OutboxRow, lease_until: Instant) -> bool:
    """Mark a waiting message as being delivered; False where another worker was faster."""
    changed = tx.execute(
        update(outbox)
        .where(*_is(row), outbox.c.state == "waiting")
        .values(state="delivering", next_attempt_at=lease_until)
    )
    return changed.rowcount == 1


def finish(tx: Connection, row: OutboxRow, state: str, problem: str | None) -> None:
    """Note how it ended. A delivered message keeps nothing of what it said."""
    values: dict[str, object] = {"state": state, "problem": problem}
    if state == "delivered":
        values["sealed_message"] = b""
    tx.execute(update(outbox).where(*_is(row)).values(**values))


def postpone(tx: Connection, row: OutboxRow, until: Instant, problem: str) -> None:
    """Put a message back for another attempt, after one that failed."""
    tx.execute(
        update(outbox)
        .where(*_is(row))
        .values(state="waiting", next_attempt_at=until, attempts=outbox.c.attempts + 1, problem=problem)
    )


def has_interrupted(tx: Connection, now: Instant) -> bool:
    """Say whether a delivery is under way for longer than its lease."""
    return bool(
        tx.execute(
            select(outbox.c.message_id)
            .where(outbox.c.state == "delivering", outbox.c.next_attempt_at <= now)
            .limit(1)
        ).first()
    )


def give_up_interrupted(tx: Connection, now: Instant, problem: str) -> int:
    """Give up what was being delivered when a server stopped, once its lease is over; return how many."""
    return tx.execute(
        update(outbox)
        .where(outbox.c.state == "delivering", outbox.c.next_attempt_at <= now)
        .values(state="failed", problem=problem)
    ).rowcount


def latest(tx: Connection, pool_id: str | None, limit: int) -> list[OutboxRow]:
    """Return the latest messages of a pool, or of all pools (None), the oldest first."""
    query = (
        select(outbox)
        .where(outbox.c.state != "discarded")
        .order_by(outbox.c.created_at.desc(), outbox.c.sequence.desc())
        .limit(limit)
    )
    if pool_id is not None:
        query = query.where(outbox.c.pool_id == pool_id)
    return [_row(row) for row in reversed(tx.execute(query).all())]


def remove_before(tx: Connection, instant: Instant) -> int:
    """Delete what is older than an instant and neither waits nor is being delivered; return how many."""
    return tx.execute(
        delete(outbox).where(
            outbox.c.created_at < instant, outbox.c.state.in_(("delivered", "kept", "failed", "discarded"))
        )
    ).rowcount


def forget_user(tx: Connection, pool_id: str, sub: str) -> None:
    """Delete the messages to a user who is being deleted."""
    tx.execute(delete(outbox).where(outbox.c.pool_id == pool_id, outbox.c.sub == sub))


def _is(row: OutboxRow) -> tuple[ColumnElement[bool], ...]:
    return (outbox.c.pool_id == row.pool_id, outbox.c.message_id == row.message_id)


def _row(row: Row[tuple[object, ...]]) -> OutboxRow:
    columns = dict(row._mapping)
    del columns["sequence"]
    return OutboxRow(**columns)
