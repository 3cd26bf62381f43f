"""Signing in with a passkey: what is asked, what follows from it, and every answer that proves nothing."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests import authenticator
from tests.authenticator import (
    BACKED_UP,
    BACKUP_ELIGIBLE,
    PARTY,
    USER_PRESENT,
    USER_VERIFIED,
    VERIFIED,
    Credential,
)
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_user, sign_in
from tests.scenarios import choosing
from tests.scenarios.challenged import respond
from tests.scenarios.passkeys import (
    asked_for_passkey,
    configure,
    options_of,
    register,
    show,
    sign_in_with,
    token_of,
    with_passkeys,
)
from tests.scenarios.refusals import BAD_SESSION, NO_USER, refused
from tests.server import RunningServer

UNPROVEN = ("NotAuthorizedException", "The passkey could not be verified.")
INVALID = "InvalidParameterException"


@pytest.fixture
def app(server: RunningServer) -> App:
    """A pool whose users may begin with a passkey."""
    return with_passkeys(server)


@pytest.fixture
def passkey(server: RunningServer, app: App) -> Credential:
    """Anna's passkey."""
    return register(server, token_of(server, app, "anna"))


def test_a_passkey_signs_in(server: RunningServer, app: App, passkey: Credential) -> None:
    asked = asked_for_passkey(server, app, "anna")
    options = options_of(asked)
    assert len(options.pop("challenge")) == 43
    assert options == {
        "rpId": PARTY,
        "allowCredentials": [
            {"id": passkey.name, "type": "public-key", "transports": ["hybrid", "internal"]}
        ],
        "timeout": 180_000,
        "userVerification": "preferred",
    }
    tokens = show(server, app, asked, "anna", passkey)["AuthenticationResult"]
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"
    renewed = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )
    assert renewed["AuthenticationResult"]["AccessToken"]
    assert "AuthenticationResult" in sign_in_with(server, app, "anna", passkey)


def test_a_passkey_is_chosen(server: RunningServer, app: App, passkey: Credential) -> None:
    asked = choosing.begin(server, app, "anna")
    assert asked["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "WEB_AUTHN"]
    asked = respond(server, app, asked, "anna", ANSWER="WEB_AUTHN")
    assert "AuthenticationResult" in show(server, app, asked, "anna", passkey)


def test_whoever_has_none_is_not_offered_one(server: RunningServer, app: App, passkey: Credential) -> None:
    token = token_of(server, app, "bob")
    for asked in (choosing.begin(server, app, "bob"), choosing.begin(server, app, "bob", "WEB_AUTHN")):
        assert asked["ChallengeName"] == "SELECT_CHALLENGE"
        assert asked["AvailableChallenges"] == choosing.PASSWORDS
        with refused(INVALID):
            respond(server, app, asked, "bob", ANSWER="WEB_AUTHN")
    own = register(server, token)
    server.anonymous.delete_web_authn_credential(AccessToken=token, CredentialId=own.name)
    assert choosing.begin(server, app, "bob", "WEB_AUTHN")["ChallengeName"] == "SELECT_CHALLENGE"


def test_an_administrator_signs_in_with_a_passkey_too(
    server: RunningServer, app: App, passkey: Credential
) -> None:
    asked: Any = server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "anna", "PREFERRED_CHALLENGE": "WEB_AUTHN"},
    )
    answer = server.administrator.admin_respond_to_auth_challenge(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        ChallengeName="WEB_AUTHN",
        Session=asked["Session"],
        ChallengeResponses={
            "USERNAME": "anna",
            "CREDENTIAL": json.dumps(authenticator.get(options_of(asked), passkey)),
        },
    )
    assert answer["AuthenticationResult"]["AccessToken"]


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


def test_a_deleted_passkey_signs_in_no_more(server: RunningServer, app: App, passkey: Credential) -> None:
    token = sign_in(server, app, "anna")["AccessToken"]
    kept = register(server, token)
    asked = asked_for_passkey(server, app, "anna")
    server.anonymous.delete_web_authn_credential(AccessToken=token, CredentialId=passkey.name)
    with refused(*UNPROVEN):
        show(server, app, asked, "anna", passkey)
    (allowed,) = options_of(asked_for_passkey(server, app, "anna"))["allowCredentials"]
    assert allowed["id"] == kept.name
    sign_in_with(server, app, "anna", kept)


def test_a_copied_authenticator_is_found_out(server: RunningServer, app: App, passkey: Credential) -> None:
    sign_in_with(server, app, "anna", passkey)
    copy = Credential(PARTY, passkey.handle, passkey.id, passkey.key, passkey.count)
    sign_in_with(server, app, "anna", passkey)
    with refused(*UNPROVEN), capture_logs() as log:
        sign_in_with(server, app, "anna", copy)
    (told,) = [line for line in log if line["event"] == "passkey counter went back"]
    assert (told["log_level"], told["passkey"]) == ("warning", passkey.name)
    copy.count = -1
    with refused(*UNPROVEN):
        sign_in_with(server, app, "anna", copy)
    sign_in_with(server, app, "anna", passkey)


def test_an_authenticator_without_a_counter(server: RunningServer, app: App, passkey: Credential) -> None:
    for _ in range(2):
        passkey.count = -1
        sign_in_with(server, app, "anna", passkey)


def test_a_changed_relying_party(server: RunningServer, app: App, passkey: Credential) -> None:
    asked = asked_for_passkey(server, app, "anna")
    configure(server, app.pool_id, "app.example.org")
    with refused(*UNPROVEN):
        show(server, app, asked, "anna", passkey)
    assert choosing.begin(server, app, "anna", "WEB_AUTHN")["ChallengeName"] == "SELECT_CHALLENGE"
    configure(server, app.pool_id)
    sign_in_with(server, app, "anna", passkey)


def test_a_pool_that_ceases_to_allow_passkeys(server: RunningServer, app: App, passkey: Credential) -> None:
    asked = asked_for_passkey(server, app, "anna")
    server.administrator.update_user_pool(UserPoolId=app.pool_id, AutoVerifiedAttributes=["email"])
    with refused(*UNPROVEN):
        show(server, app, asked, "anna", passkey)
    assert choosing.begin(server, app, "anna")["AvailableChallenges"] == choosing.PASSWORDS
    token = sign_in(server, app, "anna")["AccessToken"]
    server.anonymous.delete_web_authn_credential(AccessToken=token, CredentialId=passkey.name)


def test_a_user_who_must_be_verified(server: RunningServer, app: App, passkey: Credential) -> None:
    asked = asked_for_passkey(server, app, "anna")
    configure(server, app.pool_id, verification="required")
    with refused(*UNPROVEN):
        show(server, app, asked, "anna", passkey, flags=USER_PRESENT)
    assert options_of(asked_for_passkey(server, app, "anna"))["userVerification"] == "required"
    with refused(*UNPROVEN):
        sign_in_with(server, app, "anna", passkey, flags=USER_PRESENT)
    sign_in_with(server, app, "anna", passkey)


def test_a_passkey_that_was_backed_up_meanwhile(server: RunningServer, app: App) -> None:
    eligible = VERIFIED | BACKUP_ELIGIBLE
    passkey = register(server, token_of(server, app, "anna"), flags=eligible)
    sign_in_with(server, app, "anna", passkey, flags=eligible | BACKED_UP)
    sign_in_with(server, app, "anna", passkey, flags=eligible)
    with refused(*UNPROVEN):
        sign_in_with(server, app, "anna", passkey)


def _with(answer: dict[str, Any], path: str, value: Any) -> str:
    spoilt = json.loads(json.dumps(answer))
    *outer, last = path.split(".")
    place = spoilt
    for name in outer:
        place = place[name]
    place[last] = value
    return json.dumps(spoilt)


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
        respond(server, app, asked, "anna", CREDENTIAL=_with(answer, path, value))
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
        respond(server, app, asked, "anna", CREDENTIAL=_with(answer, path, value))


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


def test_a_client_that_hides_nobody_says_so(server: RunningServer, app: App) -> None:
    open_client = make_app(server, app.pool_id, PreventUserExistenceErrors="LEGACY")
    with refused(*NO_USER):
        choosing.begin(server, open_client, "nobody", "WEB_AUTHN")


def test_what_changes_meanwhile_counts(server: RunningServer, app: App, passkey: Credential) -> None:
    whose: Any = {"UserPoolId": app.pool_id, "Username": "anna"}
    asked = asked_for_passkey(server, app, "anna")
    server.administrator.admin_disable_user(**whose)
    with refused(*UNPROVEN):
        show(server, app, asked, "anna", passkey)
    server.administrator.admin_enable_user(**whose)
    asked = asked_for_passkey(server, app, "anna")
    server.administrator.admin_reset_user_password(**whose)
    with refused(*UNPROVEN):
        show(server, app, asked, "anna", passkey)
    server.administrator.admin_set_user_password(**whose, Password="Another-Horse-7-Battery", Permanent=True)
    sign_in_with(server, app, "anna", passkey)
    asked = asked_for_passkey(server, app, "anna")
    server.administrator.admin_delete_user(**whose)
    make_user(server, app.pool_id, "anna")
    with refused(*UNPROVEN):
        show(server, app, asked, "anna", passkey)


def test_wrong_passwords_lock_nobody_out_of_his_passkey(
    server: RunningServer, app: App, passkey: Credential
) -> None:
    for _ in range(6):
        with refused("NotAuthorizedException"):
            sign_in(server, app, "anna", "Wrong-Password-1!")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        sign_in(server, app, "anna")
    assert "AuthenticationResult" in sign_in_with(server, app, "anna", passkey)
