"""A device's verifier: what is read of it, and that it opens for its own device alone."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycognito.aws_srp import generate_hash_device

from doorward.directory.device import Device, device_group_key, new_device_key
from doorward.signin import srp
from doorward.signin.device_secret import LONGEST_SALT, identity, read_verifier, seal, stored_verifier
from doorward.store.sealing import KEY_BYTES, Keyring, SealError
from doorward.wire.contract import DeviceSecretVerifierConfigType
from doorward.wire.errors import InvalidParameterException

POOL = "eu-west-1_aB3dE5fG7"
KEYRING = Keyring([("test", bytes(KEY_BYTES))])


def config(verifier: bytes, salt: bytes) -> DeviceSecretVerifierConfigType:
    """Both numbers in base64."""
    return DeviceSecretVerifierConfigType(
        password_verifier=base64.b64encode(verifier).decode(), salt=base64.b64encode(salt).decode()
    )


def kept(key: str, sub: str = "sub", pool_id: str = POOL, **changed: Any) -> Device:
    """A device of anybody's."""
    members: dict[str, Any] = {
        "pool_id": pool_id,
        "key": key,
        "sub": sub,
        "name": None,
        "remembered": True,
        "created_at": 0.0,
        "modified_at": 0.0,
        "authenticated_at": 0.0,
        "last_address": None,
        "srp_salt": b"salt",
        "sealed_srp_verifier": b"",
        **changed,
    }
    return Device(**members)


@given(st.integers(2, srp.N - 2), st.integers(1, 2 ** (8 * LONGEST_SALT) - 1), st.booleans(), st.booleans())
def test_a_number_is_read_with_or_without_its_sign(
    verifier: int, salt: int, padded: bool, signed: bool
) -> None:
    """Clients send signed numbers (a zero byte before a set top bit) of whatever length they happen to have."""
    size = 385 if padded else (verifier.bit_length() + 7) // 8 + signed
    read = read_verifier(config(verifier.to_bytes(size), salt.to_bytes(salt.bit_length() // 8 + 1)))
    assert int.from_bytes(read.verifier) == verifier
    assert int.from_bytes(read.salt) == salt
    assert len(read.verifier) == 384
    assert read.salt[0] != 0


@given(st.binary(max_size=500), st.binary(max_size=100))
def test_whatever_else_comes_is_refused(verifier: bytes, salt: bytes) -> None:
    """Read, or InvalidParameterException: nothing else happens."""
    try:
        read = read_verifier(config(verifier, salt))
    except InvalidParameterException:
        return
    assert 1 < int.from_bytes(read.verifier) < srp.N - 1
    assert 0 < len(read.salt) <= LONGEST_SALT


@pytest.mark.parametrize("text", ["", "=", "AQ", "AQ==\n", "A Q==", "AQ-_", "é", "\ud800"])
def test_text_that_is_no_base64_is_refused(text: str) -> None:
    """Strictly: characters outside of the alphabet are no decoration."""
    with pytest.raises(InvalidParameterException):
        read_verifier(DeviceSecretVerifierConfigType(password_verifier=text, salt="AQ=="))


def test_a_verifier_opens_for_its_own_device_alone() -> None:
    """Moved to another device, user or pool, it does not open."""
    _, made = generate_hash_device(device_group_key(POOL), "key")
    verifier = read_verifier(
        DeviceSecretVerifierConfigType(password_verifier=made["PasswordVerifier"], salt=made["Salt"])
    )
    sealed = seal(KEYRING, POOL, "sub", "key", verifier)
    assert (
        stored_verifier(KEYRING, kept("key", srp_salt=verifier.salt, sealed_srp_verifier=sealed)) == verifier
    )
    for other in (kept("other"), kept("key", sub="other"), kept("key", pool_id="eu-west-1_other")):
        moved = kept(other.key, other.sub, other.pool_id, sealed_srp_verifier=sealed)
        with pytest.raises(SealError):
            stored_verifier(KEYRING, moved)


def test_a_device_shows_nothing_of_its_secret() -> None:
    device = kept("key", sealed_srp_verifier=b"planted", name="planted")
    assert "planted" not in repr(device)
    assert "planted" not in str(device.__rich_repr__())


def test_keys_have_the_form_that_the_api_demands() -> None:
    """Region and UUID; the group's key begins like none of the users' names in SRP."""
    key = new_device_key(POOL)
    assert key.startswith("eu-west-1_")
    assert len(key) <= 55
    assert identity(kept(key)) == f"-aB3dE5fG7{key}"
