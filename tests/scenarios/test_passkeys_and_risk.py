"""Passkeys, second factors and risk: when one counts as both, and what the event tells of it."""

from typing import Any

import pytest
from tests.authenticator import USER_PRESENT, Credential
from tests.circumstances import LAPTOP, LONDON, context
from tests.conftest import ClockedServer
from tests.devices import ALWAYS, confirm
from tests.history import latest, listed
from tests.people import App, make_app, make_pool, make_user, sign_in
from tests.scenarios import choosing
from tests.scenarios.challenged import ON, TokenApp, choose, offer, phone_of, respond
from tests.scenarios.levels import force_level
from tests.scenarios.passkeys import (
    MULTI_FACTOR,
    PASSKEYS_ALLOWED,
    UNPROVEN,
    asked_for_passkey,
    configure,
    options_of,
    register,
    show,
    sign_in_by_administrator,
    sign_in_with,
)
from tests.scenarios.protected import configure as configure_risk
from tests.scenarios.protected import ranges, takeover
from tests.scenarios.refusals import BAD_SESSION, BLOCKED, refused
from tests.server import RunningServer

from doorward.history.auth_event import ChallengeResponse

BY_PASSKEY = ChallengeResponse("Password", "Success", by="passkey")
BOTH = [BY_PASSKEY, ChallengeResponse("Mfa", "Success", by="passkey")]
TURNED_ON: Any = {"WebAuthnMfaSettings": {"Enabled": True}}
TURNED_OFF: Any = {"WebAuthnMfaSettings": {"Enabled": False}}


def pool_with(
    server: RunningServer, mfa: str = "OPTIONAL", mode: str = "ENFORCED", **members: str
) -> tuple[App, Credential]:
    """Make a pool that offers second factors, and anna, who has a telephone and a passkey."""
    app = make_app(
        server,
        make_pool(server, Policies=PASSKEYS_ALLOWED, UserPoolAddOns={"AdvancedSecurityMode": mode}),
    )
    configure(server, app.pool_id, **members)
    if mode != "OFF":
        configure_risk(server, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
    make_user(server, app.pool_id, "anna", attributes={"phone_number": phone_of("anna")})
    passkey = register(server, sign_in(server, app, "anna")["AccessToken"])
    if mfa != "OFF":
        offer(server, app.pool_id, mfa)
    return app, passkey


def prefer(server: RunningServer, app: App, wish: Any) -> None:
    server.administrator.admin_set_user_mfa_preference(UserPoolId=app.pool_id, Username="anna", **wish)


def respond_to(server: RunningServer, app: App, level: str, action: str) -> None:
    """Let every attempt have a level, to which the pool responds in some way."""
    at = {"low": "NO_ACTION", "medium": "NO_ACTION", "high": "NO_ACTION"}
    stricter = list(at)[list(at).index(level.lower()) :]
    configure_risk(server, app, **takeover(**(at | dict.fromkeys(stricter, action))))
    force_level(server, app, level)


def test_the_event_tells_that_it_was_a_passkey(server: RunningServer) -> None:
    app, passkey = pool_with(server, "OFF")
    sign_in_with(server, app, "anna", passkey)
    event = latest(server, app)
    assert (event.response, event.challenges, event.learned) == ("Pass", [BY_PASSKEY], True)
    told = listed(server, app)[0]["ChallengeResponses"]
    assert told == [{"ChallengeName": "Password", "ChallengeResponse": "Success"}]
    with refused(*UNPROVEN):
        sign_in_with(server, app, "anna", passkey, origin="https://example.com")
    event = latest(server, app)
    wrong = ChallengeResponse("Password", "Failure", by="passkey")
    assert (event.response, event.challenges, event.learned) == ("Fail", [wrong], False)


def test_a_challenge_that_nobody_answers_is_no_event(server: RunningServer) -> None:
    app, _ = pool_with(server, "OFF")
    before = listed(server, app)
    asked_for_passkey(server, app, "anna")
    assert listed(server, app) == before


def test_a_name_that_leads_to_nobody_leaves_an_event_of_nobody(server: RunningServer) -> None:
    app, passkey = pool_with(server, "OFF")
    names = (f"nobody{number}" for number in range(24))
    for name in names:
        asked = choosing.begin(server, app, name, "WEB_AUTHN")
        if asked["ChallengeName"] == "WEB_AUTHN":
            with refused(*UNPROVEN):
                show(server, app, asked, name, passkey)
            break
    event = latest(server, app)
    assert (event.sub, event.response) == (None, "Fail")
    assert name not in event.username


@pytest.mark.parametrize("level", ["Low", "Medium", "High"])
def test_a_block_is_a_block_for_passkeys_too(server: RunningServer, level: str) -> None:
    app, passkey = pool_with(server, "OFF", **MULTI_FACTOR)
    respond_to(server, app, level, "BLOCK")
    with refused(*BLOCKED):
        sign_in_with(server, app, "anna", passkey)
    event = latest(server, app)
    assert (event.response, event.risk.level, event.risk.response) == ("Fail", level, "block")
    assert event.challenges == [BY_PASSKEY]


def test_an_address_that_is_always_blocked(server: RunningServer) -> None:
    app, passkey = pool_with(server, "OFF")
    asked = asked_for_passkey(server, app, "anna")
    configure_risk(server, app, **ranges(blocked=("127.0.0.0/8",)))
    with refused(*BLOCKED):
        show(server, app, asked, "anna", passkey)
    with refused(*BLOCKED):
        asked_for_passkey(server, app, "anna")
    configure_risk(server, app, **ranges())
    show(server, app, asked, "anna", passkey)


def test_audit_tells_what_would_have_been_done(server: RunningServer) -> None:
    app, passkey = pool_with(server, "OFF", "AUDIT")
    respond_to(server, app, "High", "BLOCK")
    assert "AuthenticationResult" in sign_in_with(server, app, "anna", passkey)
    event = latest(server, app)
    assert (event.risk.response, event.risk.would_have) == ("allow", "block")


def test_a_passkey_that_is_one_factor_is_followed_by_setting_up_another(server: RunningServer) -> None:
    app, passkey = pool_with(server)
    respond_to(server, app, "Medium", "MFA_REQUIRED")
    asked = sign_in_with(server, app, "anna", passkey)
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert latest(server, app).response == "InProgress"
    force_level(server, app, "High")
    with refused(*BLOCKED):
        sign_in_with(server, app, "anna", passkey)


@pytest.mark.parametrize("mfa", ["OPTIONAL", "ON"])
def test_whoever_owes_two_factors_begins_with_a_passkey_that_is_both(server: RunningServer, mfa: str) -> None:
    app, passkey = pool_with(server, mfa, "OFF", **MULTI_FACTOR)
    choose(server, app, "anna", SMS_MFA=ON)
    assert choosing.begin(server, app, "anna", "WEB_AUTHN")["AvailableChallenges"] == choosing.PASSWORDS
    prefer(server, app, TURNED_ON)
    asked = asked_for_passkey(server, app, "anna")
    assert options_of(asked)["userVerification"] == "required"
    assert "AuthenticationResult" in show(server, app, asked, "anna", passkey)
    with refused(*UNPROVEN):
        sign_in_with(server, app, "anna", passkey, flags=USER_PRESENT)
    asked = asked_for_passkey(server, app, "anna")
    prefer(server, app, TURNED_OFF)
    with refused(*UNPROVEN):
        show(server, app, asked, "anna", passkey)


def test_the_password_is_followed_by_a_second_factor_all_the_same(server: RunningServer) -> None:
    app, _ = pool_with(server, "ON", "OFF", **MULTI_FACTOR)
    choose(server, app, "anna", SMS_MFA=ON)
    prefer(server, app, TURNED_ON)
    asked = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": "Correct-Horse-9-Battery"},
    )
    assert asked["ChallengeName"] == "SMS_MFA"


@pytest.mark.parametrize("action", ["MFA_IF_CONFIGURED", "MFA_REQUIRED"])
@pytest.mark.parametrize("level", ["Low", "Medium", "High"])
def test_a_passkey_that_is_both_is_what_a_risk_asks_for(
    server: RunningServer, level: str, action: str
) -> None:
    app, passkey = pool_with(server, **MULTI_FACTOR)
    choose(server, app, "anna", SMS_MFA=ON)
    prefer(server, app, TURNED_ON)
    respond_to(server, app, level, action)
    assert "AuthenticationResult" in sign_in_with(server, app, "anna", passkey)
    event = latest(server, app)
    assert (event.response, event.risk.response, event.challenges) == ("Pass", "allow", BOTH)
    assert "the passkey was both factors" in event.risk.because


def test_a_passkey_is_learned_from_like_a_password(clocked: ClockedServer) -> None:
    app, passkey = pool_with(clocked, "OFF")
    for day in range(4):
        clocked.clock.advance(86_400)
        where = context(app, "anna", LONDON, LAPTOP, clocked.clock.now())
        answer = sign_in_by_administrator(clocked, app, "anna", passkey, ContextData=where)
        assert "AuthenticationResult" in answer
        assert latest(clocked, app).risk.earlier_sign_ins == day + 1


def test_a_remembered_device_proves_itself_behind_a_passkey(server: RunningServer) -> None:
    app = make_app(server, make_pool(server, Policies=PASSKEYS_ALLOWED, DeviceConfiguration=ALWAYS))
    configure(server, app.pool_id)
    make_user(server, app.pool_id, "anna")
    tokens = sign_in(server, app, "anna")
    passkey = register(server, tokens["AccessToken"])
    device = confirm(server, app, tokens, "anna")
    asked = choosing.begin(server, app, "anna", "WEB_AUTHN", DEVICE_KEY=device.key)
    asked = show(server, app, asked, "anna", passkey)
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    proof = device.proof()
    assert "AuthenticationResult" in proof.finish(proof.start(asked["Session"]))


def test_a_second_factor_that_follows_does_not_outlive_the_password(server: RunningServer) -> None:
    app, passkey = pool_with(server)
    respond_to(server, app, "Medium", "MFA_REQUIRED")
    asked = sign_in_with(server, app, "anna", passkey)
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="anna", Password="Another-Horse-7-Battery", Permanent=True
    )
    with refused("NotAuthorizedException"):
        respond(server, app, asked, "anna", EMAIL="anna@example.org")


def test_nothing_that_follows_outlives_the_passkey(server: RunningServer) -> None:
    """Whoever has found it cannot set up a factor of his own once it is deleted."""
    app, passkey = pool_with(server)
    token = sign_in(server, app, "anna")["AccessToken"]
    respond_to(server, app, "Medium", "MFA_REQUIRED")
    by_mail, by_app = (sign_in_with(server, app, "anna", passkey) for _ in range(2))
    assert (by_mail["ChallengeName"], by_app["ChallengeName"]) == ("MFA_SETUP", "MFA_SETUP")
    by_app = server.anonymous.associate_software_token(Session=by_app["Session"])
    server.anonymous.delete_web_authn_credential(AccessToken=token, CredentialId=passkey.name)
    with refused(*BAD_SESSION):
        respond(server, app, by_mail, "anna", EMAIL="anna@example.org")
    with refused(*BAD_SESSION):
        server.anonymous.verify_software_token(
            Session=by_app["Session"], UserCode=TokenApp(server, by_app["SecretCode"]).code()
        )
