"""The secret that a device made for itself: checked when it is confirmed, sealed, and opened to be proven.

A client sends base64 of the salt and of v = g^x, both as signed big-endian numbers, where x is hashed over the
device group key, the device key and a password that never leaves the device.
"""

import base64
import binascii
from typing import Final

from doorward.directory.device import Device, device_group_key
from doorward.signin import srp
from doorward.signin.srp import Verifier
from doorward.store.sealing import Keyring
from doorward.wire.contract import DeviceSecretVerifierConfigType
from doorward.wire.errors import InvalidParameterException

_VERIFIER_BYTES: Final = 384
LONGEST_SALT: Final = 64
"""Bytes of a salt; the clients make 16."""


def read_verifier(given: DeviceSecretVerifierConfigType | None) -> Verifier:
    """Return the verifier that came with ConfirmDevice.

    Raises InvalidParameterException where a part is missing or no base64, the salt is nothing or longer than
    `LONGEST_SALT`, or the verifier is no number that a secret could lead to: whoever likes could prove 0, 1
    and N - 1.
    """
    if given is None or not given.salt or not given.password_verifier:
        raise InvalidParameterException("DeviceSecretVerifierConfig must have a PasswordVerifier and a Salt.")
    salt = _number(given.salt, "Salt", LONGEST_SALT)
    verifier = _number(given.password_verifier, "PasswordVerifier", _VERIFIER_BYTES)
    if salt == 0:
        raise InvalidParameterException("Invalid Salt.")
    if not 1 < verifier < srp.N - 1:
        raise InvalidParameterException("Invalid PasswordVerifier.")
    return Verifier(
        salt=salt.to_bytes((salt.bit_length() + 7) // 8), verifier=verifier.to_bytes(_VERIFIER_BYTES)
    )


def seal(keyring: Keyring, pool_id: str, sub: str, device_key: str, verifier: Verifier) -> bytes:
    """Return a verifier as it is kept: it opens for this device of this user alone."""
    return keyring.seal(verifier.verifier, _context(pool_id, sub, device_key))


def stored_verifier(keyring: Keyring, device: Device) -> Verifier:
    """Unseal the verifier of a device. Raises SealError."""
    context = _context(device.pool_id, device.sub, device.key)
    return Verifier(salt=device.srp_salt, verifier=keyring.open(device.sealed_srp_verifier, context))


def identity(device: Device) -> str:
    """Return the name that stands in device SRP's hashes and in its claim."""
    return device_group_key(device.pool_id) + device.key


def _context(pool_id: str, sub: str, device_key: str) -> bytes:
    return f"device verifier:{pool_id}:{sub}:{device_key}".encode()


def _number(text: str, name: str, most: int) -> int:
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    # One leading zero byte is what a signed number with its top bit set carries.
    if not octets or len(octets) > most + 1 or (len(octets) == most + 1 and octets[0]):
        raise InvalidParameterException(f"Invalid {name}.")
    return int.from_bytes(octets)
