"""Thresholds from a challenge budget and a pool's own history, without labels.

The history is replayed through the engine (`doorward.risk.replay`). The pool's own sign-ins are the legitimate ones;
the thresholds are the lowest at which each level asks no more of them than its budget allows. Impostors are made only
to report how many of them each level catches: they move no threshold. The same history always gives the same
thresholds.

What bends a threshold is bounded: one account fills at most `ACCOUNT_SHARE` of what a level's budget allows,
however often and from wherever it signs in.
"""

from collections.abc import Iterable, Mapping
from math import ceil, floor
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from doorward.risk.fitting import LEAST, MOST
from doorward.risk.levels import Level, Thresholds
from doorward.risk.model import SHIPPED, Model
from doorward.risk.past_attempt import PastAttempt
from doorward.risk.replay import Score, Scored, replayed
from doorward.risk.traits import TRAITS

ALLOWED_AT_LEAST: Final = 5
"""Sign-ins that the strictest budget must allow: fewer make no quantile."""
USERS_AT_LEAST: Final = 100
ACCOUNT_SHARE: Final = 0.25
"""The most of a level's allowance that one account's sign-ins use up when the threshold is set."""
CLEAR_OF_UNKNOWN: Final = 1.0
"""By how much Low begins above the prior of a user without history."""

_APART: Final = 0.1
"""The least distance between two thresholds."""
_THOUSANDTH: Final = 0.001
_RISKY: Final = (Level.LOW, Level.MEDIUM, Level.HIGH)


class Budget(msgspec.Struct, frozen=True):
    """The most of the legitimate sign-ins that may be at a level or above: shares between 0 and 1.

    Raises ValueError where one is not a share, or they do not fall from `low` to `high`.
    """

    low: float = 0.05
    medium: float = 0.01
    high: float = 0.002

    def __post_init__(self) -> None:
        if not 0.0 < self.high <= self.medium <= self.low < 1.0:
            raise ValueError(
                "The budget must be three shares above 0 and below 100 %, none above the one before it."
            )

    @property
    def sign_ins_at_least(self) -> int:
        """How many scored sign-ins a calibration with this budget needs."""
        return ceil(ALLOWED_AT_LEAST / self.high)


DEFAULT_BUDGET: Final = Budget()


class Shares(msgspec.Struct, frozen=True):
    """The share of attempts at each level or above."""

    low: float
    medium: float
    high: float


Concentrations = Annotated[
    tuple[Annotated[float, Meta(ge=LEAST, le=MOST)], ...], Meta(min_length=TRAITS, max_length=TRAITS)
]
"""One number for each trait, as `Model.alphas`."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a calibration.

    `source` is `calibrated`, or `shipped` where the history was too short, and `because` says so. `sign_ins`
    and `users` are those that were scored. `expected` is the share of legitimate sign-ins that each level and
    those above ask, `caught` the same of each attacker: `naive` has another user's whole circumstance, `vpn`
    another user's of the victim's country. They are None or left out where there was nothing to measure. `at`
    is in seconds since the epoch, `model_version` that of the model whose scores were looked at.
    """

    thresholds: Thresholds
    source: str
    sign_ins: int
    users: int
    expected: Shares | None
    caught: dict[str, Shares]
    at: float
    budget: Budget
    model_version: str
    because: str
    alphas: Concentrations | None = None


def calibrate(
    history: Iterable[PastAttempt], *, at: float, budget: Budget = DEFAULT_BUDGET, model: Model = SHIPPED
) -> Calibration:
    """Return the thresholds that keep a pool within a budget; `history` stands in the order of time.

    Too little history leaves the model's own thresholds: `Budget.sign_ins_at_least` sign-ins of
    `USERS_AT_LEAST` users must be scored, after a warm-up of `replay.WARM_UP` seconds. Counted are sign-ins of users
    whose earlier ones the history holds. What the engine knows of an account besides (its age, the password's)
    is not in a history and is left out.

    Raises ValueError where time runs backwards.
    """
    measured = _Measured()
    for scored in replayed(history, model):
        measured.take(scored)
    accounts = measured.accounts()
    needed = budget.sign_ins_at_least
    enough = len(measured.legitimate) >= needed and len(accounts) >= USERS_AT_LEAST
    thresholds = _fitted(measured.legitimate, budget, _floor(model)) if enough else model.thresholds
    counted = f"{len(measured.legitimate)} sign-ins of {len(accounts)} users after the warm-up"
    return Calibration(
        thresholds=thresholds,
        source="calibrated" if enough else "shipped",
        sign_ins=len(measured.legitimate),
        users=len(accounts),
        expected=_shares(measured.legitimate, thresholds),
        caught={
            attacker: shares
            for attacker, scores in measured.impostors.items()
            if (shares := _shares(scores, thresholds)) is not None
        },
        at=at,
        budget=budget,
        model_version=model.version,
        because=f"from {counted}"
        if enough
        else f"too little history: {counted}, {needed} of {USERS_AT_LEAST} are needed",
    )


class _Measured:
    """The scores of a replayed history."""

    def __init__(self) -> None:
        self.legitimate: list[Score] = []
        self.impostors: dict[str, list[Score]] = {"naive": [], "vpn": []}

    def take(self, scored: Scored) -> None:
        (self.legitimate if scored.attacker is None else self.impostors[scored.attacker]).append(scored.score)

    def accounts(self) -> set[str]:
        return {scored.user for scored in self.legitimate}


def _floor(model: Model) -> float:
    """The least threshold of Low: clear of the score of a new user of whom nothing else is known.

    Unknown is not risky, however regular everybody else is.
    """
    return model.cold_prior + CLEAR_OF_UNKNOWN


def _fitted(legitimate: list[Score], budget: Budget, least: float) -> Thresholds:
    """The lowest thresholds within the budget. Each is a whole number of thousandths, as scores are."""
    ordered = sorted(legitimate, key=lambda scored: (-scored.value, scored.user))
    count = len(ordered)
    low = max(_lowest(ordered, Level.LOW, floor(budget.low * count)), least)
    medium = max(_lowest(ordered, Level.MEDIUM, floor(budget.medium * count)), low + _APART)
    high = max(_lowest(ordered, Level.HIGH, floor(budget.high * count)), medium + _APART)
    return Thresholds(round(low, 3), round(medium, 3), round(high, 3), "calibrated")


def _lowest(ordered: list[Score], level: Level, allowed: int) -> float:
    """The lowest threshold that at most `allowed` sign-ins reach, no account counted beyond its share."""
    each = max(floor(allowed * ACCOUNT_SHARE), 1)
    used: dict[str, int] = {}
    left = allowed
    last = 0.0
    for scored in ordered:
        if scored.ceiling < level or used.get(scored.user, 0) >= each:
            continue
        last = scored.value
        if left == 0:
            return last + _THOUSANDTH
        used[scored.user] = used.get(scored.user, 0) + 1
        left -= 1
    return last + _THOUSANDTH


def _shares(scores: list[Score], thresholds: Thresholds) -> Shares | None:
    """The share at each level or above, every attempt counted."""
    if not scores:
        return None
    least: Mapping[Level, float] = {
        Level.LOW: thresholds.low,
        Level.MEDIUM: thresholds.medium,
        Level.HIGH: thresholds.high,
    }
    low, medium, high = (
        sum(1 for scored in scores if scored.reaches(level, least[level])) / len(scores) for level in _RISKY
    )
    return Shares(low, medium, high)
