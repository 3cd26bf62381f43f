"""Access keys in the database."""

from sqlalchemy import Connection, Row, delete, func, insert, select

from doorward.directory.access_key import AccessKey
from doorward.store.tables import access_keys


def find(tx: Connection, access_key_id: str) -> AccessKey | None:
    """Return an access key, or None."""
    row = tx.execute(select(access_keys).where(access_keys.c.access_key_id == access_key_id)).one_or_none()
    return _access_key(row) if row else None


def every(tx: Connection) -> list[AccessKey]:
    """Return all access keys, the oldest first."""
    return [_access_key(row) for row in tx.execute(select(access_keys).order_by(access_keys.c.created_at))]


def count(tx: Connection) -> int:
    """Return how many access keys there are."""
    return tx.execute(select(func.count()).select_from(access_keys)).scalar_one()


def add(tx: Connection, key: AccessKey) -> None:
    """Keep a new access key."""
    tx.execute(
        insert(access_keys).values(
            access_key_id=key.id,
            name=key.name,
            role=key.role,
            pool_id=key.pool_id,
            sealed_secret=key.sealed_secret,
            created_at=key.created_at,
        )
    )


def remove(tx: Connection, access_key_id: str) -> bool:
    """Delete an access key; return whether there was one."""
    return tx.execute(delete(access_keys).where(access_keys.c.access_key_id == access_key_id)).rowcount > 0


def _access_key(row: Row[tuple[object, ...]]) -> AccessKey:
    return AccessKey(
        id=row.access_key_id,
        name=row.name,
        role=row.role,
        pool_id=row.pool_id,
        sealed_secret=row.sealed_secret,
        created_at=row.created_at,
    )
