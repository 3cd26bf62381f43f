"""The decision table, row by row."""

import pytest

from doorward.risk.levels import SHIPPED_THRESHOLDS, Level, Thresholds
from doorward.risk.policy import (
    Action,
    ActionOrderError,
    EventAction,
    IpException,
    Mode,
    Policy,
    Response,
    RiskDecision,
    SetupAtRisk,
    UserFacts,
    checked_order,
    decide,
)

PLAIN = UserFacts()
WITH_FACTOR = UserFacts(second_factor_active=True)
MFA_ON = UserFacts(second_factor_active=True, mfa_on=True)
CAN_SET_UP = UserFacts(can_set_up_factor=True)
NONE, IF_CONFIGURED, REQUIRED, BLOCK = EventAction


def policy(
    action: EventAction,
    mode: Mode = Mode.ENFORCED,
    setup: SetupAtRisk = SetupAtRisk.UP_TO_MEDIUM,
    notify: bool = False,
) -> Policy:
    actions = {level: Action(action, notify) for level in (Level.LOW, Level.MEDIUM, Level.HIGH)}
    return Policy(mode=mode, actions=actions, setup=setup)


@pytest.mark.parametrize(
    ("action", "user", "response"),
    [
        (NONE, PLAIN, Response.ALLOW),
        (NONE, WITH_FACTOR, Response.ALLOW),
        (NONE, MFA_ON, Response.MFA),
        (IF_CONFIGURED, PLAIN, Response.ALLOW),
        (IF_CONFIGURED, WITH_FACTOR, Response.MFA),
        (IF_CONFIGURED, MFA_ON, Response.MFA),
        (IF_CONFIGURED, CAN_SET_UP, Response.ALLOW),
        (REQUIRED, PLAIN, Response.REFUSE),
        (REQUIRED, WITH_FACTOR, Response.MFA),
        (REQUIRED, CAN_SET_UP, Response.MFA_SETUP),
        (BLOCK, PLAIN, Response.BLOCK),
        (BLOCK, MFA_ON, Response.BLOCK),
        (BLOCK, UserFacts(mfa_on=True, second_factor_active=True, device_replaces_mfa=True), Response.BLOCK),
        (REQUIRED, UserFacts(second_factor_active=True, device_replaces_mfa=True), Response.ALLOW),
        (BLOCK, UserFacts(second_factor_active=True, passkey_replaces_mfa=True), Response.BLOCK),
        (REQUIRED, UserFacts(second_factor_active=True, passkey_replaces_mfa=True), Response.ALLOW),
        (IF_CONFIGURED, UserFacts(second_factor_active=True, passkey_replaces_mfa=True), Response.ALLOW),
    ],
)
def test_the_response_to_a_medium_risk(action: EventAction, user: UserFacts, response: Response) -> None:
    decision = decide(policy(action), Level.MEDIUM, user)
    assert decision.response is decision.would_have is response
    assert decision.risk_decision is RiskDecision.ACCOUNT_TAKEOVER


@pytest.mark.parametrize(
    ("level", "setup", "response"),
    [
        (Level.LOW, SetupAtRisk.UP_TO_MEDIUM, Response.MFA_SETUP),
        (Level.MEDIUM, SetupAtRisk.UP_TO_MEDIUM, Response.MFA_SETUP),
        (Level.HIGH, SetupAtRisk.UP_TO_MEDIUM, Response.REFUSE),
        (Level.HIGH, SetupAtRisk.ALWAYS, Response.MFA_SETUP),
        (Level.LOW, SetupAtRisk.NEVER, Response.REFUSE),
    ],
)
def test_who_may_set_up_a_factor_at_risk(level: Level, setup: SetupAtRisk, response: Response) -> None:
    assert decide(policy(REQUIRED, setup=setup), level, CAN_SET_UP).response is response


def test_without_configuration_every_level_blocks() -> None:
    for level in (Level.LOW, Level.MEDIUM, Level.HIGH):
        decision = decide(Policy(mode=Mode.ENFORCED), level, WITH_FACTOR)
        assert decision.response is Response.BLOCK
        assert not decision.notify


def test_no_risk_is_no_risk() -> None:
    decision = decide(Policy(mode=Mode.ENFORCED), Level.NONE, PLAIN)
    assert (decision.response, decision.risk_decision) == (Response.ALLOW, RiskDecision.NO_RISK)
    assert decide(Policy(mode=Mode.ENFORCED), Level.NONE, MFA_ON).response is Response.MFA


def test_audit_tells_and_does_not_act() -> None:
    decision = decide(policy(BLOCK, Mode.AUDIT, notify=True), Level.HIGH, MFA_ON)
    assert decision.response is Response.MFA
    assert decision.would_have is Response.BLOCK
    assert decision.risk_decision is RiskDecision.ACCOUNT_TAKEOVER
    assert not decision.notify


def test_off_looks_at_nothing() -> None:
    decision = decide(policy(BLOCK, Mode.OFF), Level.HIGH, PLAIN, IpException.BLOCK)
    assert (decision.response, decision.risk_decision) == (Response.ALLOW, RiskDecision.NO_RISK)


def test_an_always_allowed_address_skips_the_response() -> None:
    decision = decide(policy(BLOCK, notify=True), Level.HIGH, PLAIN, IpException.ALLOW)
    assert (decision.response, decision.notify) == (Response.ALLOW, False)
    assert decision.risk_decision is RiskDecision.ACCOUNT_TAKEOVER
    assert decide(policy(BLOCK), Level.HIGH, MFA_ON, IpException.ALLOW).response is Response.MFA


def test_an_always_blocked_address_is_refused_without_risk() -> None:
    decision = decide(policy(NONE), Level.NONE, MFA_ON, IpException.BLOCK)
    assert (decision.response, decision.risk_decision) == (Response.BLOCK, RiskDecision.BLOCK)


def test_the_user_is_told_where_the_level_says_so() -> None:
    assert decide(policy(NONE, notify=True), Level.LOW, PLAIN).notify
    assert not decide(policy(NONE, notify=True), Level.NONE, PLAIN).notify


def test_mfa_that_is_on_and_not_set_up_is_set_up_first() -> None:
    user = UserFacts(mfa_on=True, can_set_up_factor=True)
    assert decide(Policy(mode=Mode.ENFORCED), Level.NONE, user).response is Response.MFA_SETUP
    assert decide(Policy(mode=Mode.OFF), Level.NONE, UserFacts(mfa_on=True)).response is Response.REFUSE


def test_a_stricter_level_may_not_get_a_weaker_response() -> None:
    with pytest.raises(ActionOrderError, match=r"high risk \(MFA_REQUIRED\).*\(BLOCK\)"):
        checked_order({Level.MEDIUM: Action(BLOCK), Level.HIGH: Action(REQUIRED)})
    with pytest.raises(ActionOrderError):
        checked_order({Level.LOW: Action(IF_CONFIGURED), Level.HIGH: Action(NONE)})


def test_a_level_left_out_counts_as_the_one_below() -> None:
    ordered = checked_order({Level.MEDIUM: Action(IF_CONFIGURED, True)})
    assert [action.event_action for action in ordered.values()] == [NONE, IF_CONFIGURED, IF_CONFIGURED]


def test_thresholds_bound_the_levels() -> None:
    thresholds = Thresholds(0.0, 1.0, 2.0, "calibrated")
    assert [thresholds.level_of(score) for score in (-0.1, 0.0, 1.0, 1.9, 2.0)] == [0, 1, 2, 2, 3]
    assert SHIPPED_THRESHOLDS.source == "shipped"
    with pytest.raises(ValueError, match="rise"):
        Thresholds(1.0, 1.0, 2.0)
    assert [level.wire_name for level in Level] == [None, "Low", "Medium", "High"]
