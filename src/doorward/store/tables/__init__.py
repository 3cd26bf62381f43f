"""Every table, by the room that uses it.

Each key begins with the pool, so that the schema can be spread over machines by pool.

Instants are seconds since the epoch. `sealed_*` columns hold what `doorward.store.sealing` sealed, `*_digest`
columns what cannot be turned back; no other column may hold a secret.
"""

from doorward.store.tables.base import metadata
from doorward.store.tables.directory import (
    access_keys,
    app_clients,
    devices,
    passkeys,
    searchable_attributes,
    sign_in_names,
    software_tokens,
    user_pools,
    users,
)
from doorward.store.tables.history import (
    auth_events,
    event_sequences,
)
from doorward.store.tables.messages import (
    outbox,
)
from doorward.store.tables.protection import (
    pool_views,
    risk_calibrations,
    risk_configurations,
    risk_profiles,
    unblocks,
)
from doorward.store.tables.signin import (
    attempt_counts,
    lockouts,
    passkey_registrations,
    sign_in_sessions,
    verification_codes,
)
from doorward.store.tables.sweep import (
    breach_sweeps,
    deferred_leaks,
)
from doorward.store.tables.tokens import (
    signing_keys,
    token_families,
)

__all__ = [
    "access_keys",
    "app_clients",
    "attempt_counts",
    "auth_events",
    "breach_sweeps",
    "deferred_leaks",
    "devices",
    "event_sequences",
    "lockouts",
    "metadata",
    "outbox",
    "passkey_registrations",
    "passkeys",
    "pool_views",
    "risk_calibrations",
    "risk_configurations",
    "risk_profiles",
    "searchable_attributes",
    "sign_in_names",
    "sign_in_sessions",
    "signing_keys",
    "software_tokens",
    "token_families",
    "unblocks",
    "user_pools",
    "users",
    "verification_codes",
]
