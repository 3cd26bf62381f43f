"""Signing keys, opened and parsed once: reading a private key costs more than signing with it."""

import threading
from typing import Literal, TypeVar

import msgspec
from sqlalchemy import Connection

from doorward.store.sealing import Keyring
from doorward.tokens import queries
from doorward.tokens.queries import KeptSigningKey
from doorward.tokens.signing_keys import PublicKey, SigningKey, VerifyingKey

MOST_KEYS = 4096
"""Parsed keys held; beyond that the oldest are parsed anew when they are needed."""

_Key = TypeVar("_Key", SigningKey, VerifyingKey)


class KeyCache:
    """The parsed keys of all pools. Which keys count is read anew each time, so a rotation acts at once."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._signing: dict[str, SigningKey] = {}
        self._verifying: dict[str, VerifyingKey] = {}
        self._lock = threading.Lock()

    def signing(self, tx: Connection, pool_id: str, token_use: Literal["access", "id"]) -> SigningKey:
        """Return the key that signs a pool's tokens of one use."""
        kept = next(
            key
            for key in queries.pool_signing_keys(tx, pool_id)
            if key.token_use == token_use and key.retired_at is None
        )
        parsed = self._signing.get(kept.kid)
        return parsed or self._keep(self._signing, kept.kid, self._open(kept))

    def verifying(self, tx: Connection, pool_id: str) -> dict[str, VerifyingKey]:
        """Return the keys that a pool's access tokens verify with, by `kid`; retired ones included."""
        keys = {}
        for kept in queries.pool_signing_keys(tx, pool_id):
            if kept.token_use == "access":
                keys[kept.kid] = self._verifying.get(kept.kid) or self._keep(
                    self._verifying, kept.kid, VerifyingKey(msgspec.convert(kept.public_jwk, PublicKey))
                )
        return keys

    def _open(self, kept: KeptSigningKey) -> SigningKey:
        return SigningKey.from_private_der(self._keyring.open(kept.sealed_private_key, kept.kid.encode()))

    def _keep(self, cache: dict[str, _Key], kid: str, key: _Key) -> _Key:
        with self._lock:
            while len(cache) >= MOST_KEYS:
                cache.pop(next(iter(cache)))
            cache[kid] = key
        return key
