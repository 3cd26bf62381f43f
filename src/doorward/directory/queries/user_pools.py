"""User pools in the database."""

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from doorward.directory.second_factors import SecondFactors
from doorward.directory.user_pool import UserPool
from doorward.store import configurations
from doorward.store.tables import user_pools, users
from doorward.wire.contract import UserPoolType
from doorward.wire.errors import ResourceNotFoundException

# Built once: building a statement takes longer than running it.
_BY_ID = select(user_pools).where(user_pools.c.pool_id == bindparam("pool_id"))


def find(tx: Connection, pool_id: str) -> UserPool | None:
    """Return a pool, or None."""
    row = tx.execute(_BY_ID, {"pool_id": pool_id}).one_or_none()
    return _pool(row) if row else None


def require(tx: Connection, pool_id: str) -> UserPool:
    """Return a pool, or raise ResourceNotFoundException."""
    pool = find(tx, pool_id)
    if pool is None:
        raise ResourceNotFoundException(f"User pool {pool_id} does not exist.")
    return pool


def page(tx: Connection, limit: int, after: str | None) -> list[UserPool]:
    """Return at most `limit` pools in the order of their ids, those after `after`."""
    query = select(user_pools).order_by(user_pools.c.pool_id).limit(limit)
    if after is not None:
        query = query.where(user_pools.c.pool_id > after)
    return [_pool(row) for row in tx.execute(query)]


def add(tx: Connection, pool: UserPool) -> None:
    """Keep a new pool."""
    tx.execute(insert(user_pools).values(pool_id=pool.id, **_columns(pool)))


def change(tx: Connection, pool: UserPool) -> None:
    """Keep what has become of a pool."""
    tx.execute(update(user_pools).where(user_pools.c.pool_id == pool.id).values(**_columns(pool)))


def remove(tx: Connection, pool_id: str) -> None:
    """Delete a pool and, by the tables' own rules, all that belongs to it."""
    tx.execute(delete(user_pools).where(user_pools.c.pool_id == pool_id))


def count_users(tx: Connection, pool_id: str) -> int:
    """Return how many users a pool has."""
    return tx.execute(select(func.count()).select_from(users).where(users.c.pool_id == pool_id)).scalar_one()


def _columns(pool: UserPool) -> dict[str, object]:
    return {
        "name": pool.name,
        "created_at": pool.created_at,
        "modified_at": pool.modified_at,
        "configuration": configurations.encode(pool.configuration),
        "factors": configurations.encode(pool.factors),
        "tags": pool.tags,
        "unblocks_by_code": pool.unblocks_by_code,
    }


def _pool(row: Row[tuple[object, ...]]) -> UserPool:
    return UserPool(
        id=row.pool_id,
        created_at=row.created_at,
        modified_at=row.modified_at,
        configuration=configurations.decode(UserPoolType, row.configuration),
        factors=configurations.decode(SecondFactors, row.factors),
        tags=row.tags,
        unblocks_by_code=row.unblocks_by_code,
    )
