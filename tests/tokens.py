"""Tokens as a resource server sees them: verified with PyJWT against the JWKS that is fetched over HTTP."""

import json
import urllib.request
from typing import Any

import jwt
from tests.people import App
from tests.server import RunningServer


def fetch(url: str) -> Any:
    """Return the JSON that is found there."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def published_keys(server: RunningServer, pool_id: str) -> dict[str, jwt.PyJWK]:
    """Return the keys of a pool's JWKS, by kid."""
    jwks = fetch(f"{server.endpoint}/{pool_id}/.well-known/jwks.json")
    return {key["kid"]: jwt.PyJWK(key) for key in jwks["keys"]}


def kid(token: str) -> str:
    """Return the id of the key that signed a token."""
    return str(jwt.get_unverified_header(token)["kid"])


def verified(server: RunningServer, app: App, token: str, *, issuer: str | None = None) -> dict[str, Any]:
    """Return a token's claims. Its lifetime is for the test to look at: the server's clock may be set."""
    keys = published_keys(server, app.pool_id)
    claims: dict[str, Any] = jwt.decode(
        token,
        keys[kid(token)].key,
        algorithms=["RS256"],
        issuer=issuer or f"{server.endpoint}/{app.pool_id}",
        options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
    )
    return claims
