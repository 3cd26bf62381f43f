"""Everything the signals of one attempt look at, with the few figures that several of them share."""

from math import log
from typing import Final

import msgspec

from doorward.risk.backoff import of_user
from doorward.risk.circumstance import Circumstance
from doorward.risk.model import Mixing, Model
from doorward.risk.population import Population
from doorward.risk.profile import KEPT, Profile
from doorward.risk.traits import (
    BROWSER_VERSION,
    COUNTRY,
    DEVICE_ID,
    PLATFORM,
    PREFIX,
    UNKNOWN,
    USER_AGENT,
    VERSIONED,
    is_older,
    keys_of,
)
from doorward.risk.velocity import VelocityView


class AccountFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the directory knows of the account; every time in seconds since the epoch, None is unknown.

    `compromised` is True where the present password is known to have leaked, `takeovers` counts the
    sign-ins that were reported as not the user's own within the last two years.
    """

    created_at: float | None = None
    password_changed_at: float | None = None
    compromised: bool = False
    takeovers: int = 0


NO_FACTS: Final = AccountFacts()
_HALF_A_SIGN_IN: Final = 0.5

Level = tuple[int, float, float, int, float, float]
"""A trait; the decayed counts of its value and of the parent's; how many values are kept; the decayed count of
those that are not kept any more; the pool's share."""


class Scene:
    """One attempt, with what is known around it, as the signals see it."""

    __slots__ = (
        "account", "circumstance", "fade", "keys", "known_client", "known_device", "known_network", "model", "own",
        "population", "profile", "scale", "sign_ins", "velocity",
    )  # fmt: skip

    def __init__(
        self,
        circumstance: Circumstance,
        profile: Profile,
        population: Population,
        velocity: VelocityView,
        account: AccountFacts,
        model: Model,
    ) -> None:
        self.circumstance = circumstance
        self.profile = profile
        self.population = population
        self.velocity = velocity
        self.account = account
        self.model = model
        self.keys = keys_of(circumstance)
        self.scale = profile.scale(circumstance.at, model.half_life)
        """Multiplies a stored count into a decayed number of sign-ins."""
        self.sign_ins = sum(profile.days) * self.scale
        """Decayed number of earlier sign-ins."""
        earlier = profile.successes
        self.own = self.scale * (1.0 + log(earlier)) / earlier if earlier else 0.0
        """Multiplies a stored count into the mass that the user has in the pool by it (`Population.observe`)."""
        gap = max(circumstance.at - profile.last_at, 0.0)
        self.fade: float = 2.0 ** -min(gap / model.version_half_life, 60.0)
        """What is left of a known version: nobody has kept it for sure since the last sign-in."""
        self.known_device = (
            circumstance.remembered_device or self.keys[DEVICE_ID] in profile.counts[DEVICE_ID]
        )
        self.known_client = (
            self.known_device
            or self.keys[PLATFORM] in profile.counts[PLATFORM]
            or self.keys[USER_AGENT] in profile.counts[USER_AGENT]
        )
        """The device, or the kind of client that outlives an update."""
        self.known_network = self.keys[PREFIX] in profile.counts[PREFIX]

    def share_of_user(self, trait: int) -> float:
        """The share of the user's sign-ins with this value, among those where the trait was known."""
        total = self.profile.totals[trait]
        return self.profile.counts[trait].get(self.keys[trait], 0) / total if total else 0.0

    def earlier(self, trait: int, noun: str = "earlier sign-ins") -> str:
        """How often the value was seen, as people say it: `3 of 41 earlier sign-ins`.

        Where Valid feedback has taught the profile, its lessons are among the counts, and what was confirmed
        need not have succeeded: then no number is named.
        """
        earlier = self.profile.successes
        share = self.share_of_user(trait)
        if share and self.profile.trusted and self._confirmed():
            return f"some {noun} or confirmations"
        seen = max(round(share * earlier), 1) if share else 0
        return f"{min(seen, earlier)} of {earlier} {noun}"

    def _confirmed(self) -> bool:
        """Whether lessons of Valid feedback still weigh half a sign-in or more."""
        at, model = self.circumstance.at, self.model
        return any(
            model.trusted_lessons * 2.0 ** -min(max(at - mark.at, 0.0) / model.half_life, 60.0)
            >= _HALF_A_SIGN_IN
            for mark in self.profile.trusted
        )

    def levels(self, chain: tuple[int, ...]) -> list[Level]:
        """What the user's own counts and the pool say on each level of a chain, from the widest down.

        A level that is not known is passed over; below a value that is new to the user he has told nothing.
        Of the values that are not kept any more the parent's have their part.
        """
        keys, counts, scale = self.keys, self.profile.counts, self.scale
        conditional, totals = self.population.conditional, self.profile.totals
        own, own_version = self.own, self.own * self.fade
        levels = []
        parent, parent_key = COUNTRY, UNKNOWN
        within = -1
        for trait in chain:
            if key := keys[trait]:
                of_trait = counts[trait]
                if within < 0:
                    within = totals[trait]
                seen = of_trait.get(key, 0)
                if seen > within:  # noqa: PLR1730 - a known carrier in a new country is no known network
                    seen = within
                mass = own_version if trait in VERSIONED else own
                share = conditional(trait, key, parent, parent_key, seen * mass, within * mass)
                lasting = scale * self.fade if trait == BROWSER_VERSION else scale
                values = len(of_trait)
                forgotten = 0.0
                if values >= KEPT[trait] and within:
                    forgotten = max(1.0 - sum(of_trait.values()) / totals[trait], 0.0) * within * lasting
                levels.append((trait, seen * lasting, within * lasting, values, forgotten, share))
                parent, parent_key, within = trait, key, seen
        return levels

    def odds_against_user(self, chain: tuple[int, ...]) -> float:
        """p(values | anybody else of the pool) / p(values | this user), with hierarchical back-off.

        The product over the levels of p(value | parent, pool) / p(value | parent, user), for the latter see
        `backoff.of_user`. 1 where nothing is known of the user; one novelty counts once, on the level where it
        is new, for below it nothing is known of him.
        """
        model = self.model
        alphas, discounts = model.alphas, model.discounts
        odds = 1.0
        for trait, known, total, values, forgotten, share in self.levels(chain):
            if total:
                likely = of_user(known, total, values, forgotten, share, alphas[trait], discounts[trait])
                if trait == BROWSER_VERSION and not known and self.steps_back:
                    likely *= model.steps_back
                elif trait == COUNTRY:
                    share += model.from_home * (likely - share)  # noqa: PLW2901 - what impostors have of it
                odds *= share / likely
        return odds

    @property
    def steps_back(self) -> bool:
        """The version is older than one that the user has had of the same browser on the same platform."""
        key = self.keys[BROWSER_VERSION]
        return any(is_older(key, known) for known in self.profile.counts[BROWSER_VERSION])

    def evidence(self, odds: float, mixing: Mixing) -> float:
        """The weight of such odds, where some impostors copy the user and the user sometimes strays.

        ln [ ((1 − copies) · odds + copies) / ((1 − strays) + strays · odds) ]
        """
        copies, strays = mixing.copies, mixing.strays
        return log(((1.0 - copies) * odds + copies) / ((1.0 - strays) + strays * odds))

    def established(self, weight: float, narrow: tuple[int, ...]) -> float:
        """A weight in the user's favour, made smaller while what speaks for him was seldom seen or long ago.

        `narrow` are the traits that single out a network or client; where none of them is known the weight
        rests on the wide ones, whose counts speak for themselves.
        """
        if weight >= 0.0:
            return weight
        counts, keys = self.profile.counts, self.keys
        seen = max([counts[trait].get(keys[trait], 0) for trait in narrow]) * self.scale
        return weight * seen / (seen + self.model.established) if seen else weight

    def absence(self, trait: int) -> float:
        """The weight of a missing trait: positive where the user's attempts usually have it, bounded."""
        without = max(self.sign_ins - self.profile.totals[trait] * self.scale, 0.0)
        weight = log(0.5 * (self.sign_ins + 2.0) / (without + 1.0))
        return min(max(weight, 0.0), self.model.absent_at_most)
