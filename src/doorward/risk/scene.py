"""Everything the signals of one attempt look at, with the few figures that several of them share."""

from math import log
from typing import Final

import msgspec

from doorward.risk.circumstance import Circumstance
from doorward.risk.model import Mixing, Model
from doorward.risk.population import Population
from doorward.risk.profile import Profile
from doorward.risk.traits import ASN, COUNTRY, DEVICE_ID, PREFIX, UNKNOWN, keys_of
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


class Scene:
    """One attempt, with what is known around it, as the signals see it."""

    __slots__ = (
        "account", "circumstance", "keys", "known_device", "known_network", "model", "population", "profile",
        "scale", "sign_ins", "velocity",
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
        self.known_device = (
            circumstance.remembered_device or self.keys[DEVICE_ID] in profile.counts[DEVICE_ID]
        )
        self.known_network = self.keys[PREFIX] in profile.counts[PREFIX]

    def share_of_user(self, trait: int) -> float:
        """The share of the user's sign-ins with this value, among those where the trait was known."""
        total = self.profile.totals[trait]
        return self.profile.counts[trait].get(self.keys[trait], 0) / total if total else 0.0

    def times(self, trait: int) -> str:
        """How often the value was seen, as people say it: `3 of 41`."""
        earlier = self.profile.successes
        share = self.share_of_user(trait)
        seen = max(round(share * earlier), 1) if share else 0
        return f"{min(seen, earlier)} of {earlier}"

    def odds_against_user(self, chain: tuple[int, ...]) -> float:
        """p(values | anybody of the pool) / p(values | this user), with hierarchical back-off.

        On each level with n(value) of n sign-ins, and the level above it giving p(parent | user):
        p(value | user) = (n(value) + α · p(parent | user) · p(value | parent, pool)) / (n + α).
        A level that is not known passes its parent on. 1 where nothing is known of the user.
        """
        keys, scale, model = self.keys, self.scale, self.model
        counts, totals, alphas = self.profile.counts, self.profile.totals, model.alphas
        conditional = self.population.conditional
        of_user = of_pool = 1.0
        parent, parent_key = COUNTRY, UNKNOWN
        for trait in chain:
            if key := keys[trait]:
                share = conditional(trait, key, parent, parent_key)
                alpha = alphas[trait]
                of_pool *= share
                seen = counts[trait].get(key, 0)
                if trait == ASN and parent_key:
                    # A known carrier in a new country is no known network.
                    seen = min(seen, counts[COUNTRY].get(parent_key, 0))
                of_user = (seen * scale + alpha * of_user * share) / (totals[trait] * scale + alpha)
                parent, parent_key = trait, key
        return of_pool / of_user

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
