"""What is plain CBOR is what a reader of all CBOR reads, and nothing that is a trap for it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import bytes_to_base64url, encode_cbor, parse_cbor

from doorward.signin.passkeys.answers import CeremonyError, read_authentication, read_registration
from doorward.signin.passkeys.plain_cbor import DEEPEST, NotPlainError, check

SCALARS = (
    st.integers(-(2**64), 2**64 - 1)
    | st.binary()
    | st.text()
    | st.booleans()
    | st.none()
    | st.floats(width=32)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-300, 300), inner, max_size=4),
    max_leaves=12,
).filter(lambda value: depth(value) <= DEEPEST)


def depth(value: Any) -> int:
    """How many lists and maps are inside each other."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def bomb(lists: int) -> bytes:
    """A list of lists, each of which is twice the one before."""
    double = (b"\xd8\x1c\x82" + 2 * (b"\xd8\x1d" + encode_cbor(number)) for number in range(lists - 1))
    return b"\x98" + bytes([lists]) + b"\xd8\x1c\x81\x00" + b"".join(double)


@given(st.lists(VALUES, max_size=3))
def test_what_authenticators_write_is_plain(values: list[Any]) -> None:
    check(b"".join(encode_cbor(value) for value in values))


@given(st.lists(VALUES, min_size=1, max_size=2), st.data())
def test_what_is_cut_short_is_not(values: list[Any], data: st.DataObject) -> None:
    whole = encode_cbor(values)
    with pytest.raises(NotPlainError):
        check(whole[: data.draw(st.integers(1, len(whole) - 1))])


@given(st.binary(max_size=60))
def test_any_bytes_are_plain_or_refused(octets: bytes) -> None:
    try:
        check(octets)
    except NotPlainError:
        return
    assert b"\xd8" not in octets[:1]


TRAPS = {
    "bomb": bomb(200),
    "bignum": b"\xc2\x41\x01",
    "tag inside": b"\x82\x01\xc0\x60",
    "endless list": b"\x9f\x01\xff",
    "endless bytes": b"\x5f\x41a\xff",
    "break": b"\xff",
    "reserved": b"\x1c",
    "long list": b"\x9b" + b"\xff" * 8,
    "long bytes": b"\x5b" + b"\xff" * 8,
    "too deep": b"\x81" * (DEEPEST + 1) + b"\x00",
    "far too deep": b"\x81" * 100_000,
}


@pytest.mark.parametrize("octets", TRAPS.values(), ids=TRAPS.keys())
def test_traps(octets: bytes) -> None:
    with pytest.raises(NotPlainError):
        check(octets)


@pytest.mark.parametrize("octets", TRAPS.values(), ids=TRAPS.keys())
def test_no_answer_springs_a_trap(octets: bytes) -> None:
    attested = b"\x45" + bytes(4) + bytes(16) + b"\x00\x02id"
    extended = b"\x85" + bytes(4)
    for kind in (attested, extended):
        data = bytes(32) + kind + octets
        whole = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        statement = b"\xa3\x63fmt\x64none\x68authData" + encode_cbor(data) + b"\x67attStmt" + octets
        for attestation in (whole, statement, octets):
            with pytest.raises(CeremonyError):
                read_registration(credential(attestationObject=attestation))
        with pytest.raises(CeremonyError):
            read_authentication(credential(authenticatorData=data, signature=b"none"))


def credential(**response: bytes) -> dict[str, Any]:
    """An answer with these members."""
    client = json.dumps({"type": "webauthn.get", "challenge": "AAAA", "origin": "https://a.org"}).encode()
    members = {"clientDataJSON": client, **response}
    return {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {name: bytes_to_base64url(value) for name, value in members.items()},
    }


def test_the_trap_is_one() -> None:
    """A reader of all CBOR takes it, and what it has read is many times as long when it is written."""
    assert len(encode_cbor(parse_cbor(bomb(12)))) > 50 * len(bomb(12))
