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
        self.keys = keys = keys_of(circumstance)
        self.scale = profile.scale(circumstance.at, model.half_life)
        """Multiplies a stored count into a decayed number of sign-ins."""
        self.sign_ins = sum(profile.days) * self.scale
        """Decayed number of earlier sign-ins."""
        earlier = profile.successes
        self.own = self.scale * (1.0 + log(earlier)) / earlier if earlier else 0.0
        """Multiplies a stored count into the mass that the user has in the pool by it (`Population.observe`)."""
        gap = (circumstance.at - profile.last_at) / model.version_half_life
        self.fade: float = 1.0 if gap <= 0.0 else 0.5 ** (gap if gap < 60.0 else 60.0)
        """What is left of a known version: nobody has kept it for sure since the last sign-in."""
        counts = profile.counts
        self.known_device = circumstance.remembered_device or keys[DEVICE_ID] in counts[DEVICE_ID]
        self.known_client = (
            self.known_device or keys[PLATFORM] in counts[PLATFORM] or keys[USER_AGENT] in counts[USER_AGENT]
        )
        """The device, or the kind of client that outlives an update."""
        self.known_network = keys[PREFIX] in counts[PREFIX]

    @property
    def on_new_network(self) -> bool:
        """In a /24 or /48 where the user was never seen, but in a country where he was."""
        return not self.known_network and self.keys[COUNTRY] in self.profile.counts[COUNTRY]

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

    def odds_against_user(
        self, chain: tuple[int, ...], told: list[Level] | None = None, *, below: int | None = None
    ) -> float:
        """p(values | anybody else of the pool) / p(values | this user), with hierarchical back-off.

        The product over the levels, from the widest down, of p(value | parent, pool) / p(value | parent, user); for
        the latter see `backoff.of_user`, from the former the user himself is left out. A level that is not known is
        passed over. One novelty counts once, on the level where it is new, for below it nothing is known of the
        user; where nothing is known at all the odds are 1. `told` is given what each level said; `below` is the
        trait that the widest level is counted below, where the chain does not begin with the pool as a whole.
        """
        keys, model, profile, pool = self.keys, self.model, self.profile, self.population
        alphas, discounts, unseen = model.alphas, model.discounts, model.unseen
        counts, masses, concentration = profile.counts, pool.counts, model.pool_concentration
        odds, within, recent = 1.0, -1, False
        own, scale, others = self.own, pool.scale, 0.0
        # One loop for twelve levels of every attempt, in which calls (min and max too) would cost more than the sums.
        for trait in chain:
            key = keys[trait]
            if not key:
                continue
            of_trait = counts[trait]
            if within < 0:
                within, others = profile.totals[trait], pool.totals[trait]
                if below is not None:
                    within = min(counts[below].get(keys[below], 0), within)
                    others = masses[trait].get(keys[below], 0.0)
                others = others * scale - within * own
            if not within:
                break
            seen = of_trait.get(key, 0)
            seen = seen if seen < within else within  # a known carrier in a new country is no known network
            if (trait in VERSIONED) is not recent:
                # What is counted of versions decays faster, in the pool as with the user.
                recent = not recent
                own = self.own * self.fade if recent else self.own
                scale = pool.recent_scale if recent else pool.scale
                if recent:
                    others = pool.recent_mass(keys) - within * own
            lasting = self.scale * self.fade if trait == BROWSER_VERSION else self.scale
            counted = masses[trait].get(key, 0.0) * scale - seen * own
            counted = counted if counted > 0.0 else 0.0
            others = others if others > counted else counted
            share = (counted + concentration * unseen[trait]) / (others + concentration)
            values, forgotten = len(of_trait), 0.0
            known, total = seen * lasting, within * lasting
            if values >= KEPT[trait]:
                kept, of_all = sum(of_trait.values()), profile.totals[trait]
                if of_all > kept:  # which it is not where lessons were taken back that were never kept
                    forgotten = (1.0 - kept / of_all) * total
            if told is not None:
                told.append((trait, known, total, values, forgotten, share))
            likely = of_user(known, total, values, forgotten, share, alphas[trait], discounts[trait])
            if trait == BROWSER_VERSION and not seen and self.steps_back:
                likely *= model.steps_back
            elif trait == COUNTRY:
                share += model.from_home * (likely - share)  # what impostors have of it
            odds *= share / likely
            others, within = counted, seen
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
