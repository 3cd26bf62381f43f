"""Registrations of passkeys that are none."""

from typing import Any

import pytest
from tests import authenticator
from tests.authenticator import PARTY, Credential, spoilt
from tests.conftest import ClockedServer
from tests.people import make_app, sign_in
from tests.scenarios.passkeys import (
    GONE,
    INVALID,
    NOT_SUPPORTED,
    begin,
    complete,
    configure,
    listed,
    register,
    token_of,
    with_passkeys,
)
from tests.scenarios.refusals import refused
from tests.server import RunningServer


def test_a_challenge_serves_once(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    with refused(GONE):
        complete(
            server,
            token,
            authenticator.create({"rp": {"id": PARTY}, "user": {"id": ""}, "challenge": "AAAA"})[1],
        )
    options = begin(server, token)
    _, answer = authenticator.create(options)
    complete(server, token, answer)
    with refused(GONE):
        complete(server, token, answer)
    with refused(GONE):
        complete(server, token, authenticator.create(options)[1])
    assert len(listed(server, token)) == 1


def test_a_failed_answer_uses_the_challenge_up(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    options = begin(server, token)
    with refused("WebAuthnOriginNotAllowedException"):
        complete(server, token, authenticator.create(options, origin="https://example.com")[1])
    with refused(GONE):
        complete(server, token, authenticator.create(options)[1])


def test_a_new_challenge_takes_the_place_of_the_one_before(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    earlier, later = begin(server, token), begin(server, token)
    with refused(GONE):
        complete(server, token, authenticator.create(earlier)[1])
    complete(server, token, authenticator.create(later)[1])


def test_a_challenge_expires(clocked: ClockedServer) -> None:
    token = token_of(clocked, with_passkeys(clocked), "ann")
    options = begin(clocked, token)
    clocked.clock.advance(180)
    with refused(GONE):
        complete(clocked, token, authenticator.create(options)[1])


def test_a_challenge_is_its_users_and_its_clients(server: RunningServer) -> None:
    app = with_passkeys(server)
    ann, bob = token_of(server, app, "ann"), token_of(server, app, "bob")
    options = begin(server, ann)
    begin(server, bob)
    with refused(GONE):
        complete(server, bob, authenticator.create(options)[1])
    second = make_app(server, app.pool_id)
    elsewhere = sign_in(server, second, "ann")["AccessToken"]
    with refused("WebAuthnClientMismatchException"):
        complete(server, elsewhere, authenticator.create(options)[1])
    complete(server, ann, authenticator.create(options)[1])
    stranger = token_of(server, with_passkeys(server), "ann")
    with refused(GONE):
        complete(server, stranger, authenticator.create(begin(server, ann))[1])


def test_a_credential_is_registered_once_in_a_pool(server: RunningServer) -> None:
    app = with_passkeys(server)
    ann, bob = token_of(server, app, "ann"), token_of(server, app, "bob")
    credential = register(server, ann)
    for token in (ann, bob):
        with refused(INVALID, "registered already"):
            register(server, token, credential=credential)
    with refused("ResourceNotFoundException"):
        server.anonymous.delete_web_authn_credential(AccessToken=bob, CredentialId=credential.name)
    assert listed(server, bob) == []
    elsewhere = with_passkeys(server)
    register(server, token_of(server, elsewhere, "ann"), credential=credential)


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.com",
        "https://example.org.evil.com",
        "https://notexample.org",
        "http://example.org",
        "https://example.org/",
        "https://user@example.org",
        "https://evil.com:443@example.org",
        "https://evil.com#.example.org",
        "https://EXAMPLE.org",
        "android:apk-key-hash:abc",
        "null",
        "",
        ["https://example.org"],
        None,
        7,
    ],
)
def test_an_origin_that_is_not_the_relying_partys_is_refused(server: RunningServer, origin: Any) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    with refused("WebAuthnOriginNotAllowedException"):
        register(server, token, origin=origin)
    assert listed(server, token) == []


def test_frames_of_other_sites_are_refused(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    with refused("WebAuthnOriginNotAllowedException"):
        register(server, token, crossOrigin=True)


def test_a_passkey_of_another_relying_party(server: RunningServer) -> None:
    app = with_passkeys(server)
    token = token_of(server, app, "ann")
    with refused("WebAuthnRelyingPartyMismatchException"):
        register(server, token, credential=Credential("example.com", ""))
    options = begin(server, token)
    configure(server, app.pool_id, "app.example.org")
    with refused("WebAuthnRelyingPartyMismatchException"):
        complete(server, token, authenticator.create(options)[1])


@pytest.mark.parametrize(
    "cose",
    [
        {1: 2, 3: -7, -1: 1, -2: b"\x01" * 32, -3: b"\x02" * 32},
        {1: 2, 3: -7, -1: 1, -2: "x", -3: "y"},
        authenticator.rsa_key(1024),
        {1: 3, 3: -257, -1: b"\xff" * 4096, -2: b"\x01\x00\x01"},
        {1: 1, 3: -8, -1: 6, -2: b"\x00" * 31},
    ],
    ids=["off the curve", "text", "short RSA", "long RSA", "short Ed25519"],
)
def test_keys_that_are_not_taken(server: RunningServer, cose: dict[int, Any]) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    with refused(NOT_SUPPORTED):
        register(server, token, cose=cose)


def test_an_rsa_key_and_an_unknown_algorithm(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    register(server, token, cose=authenticator.rsa_key(2048))
    for cose in ({1: 2, 3: -65535, -1: 1, -2: b"x" * 32, -3: b"y" * 32}, {1: 2}, {1: 9, 3: -7}):
        with refused(INVALID):
            register(server, token, cose=cose)


def test_an_id_that_the_authenticator_did_not_say(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    _, answer = authenticator.create(begin(server, token))
    other = Credential(PARTY, "").name
    with refused(INVALID):
        complete(server, token, {**answer, "id": other, "rawId": other})
    assert listed(server, token) == []


def test_a_credential_of_too_long_an_id(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    with refused(NOT_SUPPORTED):
        register(server, token, credential=Credential(PARTY, "", id=b"i" * 1024))


@pytest.mark.parametrize(
    "value", [None, 7, "", "!", "é", [], {}, "A" * 5000, "oWNmbXRkbm9uZQ", "e30", "_" * 40]
)
@pytest.mark.parametrize(
    "path", ["id", "rawId", "type", "response", "response.clientDataJSON", "response.attestationObject"]
)
def test_what_is_no_credential(server: RunningServer, path: str, value: Any) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    _, answer = authenticator.create(begin(server, token))
    with refused(INVALID):
        complete(server, token, spoilt(answer, path, value))
    assert listed(server, token) == []


@pytest.mark.parametrize("answer", [7, True, "text", "[]", [], {}, [[]], "[" * 5000, {"id": {"deep": [{}]}}])
def test_what_is_no_answer_at_all(server: RunningServer, answer: Any) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    begin(server, token)
    with refused(INVALID):
        complete(server, token, answer)
