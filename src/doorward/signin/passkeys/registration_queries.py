"""Registrations of passkeys that have begun, in the database. A user has at most one that waits."""

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from doorward.clock import Instant
from doorward.store.tables import passkey_registrations as table


class StartedRegistration(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge that an authenticator was asked to answer, by its digest, and with whose token it was made."""

    pool_id: str
    sub: str
    challenge_digest: bytes
    client_id: str
    relying_party_id: str
    expires_at: Instant


def of_user(tx: Connection, pool_id: str, sub: str) -> StartedRegistration | None:
    """Return the registration that waits for a user's answer, expired or not."""
    row = tx.execute(select(table).where(table.c.pool_id == pool_id, table.c.sub == sub)).one_or_none()
    return StartedRegistration(**row._mapping) if row else None


def keep(tx: Connection, started: StartedRegistration) -> None:
    """Keep a registration in place of the one that the user began before."""
    values = msgspec.structs.asdict(started)
    tx.execute(
        insert(table).values(values).on_conflict_do_update(index_elements=["pool_id", "sub"], set_=values)
    )


def remove(tx: Connection, started: StartedRegistration) -> None:
    """Forget a registration: its challenge has been answered."""
    tx.execute(delete(table).where(table.c.pool_id == started.pool_id, table.c.sub == started.sub))
