"""Refresh tokens: opaque to clients, known to the store only by their SHA-256."""

import hashlib
from typing import Final

from doorward.clock import random_token

_ENTROPY_BYTES: Final = 48


def new_refresh_token() -> str:
    """Return an unpredictable token of 64 URL-safe characters."""
    return random_token(_ENTROPY_BYTES)


def digest(refresh_token: str) -> bytes:
    """Return the SHA-256 (32 bytes) that a token is stored and found by.

    A token carries 384 bits of chance, so a plain hash gives nothing away and looking it up by equality
    leaks nothing useful. Any text a client can send has a digest.
    """
    return hashlib.sha256(refresh_token.encode("utf-8", "surrogatepass")).digest()
