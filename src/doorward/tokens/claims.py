"""What an ID token and an access token say, built from the facts of one sign-in. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from doorward.clock import Instant

API_SCOPE: Final = "aws.cognito.signin.user.admin"
"""The scope of a sign-in through the API."""

_BOOLEANS: Final = frozenset({"email_verified", "phone_number_verified"})
# Claims that are the pool's word. An attribute of the same name can never stand in for one.
_RESERVED: Final = frozenset(
    {
        "sub",
        "iss",
        "aud",
        "client_id",
        "token_use",
        "scope",
        "username",
        "auth_time",
        "iat",
        "exp",
        "nbf",
        "jti",
        "origin_jti",
        "event_id",
        "device_key",
        "nonce",
        "version",
        "at_hash",
        "identities",
    }
)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """Who signed in, where and when.

    `sub` and `username` are the user's, `issuer` the pool's URL, `client_id` the app client's.
    `auth_time` is when the user proved himself; a refresh keeps it, like `origin_jti` (the family of all
    tokens of one sign-in) and `event_id` (the event of that
    sign-in; None where the pool's advanced security was OFF).
    `groups` are in order of precedence; `roles` their role ARNs, `preferred_role` the one of the first.
    """

    sub: str
    username: str
    issuer: str
    client_id: str
    auth_time: Instant
    origin_jti: str
    event_id: str | None
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    preferred_role: str | None = None
    device_key: str | None = None


def access_token_claims(
    facts: TokenFacts,
    jti: str,
    issued_at: Instant,
    seconds: int,
    scopes: Collection[str] = (API_SCOPE,),
) -> dict[str, object]:
    """Return the claims of an access token that lives for `seconds`. Holds no attribute of the user."""
    claims = _common(facts, "access", jti, issued_at, seconds)
    claims["client_id"] = facts.client_id
    claims["scope"] = " ".join(scopes)
    claims["username"] = facts.username
    if facts.device_key is not None:
        claims["device_key"] = facts.device_key
    return claims


def id_token_claims(
    facts: TokenFacts,
    jti: str,
    issued_at: Instant,
    seconds: int,
    *,
    attributes: Mapping[str, str],
    nonce: str | None = None,
) -> dict[str, object]:
    """Return the claims of an ID token that lives for `seconds`.

    `attributes` are those of the user's that the client may read, by name (`email`, `custom:team`), as
    stored: text.
    """
    claims = {name: _claim_value(name, value) for name, value in attributes.items() if _may_stand(name)}
    claims.update(_common(facts, "id", jti, issued_at, seconds))
    claims["aud"] = facts.client_id
    claims["cognito:username"] = facts.username
    if facts.roles:
        claims["cognito:roles"] = list(facts.roles)
    if facts.preferred_role is not None:
        claims["cognito:preferred_role"] = facts.preferred_role
    if nonce is not None:
        claims["nonce"] = nonce
    return claims


def _common(
    facts: TokenFacts, token_use: str, jti: str, issued_at: Instant, seconds: int
) -> dict[str, object]:
    issued = int(issued_at)
    claims: dict[str, object] = {
        "sub": facts.sub,
        "iss": facts.issuer,
        "token_use": token_use,
        "auth_time": int(facts.auth_time),
        "iat": issued,
        "exp": issued + seconds,
        "jti": jti,
        "origin_jti": facts.origin_jti,
    }
    if facts.event_id is not None:
        claims["event_id"] = facts.event_id
    if facts.groups:
        claims["cognito:groups"] = list(facts.groups)
    return claims


def _may_stand(name: str) -> bool:
    return name not in _RESERVED and not name.startswith("cognito:")


def _claim_value(name: str, value: str) -> object:
    """Return a stored attribute as OpenID Connect Core (5.1) types its claim; custom ones stay text."""
    if name in _BOOLEANS:
        return value == "true"
    if name == "address":
        return {"formatted": value}
    if name == "updated_at" and value.isascii() and value.isdecimal():
        return int(value)
    return value
