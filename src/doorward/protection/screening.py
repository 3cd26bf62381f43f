"""What protection knows before it judges (a screening), and what it comes to (a verdict)."""

from dataclasses import dataclass
from typing import Literal

from doorward.clock import Instant
from doorward.protection.attempt import Attempt, Surroundings
from doorward.protection.configuration import ProtectionConfiguration
from doorward.risk.policy import Decision, IpException, Mode, RiskDecision
from doorward.risk.refresh_policy import REUSED, RefreshDecision
from doorward.risk.score import Assessment


@dataclass(frozen=True, kw_only=True)
class Screening:
    """An attempt, the configuration that acts on it, and what the always-lists say of its address."""

    attempt: Attempt
    mode: Mode
    configured: ProtectionConfiguration
    surroundings: Surroundings
    exception: IpException

    @property
    def blocked(self) -> bool:
        """Whether the address is refused, whatever else is true."""
        return self.mode is Mode.ENFORCED and self.exception is IpException.BLOCK


@dataclass(frozen=True, kw_only=True)
class HeldFactors:
    """A user's second factors, as far as a decision depends on them.

    `active`: he can be asked for one now. `can_set_up`: the pool offers one that he could set up while signing in.
    `always_asked`: one is asked of him whatever the risk. `device_stands`: he comes with a remembered device that
    the pool lets stand for a factor. `passkey_stands`: he has begun with a passkey that counts as both.
    """

    active: bool = False
    can_set_up: bool = False
    always_asked: bool = False
    device_stands: bool = False
    passkey_stands: bool = False


NO_FACTORS = HeldFactors()
"""Of whoever does not sign in, or leads to nobody."""

Demand = Literal["allow", "mfa", "mfa_setup", "refuse", "block"]
"""What is asked of the user, or done with him; a refusal and a block look the same to him."""


RefreshDemand = Literal["allow", "sign_in_again", "revoke"]
"""What becomes of a refresh: see `doorward.risk.refresh_policy`."""


@dataclass(frozen=True)
class Waiting:
    """A sign-in waits for an answer, at the latest `until`; `prompted`: by a second factor."""

    until: Instant
    prompted: bool = False


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the engine thinks of an attempt (None: it was not scored) and what the policy makes of it."""

    assessment: Assessment | None
    decision: Decision
    earlier_sign_ins: int = 0
    afar: bool = False
    """From a country where the user was never seen, one with a history."""
    let_in: bool = False
    """By a way out of a block (`doorward.protection.unblocking`)."""

    @property
    def demand(self) -> Demand:
        """What is done with the attempt."""
        return self.decision.response.value

    @property
    def risky(self) -> bool:
        """Whether the attempt has a level, or comes from an address that is always blocked."""
        return self.decision.risk_decision is not RiskDecision.NO_RISK


@dataclass(frozen=True, kw_only=True)
class RefreshVerdict:
    """What is thought of the refresh of a session that has moved, and what the policy makes of it."""

    assessment: Assessment | None
    decision: RefreshDecision
    earlier_sign_ins: int = 0
    afar: bool = False

    @property
    def demand(self) -> RefreshDemand:
        """What is done with the refresh."""
        return self.decision.response.value


REUSED_TOKEN = RefreshVerdict(assessment=None, decision=REUSED)
"""Of a refresh token that rotation had replaced and that comes back, in every mode."""
