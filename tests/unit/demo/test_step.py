"""A step that does not go as promised says so, whichever part of it differs."""

import msgspec
import pytest

from doorward.demo.front import Answer
from doorward.demo.step import ALLOWED, BLOCKED, Expected, Step, blocked_for, step
from doorward.history.auth_event import AuthEvent, EventContext, EventReason, EventRisk, RiskLevel

BLOCK = Answer("request", "NotAuthorizedException", BLOCKED)
PASS = Answer("request")


def event(level: RiskLevel | None, score: float | None, *signals: str) -> AuthEvent:
    return AuthEvent(
        event_id="event",
        pool_id="pool",
        client_id="client",
        sub="sub",
        username="olivia",
        event_type="SignIn",
        operation="InitiateAuth",
        request_id="request",
        created_at=0.0,
        response="Fail" if level == "High" else "Pass",
        challenges=[],
        risk=EventRisk(
            mode="ENFORCED",
            decision="AccountTakeover" if level else "NoRisk",
            level=level,
            score=score,
            response="block" if level == "High" else "allow",
            reasons=[EventReason(signal, "", 2.0, f"because of {signal}") for signal in signals],
        ),
        context=EventContext(address="192.0.2.1"),
        circumstance=msgspec.Raw(b"{}"),
    )


def shown(answer: Answer, stored: AuthEvent | None, expected: Expected) -> Step:
    return step(1, "a try", answer, stored, expected)


def test_what_goes_as_promised_differs_in_nothing() -> None:
    blocked = shown(BLOCK, event("High", 7.0, "travel", "stuffing"), blocked_for("stuffing"))
    allowed = shown(PASS, event(None, -4.0), ALLOWED)

    assert blocked.differences == allowed.differences == ()
    assert (blocked.outcome, blocked.risk) == ("blocked", "High (+7.0)")
    assert blocked.why == ("+2.0 because of travel", "+2.0 because of stuffing")
    assert (allowed.outcome, allowed.risk) == ("allowed", "no risk (-4.0)")


@pytest.mark.parametrize(
    ("answer", "stored", "expected", "difference"),
    [
        (PASS, event("High", 7.0, "stuffing"), blocked_for("stuffing"), "expected NotAuthorizedException"),
        (BLOCK, event(None, -4.0), ALLOWED, "got NotAuthorizedException"),
        (
            Answer("request", "NotAuthorizedException", "Incorrect username or password."),
            event("High", 7.0, "stuffing"),
            blocked_for("stuffing"),
            "expected the message",
        ),
        (BLOCK, event("Medium", 3.0, "stuffing"), blocked_for("stuffing"), "expected the level High"),
        (BLOCK, event("High", 7.0, "travel"), blocked_for("stuffing"), "expected the signal stuffing"),
        (PASS, event("Medium", 3.0), ALLOWED, "expected the level no risk or Low"),
        (PASS, None, ALLOWED, "left no event"),
    ],
)
def test_what_differs_is_named(
    answer: Answer, stored: AuthEvent | None, expected: Expected, difference: str
) -> None:
    assert any(difference in one for one in shown(answer, stored, expected).differences)
