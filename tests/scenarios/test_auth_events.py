"""The history of attempts, as an administrator lists it."""

from typing import Any

import pytest
from tests.circumstances import sign_in_from
from tests.conftest import ClockedServer
from tests.history import kept, listed
from tests.people import App, make_user, sign_in
from tests.scenarios.protected import protected, with_habits
from tests.scenarios.refusals import WRONG, refused
from tests.server import RunningServer

OFF = ("UserPoolAddOnNotEnabledException", "Advanced security is not enabled for the user pool.")


def page(server: RunningServer, app: App, **members: Any) -> Any:
    return server.administrator.admin_list_user_auth_events(
        UserPoolId=app.pool_id, Username="anna", **members
    )


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
    assert (event.sub, event.response) == (None, "Fail")


def test_a_name_that_leads_to_nobody_is_not_written_down(server: RunningServer) -> None:
    """It may be a password, typed into the wrong field; the same name is still known again."""
    app = protected(server)
    for name in ("Pa$$w0rd-in-the-wrong-field", "Pa$$w0rd-in-the-wrong-field", "another"):
        with refused(*WRONG):
            sign_in(server, app, name)
    names = [event.username for event in kept(server, app.pool_id)]
    assert len(names) == 3
    assert len(set(names)) == 2
    assert not any("Pa$$w0rd" in name for name in names)


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
