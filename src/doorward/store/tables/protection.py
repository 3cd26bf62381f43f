"""How risk is weighed: configurations, profiles, calibrations, the pools' counts."""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Integer,
    LargeBinary,
    String,
    Table,
)

from doorward.store.tables.base import metadata, of_pool

risk_configurations = Table(
    "risk_configurations",
    metadata,
    *of_pool(
        Column("client_id", String, primary_key=True, comment="empty: the whole pool"),
        Column("configuration", LargeBinary, nullable=False, comment="RiskConfigurationType as JSON"),
        Column("modified_at", Double, nullable=False),
    ),
)

risk_profiles = Table(
    "risk_profiles",
    metadata,
    *of_pool(
        Column("sub", String, primary_key=True),
        Column("profile", LargeBinary, nullable=False),
    ),
)

unblocks = Table(
    "unblocks",
    metadata,
    *of_pool(
        Column("sub", String, primary_key=True),
        Column("network", Integer, nullable=True, comment="key of the network; null: any circumstance"),
        Column("client", Integer, nullable=True, comment="key of the client"),
        Column("awaits_code", Boolean, nullable=False, comment="true: not open before the user's code comes"),
        Column("by", String, nullable=False, comment="who opened it"),
        Column("expires_at", Double, nullable=False, index=True),
    ),
)

risk_calibrations = Table(
    "risk_calibrations",
    metadata,
    *of_pool(
        Column("calibration", LargeBinary, nullable=False, comment="Calibration as JSON"),
        Column("calibrated_at", Double, nullable=False),
    ),
)

pool_views = Table(
    "pool_views",
    metadata,
    *of_pool(
        Column("generation", Integer, nullable=False, comment="grows when the counts are made anew"),
        Column("population", LargeBinary, nullable=False, comment="the pool's counts, by hashes"),
        Column("covered", LargeBinary, nullable=False, comment="Coverage as JSON: what is counted in them"),
        Column("kept_at", Double, nullable=False),
    ),
)
