"""Answers of authenticators, read: whatever comes, it is an answer or a CeremonyError."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import authenticator
from tests.authenticator import PARTY, Credential
from webauthn.helpers import bytes_to_base64url

from doorward.directory.relying_party import RelyingParty
from doorward.signin.passkeys.answers import (
    CeremonyError,
    read_authentication,
    read_registration,
    verify_registration,
)

CHALLENGE = {"challenge": "AAAA"}
CREATION: dict[str, Any] = {"rp": {"id": PARTY}, "user": {"id": "AAAA"}, **CHALLENGE}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TEXTS = st.binary(max_size=200).map(bytes_to_base64url) | st.text(max_size=40)
MEMBERS = st.sampled_from(
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
)
REGISTERED = authenticator.create(CREATION)[1]
PROVEN = authenticator.get(CHALLENGE, Credential(PARTY, "AAAA"))


@given(JSON)
def test_any_json_is_read_or_refused(document: Any) -> None:
    for read in (read_registration, read_authentication):
        with pytest.raises(CeremonyError):
            read(document)
        with pytest.raises(CeremonyError):
            read(json.dumps(document))


@settings(max_examples=300)
@given(MEMBERS, TEXTS | JSON)
def test_any_member_may_be_anything(member: str, value: Any) -> None:
    for read, answer in ((read_registration, REGISTERED), (read_authentication, PROVEN)):
        spoilt = {**answer, "response": {**answer["response"], member: value}}
        try:
            read(spoilt)
        except CeremonyError as problem:
            assert problem.flaw == "form"


@settings(max_examples=300)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_registration_of_which_some_bytes_were_changed(at: int, by: bytes) -> None:
    whole = authenticator.raw(REGISTERED["response"]["attestationObject"])
    changed = bytes_to_base64url(whole[:at] + by + whole[at + len(by) :])
    spoilt = {**REGISTERED, "response": {**REGISTERED["response"], "attestationObject": changed}}
    try:
        verify_registration(read_registration(spoilt), RelyingParty(PARTY, True), ())
    except CeremonyError:
        return


def test_a_deep_and_a_long_document() -> None:
    deep: Any = {}
    for _ in range(50_000):
        deep = [deep]
    cbor = {**REGISTERED["response"], "attestationObject": bytes_to_base64url(b"\x81" * 100_000)}
    huge = {**REGISTERED["response"], "attestationObject": bytes_to_base64url(b"\x9b" + b"\xff" * 8)}
    for document in (deep, "[" * 100_000, {**REGISTERED, "response": cbor}, {**REGISTERED, "response": huge}):
        with pytest.raises(CeremonyError):
            read_registration(document)
