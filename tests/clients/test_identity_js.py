"""amazon-cognito-identity-js, unmodified, from SRP sign-up to sign-out."""

from collections.abc import Iterator

import pytest
from tests.clients.node import IdentityError, IdentityJs, install_library, require_node, talking
from tests.people import PASSWORD, App, make_app, make_pool, make_user
from tests.scenarios.challenged import (
    ON,
    TokenApp,
    choose,
    enrol,
    offer,
    other,
    phone_of,
    with_phone,
    with_token,
)
from tests.server import RunningServer

NEW_PASSWORD = "Better-Horse-8-Staple"


@pytest.fixture(scope="session")
def library() -> None:
    """The library is there."""
    require_node()
    install_library()


@pytest.fixture
def app(server: RunningServer) -> App:
    """An app client as a page has it: without a secret."""
    return make_app(server, make_pool(server))


@pytest.fixture
def js(library: None, server: RunningServer, app: App) -> Iterator[IdentityJs]:
    """The library, set up for the app client with nothing but the endpoint added."""
    with talking(server.endpoint, app.pool_id, app.client_id) as one:
        yield one


def test_a_life(js: IdentityJs, server: RunningServer, app: App) -> None:
    """Sign up, confirm, sign in by SRP, refresh, change and forget the password, sign out, leave."""
    signed_up = js("signUp", username="alice", password=PASSWORD, email="alice@example.org")
    assert signed_up["confirmed"] is False
    assert signed_up["delivery"]["Destination"] == "a***@e***"
    js("resendCode", username="alice")
    assert js("confirmSignUp", username="alice", code=server.last_code(app.pool_id)) == "SUCCESS"

    session = js("signIn", username="alice", password=PASSWORD)
    assert session["valid"] is True
    assert session["idClaims"]["cognito:username"] == "alice"
    assert js("attributes")["sub"] == signed_up["sub"]
    assert js("updateAttributes", attributes={"name": "Alice"}) == "SUCCESS"
    assert js("attributes")["name"] == "Alice"

    renewed = js("refresh", refreshToken=session["refreshToken"])
    assert renewed["refreshToken"] == session["refreshToken"]
    assert renewed["accessToken"] != session["accessToken"]
    assert js("restoreSession")["accessToken"] == renewed["accessToken"]

    assert js("changePassword", before=PASSWORD, after=NEW_PASSWORD) == "SUCCESS"
    js("signIn", username="alice", password=NEW_PASSWORD)
    js("forgotPassword", username="alice")
    code = server.last_code(app.pool_id)
    assert js("confirmPassword", username="alice", code=code, password=PASSWORD) == "SUCCESS"

    last = js("signIn", username="alice", password=PASSWORD)
    assert js("globalSignOut") == "SUCCESS"
    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException, match="revoked"):
        server.anonymous.get_user(AccessToken=last["accessToken"])
    js("signIn", username="alice", password=PASSWORD)
    assert js("deleteUser") == "SUCCESS"
    assert server.administrator.list_users(UserPoolId=app.pool_id)["Users"] == []


def test_signing_out_revokes_the_refresh_token(js: IdentityJs, server: RunningServer, app: App) -> None:
    """The library's signOut with a callback calls RevokeToken."""
    make_user(server, app.pool_id, "bob")
    session = js("signIn", username="bob", password=PASSWORD)
    js("signOut")
    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException, match="revoked"):
        server.anonymous.get_user(AccessToken=session["accessToken"])


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_errors_reach_the_page_with_code_and_message(
    js: IdentityJs, server: RunningServer, app: App, flow: str
) -> None:
    """A wrong password, an unknown name, a wrong code: what pages show to their users."""
    make_user(server, app.pool_id, "carol")
    for username in ("carol", "nobody"):
        with pytest.raises(IdentityError) as wrong:
            js("signIn", username=username, password="Wrong-Horse-1-Battery", flow=flow)
        assert (wrong.value.code, wrong.value.message) == (
            "NotAuthorizedException",
            "Incorrect username or password.",
        )
    js("signUp", username="dave", password=PASSWORD, email="dave@example.org")
    with pytest.raises(IdentityError) as unconfirmed:
        js("signIn", username="dave", password=PASSWORD, flow=flow)
    assert unconfirmed.value.code == "UserNotConfirmedException"
    with pytest.raises(IdentityError) as taken:
        js("signUp", username="dave", password=PASSWORD, email="dave@example.org")
    assert taken.value.code == "UsernameExistsException"
    right = server.last_code(app.pool_id)
    with pytest.raises(IdentityError) as mismatch:
        js("confirmSignUp", username="dave", code=f"{(int(right) + 1) % 1_000_000:06}")
    assert mismatch.value.code == "CodeMismatchException"


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_an_invited_user_chooses_his_own_password(
    js: IdentityJs, server: RunningServer, app: App, flow: str
) -> None:
    """newPasswordRequired, an attempt that breaks the policy, and completeNewPasswordChallenge."""
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id,
        Username="erin",
        UserAttributes=[{"Name": "email", "Value": "erin@example.org"}],
    )
    temporary = server.last_code(app.pool_id)
    asked = js("signIn", username="erin", password=temporary, flow=flow)["newPasswordRequired"]
    assert asked["userAttributes"]["email"] == "erin@example.org"
    with pytest.raises(IdentityError) as weak:
        js("completeNewPassword", password="short", attributes={})
    assert weak.value.code == "InvalidPasswordException"
    session = js("completeNewPassword", password=PASSWORD, attributes={"name": "Erin"})
    assert session["valid"] is True
    assert js("attributes")["name"] == "Erin"
    assert js("signIn", username="erin", password=PASSWORD, flow=flow)["valid"] is True


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_a_code_by_sms(js: IdentityJs, server: RunningServer, app: App, flow: str) -> None:
    """mfaRequired, a mistyped code, and the right one in the same session."""
    offer(server, app.pool_id)
    with_phone(server, app, "anna")
    asked = js("signIn", username="anna", password=PASSWORD, flow=flow)["mfaRequired"]
    assert asked["name"] == "SMS_MFA"
    assert asked["parameters"]["CODE_DELIVERY_DESTINATION"].endswith(phone_of("anna")[-4:])
    code = server.last_code(app.pool_id)
    with pytest.raises(IdentityError) as mismatch:
        js("sendCode", code=other(code), factor="SMS_MFA")
    assert mismatch.value.code == "CodeMismatchException"
    assert js("sendCode", code=code, factor="SMS_MFA")["valid"] is True
    assert js("attributes")["phone_number_verified"] == "true"


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_a_code_of_an_app(js: IdentityJs, server: RunningServer, app: App, flow: str) -> None:
    """totpRequired."""
    offer(server, app.pool_id)
    token = with_token(server, app, "berta")
    asked = js("signIn", username="berta", password=PASSWORD, flow=flow)["totpRequired"]
    assert (asked["name"], asked["parameters"]["FRIENDLY_DEVICE_NAME"]) == ("SOFTWARE_TOKEN_MFA", "phone")
    assert js("sendCode", code=token.code(), factor="SOFTWARE_TOKEN_MFA")["valid"] is True


def test_the_choice_among_factors(js: IdentityJs, server: RunningServer, app: App) -> None:
    """selectMFAType leads to either challenge."""
    offer(server, app.pool_id)
    with_phone(server, app, "carla")
    token = enrol_with_sms(server, app, "carla")
    for factor, asked in (("SMS_MFA", "mfaRequired"), ("SOFTWARE_TOKEN_MFA", "totpRequired")):
        offered = js("signIn", username="carla", password=PASSWORD)["selectMFAType"]["parameters"]
        assert offered["MFAS_CAN_CHOOSE"] == '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'
        assert js("chooseFactor", factor=factor)[asked]["name"] == factor
        code = server.last_code(app.pool_id) if factor == "SMS_MFA" else token.code()
        assert js("sendCode", code=code, factor=factor)["valid"] is True


def enrol_with_sms(server: RunningServer, app: App, username: str) -> TokenApp:
    """Give a user who has SMS an authenticator app as well, and no preference."""
    choose(server, app, username, SMS_MFA={"Enabled": False, "PreferredMfa": False})
    token = enrol(server, app, username)
    choose(server, app, username, SMS_MFA=ON, SOFTWARE_TOKEN_MFA=ON)
    return token


def test_an_app_is_set_up_within_the_sign_in(js: IdentityJs, server: RunningServer, app: App) -> None:
    """mfaSetup, associateSoftwareToken, verifySoftwareToken: all without an access token."""
    offer(server, app.pool_id, "ON", ["SOFTWARE_TOKEN_MFA"])
    make_user(server, app.pool_id, "dora")
    asked = js("signIn", username="dora", password=PASSWORD)["mfaSetup"]
    assert asked["parameters"]["MFAS_CAN_SETUP"] == '["SOFTWARE_TOKEN_MFA"]'
    token = TokenApp(server, js("associateToken")["secret"])
    assert js("verifyToken", code=token.code(-1))["valid"] is True
    assert "totpRequired" in js("signIn", username="dora", password=PASSWORD)
    assert js("sendCode", code=token.code(), factor="SOFTWARE_TOKEN_MFA")["valid"] is True
