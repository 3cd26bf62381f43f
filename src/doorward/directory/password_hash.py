"""Stored passwords: Argon2id (RFC 9106), by the OWASP Password Storage Cheat Sheet's parameters.

A password is the UTF-8 bytes of what was typed, neither trimmed nor normalised: clients that use SRP hash
exactly these bytes too, and both proofs must agree on what the password is. A text with a lone surrogate has
no UTF-8 form: it cannot be stored and never matches.
"""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type

from doorward.clock import random_bytes
from doorward.wire import errors

MAXIMUM_LENGTH: Final = 256
"""Characters; Cognito's limit."""

_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32


class PasswordHashing:
    """Hashes and checks passwords with one set of parameters; older hashes of other parameters still check.

    `memory` is in KiB. Argon2 works outside the GIL, and each call in flight takes that memory.
    """

    __slots__ = ("_hasher", "_nothing")

    def __init__(self, memory: int = 19 * 1024, passes: int = 2, lanes: int = 1) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes,
            memory_cost=memory,
            parallelism=lanes,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
            type=Type.ID,
        )
        self._nothing = self._hasher.hash(random_bytes(32), salt=random_bytes(_SALT_BYTES))

    def hash(self, password: str) -> str:
        """Return the hash to store, with its parameters and salt (PHC string).

        Raises InvalidParameterException for more than 256 characters, or for a text that is not Unicode.
        """
        secret = _octets(password)
        if secret is None:
            raise errors.InvalidParameterException(
                f"Password must be Unicode text of at most {MAXIMUM_LENGTH} characters."
            )
        return self._hasher.hash(secret, salt=random_bytes(_SALT_BYTES))

    def verify(self, stored: str, password: str) -> bool:
        """Say whether the password is the one behind the stored hash.

        A password that could not have been stored takes as long as a wrong one. Raises
        argon2.exceptions.InvalidHashError where `stored` is damaged: that is no wrong password.
        """
        secret = _octets(password)
        if secret is None:
            self.verify_against_nothing("")
            return False
        try:
            return self._hasher.verify(stored, secret)
        except VerifyMismatchError:
            return False

    def verify_against_nothing(self, password: str) -> None:
        """Take the time of a wrong password: for a user who does not exist or has no password."""
        try:
            self._hasher.verify(self._nothing, _octets(password) or b"")
        except VerifyMismatchError:
            return

    def needs_rehash(self, stored: str) -> bool:
        """Say whether a stored hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def _octets(password: str) -> bytes | None:
    if len(password) > MAXIMUM_LENGTH:
        return None
    try:
        return password.encode("utf-8")
    except UnicodeEncodeError:
        return None
