"""Signed tokens (JWT, RFC 7519, compact RS256): issue and verify."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from doorward.clock import Instant
from doorward.tokens.signing_keys import ALGORITHM, SigningKey, VerifyingKey
from doorward.wire import errors

TokenUse = Literal["access", "id"]

LONGEST_TOKEN: Final = 256 * 1024
"""Characters. An ID token with every attribute at its limit stays below it."""

_REGISTRY: Final = jws.JWSRegistry(algorithms=[ALGORITHM])
_REGISTRY.max_payload_length = LONGEST_TOKEN

_NAMES: Final[Mapping[TokenUse, str]] = {"access": "Access Token", "id": "Id Token"}
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What our tokens' headers hold. Anything more (jwk, jku, x5u, crit, b64, zip) is not ours."""

    alg: Literal["RS256"]
    kid: str


class _Standing(msgspec.Struct, frozen=True):
    """The claims that decide whether a token counts at all."""

    iss: str
    token_use: str
    exp: int


def issue(key: SigningKey, claims: Mapping[str, object]) -> str:
    """Sign claims and return the compact token."""
    payload = msgspec.json.encode(claims)
    return jws.serialize_compact({"kid": key.kid, "alg": ALGORITHM}, payload, key.key, registry=_REGISTRY)


def verify(
    token: str, keys: Mapping[str, VerifyingKey], issuer: str, token_use: TokenUse, now: Instant
) -> dict[str, Any]:
    """Return the claims of a token that a key of `keys` (by kid) signed for `issuer` and this use.

    The header only chooses among our keys; the algorithm is ours. Raises NotAuthorizedException: `Access
    Token has expired` for a genuine token at or after its `exp`, `Invalid Access Token` for all else.
    Whether the token was revoked is for the caller to ask.
    """
    name = _NAMES[token_use]
    payload = _signed_payload(token, keys)
    try:
        standing = msgspec.json.decode(payload or b"", type=_Standing)
        claims = msgspec.json.decode(payload or b"", type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise errors.NotAuthorizedException(f"Invalid {name}") from None
    if standing.iss != issuer or standing.token_use != token_use:
        raise errors.NotAuthorizedException(f"Invalid {name}")
    if now >= standing.exp:
        raise errors.NotAuthorizedException(f"{name} has expired")
    return claims


def unverified_issuer(token: str) -> str | None:
    """Return the issuer that a token claims, unproven: only good for choosing whose keys to verify with."""
    if len(token) > LONGEST_TOKEN or _COMPACT.fullmatch(token) is None:
        return None
    try:
        return msgspec.json.decode(_base64url(token.split(".")[1]), type=_Issuer).iss
    except (msgspec.MsgspecError, binascii.Error, UnicodeDecodeError, RecursionError):
        return None


class _Issuer(msgspec.Struct, frozen=True):
    iss: str


def _signed_payload(token: str, keys: Mapping[str, VerifyingKey]) -> bytes | None:
    """Return the payload where one of our keys signed it, else None."""
    if len(token) > LONGEST_TOKEN or _COMPACT.fullmatch(token) is None:
        return None
    try:
        header = msgspec.json.decode(_base64url(token.partition(".")[0]), type=_Header)
        key = keys.get(header.kid)
        if key is None:
            return None
        return jws.deserialize_compact(token, key.key, registry=_REGISTRY).payload
    except (msgspec.MsgspecError, JoseError, binascii.Error, ValueError, RecursionError):
        return None


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
