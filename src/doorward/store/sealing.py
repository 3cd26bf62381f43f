"""Secrets at rest: sealed with AES-256-GCM, looked up by keyed digest.

A sealed value is `version | length of key id | key id | 24 bytes nonce | ciphertext and tag`. The first half
of the nonce derives a key of its own for the value, the second half is GCM's nonce: with random nonces plain
GCM should stop at 2^32 values a key, this at no number a directory can reach (the construction of
XAES-256-GCM, with HMAC-SHA256 for the derivation). The caller's context and everything before
the ciphertext are authenticated.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from doorward.clock import random_bytes

KEY_BYTES: Final = 32

_VERSION: Final = 1
_NONCE_BYTES: Final = 24
_HALF: Final = 12
_DIGEST_BYTES: Final = 32
_KEY_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


class SealError(Exception):
    """A key or a sealed value is unusable. The sentence says why and holds no secret."""


class UnknownKey(SealError):
    """The key is not in the ring: perhaps not yet, where another process has rotated since this one began."""


class Keyring:
    """The keys that protect secrets at rest, by id. The last one seals; every one opens.

    `now`, where it is given, returns the keys that there are now: it is asked where a value was sealed by a key that
    the ring lacks, because another process has rotated since this one began. Keys learned so open and do not seal.
    Raises SealError for no key at all, an id twice, an id of other characters than letters, digits, `_.-`,
    or a key that is not 32 bytes long.
    """

    __slots__ = ("_keys", "_newest", "_now")

    def __init__(
        self, keys: Iterable[tuple[str, bytes]], now: Callable[[], Iterable[tuple[str, bytes]]] | None = None
    ) -> None:
        self._now = now
        self._keys: dict[str, _Key] = {}
        for key_id, material in keys:
            if _KEY_ID.fullmatch(key_id) is None:
                raise SealError("A sealing key's id has 1 to 64 letters, digits, '_', '.' or '-'.")
            if key_id in self._keys:
                raise SealError(f"The sealing key {key_id} is there twice.")
            if len(material) != KEY_BYTES:
                raise SealError(f"The sealing key {key_id} must be {KEY_BYTES} bytes.")
            self._keys[key_id] = _Key(key_id, material)
        if not self._keys:
            raise SealError("There is no sealing key.")
        self._newest = next(reversed(self._keys.values()))

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Read keys written as `id:base64,id:base64` (or one a line), oldest first: the last one seals.

        Raises SealError where the text has another form; it never repeats the text.
        """
        return cls(parse_keys(text))

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)})"

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids, oldest first."""
        return tuple(self._keys)

    def seal(self, plaintext: bytes, context: bytes) -> bytes:
        """Encrypt. `context` says what and whose the value is; `open` must be given the same.

        A sealed value that is moved to another row or column then does not open.
        """
        key = self._newest
        nonce = random_bytes(_NONCE_BYTES)
        header = key.prefix + nonce
        return header + key.cipher(nonce).encrypt(nonce[_HALF:], plaintext, header + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt. Raises UnknownKey, and SealError where the value or context is not as sealed."""
        key_id, rest = _split(sealed)
        key = self._keys.get(key_id) or self._learned(key_id)
        nonce, ciphertext = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        if len(nonce) != _NONCE_BYTES:
            raise SealError("The sealed value is cut short.")
        try:
            return key.cipher(nonce).decrypt(nonce[_HALF:], ciphertext, key.prefix + nonce + context)
        except (InvalidTag, ValueError):
            raise SealError("The sealed value was changed, or belongs somewhere else.") from None

    def _learned(self, key_id: str) -> "_Key":
        """Return a key that came after this ring was made. Raises UnknownKey where there is none."""
        try:
            there_are = dict(self._now()) if self._now is not None else {}
        except SealError:
            there_are = {}
        material = there_are.get(key_id)
        if material is None or len(material) != KEY_BYTES:
            raise UnknownKey(f"The sealing key {key_id} is not in the key ring.")
        key = _Key(key_id, material)
        # A new dictionary, since other threads may be going through the old one.
        self._keys = {**self._keys, key_id: key}
        return key

    def knows(self, value: bytes) -> bool:
        """Say whether a key of this ring made a value, which may be sealed or a digest."""
        try:
            return _split(value)[0] in self._keys
        except SealError:
            return False

    def is_newest(self, sealed: bytes) -> bool:
        """Say whether a sealed value or a digest was made with the newest key; a rotation renews the others.

        Raises SealError for a value that is neither.
        """
        return _split(sealed)[0] == self._newest.key_id

    def digest(self, purpose: str, data: bytes) -> bytes:
        """Return a keyed digest of `data`, which says nothing about it without the key.

        For values too short to be hashed safely (codes) and for looking up what is stored sealed. Digests of
        different purposes are unrelated. The key's id stands in front.
        """
        return self._newest.digest(purpose, data)

    def digests(self, purpose: str, data: bytes) -> tuple[bytes, ...]:
        """Return the digests under every key, newest first: what a look-up by digest searches for."""
        return tuple(key.digest(purpose, data) for key in reversed(self._keys.values()))

    def matches(self, purpose: str, data: bytes, digest: bytes) -> bool:
        """Say in constant time whether `digest` is of `data`, whichever key of the ring made it."""
        try:
            key = self._keys.get(_split(digest)[0])
        except SealError:
            return False
        return key is not None and hmac.compare_digest(key.digest(purpose, data), digest)


class _Key:
    """One key and what is derived from it once."""

    __slots__ = ("_digest_keys", "_digest_root", "_seal_root", "key_id", "prefix")

    def __init__(self, key_id: str, material: bytes) -> None:
        name = key_id.encode("ascii")
        self.key_id = key_id
        self.prefix = bytes((_VERSION, len(name))) + name
        self._seal_root = _expand(material, b"doorward seal")
        self._digest_root = _expand(material, b"doorward digest")
        self._digest_keys: dict[str, bytes] = {}

    def cipher(self, nonce: bytes) -> AESGCM:
        return AESGCM(_expand(self._seal_root, nonce[:_HALF]))

    def digest(self, purpose: str, data: bytes) -> bytes:
        # Purposes are names in the code, a handful, so keeping their keys cannot grow without end.
        key = self._digest_keys.get(purpose)
        if key is None:
            key = self._digest_keys[purpose] = _expand(self._digest_root, purpose.encode("utf-8"))
        return self.prefix + hmac.digest(key, data, "sha256")


def parse_keys(text: str) -> list[tuple[str, bytes]]:
    """Read keys written as `id:base64`, separated by commas or line ends. Raises SealError."""
    keys: list[tuple[str, bytes]] = []
    for number, entry in enumerate(
        filter(None, (part.strip() for part in re.split(r"[,\n]", text))), start=1
    ):
        key_id, colon, encoded = entry.partition(":")
        try:
            material = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            material = b""
        if not colon or not material:
            raise SealError(f"Sealing key number {number} is not of the form id:base64.")
        keys.append((key_id, material))
    return keys


def new_key() -> tuple[str, bytes]:
    """Return a new key and a random id for it."""
    return random_bytes(4).hex(), random_bytes(KEY_BYTES)


def write_keys(keys: Iterable[tuple[str, bytes]]) -> str:
    """Write keys in the form that `parse_keys` reads, one a line."""
    return "".join(f"{key_id}:{base64.b64encode(material).decode('ascii')}\n" for key_id, material in keys)


def _split(value: bytes) -> tuple[str, bytes]:
    """Return the key id and what follows it."""
    if len(value) < 2 or value[0] != _VERSION:
        raise SealError("The value is not a sealed one.")
    end = 2 + value[1]
    try:
        return value[2:end].decode("ascii"), value[end:]
    except UnicodeDecodeError:
        raise SealError("The value is not a sealed one.") from None


def _expand(key: bytes, info: bytes) -> bytes:
    """Derive a key of 32 bytes: HKDF-Expand (RFC 5869, one block) from a key that is uniform already."""
    return hmac.digest(key, info + b"\x01", "sha256")
