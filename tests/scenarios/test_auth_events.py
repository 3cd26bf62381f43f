"""The history of attempts, what may be said of them, and what that changes at the very next attempt."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.circumstances import BRISBANE, CALIFORNIA, DAY, LAPTOP, LONDON, STRANGER, Device, sign_in_from
from tests.conftest import ClockedServer
from tests.history import kept, latest, listed
from tests.people import PASSWORD, App, make_user, sign_in
from tests.scenarios.protected import configure, protected, takeover, with_habits
from tests.scenarios.refusals import BLOCKED, WRONG, refused
from tests.server import RunningServer, running

from doorward.clock import SetClock, SystemClock
from doorward.history import feedback_token
from doorward.protection.pool_views import PoolView
from doorward.risk.circumstance import Circumstance

OFF = ("UserPoolAddOnNotEnabledException", "Advanced security is not enabled for the user pool.")
BAD_TOKEN = ("NotAuthorizedException", "Invalid feedback token.")


def page(server: RunningServer, app: App, **members: Any) -> Any:
    return server.administrator.admin_list_user_auth_events(
        UserPoolId=app.pool_id, Username="anna", **members
    )


def judge(server: RunningServer, app: App, event_id: str, value: str, username: str = "anna") -> None:
    server.administrator.admin_update_auth_event_feedback(
        UserPoolId=app.pool_id,
        Username=username,
        EventId=event_id,
        FeedbackValue=value,  # type: ignore[arg-type]
    )


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


def test_events_are_listed_newest_first(clocked: ClockedServer) -> None:
    app = with_habits(clocked, days=3)
    dates = [event["CreationDate"] for event in listed(clocked, app)]
    assert len(dates) == 3
    assert dates == sorted(dates, reverse=True)


def test_pages_follow_each_other_without_gap_or_repetition(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT", days=5)
    token: dict[str, str] = {}
    found: list[str] = []
    while True:
        answer = page(clocked, app, MaxResults=2, **token)
        assert len(answer["AuthEvents"]) <= 2
        found += [event["EventId"] for event in answer["AuthEvents"]]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert found == [event["EventId"] for event in listed(clocked, app)]
    assert len(set(found)) == 5


def test_new_events_do_not_disturb_a_listing_that_has_begun(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT", days=4)
    first = page(clocked, app, MaxResults=2)
    sign_in_from(clocked, app, "anna")
    second = page(clocked, app, MaxResults=2, NextToken=first["NextToken"])
    ids = [event["EventId"] for event in first["AuthEvents"] + second["AuthEvents"]]
    assert ids == [event["EventId"] for event in listed(clocked, app)][1:]


@pytest.mark.parametrize("members", [{}, {"MaxResults": 0}, {"MaxResults": 60}])
def test_a_page_holds_at_most_sixty(clocked: ClockedServer, members: dict[str, int]) -> None:
    app = with_habits(clocked, "AUDIT", days=61)
    assert len(page(clocked, app, **members)["AuthEvents"]) == 60


def test_more_than_sixty_cannot_be_asked_for(server: RunningServer) -> None:
    app = protected(server)
    with refused("InvalidParameterException"):
        page(server, app, MaxResults=61)


def test_a_token_of_another_list_is_refused(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT", days=2)
    make_user(clocked, app.pool_id, "berta")
    token = page(clocked, app, MaxResults=1)["NextToken"]
    with refused("InvalidParameterException"):
        clocked.administrator.admin_list_user_auth_events(
            UserPoolId=app.pool_id, Username="berta", NextToken=token
        )
    with refused("InvalidParameterException"):
        page(clocked, app, NextToken="made-up")


def test_a_failed_attempt_is_listed(server: RunningServer) -> None:
    app = protected(server)
    with refused(*WRONG):
        sign_in(server, app, "anna", "Wrong-Horse-9")
    [event] = listed(server, app)
    assert event["EventResponse"] == "Fail"
    assert event["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Failure"}]


def test_an_attempt_on_an_unknown_name_is_kept_for_the_pool(server: RunningServer) -> None:
    app = protected(server)
    with refused(*WRONG):
        sign_in(server, app, "nobody")
    [event] = kept(server, app.pool_id)
    assert (event.username, event.sub, event.response) == ("nobody", None, "Fail")


def test_nobody_sees_the_events_of_another(server: RunningServer) -> None:
    app = protected(server)
    make_user(server, app.pool_id, "berta")
    sign_in(server, app, "berta")
    assert listed(server, app) == []


def test_listing_needs_advanced_security(server: RunningServer) -> None:
    app = protected(server, "OFF")
    with refused(*OFF):
        listed(server, app)


def test_an_unknown_user_has_no_events(server: RunningServer) -> None:
    app = protected(server)
    with refused("UserNotFoundException", "User does not exist."):
        listed(server, app, "nobody")


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


def test_a_restart_rebuilds_the_view_of_the_pool(tmp_path_factory: pytest.TempPathFactory) -> None:
    data, clock = tmp_path_factory.mktemp("doorward"), SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = protected(server, "AUDIT")
        for number in range(30):
            with refused(*WRONG):
                sign_in_from(server, app, f"name{number}", LONDON, None)
            clock.advance(1)
        sign_in_from(server, app, "anna", LONDON, None)
        before = {reason.signal: reason.weight for reason in latest(server, app).risk.reasons}
        make_user(server, app.pool_id, "berta")
    with running(data, clock) as server:
        clock.advance(1)
        sign_in_from(server, app, "berta", LONDON, None)
        after = {reason.signal: reason.weight for reason in latest(server, app).risk.reasons}
    assert before["stuffing"] > 0
    assert after["stuffing"] == pytest.approx(before["stuffing"], abs=2.5)


def test_a_restart_forgets_neither_habits_nor_feedback(tmp_path_factory: pytest.TempPathFactory) -> None:
    data, clock = tmp_path_factory.mktemp("doorward"), SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = protected(server)
        for _ in range(14):
            sign_in_from(server, app, "anna")
            clock.advance(DAY)
        sign_in_from(server, app, "anna", CALIFORNIA, LAPTOP)
        judge(server, app, latest(server, app).event_id, "Invalid")
    with running(data, clock) as server:
        assert sign_in_from(server, app, "anna")["AuthenticationResult"]
        with refused(*BLOCKED):
            sign_in_from(server, app, "anna", CALIFORNIA, LAPTOP)


def test_the_view_that_is_rebuilt_is_the_view_that_had_grown(clocked: ClockedServer) -> None:
    app = with_habits(clocked, days=8)
    with refused(*BLOCKED):
        sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    judge(clocked, app, latest(clocked, app).event_id, "Valid")
    clocked.clock.advance(1)
    with refused(*WRONG):
        sign_in_from(clocked, app, "anna", CALIFORNIA, STRANGER, "Wrong-Horse-9")
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    clocked.clock.advance(1)
    with refused(*WRONG):
        sign_in_from(clocked, app, "nobody", CALIFORNIA, STRANGER)
    invite(clocked, app, "invited")
    sign_in_from(clocked, app, "invited", CALIFORNIA, LAPTOP)
    views = clocked.services.guard.views
    grown = views.known(app.pool_id)
    assert grown is not None
    views.forget(app.pool_id)
    assert_alike(views.build(app.pool_id, kept(clocked, app.pool_id)), grown, clocked.clock.now())


def assert_alike(one: PoolView, other: PoolView, at: float) -> None:
    """See that two views would judge an attempt from California with anna's laptop alike."""
    circumstance = Circumstance(at=at, address=CALIFORNIA, prefix="8.8.8.0/24", device_id=LAPTOP.device_id)
    assert one.velocity.view(circumstance, "anna", at) == other.velocity.view(circumstance, "anna", at)
    for member in ("counts", "hours", "days", "mass", "reports"):
        assert getattr(one.population, member) == getattr(other.population, member), member
    assert other.population.reports
    assert other.velocity.view(circumstance, "anna", at).address.unknown


def invite(server: RunningServer, app: App, username: str) -> None:
    make_user(server, app.pool_id, username)
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username=username, Password=PASSWORD, Permanent=False
    )
