"""What a challenge leaves behind: the event while it waits and at its end, the lesson, and the pool's view."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.circumstances import BRISBANE, LAPTOP, LONDON, STRANGER, sign_in_from
from tests.conftest import ClockedServer
from tests.people import App, make_user
from tests.scenarios.challenged import challenged, other, respond_from, with_phone
from tests.scenarios.levels import force_level, set_thresholds
from tests.scenarios.protected import configure, judge, takeover
from tests.scenarios.refusals import BAD_SESSION, refused
from tests.server import RunningServer

from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.protection import queries as protection
from doorward.protection.abandoned import fail_abandoned
from doorward.protection.pool_views import build
from doorward.risk.circumstance import Circumstance
from doorward.risk.encoding import decode
from doorward.risk.velocity import Window

MINUTE = 60.0
PASSWORD_RIGHT = {"ChallengeName": "Password", "ChallengeResponse": "Success"}
CODE_RIGHT = {"ChallengeName": "Mfa", "ChallengeResponse": "Success"}
CODE_WRONG = {"ChallengeName": "Mfa", "ChallengeResponse": "Failure"}
NEVER = takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION")


@pytest.fixture
def app(clocked: ClockedServer) -> App:
    """A pool in which anna is asked for a code by SMS and nothing is blocked."""
    made = challenged(clocked, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    configure(clocked, made, **NEVER)
    with_phone(clocked, made, "anna")
    return made


def prompt(server: RunningServer, app: App, **where: Any) -> tuple[Any, str]:
    """Sign in up to the code; return the challenge and the code."""
    return sign_in_from(server, app, "anna", **where), server.last_code(app.pool_id)


def listed(server: RunningServer, app: App, username: str = "anna") -> list[Any]:
    """The user's events as the API lists them."""
    return list(
        server.administrator.admin_list_user_auth_events(UserPoolId=app.pool_id, Username=username)[
            "AuthEvents"
        ]
    )


def stored(server: RunningServer, app: App) -> AuthEvent:
    """The newest event as it is kept."""
    with server.services.store.reading() as tx:
        return next(iter(events.of_user(tx, app.pool_id, sub_of(server, app), 1, None)))


def sub_of(server: RunningServer, app: App) -> str:
    user = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="anna")
    return next(one["Value"] for one in user["UserAttributes"] if one["Name"] == "sub")


def lessons(server: RunningServer, app: App) -> int:
    """How many sign-ins the user's profile has learned."""
    with server.services.store.reading() as tx:
        encoded = protection.profile(tx, app.pool_id, sub_of(server, app))
    return decode(encoded).successes if encoded else 0


def window(server: ClockedServer, app: App) -> Window:
    """The user's own window as the live view has it; one that is made anew from the history is the same."""
    now, sub = server.clock.now(), sub_of(server, app)
    live = server.services.guard.views.known(app.pool_id)
    assert live is not None
    with server.services.store.reading() as tx:
        anew = build(tx, app.pool_id, now)
    seen = live.velocity.view(Circumstance(at=now), sub, now).user
    assert anew.velocity.view(Circumstance(at=now), sub, now).user == seen
    return seen


def abandon(server: RunningServer) -> None:
    """Do what the server does every few seconds by itself."""
    services = server.services
    fail_abandoned(services.store, services.guard, services.clock)


def test_until_it_is_answered_the_event_is_in_progress_and_nothing_is_learned(
    clocked: ClockedServer, app: App
) -> None:
    prompt(clocked, app)
    [event] = listed(clocked, app)
    assert (event["EventResponse"], event["ChallengeResponses"]) == ("InProgress", [PASSWORD_RIGHT])
    assert lessons(clocked, app) == 0


def test_the_right_code_passes_and_teaches(clocked: ClockedServer, app: App) -> None:
    asked, code = prompt(clocked, app)
    done = respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=code)
    [event] = listed(clocked, app)
    assert (event["EventResponse"], event["ChallengeResponses"]) == ("Pass", [PASSWORD_RIGHT, CODE_RIGHT])
    assert lessons(clocked, app) == 1
    assert stored(clocked, app).learned
    assert done["AuthenticationResult"]["AccessToken"]


def test_an_answered_challenge_makes_the_place_known(clocked: ClockedServer) -> None:
    """What was asked about once because it was new is normal afterwards."""
    app = challenged(clocked, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
    make_user(clocked, app.pool_id, "berta")
    for _ in range(20):
        sign_in_from(clocked, app, "berta")
        clocked.clock.advance(86_400)
    with_phone(clocked, app, "anna")
    for _ in range(20):
        asked, code = prompt(clocked, app)
        respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=code)
        clocked.clock.advance(86_400)
    scores = []
    for _ in range(3):
        asked, code = prompt(clocked, app, address=BRISBANE, device=STRANGER)
        scores.append(stored(clocked, app).risk.score or 0.0)
        respond_from(clocked, app, asked, "anna", BRISBANE, STRANGER, SMS_MFA_CODE=code)
        clocked.clock.advance(86_400)
    assert scores[0] > scores[1] > scores[2]


def test_a_wrong_code_stands_in_the_event_and_a_right_one_replaces_it(
    clocked: ClockedServer, app: App
) -> None:
    asked, code = prompt(clocked, app)
    with refused("CodeMismatchException"):
        respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=other(code))
    [event] = listed(clocked, app)
    assert (event["EventResponse"], event["ChallengeResponses"]) == (
        "InProgress",
        [PASSWORD_RIGHT, CODE_WRONG],
    )
    respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=code)
    [event] = listed(clocked, app)
    assert (event["EventResponse"], event["ChallengeResponses"]) == ("Pass", [PASSWORD_RIGHT, CODE_RIGHT])


def test_too_many_wrong_codes_fail_and_teach_nothing(clocked: ClockedServer, app: App) -> None:
    asked, code = prompt(clocked, app)
    for _ in range(5):
        with pytest.raises(ClientError):
            respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=other(code))
    [event] = listed(clocked, app)
    assert (event["EventResponse"], event["ChallengeResponses"]) == ("Fail", [PASSWORD_RIGHT, CODE_WRONG])
    assert lessons(clocked, app) == 0
    assert window(clocked, app).failures == pytest.approx(1.0)


def test_what_nobody_answers_has_failed_when_its_time_is_over(clocked: ClockedServer, app: App) -> None:
    prompt(clocked, app)
    clocked.clock.advance(3 * MINUTE - 0.001)
    abandon(clocked)
    assert listed(clocked, app)[0]["EventResponse"] == "InProgress"
    clocked.clock.advance(0.001)
    assert listed(clocked, app)[0]["EventResponse"] == "Fail"
    abandon(clocked)
    assert stored(clocked, app).response == "Fail"
    assert listed(clocked, app)[0]["ChallengeResponses"] == [PASSWORD_RIGHT]
    assert window(clocked, app).failures == pytest.approx(1.0, rel=0.05)
    abandon(clocked)
    assert window(clocked, app).failures == pytest.approx(1.0, rel=0.05)
    assert lessons(clocked, app) == 0


def test_the_end_of_a_long_list_of_abandoned_ones_is_reached(
    clocked: ClockedServer, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.protection.abandoned.AT_ONCE", 2)
    for _ in range(5):
        prompt(clocked, app)
    clocked.clock.advance(3 * MINUTE)
    abandon(clocked)
    with clocked.services.store.reading() as tx:
        kept = events.of_user(tx, app.pool_id, sub_of(clocked, app), 60, None)
    assert [event.response for event in kept] == ["Fail"] * 5


def test_an_answer_after_the_end_changes_nothing(clocked: ClockedServer, app: App) -> None:
    asked, code = prompt(clocked, app)
    clocked.clock.advance(3 * MINUTE)
    abandon(clocked)
    with refused("NotAuthorizedException"):
        respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=code)
    [event] = listed(clocked, app)
    assert (event["EventResponse"], event["ChallengeResponses"]) == ("Fail", [PASSWORD_RIGHT])


def test_prompts_count_at_once_and_an_answer_is_no_second_attempt(clocked: ClockedServer, app: App) -> None:
    asked, code = prompt(clocked, app)
    before = window(clocked, app)
    assert (before.prompts, before.attempts, before.failures) == (1.0, 1.0, 0.0)
    respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=code)
    after = window(clocked, app)
    assert (after.prompts, after.attempts, after.failures) == (1.0, 1.0, 0.0)


def test_wearing_a_user_down_with_prompts_is_a_signal(clocked: ClockedServer, app: App) -> None:
    """Somebody who has the password asks again and again; the risk rises with every prompt."""
    scores = []
    for _ in range(8):
        prompt(clocked, app, address=BRISBANE, device=STRANGER)
        scores.append(stored(clocked, app).risk.score or 0.0)
        clocked.clock.advance(20)
    assert scores[-1] > scores[0] + 2.0
    reasons = {reason.signal: reason for reason in stored(clocked, app).risk.reasons}
    assert "mfa_fatigue" in reasons
    clocked.clock.advance(3600)
    prompt(clocked, app, address=LONDON, device=LAPTOP)
    assert "mfa_fatigue" not in {reason.signal for reason in stored(clocked, app).risk.reasons}


def test_a_worn_down_user_is_protected_where_the_pool_blocks(clocked: ClockedServer, app: App) -> None:
    prompt(clocked, app, address=BRISBANE, device=STRANGER)
    first = stored(clocked, app).risk.score or 0.0
    set_thresholds(clocked, app, first + 2.0, first + 50.0, first + 51.0)
    configure(clocked, app, **takeover(low="BLOCK", medium="BLOCK", high="BLOCK"))
    answers = []
    for _ in range(10):
        try:
            answers.append(sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)["ChallengeName"])
        except ClientError as error:
            answers.append(error.response["Error"]["Message"])
        clocked.clock.advance(10)
    assert answers[0] == "SMS_MFA"
    assert answers[-1] == "Unable to login because of security reasons"


def test_audit_asks_only_what_is_asked_anyway_and_tells_the_rest(clocked: ClockedServer) -> None:
    app = challenged(clocked, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    configure(clocked, app, **takeover(low="BLOCK", medium="BLOCK", high="BLOCK"))
    with_phone(clocked, app, "anna")
    force_level(clocked, app, "Low")
    asked, _ = prompt(clocked, app, address=BRISBANE, device=STRANGER)
    assert asked["ChallengeName"] == "SMS_MFA"
    event = stored(clocked, app)
    assert (event.risk.response, event.risk.would_have) == ("mfa", "block")


def test_in_mode_off_a_factor_is_asked_and_nothing_is_recorded(clocked: ClockedServer) -> None:
    app = challenged(clocked)
    with_phone(clocked, app, "anna")
    asked, code = prompt(clocked, app)
    with refused("CodeMismatchException"):
        respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=other(code))
    assert respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=code)["AuthenticationResult"]
    with clocked.services.store.reading() as tx:
        assert events.of_user(tx, app.pool_id, sub_of(clocked, app), 1, None) == []


def test_a_report_during_the_challenge_teaches_nothing(clocked: ClockedServer, app: App) -> None:
    asked, code = prompt(clocked, app)
    [event] = listed(clocked, app)
    judge(clocked, app, event["EventId"], "Invalid")
    with refused(*BAD_SESSION):
        respond_from(clocked, app, asked, "anna", SMS_MFA_CODE=code)
    assert not stored(clocked, app).learned
    assert lessons(clocked, app) == 0
