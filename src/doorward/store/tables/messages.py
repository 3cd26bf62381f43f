"""What is to leave the house."""

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

outbox = Table(
    "outbox",
    metadata,
    *of_pool(
        Column("message_id", String, primary_key=True),
        Column("sequence", Integer, nullable=False, comment="the order in which the pool put them here"),
        Column("created_at", Double, nullable=False),
        Column("sub", String, nullable=True),
        Column("kind", String, nullable=False),
        Column("medium", String, nullable=False, comment="EMAIL or SMS"),
        Column("sealed_message", LargeBinary, nullable=False),
        Column("state", String, nullable=False, comment="see doorward.messages.queries.OutboxRow"),
        Column("attempts", Integer, nullable=False),
        Column("next_attempt_at", Double, nullable=False),
        Column("problem", String, nullable=True),
    ),
    Index(None, "state", "next_attempt_at"),
    Index(None, "pool_id", "sequence"),
)
