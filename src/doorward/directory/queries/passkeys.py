"""The passkeys of users in the database. A passkey is found by its id together with whose it is."""

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, insert, literal, select, tuple_, update

from doorward.clock import Instant
from doorward.directory.passkey import Passkey
from doorward.store.tables import passkeys

_OF_USER = (
    select(passkeys)
    .where(passkeys.c.pool_id == bindparam("pool_id"), passkeys.c.sub == bindparam("sub"))
    .order_by(passkeys.c.created_at, passkeys.c.credential_id)
)


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of a user's passkeys ended."""

    created_at: Instant
    id: str


def of_user(tx: Connection, pool_id: str, sub: str) -> list[Passkey]:
    """Return a user's passkeys, the oldest first."""
    return [_from_row(row) for row in tx.execute(_OF_USER, {"pool_id": pool_id, "sub": sub})]


def page(tx: Connection, pool_id: str, sub: str, limit: int, after: Position | None) -> list[Passkey]:
    """Return at most `limit` of a user's passkeys after a position, the oldest first."""
    query = _OF_USER.limit(limit)
    if after is not None:
        query = query.where(
            tuple_(passkeys.c.created_at, passkeys.c.credential_id)
            > tuple_(literal(after.created_at), literal(after.id))
        )
    return [_from_row(row) for row in tx.execute(query, {"pool_id": pool_id, "sub": sub})]


def find(tx: Connection, pool_id: str, sub: str, passkey_id: str) -> Passkey | None:
    """Return a user's passkey, or None: another user's is no passkey of his."""
    query = _OF_USER.where(passkeys.c.credential_id == passkey_id)
    row = tx.execute(query, {"pool_id": pool_id, "sub": sub}).one_or_none()
    return _from_row(row) if row else None


def exists(tx: Connection, pool_id: str, passkey_id: str) -> bool:
    """Return whether anybody in the pool has a passkey of that id."""
    where = (passkeys.c.pool_id == pool_id, passkeys.c.credential_id == passkey_id)
    return tx.execute(select(passkeys.c.sub).where(*where)).first() is not None


def add(tx: Connection, passkey: Passkey) -> None:
    """Keep a new passkey."""
    values = msgspec.structs.asdict(passkey)
    values["credential_id"] = values.pop("id")
    tx.execute(insert(passkeys).values(values))


def remember_use(tx: Connection, passkey: Passkey) -> None:
    """Keep what a sign-in has changed in a passkey: its counter, whether it is backed up, when it was used."""
    tx.execute(
        update(passkeys)
        .where(passkeys.c.pool_id == passkey.pool_id, passkeys.c.credential_id == passkey.id)
        .values(sign_count=passkey.sign_count, backed_up=passkey.backed_up, used_at=passkey.used_at)
    )


def remove(tx: Connection, pool_id: str, sub: str, passkey_id: str) -> bool:
    """Forget a user's passkey; return whether he had it."""
    removed = tx.execute(
        delete(passkeys).where(
            passkeys.c.pool_id == pool_id, passkeys.c.sub == sub, passkeys.c.credential_id == passkey_id
        )
    )
    return removed.rowcount > 0


def forget_user(tx: Connection, pool_id: str, sub: str) -> None:
    """Forget all passkeys of a user who is being deleted."""
    tx.execute(delete(passkeys).where(passkeys.c.pool_id == pool_id, passkeys.c.sub == sub))


def _from_row(row: Row[tuple[object, ...]]) -> Passkey:
    values = dict(row._mapping)
    return Passkey(id=values.pop("credential_id"), **values)
