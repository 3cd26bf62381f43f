"""What a sign-in leaves behind: sessions, codes, wrong answers counted."""

from sqlalchemy import (
    JSON,
    Column,
    Double,
    Integer,
    LargeBinary,
    String,
    Table,
)

from doorward.store.tables.base import metadata, of_pool

sign_in_sessions = Table(
    "sign_in_sessions",
    metadata,
    *of_pool(
        Column("session_digest", LargeBinary, primary_key=True, index=True),
        Column("sealed_state", LargeBinary, nullable=False),
        Column("expires_at", Double, nullable=False, index=True),
    ),
)

verification_codes = Table(
    "verification_codes",
    metadata,
    *of_pool(
        Column("sub", String, primary_key=True, comment="or the digest of a name that leads to nobody"),
        Column("purpose", String, primary_key=True, comment="sign-up, reset, or the attribute to verify"),
        Column("code_digest", LargeBinary, nullable=False),
        Column("attribute", String, nullable=False, comment="where the code went"),
        Column(
            "pending_value", String, nullable=True, comment="the new value that waits for its verification"
        ),
        Column("expires_at", Double, nullable=False, index=True),
        Column("failures", Integer, nullable=False),
    ),
)

lockouts = Table(
    "lockouts",
    metadata,
    *of_pool(
        Column("subject", String, primary_key=True, comment="a sub, or an unknown name"),
        Column("failures", Integer, nullable=False),
        Column("locked_until", Double, nullable=False),
        Column("last_failure_at", Double, nullable=False),
    ),
)

attempt_counts = Table(
    "attempt_counts",
    metadata,
    *of_pool(
        Column("subject", String, primary_key=True, comment="a sub, or an unknown name"),
        Column("operation", String, primary_key=True),
        Column("spent", JSON, nullable=False, comment="the instants of the attempts that still count"),
        Column("expires_at", Double, nullable=False, index=True, comment="when none of them counts any more"),
    ),
)

passkey_registrations = Table(
    "passkey_registrations",
    metadata,
    *of_pool(
        Column("sub", String, primary_key=True),
        Column("challenge_digest", LargeBinary, nullable=False),
        Column("client_id", String, nullable=False, comment="whose access token began it"),
        Column("relying_party_id", String, nullable=False),
        Column("expires_at", Double, nullable=False, index=True),
    ),
)
