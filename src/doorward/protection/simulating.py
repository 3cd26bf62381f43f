"""What would happen to an attempt: scored and decided as a real one is, with nothing written down."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.protection.attempt import Attempt
from doorward.protection.calibrating import calibrated
from doorward.protection.described import Described
from doorward.protection.guard import Guard
from doorward.protection.screening import HeldFactors
from doorward.risk.levels import Thresholds
from doorward.risk.policy import Decision, Mode
from doorward.risk.reasons import Reason
from doorward.risk.score import Assessment


class NotScored(ValueError):
    """The pool would not score the attempt; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What the engine thinks and what the policy makes of it.

    `score` = `prior` + the sum of the reasons' weights. `level` is `None`, `Low`, `Medium` or `High`, and
    `decision` that of the event (`NoRisk`, `AccountTakeover`, `Block`). `response` is what would be done with
    the attempt: `allow`, `mfa`, `mfa_setup`, `refuse` or `block`; `would_have` what ENFORCED would do.
    """

    score: float
    prior: float
    level: str
    mode: str
    decision: str
    response: str
    would_have: str
    because: str
    reasons: tuple[Reason, ...]
    thresholds: Thresholds
    model_version: str
    earlier_sign_ins: int


def simulation(
    assessment: Assessment, decision: Decision, mode: Mode, thresholds: Thresholds, earlier: int
) -> Simulation:
    """Put together what an assessment and a decision say."""
    return Simulation(
        score=assessment.score,
        prior=assessment.prior,
        level=assessment.level.wire_name or "None",
        mode=mode.value,
        decision=decision.risk_decision.value,
        response=decision.response.value,
        would_have=decision.would_have.value,
        because=decision.because,
        reasons=assessment.reasons,
        thresholds=thresholds,
        model_version=assessment.model_version,
        earlier_sign_ins=earlier,
    )


def simulate(
    tx: Connection,
    guard: Guard,
    pool: UserPool,
    user: User,
    held: HeldFactors,
    given: Described,
    *,
    client_id: str | None,
    mode: Mode | None,
    now: Instant,
) -> Simulation:
    """Return what would become of a user's sign-in with the right password; `mode` in place of the pool's own.

    Raises NotScored where advanced security is off, or the address is always blocked.
    """
    at = now if given.at is None else given.at
    screening = guard.screen(
        tx,
        Attempt(
            pool=pool,
            client_id=client_id or "",
            event_type="SignIn",
            operation="Simulate",
            request_id="",
            now=at,
            username=user.username,
            user=user,
            context=given.context(),
        ),
    )
    screening = replace(
        screening,
        mode=mode or screening.mode,
        surroundings=given.over(screening.surroundings),
        exception=screening.configured.exception(given.address),
    )
    if screening.mode is Mode.OFF:
        raise NotScored("Advanced security is OFF in this pool: choose a mode to see what it would do.")
    if screening.blocked:
        raise NotScored("The address is in an always-block range: it is refused without a score.")
    verdict = guard.assess(tx, screening, held)
    if verdict.assessment is None:
        raise NotScored("The pool does not score this attempt.")
    thresholds = calibrated(tx, pool.id, guard.model).thresholds
    return simulation(
        verdict.assessment, verdict.decision, screening.mode, thresholds, verdict.earlier_sign_ins
    )
