"""What is done when a session that has moved is refreshed: the pool's own actions, as far as a refresh can take them.

A refresh puts no challenge: whoever owes a second factor shows it by signing in again.
"""

from enum import Enum

import msgspec

from doorward.risk.levels import Level
from doorward.risk.policy import EventAction, Mode, Policy, RiskDecision


class RefreshResponse(Enum):
    """What becomes of a refresh, weakest first."""

    ALLOW = "allow"
    SIGN_IN_AGAIN = "sign_in_again"
    """Refused here; the session lives on where it began."""
    REVOKE = "revoke"
    """Refused, and all tokens of the session end."""


class RefreshDecision(msgspec.Struct, frozen=True):
    """What is done, what ENFORCED would have done (`would_have`), and why."""

    response: RefreshResponse
    would_have: RefreshResponse
    because: str
    risk_decision: RiskDecision


REUSED = RefreshDecision(
    RefreshResponse.REVOKE,
    RefreshResponse.REVOKE,
    "a refresh token was used again after rotation had replaced it: somebody else holds one",
    RiskDecision.ACCOUNT_TAKEOVER,
)
"""What is done in every mode with a session whose refresh token was replaced and comes back (RFC 9700, 4.14.2)."""


BLOCKED_ADDRESS = RefreshDecision(
    RefreshResponse.SIGN_IN_AGAIN,
    RefreshResponse.SIGN_IN_AGAIN,
    "the address is on the always-block list",
    RiskDecision.BLOCK,
)
"""What is done with a refresh from an address that is always blocked: the session is its owner's, and stays."""

_MOVED = "the session is refreshed by another client, on another network, than it began with"


def decide_refresh(policy: Policy, level: Level, *, second_factor_active: bool) -> RefreshDecision:
    """Decide on the refresh of a session that has moved.

    A higher level never gets a weaker response, since its action is never weaker. AUDIT acts on none of it.
    """
    if level is Level.NONE:
        decision = RefreshDecision(
            RefreshResponse.ALLOW, RefreshResponse.ALLOW, f"{_MOVED}; no risk", RiskDecision.NO_RISK
        )
    else:
        action = policy.actions[level].event_action
        response = _at_risk(action, second_factor_active=second_factor_active)
        because = f"{_MOVED}; {level.name.lower()} risk, configured response {action.value}"
        decision = RefreshDecision(response, response, because, RiskDecision.ACCOUNT_TAKEOVER)
    return as_acted(decision, policy.mode)


def as_acted(decision: RefreshDecision, mode: Mode) -> RefreshDecision:
    """Return a decision as the mode lets it be acted upon: in AUDIT not at all."""
    if mode is Mode.ENFORCED:
        return decision
    return msgspec.structs.replace(
        decision, response=RefreshResponse.ALLOW, because=f"audit only; {decision.because}"
    )


def _at_risk(action: EventAction, *, second_factor_active: bool) -> RefreshResponse:
    match action:
        case EventAction.NO_ACTION:
            return RefreshResponse.ALLOW
        case EventAction.MFA_IF_CONFIGURED:
            return RefreshResponse.SIGN_IN_AGAIN if second_factor_active else RefreshResponse.ALLOW
        case EventAction.MFA_REQUIRED:
            return RefreshResponse.SIGN_IN_AGAIN
        case EventAction.BLOCK:
            return RefreshResponse.REVOKE
