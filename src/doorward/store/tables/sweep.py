"""How far leaks have been tried on the stored passwords."""

from sqlalchemy import (
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from doorward.store.tables.base import metadata, of_pool

breach_sweeps = Table(
    "breach_sweeps",
    metadata,
    *of_pool(
        Column("leak_digest", LargeBinary, primary_key=True, comment="of the leak's beginning"),
        Column("leak", String, nullable=False, comment="its name"),
        Column("step", Integer, nullable=False, comment="grows with every change"),
        Column("line", Integer, nullable=False, comment="the last line that is done"),
        Column("after_sub", String, nullable=False, comment="bare passwords: the last account that is done"),
        Column("prefix_digest", LargeBinary, nullable=False, comment="of all lines up to that one"),
        Column("verified", Integer, nullable=False),
        Column("found", Integer, nullable=False),
        Column("deferred", Integer, nullable=False),
        Column("started_at", Double, nullable=False),
        Column("updated_at", Double, nullable=False),
        Column("finished_at", Double, nullable=True),
    ),
)

deferred_leaks = Table(
    "deferred_leaks",
    metadata,
    *of_pool(
        Column("password_digest", LargeBinary, primary_key=True, comment="keyed: of pool, sub and password"),
        Column("sub", String, nullable=False, comment="empty: whoever has it"),
        Column("leak", String, nullable=False, comment="its name"),
        Column("expires_at", Double, nullable=False, index=True),
    ),
    Index(None, "pool_id", "sub"),
)
