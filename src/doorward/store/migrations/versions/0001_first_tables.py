"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """First tables."""
    op.create_table(
        "access_keys",
        sa.Column("access_key_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("pool_id", sa.String(), nullable=True, comment="null: every pool"),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("access_key_id", name=op.f("pk_access_keys")),
    )
    op.create_table(
        "user_pools",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("modified_at", sa.Double(), nullable=False),
        sa.Column("configuration", sa.LargeBinary(), nullable=False, comment="UserPoolType as JSON"),
        sa.Column("factors", sa.LargeBinary(), nullable=False, comment="SecondFactors as JSON"),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column(
            "unblocks_by_code",
            sa.Boolean(),
            nullable=False,
            comment="Doorward's own: self-service unblock",
        ),
        sa.PrimaryKeyConstraint("pool_id", name=op.f("pk_user_pools")),
    )
    with op.batch_alter_table("user_pools", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_pools_name"), ["name"], unique=False)

    op.create_table(
        "app_clients",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("modified_at", sa.Double(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("configuration", sa.LargeBinary(), nullable=False, comment="UserPoolClientType as JSON"),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_app_clients_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "client_id", name=op.f("pk_app_clients")),
        sa.UniqueConstraint("client_id", name=op.f("uq_app_clients_client_id")),
    )
    op.create_table(
        "attempt_counts",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False, comment="a sub, or an unknown name"),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column(
            "spent", sa.JSON(), nullable=False, comment="the instants of the attempts that still count"
        ),
        sa.Column("expires_at", sa.Double(), nullable=False, comment="when none of them counts any more"),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_attempt_counts_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "subject", "operation", name=op.f("pk_attempt_counts")),
    )
    with op.batch_alter_table("attempt_counts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_counts_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "auth_events",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("sub", sa.String(), nullable=True, comment="null: no such user"),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column(
            "event", sa.LargeBinary(), nullable=False, comment="AuthEvent as JSON, frozen when it happened"
        ),
        sa.Column(
            "concluded", sa.Integer(), nullable=True, comment="its number in the pool; null: in progress"
        ),
        sa.Column("judged", sa.Integer(), nullable=True, comment="the number of its latest feedback"),
        sa.Column("open_until", sa.Double(), nullable=True, comment="null: has come to its end"),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_auth_events_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "event_id", name=op.f("pk_auth_events")),
    )
    with op.batch_alter_table("auth_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_events_open_until"), ["open_until"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_auth_events_pool_id_concluded"), ["pool_id", "concluded"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_auth_events_pool_id_created_at"), ["pool_id", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_auth_events_pool_id_judged"), ["pool_id", "judged"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_auth_events_pool_id_sub_created_at_event_id"),
            ["pool_id", "sub", "created_at", "event_id"],
            unique=False,
        )

    op.create_table(
        "breach_sweeps",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("leak_digest", sa.LargeBinary(), nullable=False, comment="of the leak's beginning"),
        sa.Column("leak", sa.String(), nullable=False, comment="its name"),
        sa.Column("step", sa.Integer(), nullable=False, comment="grows with every change"),
        sa.Column("line", sa.Integer(), nullable=False, comment="the last line that is done"),
        sa.Column(
            "after_sub", sa.String(), nullable=False, comment="bare passwords: the last account that is done"
        ),
        sa.Column("prefix_digest", sa.LargeBinary(), nullable=False, comment="of all lines up to that one"),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("deferred", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_breach_sweeps_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "leak_digest", name=op.f("pk_breach_sweeps")),
    )
    op.create_table(
        "deferred_leaks",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column(
            "password_digest", sa.LargeBinary(), nullable=False, comment="keyed: of pool, sub and password"
        ),
        sa.Column("sub", sa.String(), nullable=False, comment="empty: whoever has it"),
        sa.Column("leak", sa.String(), nullable=False, comment="its name"),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_deferred_leaks_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "password_digest", name=op.f("pk_deferred_leaks")),
    )
    with op.batch_alter_table("deferred_leaks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deferred_leaks_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deferred_leaks_pool_id_sub"), ["pool_id", "sub"], unique=False)

    op.create_table(
        "devices",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("device_key", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True, comment="as the application named it"),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("modified_at", sa.Double(), nullable=False),
        sa.Column("authenticated_at", sa.Double(), nullable=False),
        sa.Column("last_address", sa.String(), nullable=True),
        sa.Column("srp_salt", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_srp_verifier", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_devices_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "device_key", name=op.f("pk_devices")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_devices_pool_id_sub_created_at_device_key"),
            ["pool_id", "sub", "created_at", "device_key"],
            unique=False,
        )

    op.create_table(
        "event_sequences",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False, comment="the number given last"),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["user_pools.pool_id"],
            name=op.f("fk_event_sequences_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pool_id", name=op.f("pk_event_sequences")),
    )
    op.create_table(
        "lockouts",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False, comment="a sub, or an unknown name"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.Double(), nullable=False),
        sa.Column("last_failure_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_lockouts_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "subject", name=op.f("pk_lockouts")),
    )
    op.create_table(
        "outbox",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column(
            "sequence", sa.Integer(), nullable=False, comment="the order in which the pool put them here"
        ),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("sub", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False, comment="EMAIL or SMS"),
        sa.Column("sealed_message", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="see doorward.messages.queries.OutboxRow"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.Double(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_outbox_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "message_id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_pool_id_sequence"), ["pool_id", "sequence"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outbox_state_next_attempt_at"), ["state", "next_attempt_at"], unique=False
        )

    op.create_table(
        "passkey_registrations",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("challenge_digest", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False, comment="whose access token began it"),
        sa.Column("relying_party_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["user_pools.pool_id"],
            name=op.f("fk_passkey_registrations_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pool_id", "sub", name=op.f("pk_passkey_registrations")),
    )
    with op.batch_alter_table("passkey_registrations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_registrations_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "passkeys",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False, comment="base64url"),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column(
            "relying_party_id", sa.String(), nullable=False, comment="the domain that the key is bound to"
        ),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="COSE"),
        sa.Column(
            "sign_count",
            sa.BigInteger(),
            nullable=False,
            comment="the authenticator's counter, as last seen",
        ),
        sa.Column(
            "backup_eligible",
            sa.Boolean(),
            nullable=False,
            comment="the key may be copied to other devices",
        ),
        sa.Column("backed_up", sa.Boolean(), nullable=False, comment="and is"),
        sa.Column("aaguid", sa.String(), nullable=False, comment="the authenticator's make"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("attachment", sa.String(), nullable=True, comment="platform or cross-platform"),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True, comment="when the user last signed in with it"),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_passkeys_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "credential_id", name=op.f("pk_passkeys")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_passkeys_pool_id_sub_created_at_credential_id"),
            ["pool_id", "sub", "created_at", "credential_id"],
            unique=False,
        )

    op.create_table(
        "pool_views",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False, comment="grows when the counts are made anew"),
        sa.Column("population", sa.LargeBinary(), nullable=False, comment="the pool's counts, by hashes"),
        sa.Column(
            "covered", sa.LargeBinary(), nullable=False, comment="Coverage as JSON: what is counted in them"
        ),
        sa.Column("kept_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_pool_views_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", name=op.f("pk_pool_views")),
    )
    op.create_table(
        "risk_calibrations",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("calibration", sa.LargeBinary(), nullable=False, comment="Calibration as JSON"),
        sa.Column("calibrated_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["user_pools.pool_id"],
            name=op.f("fk_risk_calibrations_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pool_id", name=op.f("pk_risk_calibrations")),
    )
    op.create_table(
        "risk_configurations",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False, comment="empty: the whole pool"),
        sa.Column("configuration", sa.LargeBinary(), nullable=False, comment="RiskConfigurationType as JSON"),
        sa.Column("modified_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["user_pools.pool_id"],
            name=op.f("fk_risk_configurations_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pool_id", "client_id", name=op.f("pk_risk_configurations")),
    )
    op.create_table(
        "risk_profiles",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("profile", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_risk_profiles_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "sub", name=op.f("pk_risk_profiles")),
    )
    op.create_table(
        "searchable_attributes",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False, comment="folded: a search ignores case"),
        sa.Column("sub", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["user_pools.pool_id"],
            name=op.f("fk_searchable_attributes_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pool_id", "name", "value", "sub", name=op.f("pk_searchable_attributes")),
    )
    with op.batch_alter_table("searchable_attributes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_searchable_attributes_pool_id_sub"), ["pool_id", "sub"], unique=False
        )

    op.create_table(
        "sign_in_names",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="email, phone_number or preferred_username"),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_sign_in_names_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "kind", "name_key", name=op.f("pk_sign_in_names")),
    )
    with op.batch_alter_table("sign_in_names", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_names_pool_id_sub"), ["pool_id", "sub"], unique=False)

    op.create_table(
        "sign_in_sessions",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("session_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_state", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["user_pools.pool_id"],
            name=op.f("fk_sign_in_sessions_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pool_id", "session_digest", name=op.f("pk_sign_in_sessions")),
    )
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sign_in_sessions_session_digest"), ["session_digest"], unique=False
        )

    op.create_table(
        "signing_keys",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("token_use", sa.String(), nullable=False, comment="id or access"),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("retired_at", sa.Double(), nullable=True, comment="signs no more; still verifies"),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_signing_keys_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "kid", name=op.f("pk_signing_keys")),
    )
    op.create_table(
        "software_tokens",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False, comment="false: waits for its first code"),
        sa.Column("name", sa.String(), nullable=False, comment="FriendlyDeviceName, or empty"),
        sa.Column("sealed_seed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "last_step", sa.Integer(), nullable=False, comment="of 30 s: of the code that was used last"
        ),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["user_pools.pool_id"],
            name=op.f("fk_software_tokens_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pool_id", "sub", "confirmed", "name", name=op.f("pk_software_tokens")),
    )
    op.create_table(
        "token_families",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("origin_jti", sa.String(), nullable=False),
        sa.Column(
            "locator_digest",
            sa.LargeBinary(),
            nullable=False,
            comment="of what all its refresh tokens begin with",
        ),
        sa.Column("refresh_digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "replaced_digest",
            sa.LargeBinary(),
            nullable=True,
            comment="of the refresh token before, by rotation",
        ),
        sa.Column("rotated_at", sa.Double(), nullable=True),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("auth_time", sa.Double(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column(
            "device_key", sa.String(), nullable=True, comment="the device that the tokens were issued to"
        ),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_token_families_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "origin_jti", name=op.f("pk_token_families")),
        sa.UniqueConstraint(
            "pool_id", "locator_digest", name=op.f("uq_token_families_pool_id_locator_digest")
        ),
    )
    with op.batch_alter_table("token_families", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_families_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_token_families_pool_id_sub"), ["pool_id", "sub"], unique=False)

    op.create_table(
        "unblocks",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column(
            "network", sa.Integer(), nullable=True, comment="key of the network; null: any circumstance"
        ),
        sa.Column("client", sa.Integer(), nullable=True, comment="key of the client"),
        sa.Column(
            "awaits_code",
            sa.Boolean(),
            nullable=False,
            comment="true: not open before the user's code comes",
        ),
        sa.Column("by", sa.String(), nullable=False, comment="who opened it"),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_unblocks_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "sub", name=op.f("pk_unblocks")),
    )
    with op.batch_alter_table("unblocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unblocks_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "users",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False, comment="as the user signed up"),
        sa.Column("username_key", sa.String(), nullable=False, comment="folded where the pool ignores case"),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("modified_at", sa.Double(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False, comment="name → value"),
        sa.Column(
            "verified_since",
            sa.JSON(),
            nullable=False,
            comment="address → when it was verified as it is now",
        ),
        sa.Column("password_digest", sa.String(), nullable=True, comment="Argon2id"),
        sa.Column(
            "password_history", sa.JSON(), nullable=False, comment="Argon2id digests, the newest first"
        ),
        sa.Column("password_set_at", sa.Double(), nullable=True),
        sa.Column("password_expires_at", sa.Double(), nullable=True, comment="of a temporary password"),
        sa.Column("srp_salt", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_srp_verifier", sa.LargeBinary(), nullable=True),
        sa.Column(
            "corpus_version",
            sa.String(),
            nullable=True,
            comment="the corpus that the password was checked against",
        ),
        sa.Column(
            "password_compromised",
            sa.Boolean(),
            nullable=True,
            comment="what that corpus said; null: unchecked",
        ),
        sa.Column(
            "mfa_settings",
            sa.JSON(),
            nullable=False,
            comment="active factors, which one is preferred, whether passkeys count",
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["user_pools.pool_id"], name=op.f("fk_users_user_pools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pool_id", "sub", name=op.f("pk_users")),
        sa.UniqueConstraint("pool_id", "username_key", name=op.f("uq_users_pool_id_username_key")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_users_pool_id_created_at_sub"), ["pool_id", "created_at", "sub"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_users_pool_id_enabled_sub"), ["pool_id", "enabled", "sub"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_users_pool_id_status_sub"), ["pool_id", "status", "sub"], unique=False
        )

    op.create_table(
        "verification_codes",
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False, comment="or the digest of a name that leads to nobody"),
        sa.Column(
            "purpose", sa.String(), nullable=False, comment="sign-up, reset, or the attribute to verify"
        ),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("attribute", sa.String(), nullable=False, comment="where the code went"),
        sa.Column(
            "pending_value",
            sa.String(),
            nullable=True,
            comment="the new value that waits for its verification",
        ),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["user_pools.pool_id"],
            name=op.f("fk_verification_codes_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pool_id", "sub", "purpose", name=op.f("pk_verification_codes")),
    )
    with op.batch_alter_table("verification_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verification_codes_expires_at"), ["expires_at"], unique=False)
