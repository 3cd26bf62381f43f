"""What does not pass for a second factor: guesses, replays, others' sessions and codes, late answers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.circumstances import BRISBANE, STRANGER, sign_in_from
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_user, told
from tests.scenarios.challenged import (
    ON,
    TokenApp,
    challenged,
    choose,
    enrol,
    offer,
    other,
    password,
    phone_of,
    respond,
    respond_from,
    tokens_at_once,
    use_up,
    with_phone,
    with_token,
)
from tests.scenarios.levels import force_level
from tests.scenarios.protected import configure, ranges, takeover, with_habits
from tests.scenarios.refusals import (
    BAD_SESSION,
    BLOCKED,
    EXPIRED_SESSION,
    TOO_MANY_CODES,
    WRONG_CODE,
    refused,
)
from tests.server import RunningServer

HOUR = 3600.0


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return challenged(server)


def sms(server: RunningServer, app: App, username: str) -> tuple[Any, str]:
    """Begin to sign in; return the challenge and the code that was sent."""
    asked = password(server, app, username)
    return asked, server.last_code(app.pool_id)


def test_a_wrong_code_leaves_the_session_usable(server: RunningServer, app: App) -> None:
    with_phone(server, app, "anna")
    asked, code = sms(server, app, "anna")
    with refused(*WRONG_CODE):
        respond(server, app, asked, "anna", SMS_MFA_CODE=other(code))
    assert respond(server, app, asked, "anna", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_five_wrong_codes_end_the_session(server: RunningServer, app: App) -> None:
    with_phone(server, app, "berta")
    asked, code = sms(server, app, "berta")
    use_up(server, app, asked, "berta", SMS_MFA_CODE=other(code))
    with refused(*BAD_SESSION):
        respond(server, app, asked, "berta", SMS_MFA_CODE=code)


def test_ten_wrong_codes_close_the_factor_over_all_sessions_for_an_hour(clocked: ClockedServer) -> None:
    app = challenged(clocked)
    with_phone(clocked, app, "anna")
    for _ in range(2):
        asked, code = sms(clocked, app, "anna")
        use_up(clocked, app, asked, "anna", SMS_MFA_CODE=other(code))
    sent = len(clocked.messages(app.pool_id))
    with refused(*TOO_MANY_CODES):
        password(clocked, app, "anna")
    assert len(clocked.messages(app.pool_id)) == sent
    clocked.clock.advance(HOUR)
    asked, code = sms(clocked, app, "anna")
    assert respond(clocked, app, asked, "anna", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_a_session_that_waits_meanwhile_is_closed_to_the_right_code_too(
    server: RunningServer, app: App
) -> None:
    with_phone(server, app, "carla")
    held, right = sms(server, app, "carla")
    for _ in range(2):
        asked, code = sms(server, app, "carla")
        use_up(server, app, asked, "carla", SMS_MFA_CODE=other(code))
    with refused(*TOO_MANY_CODES):
        respond(server, app, held, "carla", SMS_MFA_CODE=right)


def test_the_guesses_of_all_factors_count_together(server: RunningServer, app: App) -> None:
    token = with_token(server, app, "dora", phone_number="+441632960009")
    choose(server, app, "dora", SMS_MFA=ON, SOFTWARE_TOKEN_MFA=ON)
    for factor, answer in (("SMS_MFA", "SMS_MFA_CODE"), ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE")):
        asked = respond(server, app, password(server, app, "dora"), "dora", ANSWER=factor)
        sent = server.last_code(app.pool_id)
        wrong = other(sent) if factor == "SMS_MFA" else token.wrong()
        use_up(server, app, asked, "dora", **{answer: wrong})
    asked = password(server, app, "dora")
    with refused(*TOO_MANY_CODES):
        respond(server, app, asked, "dora", ANSWER="SOFTWARE_TOKEN_MFA")


def test_a_hundred_wrong_codes_within_a_month_close_the_factor_until_an_administrator_helps(
    clocked: ClockedServer,
) -> None:
    app = challenged(clocked)
    make_user(clocked, app.pool_id, "anna")
    token = enrol(clocked, app, "anna")
    for _ in range(10):
        for _ in range(2):
            asked = password(clocked, app, "anna")
            use_up(clocked, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=token.wrong())
        clocked.clock.advance(HOUR)
    clocked.clock.advance(24 * HOUR)
    with refused(*TOO_MANY_CODES):
        password(clocked, app, "anna")
    clocked.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="anna", Password=PASSWORD, Permanent=True
    )
    asked = password(clocked, app, "anna")
    assert respond(clocked, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=token.code())["AuthenticationResult"]


def test_a_code_serves_once(server: RunningServer, app: App) -> None:
    with_phone(server, app, "emma")
    asked, code = sms(server, app, "emma")
    respond(server, app, asked, "emma", SMS_MFA_CODE=code)
    with refused(*BAD_SESSION):
        respond(server, app, asked, "emma", SMS_MFA_CODE=code)
    again, _ = sms(server, app, "emma")
    with refused(*WRONG_CODE):
        respond(server, app, again, "emma", SMS_MFA_CODE=code)


def test_a_code_of_an_app_serves_once(server: RunningServer, app: App) -> None:
    token = with_token(server, app, "frida")
    code = token.code()
    asked = password(server, app, "frida")
    respond(server, app, asked, "frida", SOFTWARE_TOKEN_MFA_CODE=code)
    again = password(server, app, "frida")
    with refused("ExpiredCodeException", "Your software token has already been used once."):
        respond(server, app, again, "frida", SOFTWARE_TOKEN_MFA_CODE=code)


def test_a_code_is_of_its_session_alone(server: RunningServer, app: App) -> None:
    """A prompt that somebody else begins neither takes the user's code away nor makes it his."""
    with_phone(server, app, "gerda")
    mine, code = sms(server, app, "gerda")
    theirs, _ = sms(server, app, "gerda")
    with refused(*WRONG_CODE):
        respond(server, app, theirs, "gerda", SMS_MFA_CODE=code)
    assert respond(server, app, mine, "gerda", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_of_two_at_once_one_wins(server: RunningServer, app: App) -> None:
    with_phone(server, app, "hanna")
    asked, code = sms(server, app, "hanna")
    assert tokens_at_once(server, app, asked, "hanna", SMS_MFA_CODE=code) == 1


def test_wrong_codes_at_once_are_all_counted(server: RunningServer, app: App) -> None:
    with_phone(server, app, "ida")
    asked, code = sms(server, app, "ida")

    def answer(_: int) -> str:
        with pytest.raises(ClientError) as caught:
            respond(server, app, asked, "ida", SMS_MFA_CODE=other(code))
        return told(caught.value)[0]

    with ThreadPoolExecutor(8) as threads:
        errors = list(threads.map(answer, range(8)))
    assert errors.count("CodeMismatchException") == 4
    with refused(*BAD_SESSION):
        respond(server, app, asked, "ida", SMS_MFA_CODE=code)


def test_a_session_is_no_other_clients(server: RunningServer, app: App) -> None:
    with_phone(server, app, "jana")
    asked, code = sms(server, app, "jana")
    with refused(*BAD_SESSION):
        respond(server, make_app(server, app.pool_id), asked, "jana", SMS_MFA_CODE=code)
    assert respond(server, app, asked, "jana", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_a_session_is_no_other_pools(server: RunningServer, app: App) -> None:
    with_phone(server, app, "karla")
    elsewhere = challenged(server)
    with_phone(server, elsewhere, "karla")
    asked, code = sms(server, app, "karla")
    with refused(*BAD_SESSION):
        respond(server, elsewhere, asked, "karla", SMS_MFA_CODE=code)
    with refused(*BAD_SESSION):
        respond_from(server, elsewhere, asked, "karla", SMS_MFA_CODE=code)


def test_a_session_is_no_other_users(server: RunningServer, app: App) -> None:
    for name in ("lena", "marta"):
        with_phone(server, app, name)
    asked, code = sms(server, app, "lena")
    with refused(*BAD_SESSION):
        respond(server, app, asked, "marta", SMS_MFA_CODE=code)


def test_a_code_is_no_other_users(server: RunningServer, app: App) -> None:
    for name in ("nora", "olga"):
        with_phone(server, app, name)
    _, code = sms(server, app, "nora")
    asked, _ = sms(server, app, "olga")
    with refused(*WRONG_CODE):
        respond(server, app, asked, "olga", SMS_MFA_CODE=code)


@pytest.mark.parametrize(
    ("swapped", "answer"),
    [
        ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"),
        ("EMAIL_OTP", "EMAIL_OTP_CODE"),
        ("SELECT_MFA_TYPE", "ANSWER"),
        ("MFA_SETUP", "EMAIL"),
        ("NEW_PASSWORD_REQUIRED", "NEW_PASSWORD"),
    ],
)
def test_a_session_is_no_other_challenges(server: RunningServer, app: App, swapped: str, answer: str) -> None:
    username = f"swapped-{swapped}"
    with_phone(server, app, username)
    asked, code = sms(server, app, username)
    with refused(*BAD_SESSION):
        respond(server, app, {**asked, "ChallengeName": swapped}, username, **{answer: code})


def test_a_code_for_one_factor_is_none_for_another(server: RunningServer, app: App) -> None:
    with_phone(server, app, "paula")
    asked, code = sms(server, app, "paula")
    with refused("InvalidParameterException", "Missing required parameter SMS_MFA_CODE"):
        respond(server, app, asked, "paula", EMAIL_OTP_CODE=code)


@pytest.mark.parametrize(
    "code", ["", " ", "0", "12345", "1234567", "१२३४५६", "\ud800", "x" * 64, "x" * 65, "1" * 9000]
)
def test_what_is_no_code_is_refused(server: RunningServer, app: App, code: str) -> None:
    username = f"strange-{len(code)}-{ord(code[:1] or 'e')}"
    with_phone(server, app, username)
    asked, _ = sms(server, app, username)
    with pytest.raises(ClientError) as caught:
        respond(server, app, asked, username, SMS_MFA_CODE=code)
    assert told(caught.value)[0] in {
        "CodeMismatchException",
        "InvalidParameterException",
        "SerializationException",
    }


def test_the_session_expires_and_the_code_with_it(clocked: ClockedServer) -> None:
    app = challenged(clocked)
    with_phone(clocked, app, "anna")
    asked, code = sms(clocked, app, "anna")
    clocked.clock.advance(180)
    with refused(*EXPIRED_SESSION):
        respond(clocked, app, asked, "anna", SMS_MFA_CODE=code)


def test_a_wrong_code_does_not_lengthen_the_session(clocked: ClockedServer) -> None:
    app = challenged(clocked)
    with_phone(clocked, app, "anna")
    asked, code = sms(clocked, app, "anna")
    clocked.clock.advance(170)
    with refused(*WRONG_CODE):
        respond(clocked, app, asked, "anna", SMS_MFA_CODE=other(code))
    clocked.clock.advance(10)
    with refused(*EXPIRED_SESSION):
        respond(clocked, app, asked, "anna", SMS_MFA_CODE=code)


def test_a_password_changed_meanwhile_ends_the_sign_in(server: RunningServer, app: App) -> None:
    with_phone(server, app, "rosa")
    asked, code = sms(server, app, "rosa")
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="rosa", Password="Another-Horse-3-Staple", Permanent=True
    )
    with refused(*BAD_SESSION):
        respond(server, app, asked, "rosa", SMS_MFA_CODE=code)


def test_a_user_disabled_meanwhile_is_refused(server: RunningServer, app: App) -> None:
    with_phone(server, app, "sara")
    asked, code = sms(server, app, "sara")
    server.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="sara")
    with refused("NotAuthorizedException", "User is disabled."):
        respond(server, app, asked, "sara", SMS_MFA_CODE=code)
    server.administrator.admin_enable_user(UserPoolId=app.pool_id, Username="sara")
    with refused(*BAD_SESSION):
        respond(server, app, asked, "sara", SMS_MFA_CODE=code)


def test_a_user_deleted_meanwhile_is_refused(server: RunningServer, app: App) -> None:
    with_phone(server, app, "tina")
    asked, code = sms(server, app, "tina")
    server.administrator.admin_delete_user(UserPoolId=app.pool_id, Username="tina")
    with refused(*BAD_SESSION):
        respond(server, app, asked, "tina", SMS_MFA_CODE=code)


def test_a_number_changed_meanwhile_takes_no_code_of_the_old_one(server: RunningServer, app: App) -> None:
    with_phone(server, app, "ulla")
    asked, code = sms(server, app, "ulla")
    server.administrator.admin_update_user_attributes(
        UserPoolId=app.pool_id,
        Username="ulla",
        UserAttributes=[{"Name": "phone_number", "Value": "+441632960777"}],
    )
    with refused(*BAD_SESSION):
        respond(server, app, asked, "ulla", SMS_MFA_CODE=code)


def test_a_factor_taken_away_meanwhile_is_no_way_around_it(server: RunningServer, app: App) -> None:
    token = with_token(server, app, "vera")
    asked = password(server, app, "vera")
    choose(server, app, "vera", SOFTWARE_TOKEN_MFA={"Enabled": False})
    with refused(*BAD_SESSION):
        respond(server, app, asked, "vera", SOFTWARE_TOKEN_MFA_CODE=token.code())


def test_from_a_blocked_address_no_code_is_taken_and_the_owner_goes_on(server: RunningServer) -> None:
    app = challenged(server, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    configure(server, app, **ranges(blocked=("203.0.113.0/24",)))
    with_phone(server, app, "anna")
    asked, code = sms(server, app, "anna")
    with refused(*BLOCKED):
        respond_from(server, app, asked, "anna", "203.0.113.7", SMS_MFA_CODE=code)
    assert respond(server, app, asked, "anna", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_a_number_is_sent_only_so_many_codes(clocked: ClockedServer) -> None:
    app = challenged(clocked)
    with_phone(clocked, app, "anna")
    for _ in range(clocked.services.settings.messages_per_address):
        password(clocked, app, "anna")
    with refused("TooManyRequestsException"):
        password(clocked, app, "anna")
    clocked.clock.advance(HOUR)
    assert password(clocked, app, "anna")["Session"]


def test_the_owner_of_an_alias_stays_its_owner(server: RunningServer) -> None:
    """Two users name one number; who proves it second signs in, and takes no name from the first."""
    app = challenged(server, AliasAttributes=["phone_number"])
    with_phone(server, app, "first", phone_number_verified="true")
    with_phone(server, app, "second", phone_number=phone_of("first"))
    asked, code = sms(server, app, "second")
    assert respond(server, app, asked, "second", SMS_MFA_CODE=code)["AuthenticationResult"]
    user = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="second")
    assert {"Name": "phone_number_verified", "Value": "true"} not in user["UserAttributes"]


def test_a_verified_address_is_not_replaced_during_the_set_up(clocked: ClockedServer) -> None:
    """Whoever has the password could else receive the codes himself."""
    app = with_habits(clocked, days=14)
    offer(clocked, app.pool_id, "OPTIONAL", ["EMAIL_OTP"])
    configure(clocked, app, **takeover(low="MFA_REQUIRED", medium="MFA_REQUIRED", high="BLOCK"))
    force_level(clocked, app, "Medium")
    asked = sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    assert asked["ChallengeName"] == "MFA_SETUP"
    sent = len(clocked.messages(app.pool_id))
    with refused("InvalidParameterException", "EMAIL is not the verified e-mail address of the user."):
        respond_from(clocked, app, asked, "anna", BRISBANE, STRANGER, EMAIL="thief@example.com")
    assert len(clocked.messages(app.pool_id)) == sent
    own = respond_from(clocked, app, asked, "anna", BRISBANE, STRANGER, EMAIL="anna@example.org")
    assert clocked.messages(app.pool_id)[-1].destination == "anna@example.org"
    code = clocked.last_code(app.pool_id)
    assert respond_from(clocked, app, own, "anna", BRISBANE, STRANGER, EMAIL_OTP_CODE=code)[
        "AuthenticationResult"
    ]


def test_a_session_of_the_set_up_is_worth_nothing_before_a_code_was_shown(server: RunningServer) -> None:
    app = challenged(server, "ON", ["SOFTWARE_TOKEN_MFA"])
    make_user(server, app.pool_id, "anna")
    asked = password(server, app, "anna")
    given = server.anonymous.associate_software_token(Session=asked["Session"])
    for session in (asked["Session"], given["Session"]):
        with refused(*BAD_SESSION):
            respond(server, app, {**asked, "Session": session}, "anna")
    token = TokenApp(server, given["SecretCode"])
    done = server.anonymous.verify_software_token(Session=given["Session"], UserCode=token.code())
    with refused(*BAD_SESSION):
        respond(server, app, {**asked, "Session": given["Session"]}, "anna")
    assert respond(server, app, {**asked, "Session": done["Session"]}, "anna")["AuthenticationResult"]


def test_at_high_risk_nobody_enrols_a_factor_of_his_own(clocked: ClockedServer) -> None:
    """Who has only the password comes from elsewhere: no challenge, no session, no factor."""
    app = with_habits(clocked, days=14)
    offer(clocked, app.pool_id)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="MFA_REQUIRED", high="MFA_REQUIRED"))
    with refused(*BLOCKED):
        sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    user = clocked.administrator.admin_get_user(UserPoolId=app.pool_id, Username="anna")
    assert "UserMFASettingList" not in user
    assert sign_in_from(clocked, app, "anna")["AuthenticationResult"]


def test_what_is_asked_at_high_risk_is_the_factor_of_before(clocked: ClockedServer) -> None:
    app = with_habits(clocked, days=14)
    offer(clocked, app.pool_id)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
    token = enrol(clocked, app, "anna")
    configure(clocked, app, **takeover(low="NO_ACTION", medium="MFA_REQUIRED", high="MFA_REQUIRED"))
    asked = sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    with pytest.raises(ClientError):
        clocked.anonymous.associate_software_token(Session=asked["Session"])
    done = respond_from(clocked, app, asked, "anna", BRISBANE, STRANGER, SOFTWARE_TOKEN_MFA_CODE=token.code())
    assert done["AuthenticationResult"]
