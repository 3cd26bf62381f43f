"""Risk configurations and risk profiles in the database."""

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from doorward.clock import Instant
from doorward.store.tables import risk_configurations, risk_profiles
from doorward.wire.contract import RiskConfigurationType

WHOLE_POOL = ""

_configuration = msgspec.json.Decoder(RiskConfigurationType)


def configuration(tx: Connection, pool_id: str, client_id: str | None) -> RiskConfigurationType | None:
    """Return what was saved for a client, or for the whole pool (None), or None where nothing was."""
    encoded = encoded_configuration(tx, pool_id, client_id)
    return _configuration.decode(encoded) if encoded else None


def encoded_configuration(tx: Connection, pool_id: str, client_id: str | None) -> bytes | None:
    """Return what `configuration` returns as the bytes that are kept: RiskConfigurationType as JSON."""
    return tx.execute(
        select(risk_configurations.c.configuration).where(
            risk_configurations.c.pool_id == pool_id,
            risk_configurations.c.client_id == (client_id or WHOLE_POOL),
        )
    ).scalar_one_or_none()


def configurations(tx: Connection, pool_id: str) -> list[RiskConfigurationType]:
    """Return all that was saved for a pool: its own configuration and its clients'."""
    encoded = tx.execute(
        select(risk_configurations.c.configuration).where(risk_configurations.c.pool_id == pool_id)
    )
    return [_configuration.decode(one) for one in encoded.scalars()]


def keep_configuration(
    tx: Connection, pool_id: str, client_id: str | None, saved: RiskConfigurationType, now: Instant
) -> None:
    """Keep a configuration in place of the one before."""
    values = {"configuration": msgspec.json.encode(saved), "modified_at": now}
    tx.execute(
        insert(risk_configurations)
        .values(pool_id=pool_id, client_id=client_id or WHOLE_POOL, **values)
        .on_conflict_do_update(index_elements=["pool_id", "client_id"], set_=values)
    )


def remove_configuration(tx: Connection, pool_id: str, client_id: str | None) -> None:
    """Forget what was saved for a client, or for the whole pool (None)."""
    tx.execute(
        delete(risk_configurations).where(
            risk_configurations.c.pool_id == pool_id,
            risk_configurations.c.client_id == (client_id or WHOLE_POOL),
        )
    )


def profile(tx: Connection, pool_id: str, sub: str) -> bytes | None:
    """Return a user's encoded risk profile, or None."""
    return tx.execute(
        select(risk_profiles.c.profile).where(risk_profiles.c.pool_id == pool_id, risk_profiles.c.sub == sub)
    ).scalar_one_or_none()


def keep_profile(tx: Connection, pool_id: str, sub: str, encoded: bytes) -> None:
    """Keep a user's encoded risk profile in place of the one before."""
    tx.execute(
        insert(risk_profiles)
        .values(pool_id=pool_id, sub=sub, profile=encoded)
        .on_conflict_do_update(index_elements=["pool_id", "sub"], set_={"profile": encoded})
    )


def remove_profile(tx: Connection, pool_id: str, sub: str) -> None:
    """Forget a user's risk profile."""
    tx.execute(delete(risk_profiles).where(risk_profiles.c.pool_id == pool_id, risk_profiles.c.sub == sub))
