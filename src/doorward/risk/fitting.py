"""Concentrations from a pool's own history: empirical Bayes, with the shipped values as the prior.

How far a user's next sign-in follows his earlier ones differs from pool to pool: a school's people share one
network, a shop's come from everywhere. The concentration α of each trait says how many of the user's own
sign-ins the pool's share is worth. The best α is the one under which the pool's sign-ins were least surprising,
each predicted before it was learned (prequential: Dawid, JRSS A 1984). No labels are needed, and nothing is
left to chance: the same history gives the same model.
"""

from array import array
from collections.abc import Iterable
from math import exp, log
from typing import Final

from msgspec.structs import replace

from doorward.risk.backoff import of_user
from doorward.risk.circumstance import Circumstance
from doorward.risk.model import SHIPPED, Model
from doorward.risk.population import Population
from doorward.risk.profile import Profile, learn
from doorward.risk.scene import NO_FACTS, Level, Scene
from doorward.risk.traits import (
    CLIENT_CHAIN,
    COUNTRY,
    LANGUAGE,
    NETWORK_CHAIN,
    NETWORK_KIND,
    PLACE_CHAIN,
    TIMEZONE,
    TRAITS,
)
from doorward.risk.velocity import QUIET

LEAST: Final = 0.01
MOST: Final = 100.0
"""No concentration is fitted outside of these."""
DEVIATION: Final = 0.5
"""How far ln α may lie from the shipped value's before the history must speak up: a standard deviation."""
OBSERVATIONS: Final = 32_768
"""Predictions kept of each trait; of a longer history every second, fourth ... is kept."""

_FITTED: Final = "-fitted"
_CHAINS: Final = (NETWORK_CHAIN, CLIENT_CHAIN, (NETWORK_KIND,), (LANGUAGE,), (TIMEZONE,))
_GOLDEN: Final = (5**0.5 - 1) / 2
_NUMBERS: Final = 5
"""Of a prediction: what `of_user` is given."""
_STEPS: Final = 24
"""Of the search: each leaves 0.62 of the interval, all together less than a ten-thousandth of ln α."""


def fit(history: Iterable[tuple[str, Circumstance]], model: Model = SHIPPED) -> Model:
    """Return the model with the concentrations that predict these successful sign-ins best.

    `history` holds the user and the circumstance of each, in the order of time. A trait that the history does
    not tell of keeps its concentration; a short history moves the others little.

    Raises ValueError where time runs backwards.
    """
    fitting = Fitting(model)
    profiles: dict[str, Profile] = {}
    population = Population(model)
    latest = float("-inf")
    for user, circumstance in history:
        if circumstance.at < latest:
            raise ValueError("The history of a pool must stand in the order of time.")
        latest = circumstance.at
        profile = profiles.get(user) or Profile()
        fitting.see(circumstance, profile, population)
        population.observe(circumstance, profile.successes)
        profiles[user] = learn(profile, circumstance, model)
    return fitting.fitted()


class Fitting:
    """Sees sign-ins in the order of time, each before it is learned, and then says which model predicts them.

    For those who replay a history anyway; `fit` replays it for you.
    """

    def __init__(self, model: Model = SHIPPED) -> None:
        self._model = model
        self._predictions = [_Predictions() for _ in range(TRAITS)]
        self.sign_ins = 0
        """How many were seen of users with an earlier one."""

    def see(self, circumstance: Circumstance, profile: Profile, population: Population) -> None:
        """Take in a sign-in of the user with this profile."""
        if not profile.successes:
            return
        self.sign_ins += 1
        scene = Scene(circumstance, profile, population, QUIET, NO_FACTS, self._model)
        told: list[Level] = []
        for chain in _CHAINS:
            scene.odds_against_user(chain, told)
        if scene.on_new_network:
            scene.odds_against_user(PLACE_CHAIN, told, below=COUNTRY)
        for trait, known, total, values, forgotten, share in told:
            self._predictions[trait].add(known, total, values, forgotten, share)

    def fitted(self) -> Model:
        """Return the model with the concentrations of the greatest posterior, and a version that says so."""
        model = self._model
        alphas = tuple(
            round(of_trait.best(model.alphas[trait], model.discounts[trait]), 4)
            for trait, of_trait in enumerate(self._predictions)
        )
        return replace(model, version=fitted_version(model.version), alphas=alphas)


def fitted_version(version: str) -> str:
    """Return what a model of this version is called with a pool's own concentrations."""
    return version if is_fitted(version) else f"{version}{_FITTED}"


def is_fitted(version: str) -> bool:
    """Tell whether a version is one of those that `fitted_version` makes."""
    return version.endswith(_FITTED)


class _Predictions:
    """What was known of one trait before each sign-in: counts and share, but not yet how far to trust them."""

    def __init__(self) -> None:
        self._kept = array("d")
        self._seen = 0
        self._stride = 1

    def add(self, known: float, total: float, values: int, forgotten: float, share: float) -> None:
        self._seen += 1
        if self._seen % self._stride:
            return
        self._kept.extend((known, total, values, forgotten, share))
        if len(self._kept) >= _NUMBERS * OBSERVATIONS:
            self._stride *= 2
            self._kept = array(
                "d", (number for place, number in enumerate(self._kept) if place // _NUMBERS % 2)
            )

    def best(self, shipped: float, discount: float) -> float:
        """Return the α of the greatest posterior, by golden-section search over ln α."""
        if not self._kept:
            return shipped
        low, high = log(LEAST), log(MOST)
        one, other = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        of_one = self._posterior(one, shipped, discount)
        of_other = self._posterior(other, shipped, discount)
        for _ in range(_STEPS):
            if of_one < of_other:
                low, one, of_one = one, other, of_other
                other = low + _GOLDEN * (high - low)
                of_other = self._posterior(other, shipped, discount)
            else:
                high, other, of_other = other, one, of_one
                one = high - _GOLDEN * (high - low)
                of_one = self._posterior(one, shipped, discount)
        return exp((low + high) / 2)

    def _posterior(self, log_alpha: float, shipped: float, discount: float) -> float:
        """The logarithm of prior times likelihood, but for a constant."""
        alpha, kept = exp(log_alpha), self._kept
        likelihood = 0.0
        for known, total, values, forgotten, share in zip(
            *(kept[place::_NUMBERS] for place in range(_NUMBERS)), strict=True
        ):
            likelihood += log(of_user(known, total, int(values), forgotten, share, alpha, discount))
        return self._stride * likelihood - ((log_alpha - log(shipped)) / DEVIATION) ** 2 / 2
