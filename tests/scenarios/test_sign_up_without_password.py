"""Users without a password: signed up, confirmed and signed in by codes alone."""

from typing import Any

import pytest
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_user
from tests.scenarios.challenged import ON, TokenApp, choose, phone_of, respond
from tests.scenarios.choosing import PASSWORDS, begin, choosing
from tests.scenarios.refusals import BAD_SESSION, EXPIRED_SESSION, WRONG, refused
from tests.server import RunningServer

MISSING = ("InvalidParameterException", "Password is required")


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return choosing(server)


def sign_up(
    server: RunningServer, app: App, username: str, password: str | None = None, **attributes: str
) -> Any:
    """Sign a user up, with an e-mail address of his own unless attributes are given."""
    chosen = attributes or {"email": f"{username}@example.org"}
    given: Any = {} if password is None else {"Password": password}
    return server.anonymous.sign_up(
        ClientId=app.client_id,
        Username=username,
        UserAttributes=[{"Name": name, "Value": value} for name, value in chosen.items()],
        **given,
    )


def confirm(server: RunningServer, app: App, username: str, session: str | None = None) -> Any:
    """Confirm a user with the latest code."""
    given: Any = {} if session is None else {"Session": session}
    return server.anonymous.confirm_sign_up(
        ClientId=app.client_id,
        Username=username,
        ConfirmationCode=server.last_code(app.pool_id),
        **given,
    )


def without_password(server: RunningServer, app: App, username: str, **attributes: str) -> None:
    """Make a confirmed user without a password."""
    sign_up(server, app, username, None, **attributes)
    confirm(server, app, username)


def sign_in(server: RunningServer, app: App, username: str, session: str) -> Any:
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": username},
        Session=session,
    )


def test_sign_up_confirmation_and_sign_in_by_one_code(server: RunningServer, app: App) -> None:
    signed_up = sign_up(server, app, "anna")
    assert signed_up["CodeDeliveryDetails"]["AttributeName"] == "email"
    confirmed = confirm(server, app, "anna", signed_up["Session"])
    tokens = sign_in(server, app, "anna", confirmed["Session"])["AuthenticationResult"]
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"
    with refused(*BAD_SESSION):
        sign_in(server, app, "anna", confirmed["Session"])


def test_later_he_signs_in_with_a_code(server: RunningServer, app: App) -> None:
    without_password(server, app, "berta")
    asked = begin(server, app, "berta")
    assert asked["AvailableChallenges"] == ["EMAIL_OTP"]
    asked = respond(server, app, asked, "berta", ANSWER="EMAIL_OTP")
    code = server.last_code(app.pool_id)
    assert respond(server, app, asked, "berta", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_no_password_opens_his_account(server: RunningServer, app: App) -> None:
    without_password(server, app, "carla")
    assert begin(server, app, "carla", "PASSWORD", PASSWORD=PASSWORD)["ChallengeName"] == "SELECT_CHALLENGE"
    with refused(*WRONG):
        server.anonymous.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "carla", "PASSWORD": PASSWORD},
        )


def test_a_forgotten_password_gives_him_one(server: RunningServer, app: App) -> None:
    without_password(server, app, "dora")
    server.anonymous.forgot_password(ClientId=app.client_id, Username="dora")
    server.anonymous.confirm_forgot_password(
        ClientId=app.client_id,
        Username="dora",
        Password=PASSWORD,
        ConfirmationCode=server.last_code(app.pool_id),
    )
    assert begin(server, app, "dora")["AvailableChallenges"] == [*PASSWORDS, "EMAIL_OTP"]
    assert begin(server, app, "dora", "PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]


def test_he_chooses_a_password_without_an_earlier_one(server: RunningServer, app: App) -> None:
    signed_up = sign_up(server, app, "daisy")
    session = confirm(server, app, "daisy", signed_up["Session"])["Session"]
    token = sign_in(server, app, "daisy", session)["AuthenticationResult"]["AccessToken"]
    with refused(*WRONG):
        server.anonymous.change_password(
            AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=PASSWORD
        )
    server.anonymous.change_password(AccessToken=token, ProposedPassword=PASSWORD)
    assert begin(server, app, "daisy", "PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]
    with refused("InvalidParameterException", "PreviousPassword"):
        server.anonymous.change_password(AccessToken=token, ProposedPassword=PASSWORD + "!")


def test_the_code_goes_where_the_first_factors_go(server: RunningServer) -> None:
    """Else the phone would come first, and the user could never sign in."""
    app = choosing(server, ["PASSWORD", "EMAIL_OTP"], AutoVerifiedAttributes=["email", "phone_number"])
    both = {"email": "anna@example.org", "phone_number": phone_of("anna")}
    assert sign_up(server, app, "anna", **both)["CodeDeliveryDetails"]["AttributeName"] == "email"
    resent = server.anonymous.resend_confirmation_code(ClientId=app.client_id, Username="anna")
    assert resent["CodeDeliveryDetails"]["AttributeName"] == "email"
    confirm(server, app, "anna")
    assert begin(server, app, "anna")["AvailableChallenges"] == ["EMAIL_OTP"]


@pytest.mark.parametrize(
    ("pool", "client", "attributes"),
    [
        ({"allowed": ["PASSWORD"]}, {}, {"email": "anna@example.org"}),
        ({"allowed": ["PASSWORD", "SMS_OTP"]}, {}, {"email": "anna@example.org"}),
        ({}, {}, {"phone_number": "+441632960001"}),
        ({}, {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}, {"email": "anna@example.org"}),
        ({}, {}, {"name": "Anna"}),
    ],
    ids=["no codes", "another code", "not verified", "no choice", "no address"],
)
def test_who_could_not_sign_in_needs_a_password(
    server: RunningServer, pool: dict[str, Any], client: dict[str, Any], attributes: dict[str, str]
) -> None:
    app = choosing(server, **pool, client=client)
    with refused(*MISSING):
        sign_up(server, app, "anna", **attributes)
    assert not server.administrator.list_users(UserPoolId=app.pool_id)["Users"]


def test_with_a_password_too_the_code_signs_in(server: RunningServer, app: App) -> None:
    signed_up = sign_up(server, app, "emma", PASSWORD)
    session = confirm(server, app, "emma", signed_up["Session"])["Session"]
    assert sign_in(server, app, "emma", session)["AuthenticationResult"]


def test_where_a_code_is_no_first_factor_no_session_comes_back(server: RunningServer) -> None:
    app = choosing(server, ["PASSWORD"])
    signed_up = sign_up(server, app, "anna", PASSWORD)
    assert "Session" not in confirm(server, app, "anna", signed_up["Session"])


def test_sessions_of_sign_ups_are_bound_to_user_client_and_purpose(server: RunningServer, app: App) -> None:
    mine, his = sign_up(server, app, "frida"), sign_up(server, app, "gerd")
    with refused(*BAD_SESSION):
        sign_in(server, app, "gerd", his["Session"])
    # Whoever has another's code and a session of his own confirms, and is not signed in.
    assert "Session" not in confirm(server, app, "gerd", mine["Session"])
    elsewhere = make_app(server, app.pool_id)
    hers = sign_up(server, app, "hanna")
    session = confirm(server, app, "hanna", hers["Session"])["Session"]
    with refused(*BAD_SESSION):
        sign_in(server, elsewhere, "hanna", session)
    with refused(*BAD_SESSION):
        sign_in(server, app, "frida", session)
    for challenge in ("EMAIL_OTP", "SMS_OTP", "SELECT_CHALLENGE", "MFA_SETUP"):
        with refused(*BAD_SESSION):
            asked = {"ChallengeName": challenge, "Session": session}
            respond(server, app, asked, "hanna", EMAIL_OTP_CODE="1", SMS_OTP_CODE="1", ANSWER="EMAIL_OTP")
    assert sign_in(server, app, "hanna", session)["AuthenticationResult"]


def test_a_session_that_is_over_confirms_without_signing_in(clocked: ClockedServer) -> None:
    app = choosing(clocked)
    late = sign_up(clocked, app, "anna")
    clocked.clock.advance(181)
    assert "Session" not in confirm(clocked, app, "anna", late["Session"])
    session = confirm(clocked, app, "berta", sign_up(clocked, app, "berta")["Session"])["Session"]
    clocked.clock.advance(181)
    with refused(*EXPIRED_SESSION):
        sign_in(clocked, app, "berta", session)


def test_what_changes_between_confirmation_and_sign_in_counts(server: RunningServer, app: App) -> None:
    session = confirm(server, app, "ida", sign_up(server, app, "ida")["Session"])["Session"]
    server.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="ida")
    with refused(*BAD_SESSION):
        sign_in(server, app, "ida", session)


def test_where_mfa_is_required_he_shows_a_factor_of_another_channel(clocked: ClockedServer) -> None:
    app = choosing(clocked, mfa="ON")
    session = confirm(clocked, app, "anna", sign_up(clocked, app, "anna")["Session"])["Session"]
    asked = sign_in(clocked, app, "anna", session)
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert asked["ChallengeParameters"]["MFAS_CAN_SETUP"] == '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'
    with refused("InvalidParameterException"):
        respond(clocked, app, asked, "anna", EMAIL="anna@example.org")
    given = clocked.anonymous.associate_software_token(Session=asked["Session"])
    token = TokenApp(clocked, given["SecretCode"])
    verified = clocked.anonymous.verify_software_token(
        Session=given["Session"], UserCode=token.code(-1), FriendlyDeviceName="phone"
    )
    assert respond(clocked, app, {**asked, "Session": verified["Session"]}, "anna")["AuthenticationResult"]
    # From now on a code and the app.
    asked = begin(clocked, app, "anna", "EMAIL_OTP")
    second = respond(clocked, app, asked, "anna", EMAIL_OTP_CODE=clocked.last_code(app.pool_id))
    assert second["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert respond(clocked, app, second, "anna", SOFTWARE_TOKEN_MFA_CODE=token.code())["AuthenticationResult"]


def test_two_addresses_are_two_factors_and_one_is_not(server: RunningServer) -> None:
    app = choosing(server, mfa="OPTIONAL")
    without_password(server, app, "anna")
    number = [
        {"Name": "phone_number", "Value": phone_of("anna")},
        {"Name": "phone_number_verified", "Value": "true"},
    ]
    server.administrator.admin_update_user_attributes(
        UserPoolId=app.pool_id,
        Username="anna",
        UserAttributes=number,  # type: ignore[arg-type]
    )
    choose(server, app, "anna", EMAIL_OTP=ON, SMS_MFA=ON)
    asked = begin(server, app, "anna", "EMAIL_OTP")
    second = respond(server, app, asked, "anna", EMAIL_OTP_CODE=server.last_code(app.pool_id))
    assert second["ChallengeName"] == "SMS_MFA"
    code = server.last_code(app.pool_id)
    assert respond(server, app, second, "anna", SMS_MFA_CODE=code)["AuthenticationResult"]
    asked = begin(server, app, "anna", "SMS_OTP")
    second = respond(server, app, asked, "anna", SMS_OTP_CODE=server.last_code(app.pool_id))
    assert second["ChallengeName"] == "EMAIL_OTP"
    code = server.last_code(app.pool_id)
    assert respond(server, app, second, "anna", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_somebody_with_nothing_to_begin_with_looks_like_nobody(server: RunningServer, app: App) -> None:
    before = begin(server, app, "karl")["AvailableChallenges"]
    sign_up(server, app, "karl")
    assert begin(server, app, "karl")["AvailableChallenges"] == before


def test_where_it_may_show_he_is_told_what_stands_in_his_way(server: RunningServer) -> None:
    app = choosing(server, client={"PreventUserExistenceErrors": "LEGACY"})
    sign_up(server, app, "anna")
    with refused("UserNotConfirmedException", "User is not confirmed."):
        begin(server, app, "anna", "EMAIL_OTP")
    without_password(server, app, "berta")
    named: Any = {"UserPoolId": app.pool_id, "Username": "berta"}
    server.administrator.admin_delete_user_attributes(**named, UserAttributeNames=["email"])
    with refused(*WRONG):
        begin(server, app, "berta")
    make_user(server, app.pool_id, "carla")
    assert begin(server, app, "carla")["AvailableChallenges"] == [*PASSWORDS, "EMAIL_OTP"]


def invited(server: RunningServer, app: App, username: str, **attributes: str) -> Any:
    """Let an administrator make a user, and leave the password to the server."""
    chosen = {"email": f"{username}@example.org", "email_verified": "true"} | attributes
    return server.administrator.admin_create_user(
        UserPoolId=app.pool_id,
        Username=username,
        UserAttributes=[{"Name": name, "Value": value} for name, value in chosen.items()],
    )["User"]


def test_an_administrator_makes_a_user_without_a_password(server: RunningServer, app: App) -> None:
    assert invited(server, app, "laura")["UserStatus"] == "CONFIRMED"
    sent = server.messages(app.pool_id)[-1]
    assert (sent.kind, sent.destination, sent.code) == ("welcome", "laura@example.org", "")
    assert sent.text == "Your user name is laura. When you sign in with it, a code is sent to you."
    asked = begin(server, app, "laura", "EMAIL_OTP")
    code = server.last_code(app.pool_id)
    assert respond(server, app, asked, "laura", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_who_could_not_sign_in_with_a_code_gets_a_temporary_password(server: RunningServer, app: App) -> None:
    assert invited(server, app, "maria", email_verified="false")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert server.messages(app.pool_id)[-1].kind == "invitation"


@pytest.mark.parametrize(
    ("template", "told"),
    [("Welcome, {username}!", "Welcome, nora!"), ("{username}: {####}", "Your user name is nora.")],
)
def test_an_invitation_is_the_pools_unless_it_speaks_of_a_password(
    server: RunningServer, template: str, told: str
) -> None:
    config = {"InviteMessageTemplate": {"EmailMessage": template, "EmailSubject": "Hello"}}
    app = choosing(server, AdminCreateUserConfig=config)
    invited(server, app, "nora")
    sent = server.messages(app.pool_id)[-1]
    assert sent.text.startswith(told)
    assert (sent.subject == "Hello") == ("####" not in template)
