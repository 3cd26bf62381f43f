"""Refresh tokens: opaque to clients, known to the store only by their SHA-256.

A token is a locator, which stays the same as long as its family lives, and a secret, which rotation replaces. So one
row tells whether what is shown is the present token, the one before, or any that was replaced longer ago.
"""

import base64
import hashlib
from typing import Final

from doorward.clock import random_token
from doorward.store.sealing import Keyring

_ENTROPY_BYTES: Final = 48
_LOCATOR: Final = 24
"""Characters of the locator: 144 bits. The secret behind it has 240."""
_SECRET_BYTES: Final = 30


def new_refresh_token() -> str:
    """Return an unpredictable token of 64 URL-safe characters."""
    return random_token(_ENTROPY_BYTES)


def successors(keyring: Keyring, token: str) -> tuple[str, ...]:
    """Return the token that rotation puts in place of one, under each sealing key, the newest first.

    It follows from the token and the server's key: who repeats a refresh because its answer was lost gets the same
    one again, and so does another tab of the same browser.
    """
    made = keyring.digests("successor of a refresh token", token.encode("utf-8", "surrogatepass"))
    return tuple(
        token[:_LOCATOR] + base64.urlsafe_b64encode(secret[-_SECRET_BYTES:]).decode() for secret in made
    )


def locator_digest(token: str) -> bytes:
    """Return the SHA-256 of a token's locator, by which its family is found."""
    return digest(token[:_LOCATOR])


def digest(refresh_token: str) -> bytes:
    """Return the SHA-256 (32 bytes) that a token is stored and known by.

    A token carries 384 bits of chance, so a plain hash gives nothing away and looking it up by equality
    leaks nothing useful. Any text a client can send has a digest.
    """
    return hashlib.sha256(refresh_token.encode("utf-8", "surrogatepass")).digest()
