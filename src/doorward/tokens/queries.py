"""Token families and signing keys in the database.

A family is what one sign-in began: its refresh token and every access and ID token got by it. Revoking the
family ends them all.
"""

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from doorward.clock import Instant
from doorward.store.tables import signing_keys, token_families

LONGEST_TOKEN_SECONDS = 86_400.0
"""How long an access or ID token can live."""

FORGOTTEN = "forgotten"
"""What stands in place of a family's device key once the device was forgotten; no device has that key."""


class TokenFamily(msgspec.Struct, frozen=True, kw_only=True):
    """What one sign-in began. `event_id` is None where the pool's advanced security was OFF.

    All its refresh tokens have one locator. `refresh_digest` is of the one that is good now, `replaced_digest` of
    the one before, which rotation replaced at `rotated_at`.

    `device_key` is that of the device to which the tokens were issued, confirmed or not yet; None where the
    pool did not track devices.
    """

    pool_id: str
    origin_jti: str
    locator_digest: bytes
    refresh_digest: bytes
    client_id: str
    sub: str
    auth_time: Instant
    event_id: str | None
    expires_at: Instant
    revoked_at: Instant | None = None
    device_key: str | None = None
    replaced_digest: bytes | None = None
    rotated_at: Instant | None = None


class KeptSigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """A pool's signing key as it is kept. A retired one signs no more; its tokens still verify."""

    kid: str
    token_use: str
    created_at: Instant
    retired_at: Instant | None
    public_jwk: dict[str, str]
    sealed_private_key: bytes


_FAMILIES_OF_POOL = select(token_families).where(token_families.c.pool_id == bindparam("pool_id"))
_FAMILY = _FAMILIES_OF_POOL.where(token_families.c.origin_jti == bindparam("origin_jti"))
_FAMILY_BY_LOCATOR = _FAMILIES_OF_POOL.where(token_families.c.locator_digest == bindparam("digest"))
_SIGNING_KEYS = (
    select(signing_keys)
    .where(signing_keys.c.pool_id == bindparam("pool_id"))
    .order_by(signing_keys.c.created_at.desc(), signing_keys.c.kid)
)


def add_family(tx: Connection, family: TokenFamily) -> None:
    """Keep a new family."""
    tx.execute(insert(token_families).values(**msgspec.structs.asdict(family)))


def family(tx: Connection, pool_id: str, origin_jti: str) -> TokenFamily | None:
    """Return a family by the identifier that its tokens carry, or None."""
    row = tx.execute(_FAMILY, {"pool_id": pool_id, "origin_jti": origin_jti}).one_or_none()
    return _family(row) if row else None


def family_by_locator(tx: Connection, pool_id: str, locator_digest: bytes) -> TokenFamily | None:
    """Return the family whose refresh tokens have a locator, or None. Which of them is good its digests tell."""
    row = tx.execute(_FAMILY_BY_LOCATOR, {"pool_id": pool_id, "digest": locator_digest}).one_or_none()
    return _family(row) if row else None


def rotate(tx: Connection, family: TokenFamily, refresh_digest: bytes, now: Instant) -> None:
    """Put another refresh token in place of the one that is good now."""
    tx.execute(
        update(token_families)
        .where(token_families.c.pool_id == family.pool_id, token_families.c.origin_jti == family.origin_jti)
        .values(refresh_digest=refresh_digest, replaced_digest=family.refresh_digest, rotated_at=now)
    )


def revoke_family(tx: Connection, pool_id: str, origin_jti: str, now: Instant) -> None:
    """End the tokens of one sign-in."""
    tx.execute(
        update(token_families)
        .where(
            token_families.c.pool_id == pool_id,
            token_families.c.origin_jti == origin_jti,
            token_families.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def revoke_of_sign_in(tx: Connection, pool_id: str, sub: str, event_id: str, now: Instant) -> None:
    """End the tokens of the user's sign-in that an event is of."""
    tx.execute(
        update(token_families)
        .where(
            token_families.c.pool_id == pool_id,
            token_families.c.sub == sub,
            token_families.c.event_id == event_id,
            token_families.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def device_of_sign_in(tx: Connection, pool_id: str, sub: str, event_id: str) -> str | None:
    """Return the key of the device to which the tokens of the user's sign-in were issued, None where there is none."""
    of_sign_in = (
        token_families.c.pool_id == pool_id,
        token_families.c.sub == sub,
        token_families.c.event_id == event_id,
    )
    return tx.execute(select(token_families.c.device_key).where(*of_sign_in)).scalars().first()


def revoke_of_user(tx: Connection, pool_id: str, sub: str, now: Instant) -> None:
    """End the tokens of all of a user's sign-ins."""
    tx.execute(
        update(token_families)
        .where(
            token_families.c.pool_id == pool_id,
            token_families.c.sub == sub,
            token_families.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def revoke_of_device(
    tx: Connection, pool_id: str, sub: str, device_key: str, now: Instant, *, but: str | None = None
) -> None:
    """End the tokens that were issued to a device.

    Of the family `but`, whose bearer forgets the device that he sits at, the access token stays good until it
    expires; it is not renewed.
    """
    of_device = (
        token_families.c.pool_id == pool_id,
        token_families.c.sub == sub,
        token_families.c.device_key == device_key,
    )
    tx.execute(
        update(token_families)
        .where(*of_device, token_families.c.revoked_at.is_(None), token_families.c.origin_jti != (but or ""))
        .values(revoked_at=now)
    )
    tx.execute(update(token_families).where(*of_device).values(device_key=FORGOTTEN))


def remove_expired(tx: Connection, now: Instant) -> int:
    """Delete the families whose refresh token has expired; return how many."""
    return tx.execute(delete(token_families).where(token_families.c.expires_at < now)).rowcount


def add_signing_key(tx: Connection, pool_id: str, key: KeptSigningKey) -> None:
    """Keep a new signing key."""
    tx.execute(insert(signing_keys).values(pool_id=pool_id, **msgspec.structs.asdict(key)))


def pool_signing_keys(tx: Connection, pool_id: str) -> list[KeptSigningKey]:
    """Return a pool's signing keys, the newest first."""
    rows = tx.execute(_SIGNING_KEYS, {"pool_id": pool_id})
    return [
        KeptSigningKey(
            kid=row.kid,
            token_use=row.token_use,
            created_at=row.created_at,
            retired_at=row.retired_at,
            public_jwk=row.public_jwk,
            sealed_private_key=row.sealed_private_key,
        )
        for row in rows
    ]


def retire_signing_keys(tx: Connection, pool_id: str, now: Instant) -> None:
    """Let the present keys sign no more."""
    tx.execute(
        update(signing_keys)
        .where(signing_keys.c.pool_id == pool_id, signing_keys.c.retired_at.is_(None))
        .values(retired_at=now)
    )


def remove_retired_of_pool(tx: Connection, pool_id: str) -> None:
    """Delete a pool's retired keys at once: their tokens verify no more."""
    tx.execute(
        delete(signing_keys).where(signing_keys.c.pool_id == pool_id, signing_keys.c.retired_at.is_not(None))
    )


def remove_retired(tx: Connection, now: Instant) -> None:
    """Delete the keys, of whatever pool, that were retired so long ago that no token of theirs lives."""
    tx.execute(delete(signing_keys).where(signing_keys.c.retired_at < now - LONGEST_TOKEN_SECONDS))


def _family(row: Row[tuple[object, ...]]) -> TokenFamily:
    return TokenFamily(
        pool_id=row.pool_id,
        origin_jti=row.origin_jti,
        locator_digest=row.locator_digest,
        refresh_digest=row.refresh_digest,
        client_id=row.client_id,
        sub=row.sub,
        auth_time=row.auth_time,
        event_id=row.event_id,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        device_key=row.device_key,
        replaced_digest=row.replaced_digest,
        rotated_at=row.rotated_at,
    )
