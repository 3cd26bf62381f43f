"""A pool's history, replayed through the engine: each sign-in scored before it is learned.

An impostor (a sign-in of somebody else, put in the victim's place) is scored with many of them. Nothing here is left
to chance, so the same history always gives the same scores.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from doorward.risk.ahead import Donors, with_those_after
from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import Level, Thresholds
from doorward.risk.model import DAY, Model
from doorward.risk.past_attempt import PastAttempt
from doorward.risk.population import Population
from doorward.risk.profile import Profile, learn
from doorward.risk.score import score
from doorward.risk.velocity import Outcome, Velocity, VelocityView

WARM_UP: Final = 14 * DAY
"""Seconds at the beginning of a history that only teach."""
IMPOSTORS: Final = 20_000
"""From so many scored sign-ins on an impostor is tried on every second one, from twice as many on every third."""

_LIFTS: Final = 0.01
"""What velocity and account must add to lift a capped score over the threshold that it was capped below."""
_NO_CEILING: Final = Thresholds(low=1e6, medium=2e6, high=3e6)


class Score(msgspec.Struct, frozen=True, gc=False):
    """The score of one attempt, and the highest level it can have whatever the thresholds are."""

    user: str
    value: float
    ceiling: Level

    def reaches(self, level: Level, threshold: float) -> bool:
        """Whether the attempt is at a level or above, where the level begins at a threshold."""
        return self.value >= threshold and self.ceiling >= level


class Scored(msgspec.Struct, frozen=True):
    """A score, of the legitimate sign-in (`attacker` is None) or of an impostor in its place."""

    attacker: str | None
    score: Score


def replayed(history: Iterable[PastAttempt], model: Model) -> Iterator[Scored]:
    """Yield the scores of a history's sign-ins, each before it is learned, and those of impostors in their place.

    The model's thresholds count for nothing. Raises ValueError where time runs backwards.
    """
    model = replace(model, thresholds=_NO_CEILING)
    rarity = replace(model, without=model.without | {"velocity", "account"})
    profiles: dict[str, Profile] = {}
    population, velocity = Population(model), Velocity()
    began: float | None = None
    latest = float("-inf")
    scored = 0
    for attempt, after in with_those_after(history):
        circumstance, user = attempt.circumstance, attempt.user
        now = circumstance.at
        if now < latest:
            raise ValueError("The history of a pool must stand in the order of time.")
        began, latest = now if began is None else began, now
        if attempt.outcome is Outcome.SUCCESS:
            profile = profiles.get(user) or Profile()
            # Of a user whose earlier sign-ins are older than the history the replay knows too little.
            known = profile.successes >= min(attempt.earlier, model.few)
            if known and now - began >= WARM_UP:
                view = velocity.view(circumstance, user, now)
                yield Scored(None, _score(user, circumstance, profile, population, view, model, rarity))
                scored += 1
                # All at first, later fewer and fewer: the work stays in proportion, whatever the length.
                if scored % (1 + scored // IMPOSTORS) == 0:
                    for attacker, donor in _impostors(attempt, after):
                        view = velocity.view(donor, user, now)
                        yield Scored(attacker, _score(user, donor, profile, population, view, model, rarity))
            profiles[user] = learn(profile, circumstance, model)
            population.observe(circumstance, max(attempt.earlier, profile.successes))
        velocity.note(circumstance, user, attempt.outcome, now)


def _impostors(victim: PastAttempt, after: Donors) -> Iterator[tuple[str, Circumstance]]:
    """Yield attackers with what somebody else has a little later, at the instant of the victim's sign-in."""
    country = victim.circumstance.country
    for attacker, donor in (
        ("naive", after.somebody_else(victim.user)),
        ("vpn", after.somebody_else_in(country, victim.user) if country else None),
    ):
        if donor is not None:
            yield attacker, replace(donor, at=victim.circumstance.at, remembered_device=False)


def _score(
    user: str,
    circumstance: Circumstance,
    profile: Profile,
    population: Population,
    velocity: VelocityView,
    model: Model,
    rarity: Model,
) -> Score:
    """Score an attempt with thresholds out of reach, and say which level caps would leave it.

    Of a user with few sign-ins, rarity reaches a level below the thresholds, wherever they are; only what
    velocity and the account add can lift the attempt to a higher one.
    """
    value = score(circumstance, profile, population, velocity, model=model).score
    if profile.successes >= model.few:
        return Score(user, value, Level.HIGH)
    alone = score(circumstance, profile, population, velocity, model=rarity).score
    if value >= alone + _LIFTS:
        return Score(user, value, Level.HIGH)
    return Score(user, value, Level.LOW if profile.successes < model.cold_low else Level.MEDIUM)
