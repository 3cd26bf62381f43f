"""From a circumstance and what is known to a score, a level and the reasons."""

from collections.abc import Callable
from typing import Final

import msgspec

from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import Level
from doorward.risk.model import SHIPPED, Model
from doorward.risk.population import Population
from doorward.risk.profile import Profile
from doorward.risk.reasons import Reason, because
from doorward.risk.scene import NO_FACTS, AccountFacts, Scene
from doorward.risk.signals import account as of_account
from doorward.risk.signals import client, feedback, network, region, rhythm, travel, velocity
from doorward.risk.velocity import QUIET, VelocityView

Signal = Callable[[Scene], Reason | None]

RARITY: Final[tuple[tuple[str, tuple[Signal, ...]], ...]] = (
    ("network", (network.network, region.region, network.network_kind)),
    (
        "client",
        (
            client.client,
            client.nothing_familiar,
            client.language,
            client.time_zone,
            client.remembered_device,
            client.context_signature,
        ),
    ),
    ("rhythm", (rhythm.hour, rhythm.absence)),
    ("travel", (travel.travel,)),
)
"""Signals that say "this is unlike him". Of a user without history they cannot make more than Low."""

CONDUCT: Final[tuple[tuple[str, tuple[Signal, ...]], ...]] = (
    (
        "velocity",
        (
            velocity.stuffing,
            velocity.brute_force,
            velocity.mfa_fatigue,
            velocity.strangers,
            velocity.pool_under_attack,
            velocity.reputation,
        ),
    ),
    (
        "account",
        (of_account.account_age, of_account.password_age, of_account.compromised, of_account.takeovers),
    ),
)
"""Signals that say "this is what attacks look like", or what is known of the account."""

_STEP: Final = 0.01
"""By how much a capped score stays below the threshold: more than a negligible weight and rounding."""
_RARITY_SIGNALS: Final = tuple(signal for _, group in RARITY for signal in group)
_CONDUCT_SIGNALS: Final = tuple(signal for _, group in CONDUCT for signal in group)


class Assessment(msgspec.Struct, frozen=True):
    """What the engine thinks of one attempt: `score` = `prior` + the sum of the reasons' weights."""

    score: float
    level: Level
    prior: float
    reasons: tuple[Reason, ...]
    model_version: str


def score(
    circumstance: Circumstance,
    profile: Profile,
    population: Population,
    velocity: VelocityView = QUIET,
    account: AccountFacts = NO_FACTS,
    model: Model = SHIPPED,
) -> Assessment:
    """Assess one attempt. Changes nothing and depends on nothing but its arguments.

    Reasons come heaviest first. Weights and score are in whole thousandths.
    """
    scene = Scene(circumstance, profile, population, velocity, account, model)
    rarity_signals, conduct_signals = _RARITY_SIGNALS, _CONDUCT_SIGNALS
    if model.without:
        rarity_signals, conduct_signals = _left(RARITY, model), _left(CONDUCT, model)
    prior = round(model.prior + (model.cold_prior - model.prior) / (1.0 + scene.sign_ins), 3)
    reasons: list[Reason] = []
    total = prior + _gather(rarity_signals, scene, reasons)
    if profile.successes < model.few:
        total += _capped(total, profile, model, reasons)
    total += _gather(conduct_signals, scene, reasons)
    if "account" not in model.without and (said := feedback.judgement(scene, total)) is not None:
        reasons.append(said)
        total += said.weight
    total = round(total, 3)
    reasons.sort(key=_heaviness, reverse=True)
    return Assessment(total, model.thresholds.level_of(total), prior, tuple(reasons), model.version)


def _gather(signals: tuple[Signal, ...], scene: Scene, reasons: list[Reason]) -> float:
    """Ask the signals, keep the reasons that weigh anything, and return the sum of their weights."""
    total = 0.0
    for signal in signals:
        reason = signal(scene)
        if reason is not None:
            reasons.append(reason)
            total += reason.weight
    return total


def _left(groups: tuple[tuple[str, tuple[Signal, ...]], ...], model: Model) -> tuple[Signal, ...]:
    return tuple(signal for name, group in groups if name not in model.without for signal in group)


def _capped(total: float, profile: Profile, model: Model, reasons: list[Reason]) -> float:
    """What is taken off, so that prior and rarity stay below Medium (no sign-in yet) or High (a few)."""
    thresholds = model.thresholds
    ceiling = thresholds.medium if profile.successes < model.cold_low else thresholds.high
    sentence = f"only {profile.successes} earlier sign-in(s): what is rare for this user is not yet known"
    reason = because("few_sign_ins", str(profile.successes), min(ceiling - _STEP - total, 0.0), sentence)
    if reason is None:
        return 0.0
    reasons.append(reason)
    return reason.weight


def _heaviness(reason: Reason) -> float:
    return abs(reason.weight)
