"""What is known of a whole pool: how common each value is among its users, and what was reported.

Mutable, in memory, deterministic, bounded. Nobody may bend it: see `observe` and `report` for the bounds.
"""

from math import log, log1p
from typing import Final

from doorward.risk.circumstance import Circumstance
from doorward.risk.model import SHIPPED, Model
from doorward.risk.profile import hour_and_day
from doorward.risk.traits import (
    ASN,
    BROWSER,
    COUNTRY,
    DEVICE_ID,
    DEVICE_TYPE,
    OS,
    PLATFORM,
    PREFIX,
    REGION,
    TRAITS,
    VERSIONED,
    Keys,
    key_of,
    keys_of,
)

AT_MOST: Final = (
    512, 8_192, 65_536, 87_381, 87_381, 16, 64, 2_048, 16_384, 32_768, 32_768, 65_536, 43_690, 87_381, 4_096, 1_024,
)  # fmt: skip
"""How many values of each trait are held; beyond, the rarer half is forgotten (lossy counting).

87,381 fill a table of 2¹⁷ slots. All maps and reports full take less than 100 MB (`benchmarks/risk_memory.py`).
"""
PREFIX_MASS: Final = 32.0
PREFIX_SHARE: Final = 0.02
"""No /24 or /48 may hold more than PREFIX_MASS, or PREFIX_SHARE of the pool where that is more."""
REPORTED_AT_MOST: Final = 16_384
REPORTERS_AT_MOST: Final = 8
_REACH: Final = 8.0
_ENOUGH: Final = 20.0


class Population:
    """The pool's global counts, decayed forward as a profile's are (`doorward.risk.profile`).

    `counts[trait][key]` is a mass, not a number of sign-ins: see `observe`.
    """

    __slots__ = (
        "counts", "days", "hours", "landmark", "mass", "model", "recent", "recent_landmark", "recent_scale", "reports",
        "scale", "totals",
    )  # fmt: skip

    def __init__(self, model: Model = SHIPPED) -> None:
        self.model = model
        self.counts: tuple[dict[int, float], ...] = tuple({} for _ in range(TRAITS))
        self.hours = [0.0] * 24
        self.days = [0.0] * 7
        self.mass = 0.0
        self.totals = [0.0] * TRAITS
        """For each trait the part of the mass whose sign-ins told it."""
        self.landmark: float | None = None
        self.scale = 1.0
        """What to multiply a stored mass with to have its value at the last observation."""
        self.recent: dict[int, float] = {}
        """The mass of what a version is counted below, in the versions' own decay."""
        self.recent_landmark: float | None = None
        self.recent_scale = 1.0
        """As `scale`, for `recent` and the counts of the VERSIONED traits, which are soon out of date."""
        self.reports: dict[tuple[int, int], dict[int, float]] = {}

    def observe(self, circumstance: Circumstance, earlier: int = 0) -> None:
        """Count a fully successful sign-in of an account with `earlier` successful ones before it.

        A sign-in weighs 1 / (1 + earlier): after n sign-ins an account weighs at most 1 + ln n, so that
        the counts say how common a value is *among users*. Once a /24 or /48 (or the lack of any) holds
        PREFIX_MASS and PREFIX_SHARE of the pool, its further sign-ins are not counted: that is the most that
        one network, and so one address, can shift the pool's view.
        """
        keys = keys_of(circumstance)
        growth = self._growth(circumstance.at)
        weight = growth / (1 + max(earlier, 0))
        prefixes = self.counts[PREFIX]
        held = prefixes.get(keys[PREFIX], 0.0)
        if held + weight > max(PREFIX_MASS * growth, PREFIX_SHARE * self.mass):
            return
        self.mass += weight
        # The lack of a network is counted under UNKNOWN, for the bound alone.
        prefixes[keys[PREFIX]] = held + weight
        recent = self._recent_growth(circumstance.at) / (1 + max(earlier, 0))
        if parent := version_parent(keys):
            self.recent[parent] = self.recent.get(parent, 0.0) + recent
            if len(self.recent) > AT_MOST[PLATFORM]:
                _forget_the_rarer_half(self.recent)
        if keys[REGION]:
            # Regions are looked up below their country, of whose sign-ins many tell none.
            regions = self.counts[REGION]
            regions[keys[COUNTRY]] = regions.get(keys[COUNTRY], 0.0) + weight
        for trait, key in enumerate(keys):
            if not key:
                continue
            self.totals[trait] += weight
            if trait != PREFIX:
                of_trait = self.counts[trait]
                of_trait[key] = of_trait.get(key, 0.0) + (recent if trait in VERSIONED else weight)
                if len(of_trait) > AT_MOST[trait]:
                    _forget_the_rarer_half(of_trait)
        if len(prefixes) > AT_MOST[PREFIX]:
            _forget_the_rarer_half(prefixes)
        hour, day = hour_and_day(circumstance.at)
        self.hours[hour] += weight
        self.days[day] += weight

    def recent_mass(self, keys: Keys) -> float:
        """The mass of what a version is counted below, as lately as versions are."""
        return self.recent.get(version_parent(keys), 0.0) * self.recent_scale

    @property
    def share_identified(self) -> float:
        """The share of the pool that shows device ids; near 0 while the pool is small."""
        return self.totals[DEVICE_ID] / (self.mass + _ENOUGH / self.scale)

    def report(self, circumstance: Circumstance, account: str, at: float) -> None:
        """Invalid feedback: mark the network and the device in the pool's eyes.

        Each account counts once for a network or device, REPORTERS_AT_MOST accounts are told apart, and
        `reputation` is bounded by `Model.reputation_at_most`.
        """
        for place in _reported(keys_of(circumstance)):
            reporters = self.reports.pop(place, {})
            reporters.pop(key_of(account), None)
            reporters[key_of(account)] = at
            if len(reporters) > REPORTERS_AT_MOST:
                del reporters[next(iter(reporters))]
            self.reports[place] = reporters
        while len(self.reports) > REPORTED_AT_MOST:
            del self.reports[next(iter(self.reports))]

    def withdraw(self, circumstance: Circumstance, account: str) -> None:
        """Valid feedback: this account's reports against the network and the device are taken back."""
        for place in _reported(keys_of(circumstance)):
            if (reporters := self.reports.get(place)) is not None:
                reporters.pop(key_of(account), None)
                if not reporters:
                    del self.reports[place]

    def reputation(self, trait: int, key: int, at: float) -> tuple[float, int]:
        """How much reports against a PREFIX, ASN or DEVICE_ID weigh at `at`, and how many accounts reported.

        `reputation` · ln(1 + decayed reporters / (1 + the users it has in the pool)) · 2, at most
        `reputation_at_most`: a large provider is not condemned for a few of its customers.
        """
        reporters = self.reports.get((trait, key))
        if not reporters:
            return 0.0, 0
        half_life = self.model.half_life
        decayed = sum(2.0 ** -min(max(at - when, 0.0) / half_life, 60.0) for when in reporters.values())
        users = self.counts[trait].get(key, 0.0) * self.scale
        weight = 2 * self.model.reputation * log1p(decayed / (1 + users / 4)) / log(4)
        return min(weight, self.model.reputation_at_most), len(reporters)

    def _growth(self, at: float) -> float:
        """The forward-decay weight of a sign-in at `at`; moves the landmark when the weights grow large."""
        if self.landmark is None:
            self.landmark = at
        age = (at - self.landmark) / self.model.half_life
        if age > _REACH:
            factor = 2.0 ** -min(age, 1000.0)
            for trait, of_trait in enumerate(self.counts):
                if trait not in VERSIONED:
                    for key in of_trait:
                        of_trait[key] *= factor
            self.hours = [mass * factor for mass in self.hours]
            self.days = [mass * factor for mass in self.days]
            self.mass *= factor
            self.totals = [total * factor for total in self.totals]
            self.landmark = at
            self.scale = 1.0
            return 1.0
        growth: float = 2.0 ** max(age, -20.0)
        # Time running backwards must not make what was counted heavier again.
        self.scale = min(self.scale, 1.0 / growth)
        return growth

    def _recent_growth(self, at: float) -> float:
        """As `_growth`, for what is counted of versions."""
        if self.recent_landmark is None:
            self.recent_landmark = at
        age = (at - self.recent_landmark) / self.model.version_half_life
        if age > _REACH:
            factor = 2.0 ** -min(age, 1000.0)
            for of_trait in (self.recent, *(self.counts[trait] for trait in VERSIONED)):
                for key in of_trait:
                    of_trait[key] *= factor
            self.recent_landmark = at
            self.recent_scale = 1.0
            return 1.0
        growth: float = 2.0 ** max(age, -20.0)
        self.recent_scale = min(self.recent_scale, 1.0 / growth)
        return growth


def version_parent(keys: Keys) -> int:
    """What a version is counted below: the platform, or else the narrowest thing known above it."""
    return keys[PLATFORM] or keys[BROWSER] or keys[OS] or keys[DEVICE_TYPE]


def _reported(keys: Keys) -> list[tuple[int, int]]:
    return [(trait, keys[trait]) for trait in (PREFIX, ASN, DEVICE_ID) if keys[trait]]


def _forget_the_rarer_half(of_trait: dict[int, float]) -> None:
    kept = sorted(of_trait.items(), key=lambda item: (-item[1], item[0]))[: len(of_trait) // 2]
    of_trait.clear()
    of_trait.update(kept)
