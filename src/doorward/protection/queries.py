"""Risk configurations, calibrations, profiles and the pools' counts in the database."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from doorward.clock import Instant
from doorward.store.tables import (
    pool_views,
    risk_calibrations,
    risk_configurations,
    risk_profiles,
    unblocks,
    user_pools,
)
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


# Built once: building a statement takes longer than running it, and this one runs on every attempt.
_CALIBRATION = select(risk_calibrations.c.calibration).where(
    risk_calibrations.c.pool_id == bindparam("pool_id")
)


def encoded_calibration(tx: Connection, pool_id: str) -> bytes | None:
    """Return what was calibrated for a pool as the bytes that are kept, or None."""
    return tx.execute(_CALIBRATION, {"pool_id": pool_id}).scalar_one_or_none()


def keep_calibration(tx: Connection, pool_id: str, encoded: bytes, at: Instant) -> None:
    """Keep a calibration in place of the one before."""
    values = {"calibration": encoded, "calibrated_at": at}
    tx.execute(
        insert(risk_calibrations)
        .values(pool_id=pool_id, **values)
        .on_conflict_do_update(index_elements=["pool_id"], set_=values)
    )


def remove_calibration(tx: Connection, pool_id: str) -> None:
    """Forget a pool's calibration."""
    tx.execute(delete(risk_calibrations).where(risk_calibrations.c.pool_id == pool_id))


@dataclass(frozen=True)
class KeptView:
    """A pool's counts as they are kept, and what they cover."""

    generation: int
    population: bytes
    covered: bytes


def kept_view(tx: Connection, pool_id: str) -> KeptView | None:
    """Return the counts that were kept for a pool, or None."""
    columns = (pool_views.c.generation, pool_views.c.population, pool_views.c.covered)
    row = tx.execute(select(*columns).where(pool_views.c.pool_id == pool_id)).one_or_none()
    return KeptView(*row) if row else None


def view_generation(tx: Connection, pool_id: str) -> int:
    """Return how often a pool's counts were made anew."""
    found = tx.execute(select(pool_views.c.generation).where(pool_views.c.pool_id == pool_id))
    return found.scalar_one_or_none() or 0


def keep_view(
    tx: Connection, pool_id: str, generation: int, population: bytes, covered: bytes, now: Instant
) -> bool:
    """Keep a pool's counts of a generation; False where they were made anew since, or the pool is gone."""
    if tx.execute(select(user_pools.c.pool_id).where(user_pools.c.pool_id == pool_id)).first() is None:
        return False
    values = {"population": population, "covered": covered, "kept_at": now}
    changed = tx.execute(
        insert(pool_views)
        .values(pool_id=pool_id, generation=generation, **values)
        .on_conflict_do_update(
            index_elements=["pool_id"], set_=values, where=pool_views.c.generation == generation
        )
    )
    return changed.rowcount == 1


def replace_view(tx: Connection, pool_id: str, population: bytes, covered: bytes, now: Instant) -> None:
    """Keep a pool's counts that were made anew: a copy in some server's memory is no longer kept over them."""
    values = {"population": population, "covered": covered, "kept_at": now}
    tx.execute(
        insert(pool_views)
        .values(pool_id=pool_id, generation=1, **values)
        .on_conflict_do_update(
            index_elements=["pool_id"], set_={**values, "generation": pool_views.c.generation + 1}
        )
    )


class Unblock(msgspec.Struct, frozen=True):
    """A way out of a block: the sign-in that is let in. `network` and `client` are keys; None: any circumstance.

    `awaits_code`: it is not open before the user's code has come. `by` is who opened it.
    """

    pool_id: str
    sub: str
    network: int | None
    client: int | None
    awaits_code: bool
    by: str
    expires_at: Instant


def unblock(tx: Connection, pool_id: str, sub: str) -> Unblock | None:
    """Return the way out that is kept for a user, expired or not, or None."""
    of_user = select(unblocks).where(unblocks.c.pool_id == pool_id, unblocks.c.sub == sub)
    row = tx.execute(of_user).one_or_none()
    return Unblock(**row._mapping) if row else None


def keep_unblock(tx: Connection, way: Unblock) -> None:
    """Keep a way out in place of the one before."""
    values = msgspec.structs.asdict(way)
    tx.execute(
        insert(unblocks)
        .values(**values)
        .on_conflict_do_update(index_elements=["pool_id", "sub"], set_=values)
    )


def remove_unblock(tx: Connection, pool_id: str, sub: str) -> None:
    """Forget a user's way out."""
    tx.execute(delete(unblocks).where(unblocks.c.pool_id == pool_id, unblocks.c.sub == sub))


def remove_expired(tx: Connection, now: Instant) -> int:
    """Forget the ways out whose time is over; return how many."""
    return tx.execute(delete(unblocks).where(unblocks.c.expires_at <= now)).rowcount
