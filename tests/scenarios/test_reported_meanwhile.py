"""A sign-in that is reported as somebody else's while it waits for an answer comes to nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ClockedServer
from tests.devices import ALWAYS, make_device
from tests.history import latest
from tests.lambda_emulator import Emulator
from tests.people import PASSWORD, App
from tests.scenarios.challenged import (
    ON,
    TokenApp,
    challenged,
    choose,
    password,
    respond,
    with_phone,
    with_token,
)
from tests.scenarios.custom import answer, assessed
from tests.scenarios.custom import begin as begin_custom
from tests.scenarios.protected import configure, judge, takeover
from tests.scenarios.refusals import BAD_SESSION, WRONG, refused
from tests.server import RunningServer, running

from doorward.history import feedback_token

NEW = "Another-Horse-7-Stable"
NEVER = takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION")


def offering(server: RunningServer, mode: str = "ENFORCED", mfa: str = "OPTIONAL", **pool: Any) -> App:
    """Make a pool that offers factors, and in which no risk is responded to."""
    app = challenged(server, mfa, UserPoolAddOns={"AdvancedSecurityMode": mode}, **pool)
    configure(server, app, **NEVER)
    return app


def report(server: RunningServer, app: App, value: str = "Invalid") -> None:
    """Say of the sign-in that waits whose it is."""
    event = latest(server, app)
    assert event.response == "InProgress"
    judge(server, app, event.event_id, value)


def is_over(server: RunningServer, app: App) -> None:
    """Check that the event tells why the sign-in has failed, and that it has taught nothing."""
    event = latest(server, app)
    assert (event.response, event.learned) == ("Fail", False)
    assert event.risk.because.endswith("it was reported as somebody else's while it waited")


@pytest.mark.parametrize("mode", ["AUDIT", "ENFORCED"])
def test_the_right_code_brings_no_tokens(clocked: ClockedServer, mode: str) -> None:
    app = offering(clocked, mode)
    with_phone(clocked, app, "anna")
    asked = password(clocked, app, "anna")
    code = clocked.last_code(app.pool_id)
    report(clocked, app)
    for _ in range(2):
        with refused(*BAD_SESSION):
            respond(clocked, app, asked, "anna", SMS_MFA_CODE=code)
    is_over(clocked, app)


def test_nor_where_the_user_says_so_by_the_token_from_his_mail(clocked: ClockedServer) -> None:
    app = offering(clocked)
    with_phone(clocked, app, "anna")
    asked = password(clocked, app, "anna")
    event = latest(clocked, app)
    clocked.anonymous.update_auth_event_feedback(
        UserPoolId=app.pool_id,
        Username="anna",
        EventId=event.event_id,
        FeedbackToken=feedback_token.feedback_token(clocked.services.keyring, event, clocked.clock.now()),
        FeedbackValue="Invalid",
    )
    with refused(*BAD_SESSION):
        respond(clocked, app, asked, "anna", SMS_MFA_CODE=clocked.last_code(app.pool_id))
    is_over(clocked, app)


def test_the_choice_of_a_factor_sends_no_code(clocked: ClockedServer) -> None:
    app = offering(clocked)
    with_token(clocked, app, "anna", phone_number="+441632960123")
    choose(clocked, app, "anna", SMS_MFA=ON, SOFTWARE_TOKEN_MFA=ON)
    clocked.clock.advance(1)
    asked = password(clocked, app, "anna")
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    report(clocked, app)
    with refused(*BAD_SESSION):
        respond(clocked, app, asked, "anna", ANSWER="SMS_MFA")
    is_over(clocked, app)


def test_what_was_the_users_own_goes_on(clocked: ClockedServer) -> None:
    """The last word counts, and what is said of another sign-in does not."""
    app = offering(clocked)
    with_phone(clocked, app, "anna")
    asked = password(clocked, app, "anna")
    code = clocked.last_code(app.pool_id)
    report(clocked, app)
    report(clocked, app, "Valid")
    clocked.clock.advance(1)
    password(clocked, app, "anna")
    report(clocked, app)
    assert respond(clocked, app, asked, "anna", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_a_new_password_is_not_set(clocked: ClockedServer) -> None:
    app = offering(clocked)
    clocked.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username="anna", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    asked = password(clocked, app, "anna")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    report(clocked, app)
    with refused(*BAD_SESSION):
        respond(clocked, app, asked, "anna", NEW_PASSWORD=NEW)
    is_over(clocked, app)
    with refused(*WRONG):
        password(clocked, app, "anna", NEW)


def test_no_factor_is_set_up(clocked: ClockedServer) -> None:
    """Neither by the answer to the challenge, nor on the way to it."""
    app = offering(clocked)
    with_phone(clocked, app, "anna")
    choose(clocked, app, "anna", SMS_MFA={"Enabled": False})
    clocked.administrator.set_user_pool_mfa_config(
        UserPoolId=app.pool_id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    asked = password(clocked, app, "anna")
    assert asked["ChallengeName"] == "MFA_SETUP"
    given = clocked.anonymous.associate_software_token(Session=asked["Session"])
    code = TokenApp(clocked, given["SecretCode"]).code()
    report(clocked, app)
    with refused(*BAD_SESSION):
        clocked.anonymous.verify_software_token(Session=given["Session"], UserCode=code)
    with refused(*BAD_SESSION):
        clocked.anonymous.associate_software_token(Session=given["Session"])
    report(clocked, app, "Valid")
    asked["Session"] = clocked.anonymous.verify_software_token(Session=given["Session"], UserCode=code)[
        "Session"
    ]
    report(clocked, app)
    with refused(*BAD_SESSION):
        respond(clocked, app, asked, "anna")
    is_over(clocked, app)


@pytest.mark.parametrize("after", ["DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"])
def test_a_device_proves_nothing(clocked: ClockedServer, after: str) -> None:
    app = offering(clocked, DeviceConfiguration=ALWAYS)
    with_phone(clocked, app, "anna")
    choose(clocked, app, "anna", SMS_MFA={"Enabled": False})
    device = make_device(clocked, app)
    clocked.clock.advance(1)
    asked, proof = device.begin(), device.proof()
    goes_on: Callable[[], Any]
    if after == "DEVICE_SRP_AUTH":

        def goes_on() -> Any:
            return proof.start(asked["Session"])
    else:
        started = proof.start(asked["Session"])

        def goes_on() -> Any:
            return proof.finish(started)

    report(clocked, app)
    with refused(*BAD_SESSION):
        goes_on()
    is_over(clocked, app)


@pytest.fixture
def custom(tmp_path: Path, emulator: Emulator) -> Iterator[tuple[RunningServer, App, Any]]:
    """A custom sign-in that waits for its second answer: it has an event from the first on."""
    emulator.reset()
    with running(tmp_path, lambda_endpoint=emulator.url) as server:
        app = assessed(server)
        configure(server, app, **NEVER)
        yield server, app, answer(server, app, begin_custom(server, app), "wrong")


def test_functions_are_not_asked(emulator: Emulator, custom: tuple[RunningServer, App, Any]) -> None:
    server, app, asked = custom
    report(server, app)
    called = len(emulator.events)
    with refused(*BAD_SESSION):
        answer(server, app, asked)
    assert len(emulator.events) == called
    is_over(server, app)


def test_what_is_said_while_functions_are_asked_counts(
    emulator: Emulator, custom: tuple[RunningServer, App, Any]
) -> None:
    server, app, asked = custom
    verify = emulator.functions["verify"]

    def report_and_verify(event: Any) -> Any:
        report(server, app)
        return verify(event)

    emulator.functions["verify"] = report_and_verify
    with refused(*BAD_SESSION):
        answer(server, app, asked)
    is_over(server, app)
