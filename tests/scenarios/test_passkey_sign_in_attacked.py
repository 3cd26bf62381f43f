"""Sign-ins with a passkey that prove nothing."""

import json
from typing import Any

import pytest
from tests import authenticator
from tests.authenticator import (
    BACKED_UP,
    BACKUP_ELIGIBLE,
    PARTY,
    USER_PRESENT,
    USER_VERIFIED,
    VERIFIED,
    Credential,
    spoilt,
)
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, sign_in
from tests.scenarios import choosing
from tests.scenarios.challenged import respond
from tests.scenarios.passkeys import (
    INVALID,
    UNPROVEN,
    asked_for_passkey,
    configure,
    options_of,
    register,
    show,
    sign_in_with,
    token_of,
    with_passkeys,
)
from tests.scenarios.refusals import BAD_SESSION, refused
from tests.server import RunningServer


@pytest.fixture
def app(server: RunningServer) -> App:
    """A pool whose users may begin with a passkey."""
    return with_passkeys(server)


@pytest.fixture
def passkey(server: RunningServer, app: App) -> Credential:
    """Anna's passkey."""
    return register(server, token_of(server, app, "anna"))


def test_a_challenge_serves_once(server: RunningServer, app: App, passkey: Credential) -> None:
    asked = asked_for_passkey(server, app, "anna")
    answer = json.dumps(authenticator.get(options_of(asked), passkey))
    respond(server, app, asked, "anna", CREDENTIAL=answer)
    with refused(*BAD_SESSION):
        respond(server, app, asked, "anna", CREDENTIAL=answer)
    again = asked_for_passkey(server, app, "anna")
    with refused(*UNPROVEN):
        respond(server, app, again, "anna", CREDENTIAL=answer)
    with refused(*BAD_SESSION):
        show(server, app, again, "anna", passkey)


def test_a_challenge_expires(clocked: ClockedServer) -> None:
    app = with_passkeys(clocked)
    passkey = register(clocked, token_of(clocked, app, "anna"))
    asked = asked_for_passkey(clocked, app, "anna")
    clocked.clock.advance(180)
    with refused("NotAuthorizedException", "session is expired"):
        show(clocked, app, asked, "anna", passkey)


def test_a_challenge_answers_to_its_own_name_alone(
    server: RunningServer, app: App, passkey: Credential
) -> None:
    asked = dict(asked_for_passkey(server, app, "anna"))
    answer = json.dumps(authenticator.get(options_of(asked), passkey))
    for name in ("PASSWORD", "SELECT_CHALLENGE", "SMS_MFA"):
        everything = {"PASSWORD": PASSWORD, "ANSWER": "PASSWORD", "SMS_MFA_CODE": "1", "CREDENTIAL": answer}
        with refused(*BAD_SESSION):
            respond(server, app, {**asked, "ChallengeName": name}, "anna", **everything)
    selected = {**choosing.begin(server, app, "anna"), "ChallengeName": "WEB_AUTHN"}
    with refused(*BAD_SESSION):
        respond(server, app, selected, "anna", CREDENTIAL=answer)
    respond(server, app, asked, "anna", CREDENTIAL=answer)


@pytest.mark.parametrize(
    "twist",
    [
        {"origin": "https://example.com"},
        {"origin": "http://app.example.org"},
        {"crossOrigin": True},
        {"flags": USER_VERIFIED},
        {"flags": 0},
        {"flags": VERIFIED | BACKUP_ELIGIBLE},
        {"flags": VERIFIED | BACKED_UP},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
        {"challenge": ""},
    ],
    ids=str,
)
def test_what_a_page_or_an_authenticator_may_not_say(
    server: RunningServer, app: App, passkey: Credential, twist: dict[str, Any]
) -> None:
    with refused(*UNPROVEN):
        sign_in_with(server, app, "anna", passkey, **twist)
    sign_in_with(server, app, "anna", passkey, flags=USER_PRESENT)


def test_another_key_party_or_user_handle(server: RunningServer, app: App, passkey: Credential) -> None:
    twins = (
        Credential(PARTY, passkey.handle, passkey.id),
        Credential("example.com", passkey.handle, passkey.id, passkey.key),
        Credential(PARTY, "c29tZWJvZHk", passkey.id, passkey.key),
        Credential(PARTY, passkey.handle, b"another id", passkey.key),
    )
    for twin in twins:
        with refused(*UNPROVEN):
            sign_in_with(server, app, "anna", twin)


def test_a_passkey_of_another_user_and_of_another_pool(
    server: RunningServer, app: App, passkey: Credential
) -> None:
    others = register(server, token_of(server, app, "bob"))
    for borrowed in (others, Credential(PARTY, passkey.handle, others.id, others.key)):
        with refused(*UNPROVEN):
            sign_in_with(server, app, "anna", borrowed)
    elsewhere = with_passkeys(server)
    register(server, token_of(server, elsewhere, "anna"))
    with refused(*UNPROVEN):
        sign_in_with(server, elsewhere, "anna", passkey)
    asked = asked_for_passkey(server, app, "anna")
    with refused("NotAuthorizedException"):
        respond(
            server,
            app,
            asked,
            "bob",
            CREDENTIAL=json.dumps(authenticator.get(options_of(asked), others)),
        )
    second = make_app(server, app.pool_id)
    with refused(*BAD_SESSION):
        show(server, second, asked, "anna", passkey)


@pytest.mark.parametrize("value", [None, 7, "é", "AAAA", "AA=", [], {}])
@pytest.mark.parametrize(
    "path", ["id", "rawId", "type", "response", "response.clientDataJSON", "response.authenticatorData"]
)
def test_what_is_no_credential_leaves_the_session_waiting(
    server: RunningServer, app: App, passkey: Credential, path: str, value: Any
) -> None:
    asked = asked_for_passkey(server, app, "anna")
    answer = authenticator.get(options_of(asked), passkey)
    with refused(INVALID):
        respond(server, app, asked, "anna", CREDENTIAL=json.dumps(spoilt(answer, path, value)))
    respond(server, app, asked, "anna", CREDENTIAL=json.dumps(answer))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("response.signature", ""),
        ("response.signature", "AAAA"),
        ("response.userHandle", "AAAA"),
    ],
)
def test_what_is_a_credential_and_proves_nothing(
    server: RunningServer, app: App, passkey: Credential, path: str, value: str
) -> None:
    asked = asked_for_passkey(server, app, "anna")
    answer = authenticator.get(options_of(asked), passkey)
    with refused(*UNPROVEN):
        respond(server, app, asked, "anna", CREDENTIAL=json.dumps(spoilt(answer, path, value)))


@pytest.mark.parametrize("text", ["", "text", "[]", "{}", "7", "[" * 5000, "A" * 16_385])
def test_what_is_no_answer_at_all(server: RunningServer, app: App, passkey: Credential, text: str) -> None:
    asked = asked_for_passkey(server, app, "anna")
    with refused(INVALID):
        respond(server, app, asked, "anna", CREDENTIAL=text)
    show(server, app, asked, "anna", passkey)


def test_a_name_that_leads_to_nobody_is_asked_the_same_each_time(
    server: RunningServer, app: App, passkey: Credential
) -> None:
    seen: set[bool] = set()
    for number in range(24):
        name = f"nobody{number}"
        first, second = (choosing.begin(server, app, name, "WEB_AUTHN") for _ in range(2))
        assert first["ChallengeName"] == second["ChallengeName"]
        seen.add(first["ChallengeName"] == "WEB_AUTHN")
        if first["ChallengeName"] != "WEB_AUTHN":
            assert first["AvailableChallenges"] == choosing.PASSWORDS
            continue
        asked, again = options_of(first), options_of(second)
        assert asked.pop("challenge") != again.pop("challenge")
        assert asked == again
        real = options_of(asked_for_passkey(server, app, "anna"))
        assert asked.keys() | {"challenge"} == real.keys()
        (pretended,), (actual,) = asked["allowCredentials"], real["allowCredentials"]
        assert pretended.keys() == actual.keys()
        forged = Credential(PARTY, passkey.handle, authenticator.raw(pretended["id"]), passkey.key)
        with refused(*UNPROVEN):
            show(server, app, first, name, forged)
        with refused(*BAD_SESSION):
            show(server, app, first, name, forged)
    assert seen == {True, False}


def test_the_key_of_nobody_opens_nothing(server: RunningServer, app: App, passkey: Credential) -> None:
    """Its private half is 1, which everybody knows."""
    key = authenticator.key_of(1)
    names = (f"nobody{number}" for number in range(24))
    asked = next(
        (name, one)
        for name in names
        if (one := choosing.begin(server, app, name, "WEB_AUTHN"))["ChallengeName"] == "WEB_AUTHN"
    )
    (pretended,) = options_of(asked[1])["allowCredentials"]
    forged = Credential(PARTY, "", authenticator.raw(pretended["id"]), key)
    with refused(*UNPROVEN):
        show(server, app, asked[1], asked[0], forged)
    with refused(*UNPROVEN):
        sign_in_with(server, app, "anna", Credential(PARTY, "", authenticator.raw(pretended["id"]), key))


def test_a_key_of_an_earlier_relying_party_that_signs_for_the_present_one(
    server: RunningServer, app: App, passkey: Credential
) -> None:
    configure(server, app.pool_id, "app.example.org")
    register(server, sign_in(server, app, "anna")["AccessToken"])
    moved = Credential("app.example.org", passkey.handle, passkey.id, passkey.key)
    with refused(*UNPROVEN):
        sign_in_with(server, app, "anna", moved)
