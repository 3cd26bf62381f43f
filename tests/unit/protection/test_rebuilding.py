"""A profile made anew from a user's events is the one that had grown."""

from typing import Any

import msgspec
import pytest
from tests.past import DAY, sign_in

from doorward.history.auth_event import AuthEvent, EventContext, EventFeedback, EventRisk
from doorward.protection.rebuilding import profile_of
from doorward.risk.model import SHIPPED
from doorward.risk.profile import Profile, distrust, learn, trust


def event(day: int, feedback: EventFeedback | None = None, **members: Any) -> AuthEvent:
    circumstance = sign_in(3, day)
    chosen: dict[str, Any] = {"event_type": "SignIn", "response": "Pass", "learned": True} | members
    return AuthEvent(
        event_id=f"e{day:03d}",
        pool_id="pool",
        client_id=None,
        sub="anna",
        username="anna",
        operation="InitiateAuth",
        request_id="",
        created_at=circumstance.at,
        challenges=[],
        risk=EventRisk(mode="AUDIT", decision="NoRisk"),
        context=EventContext(),
        circumstance=msgspec.Raw(msgspec.json.encode(circumstance)),
        feedback=feedback,
        **chosen,
    )


def grown(days: range) -> Profile:
    profile = Profile()
    for day in days:
        profile = learn(profile, sign_in(3, day))
    return profile


def test_sign_ins_in_any_order_are_learned_in_that_of_time() -> None:
    assert profile_of([event(day) for day in (3, 0, 2, 1)], SHIPPED) == grown(range(4))


@pytest.mark.parametrize(
    "untaught", [{"response": "Fail"}, {"response": "InProgress"}, {"event_type": "ForgotPassword"}]
)
def test_what_did_not_fully_succeed_teaches_nothing(untaught: dict[str, Any]) -> None:
    assert profile_of([event(0), event(1, learned=False, **untaught)], SHIPPED) == grown(range(1))


def test_valid_feedback_trusts_when_it_was_given() -> None:
    at = sign_in(3, 5).at + DAY
    judged = event(5, EventFeedback("Valid", "admin", at), response="Fail")
    assert profile_of([event(0), judged], SHIPPED) == trust(grown(range(1)), sign_in(3, 5), at)


def test_invalid_feedback_distrusts_and_leaves_no_lesson() -> None:
    at = sign_in(3, 5).at + DAY
    judged = event(5, EventFeedback("Invalid", "user", at), learned=False)
    expected = distrust(grown(range(1)), sign_in(3, 5), at, learned=False)
    assert profile_of([event(0), judged], SHIPPED) == expected
