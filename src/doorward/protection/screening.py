"""What protection knows before it judges (a screening), and what it comes to (a verdict)."""

from dataclasses import dataclass

from doorward.protection.attempt import Attempt, Surroundings
from doorward.protection.configuration import ProtectionConfiguration
from doorward.risk.policy import Decision, IpException, Mode, Response
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
class Verdict:
    """What the engine thinks of an attempt (None: it was not scored) and what the policy makes of it."""

    assessment: Assessment | None
    decision: Decision
    earlier_sign_ins: int = 0
    afar: bool = False
    """From a country where the user was never seen, one with a history."""

    @property
    def allows(self) -> bool:
        """Whether the attempt goes on without anything more asked of the user."""
        return self.decision.response is Response.ALLOW
