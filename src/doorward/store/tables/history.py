"""What happened: auth events and their numbers."""

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

auth_events = Table(
    "auth_events",
    metadata,
    *of_pool(
        Column("event_id", String, primary_key=True),
        Column("created_at", Double, nullable=False),
        Column("sub", String, nullable=True, comment="null: no such user"),
        Column("event_type", String, nullable=False),
        Column("event", LargeBinary, nullable=False, comment="AuthEvent as JSON, frozen when it happened"),
        Column("concluded", Integer, nullable=True, comment="its number in the pool; null: in progress"),
        Column("judged", Integer, nullable=True, comment="the number of its latest feedback"),
        Column("open_until", Double, nullable=True, index=True, comment="null: has come to its end"),
    ),
    Index(None, "pool_id", "sub", "created_at", "event_id"),
    Index(None, "pool_id", "created_at"),
    Index(None, "pool_id", "concluded"),
    Index(None, "pool_id", "judged"),
)

event_sequences = Table(
    "event_sequences",
    metadata,
    *of_pool(Column("last", Integer, nullable=False, comment="the number given last")),
)
