"""The token by which a user, without signing in, says whether a sign-in was his own.

It is bound to pool, user, event and purpose, expires, and cannot be made without the server's key. That it
works once is seen to by the event itself, which takes feedback by token once.
"""

import base64
import binascii
from typing import Final

from doorward.clock import Instant
from doorward.history.auth_event import AuthEvent
from doorward.store.sealing import Keyring

LIFETIME: Final = 7 * 86_400.0
"""Seconds."""

_PURPOSE: Final = "feedback token"


def feedback_token(keyring: Keyring, event: AuthEvent, now: Instant) -> str:
    """Return the token for an event, in the characters that the API allows (`[A-Za-z0-9-_=.]+`)."""
    expires = str(int(now + LIFETIME))
    proof = keyring.digest(_PURPOSE, _bound(event, expires))
    return f"{expires}.{base64.urlsafe_b64encode(proof).decode()}"


def is_valid(keyring: Keyring, event: AuthEvent, token: str, now: Instant) -> bool:
    """Say whether a token is the event's and has not expired."""
    expires, _, encoded = token.partition(".")
    try:
        proof = base64.b64decode(encoded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    genuine = keyring.matches(_PURPOSE, _bound(event, expires), proof)
    return genuine and now < int(expires)


def _bound(event: AuthEvent, expires: str) -> bytes:
    parts = (event.pool_id, event.sub or "", event.event_id, expires)
    return "\x00".join(parts).encode()
