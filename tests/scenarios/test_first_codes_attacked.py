"""What does not pass for a first factor: guesses, replays, others' sessions and codes, swapped challenges."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.circumstances import LONDON, sign_in_from
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_user, told
from tests.scenarios.challenged import (
    ON,
    choose,
    offer,
    other,
    password,
    phone_of,
    respond,
    respond_from,
    tokens_at_once,
    use_up,
)
from tests.scenarios.choosing import begin, choosing
from tests.scenarios.protected import configure, ranges
from tests.scenarios.refusals import (
    BAD_SESSION,
    BLOCKED,
    EXPIRED_SESSION,
    LOCKED,
    TOO_MANY_CODES,
    WRONG_CODE,
    refused,
)
from tests.server import RunningServer

HOUR = 3600.0
TOO_MANY_SENT = ("TooManyRequestsException", "Too many codes were sent to this address. Try again later.")


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return choosing(server)


def mail(server: RunningServer, app: App, username: str) -> tuple[Any, str]:
    """Begin with a code by mail; return the challenge and the code that was sent."""
    asked = begin(server, app, username, "EMAIL_OTP")
    return asked, server.last_code(app.pool_id)


def renamed(asked: Any, challenge: str) -> Any:
    return {**asked, "ChallengeName": challenge}


def test_a_wrong_code_leaves_the_session_usable(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "anna")
    asked, code = mail(server, app, "anna")
    with refused(*WRONG_CODE):
        respond(server, app, asked, "anna", EMAIL_OTP_CODE=other(code))
    assert respond(server, app, asked, "anna", EMAIL_OTP_CODE=code)["AuthenticationResult"]
    with refused(*BAD_SESSION):
        respond(server, app, asked, "anna", EMAIL_OTP_CODE=code)


def test_five_wrong_codes_end_the_session(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "berta")
    asked, code = mail(server, app, "berta")
    use_up(server, app, asked, "berta", EMAIL_OTP_CODE=other(code))
    with refused(*BAD_SESSION):
        respond(server, app, asked, "berta", EMAIL_OTP_CODE=code)


def test_ten_wrong_codes_close_first_codes_for_an_hour_and_nothing_else(clocked: ClockedServer) -> None:
    app = choosing(clocked)
    make_user(clocked, app.pool_id, "anna")
    for _ in range(2):
        asked, code = mail(clocked, app, "anna")
        use_up(clocked, app, asked, "anna", EMAIL_OTP_CODE=other(code))
    asked, code = mail(clocked, app, "anna")
    with refused(*TOO_MANY_CODES):
        respond(clocked, app, asked, "anna", EMAIL_OTP_CODE=code)
    assert password(clocked, app, "anna")["AuthenticationResult"]
    clocked.clock.advance(HOUR)
    asked, code = mail(clocked, app, "anna")
    assert respond(clocked, app, asked, "anna", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_a_code_serves_one_session_alone(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "carla")
    first, code = mail(server, app, "carla")
    second, later = mail(server, app, "carla")
    if code != later:
        with refused(*WRONG_CODE):
            respond(server, app, second, "carla", EMAIL_OTP_CODE=code)
    # Somebody else's prompt takes nothing away from the user who is just typing.
    assert respond(server, app, first, "carla", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_a_code_dies_with_its_session(clocked: ClockedServer) -> None:
    app = choosing(clocked)
    make_user(clocked, app.pool_id, "anna")
    asked, code = mail(clocked, app, "anna")
    clocked.clock.advance(180)
    with refused(*EXPIRED_SESSION):
        respond(clocked, app, asked, "anna", EMAIL_OTP_CODE=code)


def test_sessions_are_bound_to_user_client_and_pool(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "dora")
    make_user(server, app.pool_id, "eva")
    asked, code = mail(server, app, "dora")
    for name, elsewhere in (
        ("eva", app),
        ("dora", make_app(server, app.pool_id)),
        ("dora", choosing(server)),
    ):
        with refused(*BAD_SESSION):
            respond(server, elsewhere, asked, name, EMAIL_OTP_CODE=code)
    assert respond(server, app, asked, "dora", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_challenges_cannot_be_swapped(server: RunningServer) -> None:
    """Above all: the session of a first factor is none of a second, behind which the tokens are."""
    app = choosing(server, mfa="OPTIONAL")
    make_user(server, app.pool_id, "anna", attributes={"phone_number": phone_of("anna")})
    selected = begin(server, app, "anna")
    asked, code = mail(server, app, "anna")
    codes = {"EMAIL_OTP_CODE": code, "SMS_OTP_CODE": code, "SMS_MFA_CODE": code, "ANSWER": "EMAIL_OTP"}
    answers = codes | {"PASSWORD": PASSWORD, "SRP_A": "2", "SOFTWARE_TOKEN_MFA_CODE": code}
    for wrong in ("SMS_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE", "PASSWORD", "PASSWORD_SRP"):
        for session in (asked, selected):
            with refused(*BAD_SESSION):
                respond(server, app, renamed(session, wrong), "anna", **answers)
    with refused(*BAD_SESSION):
        respond(server, app, renamed(selected, "EMAIL_OTP"), "anna", **answers)
    with refused(*BAD_SESSION):
        respond(server, app, renamed(asked, "SELECT_CHALLENGE"), "anna", **answers)
    with refused(*BAD_SESSION):
        respond(server, app, renamed(asked, "MFA_SETUP"), "anna", EMAIL="evil@example.org")


def test_a_code_of_the_first_factor_is_none_of_the_second(server: RunningServer) -> None:
    app = choosing(server, mfa="OPTIONAL")
    make_user(server, app.pool_id, "anna")
    first, code = mail(server, app, "anna")
    choose(server, app, "anna", EMAIL_OTP=ON)
    second = password(server, app, "anna")
    assert second["ChallengeName"] == "EMAIL_OTP"
    if code != server.last_code(app.pool_id):
        with refused(*WRONG_CODE):
            respond(server, app, second, "anna", EMAIL_OTP_CODE=code)
    # By now he has to show two factors, and cannot begin with a code any more.
    with refused(*WRONG_CODE):
        respond(server, app, first, "anna", EMAIL_OTP_CODE=code)


def test_of_two_who_answer_at_once_one_gets_tokens(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "frida")
    asked, code = mail(server, app, "frida")
    assert tokens_at_once(server, app, asked, "frida", EMAIL_OTP_CODE=code) == 1


def test_an_address_that_was_changed_meanwhile_opens_nothing(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "gina")
    asked, code = mail(server, app, "gina")
    server.administrator.admin_update_user_attributes(
        UserPoolId=app.pool_id,
        Username="gina",
        UserAttributes=[
            {"Name": "email", "Value": "new@example.org"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    with refused(*WRONG_CODE):
        respond(server, app, asked, "gina", EMAIL_OTP_CODE=code)


@pytest.mark.parametrize("change", ["disable", "delete", "forbid codes", "require MFA"])
def test_what_changes_meanwhile_counts(server: RunningServer, change: str) -> None:
    app = choosing(server)
    make_user(server, app.pool_id, "anna")
    asked, code = mail(server, app, "anna")
    named: Any = {"UserPoolId": app.pool_id, "Username": "anna"}
    if change == "disable":
        server.administrator.admin_disable_user(**named)
    elif change == "delete":
        server.administrator.admin_delete_user(**named)
        make_user(server, app.pool_id, "anna")
    elif change == "forbid codes":
        server.administrator.update_user_pool(
            UserPoolId=app.pool_id,
            AutoVerifiedAttributes=["email"],
            Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}},
        )
    else:
        offer(server, app.pool_id, "ON")
    with refused(*WRONG_CODE):
        respond(server, app, asked, "anna", EMAIL_OTP_CODE=code)


def test_a_blocked_address_is_refused_and_the_session_stays_the_owners(clocked: ClockedServer) -> None:
    app = choosing(clocked, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    make_user(clocked, app.pool_id, "anna")
    configure(clocked, app, **ranges(blocked=(LONDON + "/32",)))
    asked, code = mail(clocked, app, "anna")
    with refused(*BLOCKED):
        respond_from(clocked, app, asked, "anna", EMAIL_OTP_CODE=code)
    configure(clocked, app)
    assert respond(clocked, app, asked, "anna", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_who_is_locked_out_gets_no_code(clocked: ClockedServer) -> None:
    app = choosing(clocked)
    make_user(clocked, app.pool_id, "anna")
    for _ in range(8):
        with pytest.raises(ClientError):
            password(clocked, app, "anna", "wrong-Password-1")
        clocked.clock.advance(1)
    with refused(*LOCKED):
        begin(clocked, app, "anna", "EMAIL_OTP")
    assert not clocked.messages(app.pool_id)


def test_codes_that_strangers_ask_for_leave_some_to_the_user_at_home(clocked: ClockedServer) -> None:
    app = choosing(clocked, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    make_user(clocked, app.pool_id, "anna")
    sign_in_from(clocked, app, "anna")
    for _ in range(10):
        begin(clocked, app, "anna", "EMAIL_OTP")
    with refused(*TOO_MANY_SENT):
        begin(clocked, app, "anna", "EMAIL_OTP")
    assert len(clocked.messages(app.pool_id)) == 10
    asked = respond_from(clocked, app, begin(clocked, app, "anna"), "anna", ANSWER="EMAIL_OTP")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    code = clocked.last_code(app.pool_id)
    assert respond_from(clocked, app, asked, "anna", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def use_up_codes(server: ClockedServer, app: App, username: str) -> None:
    """Ask for a new password, as anybody can who knows the name, until no code is sent any more."""
    with pytest.raises(ClientError):
        for _ in range(server.services.settings.messages_per_address + 1):
            server.anonymous.forgot_password(ClientId=app.client_id, Username=username)


def test_nor_do_forgotten_passwords_take_those_from_him(clocked: ClockedServer) -> None:
    app = choosing(clocked, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    make_user(clocked, app.pool_id, "anna")
    sign_in_from(clocked, app, "anna")
    use_up_codes(clocked, app, "anna")
    with refused(*TOO_MANY_SENT):
        for _ in range(10):
            begin(clocked, app, "anna", "EMAIL_OTP")
    asked = respond_from(clocked, app, begin(clocked, app, "anna"), "anna", ANSWER="EMAIL_OTP")
    code = clocked.last_code(app.pool_id)
    assert respond_from(clocked, app, asked, "anna", EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_nor_those_of_his_second_factor(clocked: ClockedServer) -> None:
    """Where advanced security is OFF too: he has shown his password, wherever he is."""
    app = choosing(clocked, mfa="OPTIONAL")
    make_user(clocked, app.pool_id, "anna")
    choose(clocked, app, "anna", EMAIL_OTP=ON)
    use_up_codes(clocked, app, "anna")
    asked = password(clocked, app, "anna")
    code = clocked.last_code(app.pool_id)
    assert respond(clocked, app, asked, "anna", EMAIL_OTP_CODE=code)["AuthenticationResult"]
    for _ in range(9):
        password(clocked, app, "anna")
    with refused("TooManyRequestsException"):
        password(clocked, app, "anna")


@pytest.mark.parametrize("code", ["", "1" * 65, "12345", "١٢٣٤٥٦", "\u0000", "1234567"])
def test_what_is_no_code_is_no_code(server: RunningServer, app: App, code: str) -> None:
    name = f"hilda{len(code)}{code[:1].encode().hex()}"
    make_user(server, app.pool_id, name)
    asked, _ = mail(server, app, name)
    with pytest.raises(ClientError) as caught:
        respond(server, app, asked, name, EMAIL_OTP_CODE=code)
    assert told(caught.value)[0] in {"InvalidParameterException", "CodeMismatchException"}
