"""Signing in with a passkey: what is asked, and what follows from it."""

from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.authenticator import (
    BACKED_UP,
    BACKUP_ELIGIBLE,
    PARTY,
    USER_PRESENT,
    VERIFIED,
    Credential,
)
from tests.people import App, make_app, make_user, sign_in
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
    sign_in_by_administrator,
    sign_in_with,
    token_of,
    with_passkeys,
)
from tests.scenarios.refusals import NO_USER, refused
from tests.server import RunningServer


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
    answer = sign_in_by_administrator(server, app, "anna", passkey)
    assert answer["AuthenticationResult"]["AccessToken"]


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
