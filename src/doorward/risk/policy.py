"""From a level to what is done: mode, configuration and the user's facts in, one decision out."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from doorward.risk.levels import Level


class Mode(Enum):
    """`UserPoolAddOns.AdvancedSecurityMode`."""

    OFF = "OFF"
    AUDIT = "AUDIT"
    ENFORCED = "ENFORCED"


class IpException(Enum):
    """What the always-allow and always-block lists say about an address."""

    NONE = "none"
    ALLOW = "allow"
    BLOCK = "block"


class EventAction(Enum):
    """`AccountTakeoverActionType.EventAction`, weakest first."""

    NO_ACTION = "NO_ACTION"
    MFA_IF_CONFIGURED = "MFA_IF_CONFIGURED"
    MFA_REQUIRED = "MFA_REQUIRED"
    BLOCK = "BLOCK"


class Response(Enum):
    """What the sign-in does next. `refuse` and `block` look the same to the client."""

    ALLOW = "allow"
    MFA = "mfa"
    MFA_SETUP = "mfa_setup"
    REFUSE = "refuse"
    BLOCK = "block"


class RiskDecision(Enum):
    """`EventRisk.RiskDecision`."""

    NO_RISK = "NoRisk"
    ACCOUNT_TAKEOVER = "AccountTakeover"
    BLOCK = "Block"


class SetupAtRisk(Enum):
    """Who, of whom MFA is required and who has no second factor, may set one up during the sign-in."""

    UP_TO_MEDIUM = "up to medium"
    """Not at High, where an attacker who holds the password could enrol a factor of his own."""
    ALWAYS = "always"
    NEVER = "never"


class Action(msgspec.Struct, frozen=True):
    """The response configured for one level, and whether the user is told."""

    event_action: EventAction
    notify: bool = False


Actions = Mapping[Level, Action]
"""An action for each of LOW, MEDIUM and HIGH."""

RISKY: Final = (Level.LOW, Level.MEDIUM, Level.HIGH)
DEFAULT_ACTIONS: Final[Actions] = {level: Action(EventAction.BLOCK) for level in RISKY}
"""What acts where nothing was configured: block at every level, no notification."""

_STRENGTH: Final = {action: strength for strength, action in enumerate(EventAction)}


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a pool or an app client has configured for account takeover."""

    mode: Mode
    actions: Actions = msgspec.field(default_factory=lambda: DEFAULT_ACTIONS)
    setup: SetupAtRisk = SetupAtRisk.UP_TO_MEDIUM


class UserFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy must know of the user."""

    second_factor_active: bool = False
    can_set_up_factor: bool = False
    """The pool offers a factor that the user could set up now."""
    mfa_on: bool = False
    """A second factor is asked of this user whatever the risk."""
    device_replaces_mfa: bool = False
    """The attempt comes from a remembered device, and the pool lets that stand for a second factor."""
    passkey_replaces_mfa: bool = False
    """The attempt began with a passkey that counts as both factors."""
    let_in: bool = False
    """A way out of a block is open to this attempt: the user has proven himself, or somebody vouches for him."""


class Decision(msgspec.Struct, frozen=True):
    """What is done, what ENFORCED would have done (`would_have`), and why."""

    response: Response
    would_have: Response
    because: str
    notify: bool
    risk_decision: RiskDecision


class ActionOrderError(ValueError):
    """A stricter level has a weaker response than the one below it; the message names both."""


def checked_order(actions: Mapping[Level, Action]) -> dict[Level, Action]:
    """The actions of all three levels; a level that is missing gets the action of the one below it.

    Raises ActionOrderError where a level's response is weaker than that of a lower level.
    """
    below = Action(EventAction.NO_ACTION)
    ordered: dict[Level, Action] = {}
    for level in RISKY:
        action = actions.get(level, below)
        if _STRENGTH[action.event_action] < _STRENGTH[below.event_action]:
            raise ActionOrderError(
                f"The response to {level.name.lower()} risk ({action.event_action.value}) may not be weaker "
                f"than the response to a lower one ({below.event_action.value})."
            )
        ordered[level] = below = action
    return ordered


def decide(
    policy: Policy, level: Level, user: UserFacts, exception: IpException = IpException.NONE
) -> Decision:
    """Decide on one attempt whose credentials are right.

    The order is: mode, always-blocked and always-allowed addresses, then the action of the level. Without
    risk a user whose MFA is on is challenged all the same. AUDIT acts on none of it and tells what it would
    have done.
    """
    ordinary, why = _without_risk(user)
    if policy.mode is Mode.OFF:
        return Decision(ordinary, ordinary, f"advanced security is off; {why}", False, RiskDecision.NO_RISK)
    risk_decision = RiskDecision.NO_RISK if level is Level.NONE else RiskDecision.ACCOUNT_TAKEOVER
    notify = False
    if exception is IpException.BLOCK:
        response, because = Response.BLOCK, "the address is on the always-block list"
        risk_decision = RiskDecision.BLOCK
    elif exception is IpException.ALLOW:
        response, because = ordinary, f"the address is on the always-allow list; {why}"
    elif level is Level.NONE:
        response, because = ordinary, f"no risk; {why}"
    else:
        action = policy.actions[level]
        notify = action.notify
        response, because = _at_risk(level, action.event_action, user, policy.setup)
    if policy.mode is Mode.AUDIT:
        return Decision(ordinary, response, f"audit only; {because}", False, risk_decision)
    return Decision(response, response, because, notify, risk_decision)


def _without_risk(user: UserFacts) -> tuple[Response, str]:
    if not user.mfa_on:
        return Response.ALLOW, "no second factor is asked of this user"
    if user.second_factor_active:
        return _challenge(user, "MFA is on for this user")
    if user.can_set_up_factor:
        return Response.MFA_SETUP, "MFA is on and the user has yet to set it up"
    return Response.REFUSE, "MFA is on, but the user has no second factor and can set none up"


def _at_risk(level: Level, action: EventAction, user: UserFacts, setup: SetupAtRisk) -> tuple[Response, str]:
    risk = f"{level.name.lower()} risk, configured response {action.value}"
    if action is EventAction.BLOCK:
        return _let_in(level, user, setup, risk) if user.let_in else (Response.BLOCK, risk)
    if action is not EventAction.NO_ACTION and user.second_factor_active:
        return _challenge(user, risk)
    if action is EventAction.MFA_REQUIRED:
        return _without_factor(level, user, setup, risk)
    response, why = _without_risk(user)
    return response, f"{risk}; {why}"


def _let_in(level: Level, user: UserFacts, setup: SetupAtRisk, risk: str) -> tuple[Response, str]:
    """A block is lifted, and nothing else: whoever has a second factor shows it, and none is set up at High."""
    risk = f"{risk}, lifted for this sign-in"
    if user.second_factor_active:
        return _challenge(user, risk)
    response, why = _without_risk(user)
    if response is Response.MFA_SETUP:
        return _without_factor(level, user, setup, risk)
    return response, f"{risk}; {why}"


def _without_factor(level: Level, user: UserFacts, setup: SetupAtRisk, risk: str) -> tuple[Response, str]:
    """A second factor is required of a user who has none."""
    if not user.can_set_up_factor:
        return Response.REFUSE, f"{risk}, and the user has no second factor and can set none up"
    if setup is SetupAtRisk.ALWAYS or (setup is SetupAtRisk.UP_TO_MEDIUM and level is not Level.HIGH):
        return Response.MFA_SETUP, f"{risk}, and the user has yet to set one up"
    return Response.REFUSE, f"{risk}, and a second factor may not be set up at this risk"


def _challenge(user: UserFacts, why: str) -> tuple[Response, str]:
    if user.passkey_replaces_mfa:
        return Response.ALLOW, f"{why}; the passkey was both factors"
    if user.device_replaces_mfa:
        return Response.ALLOW, f"{why}; a remembered device stands for the second factor"
    return Response.MFA, why
