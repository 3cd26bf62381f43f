"""What is said of an attempt, by an administrator or by the token from a mail, acts on the very next one."""

from collections.abc import Callable

import pytest
from tests.circumstances import BRISBANE, CALIFORNIA, LAPTOP, STRANGER, Device, sign_in_from
from tests.conftest import ClockedServer
from tests.history import latest, listed
from tests.people import App, make_user, sign_in
from tests.scenarios.protected import configure, judge, protected, takeover, with_habits
from tests.scenarios.refusals import BLOCKED, refused
from tests.server import RunningServer

from doorward.history import feedback_token

OFF = ("UserPoolAddOnNotEnabledException", "Advanced security is not enabled for the user pool.")
BAD_TOKEN = ("NotAuthorizedException", "Invalid feedback token.")


def say(
    server: RunningServer,
    app: App,
    event_id: str,
    token: str,
    value: str = "Valid",
    username: str = "anna",
) -> None:
    """Give feedback as the user, by the token from his mail."""
    server.anonymous.update_auth_event_feedback(
        UserPoolId=app.pool_id,
        Username=username,
        EventId=event_id,
        FeedbackToken=token,
        FeedbackValue=value,  # type: ignore[arg-type]
    )


def mailed(server: RunningServer, app: App) -> tuple[str, str]:
    """Return the id of the latest event, and the token that its mail would carry."""
    event = latest(server, app)
    services = server.services
    return event.event_id, feedback_token.feedback_token(services.keyring, event, services.clock.now())


def score(server: RunningServer, app: App) -> float:
    """Return what the latest attempt scored."""
    return latest(server, app).risk.score or 0.0


def test_feedback_is_shown_with_the_event(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT", days=1)
    judge(clocked, app, latest(clocked, app).event_id, "Valid")
    feedback = listed(clocked, app)[0]["EventFeedback"]
    assert (feedback["FeedbackValue"], feedback["Provider"]) == ("Valid", "Admin")
    assert feedback["FeedbackDate"].timestamp() == pytest.approx(clocked.clock.now(), abs=0.001)


def test_valid_lets_the_very_next_attempt_pass(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    with refused(*BLOCKED):
        sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    judge(clocked, app, latest(clocked, app).event_id, "Valid")
    clocked.clock.advance(1)
    assert sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)["AuthenticationResult"]


def test_valid_trusts_that_circumstance_and_no_other(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    with refused(*BLOCKED):
        sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    judge(clocked, app, latest(clocked, app).event_id, "Valid")
    clocked.clock.advance(1)
    third = Device("third", "Mozilla/5.0 (X11; CrOS x86_64) Chrome/99.0", "fr-FR", "-05:00", "Chrome OS")
    with refused(*BLOCKED):
        sign_in_from(clocked, app, "anna", CALIFORNIA, third)


def test_invalid_blocks_the_very_next_attempt_from_there(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    assert sign_in_from(clocked, app, "anna", CALIFORNIA, LAPTOP)["AuthenticationResult"]
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    clocked.clock.advance(1)
    with refused(*BLOCKED):
        sign_in_from(clocked, app, "anna", CALIFORNIA, LAPTOP)
    assert latest(clocked, app).risk.level == "High"


def test_invalid_takes_the_lesson_back(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    configure(clocked, app, **takeover(low="NO_ACTION"))
    sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    event = latest(clocked, app)
    assert not event.learned
    clocked.clock.advance(1)
    sign_in_from(clocked, app, "anna", BRISBANE, Device("third", STRANGER.user_agent))
    signals = {reason.signal: reason.sentence for reason in latest(clocked, app).risk.reasons}
    assert signals["network"] == "first sign-in from AU, after 14 from elsewhere"


def test_invalid_weighs_on_other_users_of_that_device_and_network(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT", days=2)
    make_user(clocked, app.pool_id, "berta")
    sign_in_from(clocked, app, "berta", BRISBANE, STRANGER)
    before = score(clocked, app)
    clocked.clock.advance(1)
    sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    make_user(clocked, app.pool_id, "carla")
    clocked.clock.advance(1)
    sign_in_from(clocked, app, "carla", BRISBANE, STRANGER)
    assert "reputation" in {reason.signal for reason in latest(clocked, app).risk.reasons}
    assert score(clocked, app) > before


def test_feedback_may_be_taken_back(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    assert sign_in_from(clocked, app, "anna", CALIFORNIA, LAPTOP)["AuthenticationResult"]
    event_id = latest(clocked, app).event_id
    judge(clocked, app, event_id, "Invalid")
    judge(clocked, app, event_id, "Valid")
    clocked.clock.advance(1)
    assert sign_in_from(clocked, app, "anna", CALIFORNIA, LAPTOP)["AuthenticationResult"]


def test_each_judgement_moves_the_very_next_score_and_what_is_allowed_becomes_normal(
    clocked: ClockedServer,
) -> None:
    app = with_habits(clocked)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))

    def scored() -> float:
        clocked.clock.advance(1)
        assert sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)["AuthenticationResult"]
        return score(clocked, app)

    strange, second, third = scored(), scored(), scored()
    assert strange > second > third, "what was allowed becomes normal"
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    reported = scored()
    assert reported > third
    assert latest(clocked, app).risk.level == "High"
    judge(clocked, app, latest(clocked, app).event_id, "Valid")
    assert scored() < third


def test_feedback_on_an_unknown_event_is_refused(server: RunningServer) -> None:
    app = protected(server)
    with refused("ResourceNotFoundException"):
        judge(server, app, "00000000-0000-4000-8000-000000000000", "Valid")


def test_feedback_on_another_users_event_is_refused(server: RunningServer) -> None:
    app = protected(server)
    make_user(server, app.pool_id, "berta")
    sign_in(server, app, "berta")
    with refused("ResourceNotFoundException"):
        judge(server, app, latest(server, app).event_id, "Valid")


def test_feedback_needs_advanced_security(server: RunningServer) -> None:
    app = protected(server, "OFF")
    with refused(*OFF):
        judge(server, app, "event", "Valid")
    with refused(*OFF):
        say(server, app, "event", "token")


def test_the_token_from_a_mail_gives_feedback_as_the_user(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    with refused(*BLOCKED):
        sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    say(clocked, app, *mailed(clocked, app))
    assert listed(clocked, app)[0]["EventFeedback"]["Provider"] == "User"
    clocked.clock.advance(1)
    assert sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)["AuthenticationResult"]


def test_the_token_serves_once(server: RunningServer) -> None:
    app = protected(server)
    sign_in(server, app, "anna")
    event_id, token = mailed(server, app)
    say(server, app, event_id, token, "Invalid")
    with refused(*BAD_TOKEN):
        say(server, app, event_id, token, "Valid")
    assert listed(server, app)[0]["EventFeedback"]["FeedbackValue"] == "Invalid"


def test_the_token_serves_no_more_after_the_user_has_spoken_and_an_administrator_after_him(
    server: RunningServer,
) -> None:
    app = protected(server)
    sign_in(server, app, "anna")
    event_id, token = mailed(server, app)
    say(server, app, event_id, token, "Invalid")
    judge(server, app, event_id, "Valid")
    with refused(*BAD_TOKEN):
        say(server, app, event_id, token, "Invalid")
    assert listed(server, app)[0]["EventFeedback"]["FeedbackValue"] == "Valid"


def test_the_token_expires(clocked: ClockedServer) -> None:
    app = protected(clocked)
    sign_in(clocked, app, "anna")
    event_id, token = mailed(clocked, app)
    clocked.clock.advance(feedback_token.LIFETIME)
    with refused(*BAD_TOKEN):
        say(clocked, app, event_id, token)


def test_the_token_is_its_events_alone(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT", days=1)
    first, _ = mailed(clocked, app)
    sign_in_from(clocked, app, "anna")
    _, token = mailed(clocked, app)
    with refused(*BAD_TOKEN):
        say(clocked, app, first, token)


def test_the_token_is_its_users_alone(server: RunningServer) -> None:
    app = protected(server)
    make_user(server, app.pool_id, "berta")
    sign_in(server, app, "berta")
    event_id, token = mailed(server, app)
    for username in ("anna", "nobody"):
        with refused(*BAD_TOKEN):
            say(server, app, event_id, token, username=username)


def test_the_token_is_its_pools_alone(server: RunningServer) -> None:
    app, other = protected(server), protected(server)
    sign_in(server, app, "anna")
    event_id, token = mailed(server, app)
    with refused(*BAD_TOKEN):
        say(server, other, event_id, token)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: "made-up",
        lambda token: token[:-4] + "AAA=",
        lambda token: "9" + token,
        lambda token: "9" * 400 + "." + token.partition(".")[2],
        lambda token: ".",
    ],
)
def test_a_token_that_was_changed_is_refused(server: RunningServer, change: Callable[[str], str]) -> None:
    app = protected(server)
    sign_in(server, app, "anna")
    event_id, token = mailed(server, app)
    with refused(*BAD_TOKEN):
        say(server, app, event_id, change(token))
