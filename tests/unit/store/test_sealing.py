import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.store.sealing import Keyring, SealError, parse_keys, write_keys

OLD = ("old", b"o" * 32)
NEW = ("new", b"n" * 32)
RING = Keyring([OLD, NEW])


@given(st.binary(max_size=2000), st.binary(max_size=100))
def test_what_is_sealed_opens_in_its_context(plaintext: bytes, context: bytes) -> None:
    sealed = RING.seal(plaintext, context)
    assert RING.open(sealed, context) == plaintext
    assert len(plaintext) < 8 or plaintext not in sealed
    assert RING.seal(plaintext, context) != sealed


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_it_opens_in_no_other_context(context: bytes, other: bytes) -> None:
    sealed = RING.seal(b"secret", context)
    if other != context:
        with pytest.raises(SealError):
            RING.open(sealed, other)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_byte_goes_unseen(place: int, change: int) -> None:
    sealed = bytearray(RING.seal(b"a secret of some length", b"context"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(SealError):
        RING.open(bytes(sealed), b"context")


@given(st.integers(0, 200))
def test_no_cut_goes_unseen(length: int) -> None:
    sealed = RING.seal(b"a secret of some length", b"context")
    with pytest.raises(SealError):
        RING.open(sealed[: min(length, len(sealed) - 1)], b"context")


@given(st.binary(max_size=300))
def test_no_bytes_crash(noise: bytes) -> None:
    with pytest.raises(SealError):
        RING.open(noise, b"")
    with pytest.raises(SealError):
        RING.open(b"\x01\x03new" + noise, b"")
    assert not RING.matches("code", b"data", noise)
    assert not RING.matches("code", b"data", b"\x01\x03new" + noise)


def test_context_cannot_flow_into_the_nonce() -> None:
    """Moving the border between header and context must not keep the authenticated bytes the same."""
    sealed = RING.seal(b"secret", b"context")
    shorter = sealed[:29] + sealed[30:]
    with pytest.raises(SealError):
        RING.open(shorter, sealed[29:30] + b"context")


def test_after_a_rotation_the_old_opens_and_the_new_seals() -> None:
    before = Keyring([OLD])
    sealed, digest = before.seal(b"secret", b"c"), before.digest("code", b"123456")
    assert RING.open(sealed, b"c") == b"secret"
    assert RING.matches("code", b"123456", digest)
    assert not RING.is_newest(sealed)
    assert not RING.is_newest(digest)
    assert RING.is_newest(RING.seal(b"secret", b"c"))
    with pytest.raises(SealError, match="new is not in the key ring"):
        before.open(RING.seal(b"secret", b"c"), b"c")
    assert not before.matches("code", b"123456", RING.digest("code", b"123456"))


def test_a_lookup_searches_under_every_key() -> None:
    digest = Keyring([OLD]).digest("token", b"x")
    assert RING.digests("token", b"x") == (RING.digest("token", b"x"), digest)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_a_digest_is_of_one_value_for_one_purpose(data: bytes, other: bytes) -> None:
    digest = RING.digest("code", data)
    assert RING.matches("code", data, digest)
    assert RING.matches("code", other, digest) is (other == data)
    assert not RING.matches("token", data, digest)


def test_keys_of_the_same_material_under_another_id_do_not_open() -> None:
    sealed = Keyring([("a", b"k" * 32)]).seal(b"secret", b"")
    with pytest.raises(SealError):
        Keyring([("b", b"k" * 32)]).open(sealed, b"")


def test_keys_are_written_and_read() -> None:
    assert parse_keys(write_keys([OLD, NEW])) == [OLD, NEW]
    ring = Keyring.parse(f"old:{base64.b64encode(OLD[1]).decode()}, new:{base64.b64encode(NEW[1]).decode()}")
    assert ring.key_ids == ("old", "new")
    assert ring.open(RING.seal(b"secret", b"c"), b"c") == b"secret"


SECRET = base64.b64encode(b"do not show this key in messages").decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        SECRET,
        f":{SECRET}",
        f"a b:{SECRET}",
        f"a:{SECRET},a:{SECRET}",
        f"a:{SECRET[:-8]}",
        f"a:{SECRET}AAAA",
        f"a:{SECRET}!",
        f"{'a' * 65}:{SECRET}",
        f"ü:{SECRET}",
    ],
)
def test_keys_of_another_form_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(SealError) as refusal:
        Keyring.parse(text)
    assert SECRET[:12] not in str(refusal.value)


def test_nothing_secret_shows_in_a_repr() -> None:
    assert repr(RING) == "Keyring(old, new)"
