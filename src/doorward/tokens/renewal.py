"""A refresh token that is shown: whose it is, and whether it is the good one of its family."""

import hmac
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.directory.app_client import AppClient
from doorward.directory.queries import devices, users
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.tokens import queries, refresh_token
from doorward.tokens.queries import TokenFamily
from doorward.wire.errors import NotAuthorizedException

INVALID = "Invalid Refresh Token"
REVOKED = "Refresh Token has been revoked"

Standing = Literal["good", "just replaced", "late", "used again"]
"""`just replaced`: by rotation, so lately that the client may repeat itself. `late`: replaced by one that was itself
replaced within that time. `used again`: replaced longer ago, so that two hold tokens of one session."""


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """A refresh token, the family that it is of, and the user it was issued to."""

    token: str
    family: TokenFamily
    user: User
    standing: Standing


def renewal(
    tx: Connection, pool: UserPool, client: AppClient, token: str, now: Instant, device_key: str | None
) -> Renewal:
    """Return what a refresh token leads to.

    `device_key` is the device that the caller says he is. Raises NotAuthorizedException where the token is unknown,
    another client's, expired or revoked, its user is gone or disabled, or it was issued to another device, or to one
    that was never confirmed or was forgotten.
    """
    family = queries.family_by_locator(tx, pool.id, refresh_token.locator_digest(token))
    if family is None or family.client_id != client.id:
        raise NotAuthorizedException(INVALID)
    standing = _standing(family, token, client, now)
    if standing is None:
        raise NotAuthorizedException(INVALID)
    if family.revoked_at is not None:
        raise NotAuthorizedException(REVOKED)
    if family.expires_at <= now:
        raise NotAuthorizedException("Refresh Token has expired")
    if not _from_its_device(tx, pool, family, device_key):
        raise NotAuthorizedException(INVALID)
    user = users.find_by_sub(tx, pool.id, family.sub)
    if user is None:
        raise NotAuthorizedException(INVALID)
    if not user.enabled:
        raise NotAuthorizedException("User is disabled.")
    return Renewal(token=token, family=family, user=user, standing=standing)


def is_of(family: TokenFamily, token: str) -> bool:
    """Say whether a token whose locator is the family's is its good one, or may be one that rotation has replaced."""
    return _is(token, family.refresh_digest) or family.rotated_at is not None


def _standing(family: TokenFamily, token: str, client: AppClient, now: Instant) -> Standing | None:
    """How a token stands whose locator is the family's; None where it cannot be told from a made-up one."""
    if _is(token, family.refresh_digest):
        return "good"
    if family.rotated_at is None:
        return None
    # A request that came before the rotation and waited for it looks as if it were within any grace, even none.
    if client.rotation_grace and now < family.rotated_at + client.rotation_grace:
        return "just replaced" if _is(token, family.replaced_digest) else "late"
    return "used again"


def _is(token: str, digest: bytes | None) -> bool:
    return digest is not None and hmac.compare_digest(refresh_token.digest(token), digest)


def _from_its_device(tx: Connection, pool: UserPool, family: TokenFamily, device_key: str | None) -> bool:
    """Say whether a refresh token is shown by the device that it was issued to, as far as the pool cares."""
    if family.device_key is None:
        return True
    if family.device_key == queries.FORGOTTEN:
        return False
    if not pool.tracks_devices:
        return True
    if device_key != family.device_key:
        return False
    return devices.find(tx, pool.id, family.sub, family.device_key) is not None
