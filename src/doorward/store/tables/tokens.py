"""What was issued, and the keys it was signed with."""

from sqlalchemy import (
    JSON,
    Column,
    Double,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from doorward.store.tables.base import metadata, of_pool

token_families = Table(
    "token_families",
    metadata,
    *of_pool(
        Column("origin_jti", String, primary_key=True),
        Column(
            "locator_digest", LargeBinary, nullable=False, comment="of what all its refresh tokens begin with"
        ),
        Column("refresh_digest", LargeBinary, nullable=False),
        Column(
            "replaced_digest", LargeBinary, nullable=True, comment="of the refresh token before, by rotation"
        ),
        Column("rotated_at", Double, nullable=True),
        Column("client_id", String, nullable=False),
        Column("sub", String, nullable=False),
        Column("auth_time", Double, nullable=False),
        Column("event_id", String, nullable=True),
        Column("device_key", String, nullable=True, comment="the device that the tokens were issued to"),
        Column("expires_at", Double, nullable=False, index=True),
        Column("revoked_at", Double, nullable=True),
    ),
    UniqueConstraint("pool_id", "locator_digest"),
    Index(None, "pool_id", "sub"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    *of_pool(
        Column("kid", String, primary_key=True),
        Column("token_use", String, nullable=False, comment="id or access"),
        Column("created_at", Double, nullable=False),
        Column("retired_at", Double, nullable=True, comment="signs no more; still verifies"),
        Column("public_jwk", JSON, nullable=False),
        Column("sealed_private_key", LargeBinary, nullable=False),
    ),
)
