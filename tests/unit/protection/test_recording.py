"""What an event says while it waits, and how answers are put into it."""

from typing import Any

import msgspec
import pytest
from tests.past import sign_in

from doorward.history.auth_event import AuthEvent, ChallengeResponse, EventContext, EventRisk
from doorward.history.on_the_wire import to_wire
from doorward.protection.recording import with_answers

PASSWORD = ChallengeResponse("Password", "Success")
WRONG = ChallengeResponse("Mfa", "Failure")
RIGHT = ChallengeResponse("Mfa", "Success")


def waiting(**members: Any) -> AuthEvent:
    circumstance = sign_in(3, 0)
    chosen: dict[str, Any] = {"response": "InProgress", "open_until": circumstance.at + 180.0} | members
    return AuthEvent(
        event_id="e",
        pool_id="pool",
        client_id=None,
        sub="anna",
        username="anna",
        event_type="SignIn",
        operation="InitiateAuth",
        request_id="",
        created_at=circumstance.at,
        challenges=[PASSWORD],
        risk=EventRisk(mode="AUDIT", decision="NoRisk"),
        context=EventContext(),
        circumstance=msgspec.Raw(msgspec.json.encode(circumstance)),
        **chosen,
    )


@pytest.mark.parametrize(("seconds", "told"), [(0.0, "InProgress"), (179.9, "InProgress"), (180.0, "Fail")])
def test_what_waits_beyond_its_time_is_listed_as_failed(seconds: float, told: str) -> None:
    event = waiting()
    assert to_wire(event, event.created_at + seconds).event_response == told


def test_what_has_ended_is_listed_as_it_ended() -> None:
    event = waiting(response="Pass", open_until=None)
    assert to_wire(event, event.created_at + 1e9).event_response == "Pass"


def test_the_last_word_on_a_challenge_counts() -> None:
    tried = with_answers(waiting(), "InProgress", [WRONG])
    assert tried.challenges == [PASSWORD, WRONG]
    assert with_answers(tried, "Pass", [RIGHT]).challenges == [PASSWORD, RIGHT]
