"""Every table. Each key begins with the pool, so that the schema can be spread over machines by pool.

Instants are seconds since the epoch. `sealed_*` columns hold what `doorward.store.sealing` sealed, `*_digest`
columns what cannot be turned back; no other column may hold a secret.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_pool(*columns: Column[object]) -> tuple[Column[object] | ForeignKeyConstraint, ...]:
    """The pool's id as the first part of the key; whatever belongs to a pool goes when the pool goes."""
    return (
        Column("pool_id", String, primary_key=True),
        *columns,
        ForeignKeyConstraint(["pool_id"], ["user_pools.pool_id"], ondelete="CASCADE"),
    )


user_pools = Table(
    "user_pools",
    metadata,
    Column("pool_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("modified_at", Double, nullable=False),
    Column("configuration", LargeBinary, nullable=False, comment="UserPoolType as JSON"),
    Column("factors", LargeBinary, nullable=False, comment="SecondFactors as JSON"),
    Column("tags", JSON, nullable=False),
    Index(None, "name"),
)

app_clients = Table(
    "app_clients",
    metadata,
    *_of_pool(
        Column("client_id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("created_at", Double, nullable=False),
        Column("modified_at", Double, nullable=False),
        Column("sealed_secret", LargeBinary, nullable=True),
        Column("configuration", LargeBinary, nullable=False, comment="UserPoolClientType as JSON"),
    ),
    UniqueConstraint("client_id"),
)

users = Table(
    "users",
    metadata,
    *_of_pool(
        Column("sub", String, primary_key=True),
        Column("username", String, nullable=False, comment="as the user signed up"),
        Column("username_key", String, nullable=False, comment="folded where the pool ignores case"),
        Column("status", String, nullable=False),
        Column("enabled", Boolean, nullable=False),
        Column("created_at", Double, nullable=False),
        Column("modified_at", Double, nullable=False),
        Column("attributes", JSON, nullable=False, comment="name → value"),
        Column("password_digest", String, nullable=True, comment="Argon2id"),
        Column("password_history", JSON, nullable=False, comment="Argon2id digests, the newest first"),
        Column("password_set_at", Double, nullable=True),
        Column("password_expires_at", Double, nullable=True, comment="of a temporary password"),
        Column("srp_salt", LargeBinary, nullable=True),
        Column("sealed_srp_verifier", LargeBinary, nullable=True),
        Column(
            "corpus_version",
            String,
            nullable=True,
            comment="the corpus that the password was checked against",
        ),
        Column(
            "password_compromised", Boolean, nullable=True, comment="what that corpus said; null: unchecked"
        ),
        Column(
            "mfa_settings",
            JSON,
            nullable=False,
            comment="active factors, which one is preferred, whether passkeys count",
        ),
    ),
    UniqueConstraint("pool_id", "username_key"),
    Index(None, "pool_id", "created_at", "sub"),
    Index(None, "pool_id", "status", "sub"),
    Index(None, "pool_id", "enabled", "sub"),
)

sign_in_names = Table(
    "sign_in_names",
    metadata,
    *_of_pool(
        Column("kind", String, primary_key=True, comment="email, phone_number or preferred_username"),
        Column("name_key", String, primary_key=True),
        Column("sub", String, nullable=False),
    ),
    Index(None, "pool_id", "sub"),
)

breach_sweeps = Table(
    "breach_sweeps",
    metadata,
    *_of_pool(
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
    *_of_pool(
        Column("password_digest", LargeBinary, primary_key=True, comment="keyed: of pool, sub and password"),
        Column("sub", String, nullable=False, comment="empty: whoever has it"),
        Column("leak", String, nullable=False, comment="its name"),
        Column("expires_at", Double, nullable=False, index=True),
    ),
    Index(None, "pool_id", "sub"),
)

searchable_attributes = Table(
    "searchable_attributes",
    metadata,
    *_of_pool(
        Column("name", String, primary_key=True),
        Column("value", String, primary_key=True, comment="folded: a search ignores case"),
        Column("sub", String, primary_key=True),
    ),
    Index(None, "pool_id", "sub"),
)

verification_codes = Table(
    "verification_codes",
    metadata,
    *_of_pool(
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
    *_of_pool(
        Column("subject", String, primary_key=True, comment="a sub, or an unknown name"),
        Column("failures", Integer, nullable=False),
        Column("locked_until", Double, nullable=False),
        Column("last_failure_at", Double, nullable=False),
    ),
)

software_tokens = Table(
    "software_tokens",
    metadata,
    *_of_pool(
        Column("sub", String, primary_key=True),
        Column("confirmed", Boolean, primary_key=True, comment="false: waits for its first code"),
        Column("name", String, primary_key=True, comment="FriendlyDeviceName, or empty"),
        Column("sealed_seed", LargeBinary, nullable=False),
        Column("last_step", Integer, nullable=False, comment="of 30 s: of the code that was used last"),
        Column("created_at", Double, nullable=False),
    ),
)

attempt_counts = Table(
    "attempt_counts",
    metadata,
    *_of_pool(
        Column("subject", String, primary_key=True, comment="a sub, or an unknown name"),
        Column("operation", String, primary_key=True),
        Column("spent", JSON, nullable=False, comment="the instants of the attempts that still count"),
        Column("expires_at", Double, nullable=False, index=True, comment="when none of them counts any more"),
    ),
)

sign_in_sessions = Table(
    "sign_in_sessions",
    metadata,
    *_of_pool(
        Column("session_digest", LargeBinary, primary_key=True, index=True),
        Column("sealed_state", LargeBinary, nullable=False),
        Column("expires_at", Double, nullable=False, index=True),
    ),
)

devices = Table(
    "devices",
    metadata,
    *_of_pool(
        Column("device_key", String, primary_key=True),
        Column("sub", String, nullable=False),
        Column("name", String, nullable=True, comment="as the application named it"),
        Column("remembered", Boolean, nullable=False),
        Column("created_at", Double, nullable=False),
        Column("modified_at", Double, nullable=False),
        Column("authenticated_at", Double, nullable=False),
        Column("last_address", String, nullable=True),
        Column("srp_salt", LargeBinary, nullable=False),
        Column("sealed_srp_verifier", LargeBinary, nullable=False),
    ),
    Index(None, "pool_id", "sub", "created_at", "device_key"),
)

token_families = Table(
    "token_families",
    metadata,
    *_of_pool(
        Column("origin_jti", String, primary_key=True),
        Column("refresh_digest", LargeBinary, nullable=False),
        Column("client_id", String, nullable=False),
        Column("sub", String, nullable=False),
        Column("auth_time", Double, nullable=False),
        Column("event_id", String, nullable=True),
        Column("device_key", String, nullable=True, comment="the device that the tokens were issued to"),
        Column("expires_at", Double, nullable=False, index=True),
        Column("revoked_at", Double, nullable=True),
    ),
    UniqueConstraint("pool_id", "refresh_digest"),
    Index(None, "pool_id", "sub"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    *_of_pool(
        Column("kid", String, primary_key=True),
        Column("token_use", String, nullable=False, comment="id or access"),
        Column("created_at", Double, nullable=False),
        Column("retired_at", Double, nullable=True, comment="signs no more; still verifies"),
        Column("public_jwk", JSON, nullable=False),
        Column("sealed_private_key", LargeBinary, nullable=False),
    ),
)

risk_configurations = Table(
    "risk_configurations",
    metadata,
    *_of_pool(
        Column("client_id", String, primary_key=True, comment="empty: the whole pool"),
        Column("configuration", LargeBinary, nullable=False, comment="RiskConfigurationType as JSON"),
        Column("modified_at", Double, nullable=False),
    ),
)

risk_profiles = Table(
    "risk_profiles",
    metadata,
    *_of_pool(
        Column("sub", String, primary_key=True),
        Column("profile", LargeBinary, nullable=False),
    ),
)

risk_calibrations = Table(
    "risk_calibrations",
    metadata,
    *_of_pool(
        Column("calibration", LargeBinary, nullable=False, comment="Calibration as JSON"),
        Column("calibrated_at", Double, nullable=False),
    ),
)

pool_views = Table(
    "pool_views",
    metadata,
    *_of_pool(
        Column("generation", Integer, nullable=False, comment="grows when the counts are made anew"),
        Column("population", LargeBinary, nullable=False, comment="the pool's counts, by hashes"),
        Column("covered", LargeBinary, nullable=False, comment="Coverage as JSON: what is counted in them"),
        Column("kept_at", Double, nullable=False),
    ),
)

event_sequences = Table(
    "event_sequences",
    metadata,
    *_of_pool(Column("last", Integer, nullable=False, comment="the number given last")),
)

auth_events = Table(
    "auth_events",
    metadata,
    *_of_pool(
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

outbox = Table(
    "outbox",
    metadata,
    *_of_pool(
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

access_keys = Table(
    "access_keys",
    metadata,
    Column("access_key_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("pool_id", String, nullable=True, comment="null: every pool"),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("created_at", Double, nullable=False),
)
