"""What every table begins with: the metadata, and the pool as the first part of the key."""

from sqlalchemy import Column, ForeignKeyConstraint, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def of_pool(*columns: Column[object]) -> tuple[Column[object] | ForeignKeyConstraint, ...]:
    """Return a table's columns with the pool's id as the first part of the key.

    Whatever belongs to a pool goes when the pool goes.
    """
    return (
        Column("pool_id", String, primary_key=True),
        *columns,
        ForeignKeyConstraint(["pool_id"], ["user_pools.pool_id"], ondelete="CASCADE"),
    )
