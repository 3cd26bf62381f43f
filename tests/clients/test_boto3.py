"""boto3, from the making of a pool to the deletion of its last user."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp.type_defs import AuthenticationResultTypeTypeDef
from tests.people import PASSWORD, App, make_app, make_pool, make_user, sign_in, told
from tests.server import RunningServer

SECOND_PASSWORD = "Better-Horse-8-Staple"
THIRD_PASSWORD = "Third-Horse-7-Stable"


@pytest.fixture(params=["public", "confidential"])
def app(request: pytest.FixtureRequest, server: RunningServer) -> App:
    """An app client without, and one with, a secret."""
    return make_app(server, make_pool(server), GenerateSecret=request.param == "confidential")


def test_a_life(server: RunningServer, app: App) -> None:
    """Sign up, confirm, sign in, refresh, change and forget the password, sign out, leave."""
    public = server.anonymous
    signed_up = public.sign_up(
        ClientId=app.client_id,
        Username="alice",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "alice@example.org"}],
        **app.proof("alice"),
    )
    assert signed_up["UserConfirmed"] is False
    assert signed_up["CodeDeliveryDetails"] == {
        "Destination": "a***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    assert refused_sign_in(server, app, PASSWORD) == ("UserNotConfirmedException", "User is not confirmed.")

    public.confirm_sign_up(
        ClientId=app.client_id,
        Username="alice",
        ConfirmationCode=server.last_code(app.pool_id),
        **app.proof("alice"),
    )
    tokens = sign_in(server, app, "alice")
    assert tokens["TokenType"] == "Bearer"
    assert tokens["ExpiresIn"] == 3600
    assert attributes(server, tokens) == {
        "sub": signed_up["UserSub"],
        "email": "alice@example.org",
        "email_verified": "true",
    }

    renewed = public.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"], **app.proof_parameter("alice")},
    )["AuthenticationResult"]
    assert "RefreshToken" not in renewed
    assert renewed["AccessToken"] != tokens["AccessToken"]

    public.change_password(
        AccessToken=renewed["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword=SECOND_PASSWORD
    )
    assert refused_sign_in(server, app, PASSWORD)[1] == "Incorrect username or password."
    sign_in(server, app, "alice", SECOND_PASSWORD)

    public.forgot_password(ClientId=app.client_id, Username="alice", **app.proof("alice"))
    public.confirm_forgot_password(
        ClientId=app.client_id,
        Username="alice",
        ConfirmationCode=server.last_code(app.pool_id),
        Password=THIRD_PASSWORD,
        **app.proof("alice"),
    )
    assert refused_sign_in(server, app, SECOND_PASSWORD)[1] == "Incorrect username or password."
    tokens = sign_in(server, app, "alice", THIRD_PASSWORD)

    public.global_sign_out(AccessToken=tokens["AccessToken"])
    with pytest.raises(public.exceptions.NotAuthorizedException, match="Access Token has been revoked"):
        public.get_user(AccessToken=tokens["AccessToken"])
    with pytest.raises(public.exceptions.NotAuthorizedException, match="Refresh Token has been revoked"):
        public.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"], **app.proof_parameter("alice")},
        )

    tokens = sign_in(server, app, "alice", THIRD_PASSWORD)
    public.delete_user(AccessToken=tokens["AccessToken"])
    assert refused_sign_in(server, app, THIRD_PASSWORD)[1] == "Incorrect username or password."
    with pytest.raises(ClientError, match="UserNotFoundException"):
        server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="alice")


def test_an_invited_user_chooses_his_own_password(server: RunningServer, app: App) -> None:
    """AdminCreateUser mails a temporary password; NEW_PASSWORD_REQUIRED replaces it, once."""
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id,
        Username="bob",
        UserAttributes=[{"Name": "email", "Value": "bob@example.org"}],
    )
    temporary = server.last_code(app.pool_id)
    challenged = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "bob", "PASSWORD": temporary, **app.proof_parameter("bob")},
    )
    assert challenged["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert challenged["ChallengeParameters"]["USER_ID_FOR_SRP"] == "bob"

    def answer(password: str) -> AuthenticationResultTypeTypeDef:
        return server.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=challenged["Session"],
            ChallengeResponses={
                "USERNAME": "bob",
                "NEW_PASSWORD": password,
                "userAttributes.name": "Bob",
                **app.proof_parameter("bob"),
            },
        )["AuthenticationResult"]

    with pytest.raises(server.anonymous.exceptions.InvalidPasswordException, match="conform with policy"):
        answer("short")
    assert attributes(server, answer(PASSWORD))["name"] == "Bob"
    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException, match="Invalid session"):
        answer(SECOND_PASSWORD)
    sign_in(server, app, "bob")


def test_an_administrator_works_on_a_user(server: RunningServer, app: App) -> None:
    """Create, find, change, disable, enable, reset, sign out, delete; and sign in on his behalf."""
    admin, pool_id = server.administrator, app.pool_id
    sub = make_user(server, pool_id, "carol")
    carol: dict[str, Any] = {"UserPoolId": pool_id, "Username": "carol"}

    admin.admin_update_user_attributes(**carol, UserAttributes=[{"Name": "given_name", "Value": "Carol"}])
    found = admin.list_users(UserPoolId=pool_id, Filter=f'sub = "{sub}"')["Users"]
    assert [one["Username"] for one in found] == ["carol"]
    assert {"Name": "given_name", "Value": "Carol"} in found[0]["Attributes"]

    def admin_sign_in() -> AuthenticationResultTypeTypeDef:
        return admin.admin_initiate_auth(
            UserPoolId=pool_id,
            ClientId=app.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": "carol",
                "PASSWORD": PASSWORD,
                **app.proof_parameter("carol"),
            },
        )["AuthenticationResult"]

    tokens = admin_sign_in()
    assert attributes(server, tokens)["given_name"] == "Carol"

    admin.admin_disable_user(**carol)
    with pytest.raises(admin.exceptions.NotAuthorizedException, match="User is disabled"):
        admin_sign_in()
    admin.admin_enable_user(**carol)
    with pytest.raises(ClientError, match="revoked"):
        attributes(server, tokens)

    tokens = admin_sign_in()
    admin.admin_user_global_sign_out(**carol)
    with pytest.raises(ClientError, match="revoked"):
        attributes(server, tokens)

    admin.admin_reset_user_password(**carol)
    assert admin.admin_get_user(**carol)["UserStatus"] == "RESET_REQUIRED"
    with pytest.raises(admin.exceptions.PasswordResetRequiredException):
        admin_sign_in()
    admin.admin_set_user_password(**carol, Password=PASSWORD, Permanent=True)
    admin_sign_in()

    admin.admin_delete_user(**carol)
    assert admin.list_users(UserPoolId=pool_id)["Users"] == []


def test_a_wrong_secret_hash_opens_nothing(server: RunningServer) -> None:
    """Without the client's secret not even the right password is looked at."""
    app = make_app(server, make_pool(server), GenerateSecret=True)
    make_user(server, app.pool_id, "dave")
    for forged in (App(app.pool_id, app.client_id), App(app.pool_id, app.client_id, "not-the-secret")):
        with pytest.raises(ClientError) as refused:
            sign_in(server, forged, "dave")
        code, message = told(refused.value)
        assert code == "NotAuthorizedException"
        assert app.client_id in message
    sign_in(server, app, "dave")


def test_a_revoked_refresh_token_takes_its_access_tokens_along(server: RunningServer, app: App) -> None:
    """RevokeToken ends one sign-in and leaves the user's other one alone."""
    make_user(server, app.pool_id, "erin")
    first, second = sign_in(server, app, "erin"), sign_in(server, app, "erin")
    secret: dict[str, Any] = {} if app.secret is None else {"ClientSecret": app.secret}
    server.anonymous.revoke_token(ClientId=app.client_id, Token=first["RefreshToken"], **secret)
    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException, match="revoked"):
        attributes(server, first)
    assert attributes(server, second)["email"] == "erin@example.org"


def attributes(server: RunningServer, tokens: AuthenticationResultTypeTypeDef) -> dict[str, str]:
    """Return the attributes that GetUser shows for an access token."""
    shown = server.anonymous.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"]
    return {one["Name"]: one.get("Value", "") for one in shown}


def refused_sign_in(server: RunningServer, app: App, password: str) -> tuple[str, str]:
    """See that alice cannot sign in, and return what she is told."""
    with pytest.raises(ClientError) as refused:
        sign_in(server, app, "alice", password)
    return told(refused.value)
