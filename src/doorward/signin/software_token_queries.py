"""Software tokens in the database. A user has at most one that waits for its first code, under the empty name."""

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from doorward.clock import Instant
from doorward.store.tables import software_tokens as table


class StoredToken(msgspec.Struct, frozen=True, kw_only=True):
    """A software token. `last_step` is the time step of the last code that was used; no earlier one serves."""

    pool_id: str
    sub: str
    name: str
    sealed_seed: bytes
    confirmed: bool
    last_step: int
    created_at: Instant

    def __repr__(self) -> str:
        """Show nothing of the seed, not even sealed."""
        return f"StoredToken({self.sub!r})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("sub", self.sub)]


def of_user(tx: Connection, pool_id: str, sub: str, *, confirmed: bool) -> list[StoredToken]:
    """Return a user's tokens, confirmed or waiting, the oldest first."""
    rows = tx.execute(
        select(table)
        .where(table.c.pool_id == pool_id, table.c.sub == sub, table.c.confirmed.is_(confirmed))
        .order_by(table.c.created_at, table.c.name)
    )
    return [StoredToken(**row._mapping) for row in rows]


def keep(tx: Connection, token: StoredToken) -> None:
    """Keep a token in place of one of the same name that is as confirmed as it."""
    values = {
        "sealed_seed": token.sealed_seed,
        "last_step": token.last_step,
        "created_at": token.created_at,
    }
    tx.execute(
        insert(table)
        .values(pool_id=token.pool_id, sub=token.sub, name=token.name, confirmed=token.confirmed, **values)
        .on_conflict_do_update(index_elements=["pool_id", "sub", "confirmed", "name"], set_=values)
    )


def remember_step(tx: Connection, token: StoredToken, step: int) -> None:
    """Remember the time step of a code that was used."""
    tx.execute(update(table).where(*_is(token)).values(last_step=step))


def remove(tx: Connection, token: StoredToken) -> None:
    """Delete a token."""
    tx.execute(delete(table).where(*_is(token)))


def remove_of_user(tx: Connection, pool_id: str, sub: str) -> int:
    """Delete all of a user's tokens; return how many were confirmed."""
    confirmed = len(of_user(tx, pool_id, sub, confirmed=True))
    tx.execute(delete(table).where(table.c.pool_id == pool_id, table.c.sub == sub))
    return confirmed


def _is(token: StoredToken) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.pool_id == token.pool_id,
        table.c.sub == token.sub,
        table.c.confirmed.is_(token.confirmed),
        table.c.name == token.name,
    )
