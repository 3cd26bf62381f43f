"""pycognito, unmodified: it signs in by SRP and verifies every token by the pool's JWKS."""

import jwt
import pytest
from botocore.exceptions import ClientError
from pycognito import Cognito
from pycognito.exceptions import ForceChangePasswordException, TokenVerificationException
from tests.people import PASSWORD, App, make_app, make_pool, make_user, told
from tests.server import RunningServer

NEW_PASSWORD = "Better-Horse-8-Staple"

# pycognito asks for the time by datetime.utcnow, which later Pythons deprecate.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture(params=["public", "confidential"])
def app(request: pytest.FixtureRequest, server: RunningServer) -> App:
    """An app client without, and one with, a secret."""
    return make_app(server, make_pool(server), GenerateSecret=request.param == "confidential")


def user_of(server: RunningServer, app: App, username: str | None = None) -> Cognito:
    """Return pycognito's client, which is told the endpoint and nothing else that is special."""
    return Cognito(
        app.pool_id,
        app.client_id,
        username=username,
        client_secret=app.secret,
        access_key="unused",
        secret_key="unused",
        boto3_client_kwargs={"endpoint_url": server.endpoint},
    )


def test_a_life(server: RunningServer, app: App) -> None:
    """Register, confirm, authenticate, verify, renew, change and forget the password, log out."""
    alice = user_of(server, app, "alice")
    alice.set_base_attributes(email="alice@example.org")
    registered = alice.register("alice", PASSWORD)
    assert registered["UserConfirmed"] is False
    alice.confirm_sign_up(server.last_code(app.pool_id))

    alice.authenticate(PASSWORD)
    alice.verify_tokens()
    assert alice.id_claims["cognito:username"] == "alice"
    assert alice.id_claims["aud"] == app.client_id
    assert alice.access_claims["client_id"] == app.client_id
    assert alice.access_claims["sub"] == alice.id_claims["sub"] == registered["UserSub"]
    assert alice.get_user().email == "alice@example.org"

    assert alice.check_token() is False
    before = alice.access_token
    alice.renew_access_token()
    assert alice.access_token != before

    alice.change_password(PASSWORD, NEW_PASSWORD)
    user_of(server, app, "alice").authenticate(NEW_PASSWORD)

    alice.initiate_forgot_password()
    alice.confirm_forgot_password(server.last_code(app.pool_id), PASSWORD)
    alice.authenticate(PASSWORD)

    signed_out = alice.access_token
    alice.logout()
    alice.access_token = signed_out
    with pytest.raises(ClientError) as refused:
        alice.get_user()
    assert told(refused.value) == ("NotAuthorizedException", "Access Token has been revoked")


def test_a_wrong_password_and_an_unknown_name_sound_the_same(server: RunningServer, app: App) -> None:
    """SRP runs to its end for both; the answer is the one that clients match on."""
    make_user(server, app.pool_id, "bob")
    for username, password in (("bob", "Wrong-Horse-1-Battery"), ("nobody", PASSWORD)):
        with pytest.raises(ClientError) as refused:
            user_of(server, app, username).authenticate(password)
        assert told(refused.value) == ("NotAuthorizedException", "Incorrect username or password.")
    user_of(server, app, "bob").authenticate(PASSWORD)


@pytest.mark.parametrize("password", ["Unicode-Pferd-ß-9-😀", "Quote'\"\\-Slash-1"])
def test_srp_knows_any_password(server: RunningServer, app: App, password: str) -> None:
    """Client and server agree on the bytes of a password."""
    make_user(server, app.pool_id, "carol", password)
    user_of(server, app, "carol").authenticate(password)


def test_an_invited_user_chooses_his_own_password(server: RunningServer, app: App) -> None:
    """SRP leads to NEW_PASSWORD_REQUIRED, and its answer to tokens."""
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username="dave", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    dave = user_of(server, app, "dave")
    with pytest.raises(ForceChangePasswordException):
        dave.authenticate(PASSWORD)
    dave.new_password_challenge(PASSWORD, NEW_PASSWORD)
    assert dave.id_claims["cognito:username"] == "dave"
    user_of(server, app, "dave").authenticate(NEW_PASSWORD)


def test_a_server_signs_in_for_its_user(server: RunningServer, app: App) -> None:
    """The old ADMIN_NO_SRP_AUTH, which pycognito uses, by an administrator's key."""
    make_user(server, app.pool_id, "erin")
    erin = user_of(server, app, "erin")
    erin.client = server.administrator
    erin.admin_authenticate(PASSWORD)
    assert erin.access_claims["username"] == "erin"


def test_a_token_of_another_pool_does_not_verify(server: RunningServer, app: App) -> None:
    """Each pool has its own keys, and its own name as the issuer."""
    make_user(server, app.pool_id, "frank")
    frank = user_of(server, app, "frank")
    frank.authenticate(PASSWORD)

    stranger = user_of(server, make_app(server, make_pool(server)), "frank")
    stranger.pool_jwk = frank.get_keys()
    with pytest.raises(TokenVerificationException):
        stranger.verify_token(frank.access_token, "access_token", "access")
    own_keys = {key["kid"] for key in user_of(server, make_app(server, make_pool(server))).get_keys()["keys"]}
    assert jwt.get_unverified_header(frank.access_token)["kid"] not in own_keys
