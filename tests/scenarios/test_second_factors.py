"""A second factor is asked for at sign-in: the challenges, their parameters, and their right answers."""

import json

import pytest
from tests import srp
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_user
from tests.scenarios.challenged import (
    ON,
    PREFERRED,
    TokenApp,
    challenged,
    choose,
    enrol,
    password,
    phone_of,
    respond,
    with_phone,
    with_token,
)
from tests.scenarios.refusals import refused
from tests.server import RunningServer


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return challenged(server)


def test_a_code_by_sms_completes_the_sign_in(server: RunningServer, app: App) -> None:
    with_phone(server, app, "anna")
    asked = password(server, app, "anna")
    assert "AuthenticationResult" not in asked
    assert asked["ChallengeName"] == "SMS_MFA"
    assert asked["ChallengeParameters"] == {
        "USER_ID_FOR_SRP": "anna",
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******" + phone_of("anna")[-4:],
    }
    sent = server.messages(app.pool_id)[-1]
    assert (sent.kind, sent.medium, sent.destination) == ("authentication", "SMS", phone_of("anna"))
    tokens = respond(server, app, asked, "anna", SMS_MFA_CODE=sent.code)["AuthenticationResult"]
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"


def test_a_code_by_mail_completes_the_sign_in(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "berta")
    choose(server, app, "berta", EMAIL_OTP=PREFERRED)
    asked = password(server, app, "berta")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["ChallengeParameters"] == {
        "USER_ID_FOR_SRP": "berta",
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "b***@e***",
    }
    code = server.last_code(app.pool_id)
    assert respond(server, app, asked, "berta", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_a_code_of_an_app_completes_the_sign_in(server: RunningServer, app: App) -> None:
    token = with_token(server, app, "carla")
    asked = password(server, app, "carla")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert asked["ChallengeParameters"] == {"USER_ID_FOR_SRP": "carla", "FRIENDLY_DEVICE_NAME": "phone"}
    assert respond(server, app, asked, "carla", SOFTWARE_TOKEN_MFA_CODE=token.code())["AuthenticationResult"]


def test_srp_leads_to_the_factor_too(server: RunningServer, app: App) -> None:
    with_phone(server, app, "dora")
    asked = srp.sign_in(server, app, "dora")
    assert asked["ChallengeName"] == "SMS_MFA"
    code = server.last_code(app.pool_id)
    assert respond(server, app, asked, "dora", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_a_server_answers_for_its_user(server: RunningServer, app: App) -> None:
    token = with_token(server, app, "emma")
    asked = server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "emma", "PASSWORD": PASSWORD},
    )
    answered = server.administrator.admin_respond_to_auth_challenge(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "emma", "SOFTWARE_TOKEN_MFA_CODE": token.code()},
    )
    assert answered["AuthenticationResult"]["AccessToken"]


def test_among_several_factors_the_user_chooses(server: RunningServer, app: App) -> None:
    with_phone(server, app, "frida")
    choose(server, app, "frida", SMS_MFA=ON, EMAIL_OTP=ON)
    asked = password(server, app, "frida")
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", "EMAIL_OTP"]
    with refused("InvalidParameterException"):
        respond(server, app, asked, "frida", ANSWER="SOFTWARE_TOKEN_MFA")
    chosen = respond(server, app, asked, "frida", ANSWER="EMAIL_OTP")
    assert chosen["ChallengeName"] == "EMAIL_OTP"
    code = server.last_code(app.pool_id)
    assert respond(server, app, chosen, "frida", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_the_preferred_factor_is_asked_for(server: RunningServer, app: App) -> None:
    with_phone(server, app, "gerda")
    choose(server, app, "gerda", SMS_MFA=ON, EMAIL_OTP=PREFERRED)
    assert password(server, app, "gerda")["ChallengeName"] == "EMAIL_OTP"


def test_a_number_is_verified_by_its_first_right_code(server: RunningServer, app: App) -> None:
    with_phone(server, app, "hanna")
    asked = password(server, app, "hanna")
    respond(server, app, asked, "hanna", SMS_MFA_CODE=server.last_code(app.pool_id))
    user = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="hanna")
    assert {"Name": "phone_number_verified", "Value": "true"} in user["UserAttributes"]


def test_the_new_password_comes_first_and_the_factor_then(server: RunningServer) -> None:
    app = challenged(server, "ON", ["EMAIL_OTP"])
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id,
        Username="invited",
        TemporaryPassword="Only-For-Now-1",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": "invited@example.org"}],
    )
    asked = password(server, app, "invited", "Only-For-Now-1")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    then = respond(server, app, asked, "invited", NEW_PASSWORD=PASSWORD)
    assert then["ChallengeName"] == "EMAIL_OTP"
    code = server.last_code(app.pool_id)
    assert respond(server, app, then, "invited", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_an_app_is_set_up_within_the_sign_in(server: RunningServer) -> None:
    app = challenged(server, "ON", ["SOFTWARE_TOKEN_MFA"])
    make_user(server, app.pool_id, "ida")
    asked = password(server, app, "ida")
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    with refused("NotAuthorizedException", "Invalid session for the user."):
        respond(server, app, asked, "ida")
    given = server.anonymous.associate_software_token(Session=asked["Session"])
    token = TokenApp(server, given["SecretCode"])
    verified = server.anonymous.verify_software_token(Session=given["Session"], UserCode=token.code(-1))
    done = respond(server, app, {**asked, "Session": verified["Session"]}, "ida")
    assert done["AuthenticationResult"]
    again = password(server, app, "ida")
    assert again["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert respond(server, app, again, "ida", SOFTWARE_TOKEN_MFA_CODE=token.code())["AuthenticationResult"]


def test_an_address_is_set_up_within_the_sign_in(server: RunningServer) -> None:
    app = challenged(server, "ON", ["EMAIL_OTP"])
    make_user(server, app.pool_id, "jana", attributes={"email": "", "email_verified": ""})
    asked = password(server, app, "jana")
    assert asked["ChallengeName"] == "MFA_SETUP"
    with refused("InvalidParameterException"):
        respond(server, app, asked, "jana", EMAIL="no address")
    sent = respond(server, app, asked, "jana", EMAIL="jana@example.com")
    assert sent["ChallengeName"] == "EMAIL_OTP"
    code = server.last_code(app.pool_id)
    assert respond(server, app, sent, "jana", EMAIL_OTP_CODE=code)["AuthenticationResult"]
    user = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="jana")
    assert {"Name": "email", "Value": "jana@example.com"} in user["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]
    assert user["UserMFASettingList"] == ["EMAIL_OTP"]


@pytest.mark.parametrize(("steps", "taken"), [(-3, False), (-1, True), (0, True), (1, True), (3, False)])
def test_a_clock_may_be_off_by_one_step(clocked: ClockedServer, steps: int, taken: bool) -> None:
    app = challenged(clocked)
    make_user(clocked, app.pool_id, "anna")
    token = enrol(clocked, app, "anna")
    clocked.clock.advance(300)
    asked = password(clocked, app, "anna")
    if taken:
        assert respond(clocked, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=token.code(steps))
    else:
        with refused("CodeMismatchException"):
            respond(clocked, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=token.code(steps))
