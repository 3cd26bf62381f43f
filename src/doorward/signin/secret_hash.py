"""SECRET_HASH: how an app client that has a secret proves it on the public operations."""

import base64
import hmac


def compute(username: str, client_id: str, client_secret: str) -> str:
    """Return base64(HMAC-SHA256(client secret, username + client id)), as Cognito's SDKs send it."""
    message = _octets(username + client_id)
    return base64.b64encode(hmac.digest(_octets(client_secret), message, "sha256")).decode("ascii")


def matches(given: str, username: str, client_id: str, client_secret: str) -> bool:
    """Say in constant time whether `given` is the SECRET_HASH of this user name for this client."""
    return hmac.compare_digest(_octets(given), _octets(compute(username, client_id, client_secret)))


def _octets(text: str) -> bytes:
    # Any text a client can send has bytes, a lone surrogate too; no honest hash is made over those.
    return text.encode("utf-8", "surrogatepass")
