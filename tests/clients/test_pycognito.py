"""pycognito, unmodified: it signs in by SRP and verifies every token by the pool's JWKS."""

import jwt
import pytest
from botocore.exceptions import ClientError
from pycognito import Cognito
from pycognito.exceptions import (
    ForceChangePasswordException,
    SMSMFAChallengeException,
    SoftwareTokenMFAChallengeException,
    TokenVerificationException,
)
from tests.people import PASSWORD, App, make_app, make_pool, make_user, told
from tests.scenarios.challenged import TokenApp, challenged, offer, with_phone, with_token
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


def test_srp_and_a_code_by_sms(server: RunningServer, app: App) -> None:
    """The exception that pycognito makes of SMS_MFA, and its answer."""
    offer(server, app.pool_id)
    with_phone(server, app, "anna")
    anna = user_of(server, app, "anna")
    with pytest.raises(SMSMFAChallengeException):
        anna.authenticate(PASSWORD)
    anna.respond_to_sms_mfa_challenge(server.last_code(app.pool_id))
    anna.verify_tokens()
    assert anna.id_claims["phone_number_verified"] is True


def test_srp_and_a_code_of_an_app(server: RunningServer, app: App) -> None:
    """The exception that pycognito makes of SOFTWARE_TOKEN_MFA, and its answer."""
    offer(server, app.pool_id)
    token = with_token(server, app, "berta")
    berta = user_of(server, app, "berta")
    with pytest.raises(SoftwareTokenMFAChallengeException):
        berta.authenticate(PASSWORD)
    berta.respond_to_software_token_mfa_challenge(token.code())
    berta.verify_tokens()
    assert berta.id_claims["cognito:username"] == "berta"


def test_an_app_is_set_up_by_the_library(server: RunningServer) -> None:
    """associate_software_token, verify_software_token and set_user_mfa_preference, then SRP and a code."""
    app = challenged(server)
    make_user(server, app.pool_id, "carla")
    carla = user_of(server, app, "carla")
    carla.authenticate(PASSWORD)
    token = TokenApp(server, carla.associate_software_token())
    assert carla.verify_software_token(token.code(-1), "phone") is True
    carla.set_user_mfa_preference(sms_mfa=False, software_token_mfa=True, preferred="SOFTWARE_TOKEN")
    again = user_of(server, app, "carla")
    with pytest.raises(SoftwareTokenMFAChallengeException):
        again.authenticate(PASSWORD)
    again.respond_to_software_token_mfa_challenge(token.code())
    assert again.access_token
