"""The helper for our users' own tests, used as its page says."""

from typing import Any

import pytest

from doorward.testing import BEGINNING, DAY, DescriptionError, History
from doorward.wire.errors import CognitoError

HOME: dict[str, Any] = {"address": "81.2.69.142", "device_id": "laptop"}
NOTIFY_NOBODY = {"Notify": False}
LENIENT = {
    "AccountTakeoverRiskConfiguration": {
        "Actions": {
            "LowAction": {"EventAction": "NO_ACTION", **NOTIFY_NOBODY},
            "MediumAction": {"EventAction": "MFA_IF_CONFIGURED", **NOTIFY_NOBODY},
            "HighAction": {"EventAction": "BLOCK", **NOTIFY_NOBODY},
        }
    }
}


@pytest.fixture
def history() -> History:
    made = History(risk_configuration=LENIENT)
    made.sign_ins("anna", days=30, **HOME)
    return made


def test_each_level_can_be_reached(history: History) -> None:
    away: list[dict[str, Any]] = [
        {"address": "1.2.3.4", "device_id": "laptop"},
        {"address": "1.2.3.4"},
        {"address": "1.2.3.4", "device_id": "other"},
    ]
    reached = {history.attempt("anna", **where).level for where in (HOME, *away)}
    assert reached == {"None", "Low", "Medium", "High"}


def test_an_attempt_changes_nothing_and_is_the_same_every_time(history: History) -> None:
    first = history.attempt("anna", address="1.2.3.4")
    assert history.attempt("anna", address="1.2.3.4") == first
    assert history.now == BEGINNING + 30 * DAY
    assert first.score == pytest.approx(first.prior + sum(reason.weight for reason in first.reasons))


def test_the_configuration_decides(history: History) -> None:
    assert history.attempt("anna", address="1.2.3.4").response == "allow"
    assert history.attempt("anna", address="1.2.3.4", second_factor=True).response == "mfa"
    assert history.attempt("anna", address="1.2.3.4", device_id="other").response == "block"


def test_audit_lets_pass_and_tells_what_enforced_would_have_done() -> None:
    audit = History(mode="AUDIT")
    audit.sign_ins("anna", days=30, **HOME)
    told = audit.attempt("anna", address="1.2.3.4", device_id="other")
    assert (told.response, told.would_have, told.level) == ("allow", "block", "High")


def test_feedback_acts_at_once(history: History) -> None:
    strange: dict[str, Any] = {"address": "1.2.3.4", "device_id": "other"}
    history.judge("anna", "Valid", **strange)
    assert history.attempt("anna", **strange).level == "None"
    history.judge("anna", "Invalid", **strange)
    assert history.attempt("anna", **strange).level == "High"


def test_a_campaign_shows(history: History) -> None:
    for number in range(30):
        history.fail(f"name-{number}", exists=False, address="203.0.113.5")
    assert "stuffing" in [reason.signal for reason in history.attempt("berta", address="203.0.113.5").reasons]


def test_thresholds_can_be_a_pools_own() -> None:
    strict = History(thresholds=(-100.0, -50.0, 50.0))
    assert strict.attempt("anna", **HOME).thresholds.source == "test"
    assert strict.attempt("anna", **HOME).level == "Low"


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "nowhere"},
        {"latitude": float("nan")},
        {"accuracy_km": float("inf")},
        {"at": float("nan")},
        {"shoe_size": 44},
        {"user_agent": 5},
    ],
)
def test_what_describes_no_attempt_is_refused(history: History, wrong: dict[str, Any]) -> None:
    with pytest.raises(DescriptionError):
        history.attempt("anna", **wrong)


def test_a_user_agent_of_64_kb_and_surrogates_do_no_harm(history: History) -> None:
    assert history.attempt("anna", user_agent="x" * 65_536, device_id="\ud800").level in {
        "Medium",
        "High",
        "Low",
    }


def test_wrong_use_is_an_error(history: History) -> None:
    with pytest.raises(ValueError, match="OFF"):
        History(mode="OFF").attempt("anna")
    with pytest.raises(ValueError, match="Valid or Invalid"):
        history.judge("anna", "Perhaps", **HOME)
    with pytest.raises(CognitoError):
        History(risk_configuration={"RiskExceptionConfiguration": {"BlockedIPRangeList": ["nowhere"]}})


def test_one_program_with_the_sessions_of_many_is_found_here_as_in_a_server() -> None:
    history = History()
    thief: dict[str, Any] = {"address": "203.0.113.7", "country": "BR"}
    for number in range(12):
        history.sign_ins(f"user-{number}", days=10, address=f"198.51.100.{number}", country="DE")
    for number in range(11):
        history.sign_in(f"user-{number}", **thief)
    signals = [reason.signal for reason in history.attempt("user-11", **thief).reasons]
    assert "strangers" in signals
