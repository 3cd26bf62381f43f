"""What exists: pools, app clients, users and what they sign in with, access keys."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from doorward.store.tables.base import metadata, of_pool

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
    Column("unblocks_by_code", Boolean, nullable=False, comment="Doorward's own: self-service unblock"),
    Index(None, "name"),
)

app_clients = Table(
    "app_clients",
    metadata,
    *of_pool(
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
    *of_pool(
        Column("sub", String, primary_key=True),
        Column("username", String, nullable=False, comment="as the user signed up"),
        Column("username_key", String, nullable=False, comment="folded where the pool ignores case"),
        Column("status", String, nullable=False),
        Column("enabled", Boolean, nullable=False),
        Column("created_at", Double, nullable=False),
        Column("modified_at", Double, nullable=False),
        Column("attributes", JSON, nullable=False, comment="name → value"),
        Column("verified_since", JSON, nullable=False, comment="address → when it was verified as it is now"),
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
    *of_pool(
        Column("kind", String, primary_key=True, comment="email, phone_number or preferred_username"),
        Column("name_key", String, primary_key=True),
        Column("sub", String, nullable=False),
    ),
    Index(None, "pool_id", "sub"),
)

searchable_attributes = Table(
    "searchable_attributes",
    metadata,
    *of_pool(
        Column("name", String, primary_key=True),
        Column("value", String, primary_key=True, comment="folded: a search ignores case"),
        Column("sub", String, primary_key=True),
    ),
    Index(None, "pool_id", "sub"),
)

software_tokens = Table(
    "software_tokens",
    metadata,
    *of_pool(
        Column("sub", String, primary_key=True),
        Column("confirmed", Boolean, primary_key=True, comment="false: waits for its first code"),
        Column("name", String, primary_key=True, comment="FriendlyDeviceName, or empty"),
        Column("sealed_seed", LargeBinary, nullable=False),
        Column("last_step", Integer, nullable=False, comment="of 30 s: of the code that was used last"),
        Column("created_at", Double, nullable=False),
    ),
)

devices = Table(
    "devices",
    metadata,
    *of_pool(
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

passkeys = Table(
    "passkeys",
    metadata,
    *of_pool(
        Column("credential_id", String, primary_key=True, comment="base64url"),
        Column("sub", String, nullable=False),
        Column("relying_party_id", String, nullable=False, comment="the domain that the key is bound to"),
        Column("public_key", LargeBinary, nullable=False, comment="COSE"),
        Column("sign_count", BigInteger, nullable=False, comment="the authenticator's counter, as last seen"),
        Column("backup_eligible", Boolean, nullable=False, comment="the key may be copied to other devices"),
        Column("backed_up", Boolean, nullable=False, comment="and is"),
        Column("aaguid", String, nullable=False, comment="the authenticator's make"),
        Column("name", String, nullable=False),
        Column("attachment", String, nullable=True, comment="platform or cross-platform"),
        Column("transports", JSON, nullable=False),
        Column("created_at", Double, nullable=False),
        Column("used_at", Double, nullable=True, comment="when the user last signed in with it"),
    ),
    Index(None, "pool_id", "sub", "created_at", "credential_id"),
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
