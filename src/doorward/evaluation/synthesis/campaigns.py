"""Attacks on many: leaked pairs tried one after the other, few passwords over many names, the search for names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from doorward.clock import Chance, seeded
from doorward.evaluation import published
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.synthesis.attempts import ATTACK, NOTHING_SEEN, Attempts
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.clients import Catalogue
from doorward.evaluation.synthesis.countries import attack_shares
from doorward.evaluation.synthesis.drawing import Weighted, bits, one_of
from doorward.evaluation.synthesis.networks import Country
from doorward.evaluation.synthesis.people import user_id
from doorward.evaluation.synthesis.rhythm import DAY, HOUR
from doorward.evaluation.synthesis.strangers import BOTS
from doorward.evaluation.synthesis.world import World

_TRIES: Final = (1, 2, 3)
"""At a name, when leaked pairs are tried: from the protocol."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the attacks on many come to: rows, of them at names that exist, addresses."""

    rows: int
    known: int
    addresses: int


def campaigns(
    choices: Choices,
    world: World,
    catalogue: Catalogue,
    attempts: Attempts,
    plan: Plan,
    tick: Callable[[int], None],
) -> None:
    """Put down campaigns until the planned rows are there, spread over the three kinds as chosen."""
    countries = Weighted((world.countries[code], share) for code, share in attack_shares(choices).items())
    kinds = {"stuffing": choices.stuffing, "spraying": choices.spraying, "enumeration": choices.enumeration}
    # Searchers of names find few; all the rest of the known names is tried by the others.
    knocking = plan.rows * (choices.stuffing + choices.spraying)
    known = min(plan.known / knocking, 0.95) if knocking else 0.0
    pools = Weighted(choices.campaign_pools)
    addresses, number, done = plan.addresses, 0, 0
    for kind, share in kinds.items():
        left = int(plan.rows * share)
        while left > 0:
            chance = seeded(choices.seed, "campaign", number)
            size = min(left, max(20, int(plan.rows * share * 0.25 * chance.random() ** 2)))
            pool = max(1, min(pools.draw(chance), addresses, size // 2))
            addresses = max(addresses - pool, 0)
            places = [_place(choices, countries.draw(chance), chance) for _ in range(pool)]
            campaign = _Campaign(f"{kind}-{number}", kind, places, 0.0 if kind == "enumeration" else known)
            campaign.run(choices, catalogue, attempts, size, chance)
            left -= size
            done += size
            number += 1
            tick(done)


def planned(choices: Choices, attempts: Attempts) -> Plan:
    """Return what is missing to the published shares, given everything that people did."""
    counted = attempts.counted
    rows = expected_rows(counted.successes, choices)
    failing = rows * (1.0 - choices.unknown_share) - counted.successes
    missing = max(int(failing) - (counted.rows - counted.successes - counted.unknown), 0)
    of_attacks = max(int(rows * published.ATTACK_SHARE) - counted.attack, 0)
    addresses = int(rows * published.ATTACK_ADDRESSES / published.ROWS)
    return Plan(of_attacks if choices.unknown_share else min(of_attacks, missing), missing, addresses)


def expected_rows(successes: int, choices: Choices) -> float:
    """Return how many rows there must be for so many successes: the published share, among known names."""
    known = published.SUCCESS_SHARE / (1.0 - published.UNKNOWN_SHARE)
    return successes / known / (1.0 - choices.unknown_share)


def _place(choices: Choices, country: Country, chance: Chance) -> str:
    network = (
        one_of(country.hosting, chance)
        if chance.random() < choices.campaign_hosted
        else country.homes.draw(chance)
    )
    return network.address(network.prefix(chance), chance)


@dataclass(slots=True)
class _Campaign:
    name: str
    kind: str
    places: list[str]
    known: float

    def run(
        self, choices: Choices, catalogue: Catalogue, attempts: Attempts, size: int, chance: Chance
    ) -> None:
        starts = chance.random() * choices.days * DAY
        # Sprayers are slow; the others are as fast as their addresses let them.
        lasts = (
            (5.0 + 25.0 * chance.random()) * DAY
            if self.kind == "spraying"
            else (0.5 + 30 * chance.random()) * HOUR
        )
        lasts = min(lasts, choices.days * DAY * 0.5)
        starts = min(starts, choices.days * DAY - lasts - 1.0)
        low, high = choices.hits
        hits = 0.0 if self.kind == "enumeration" else low * (high / low) ** chance.random()
        if self.kind == "spraying":
            hits /= 10.0
        clients = self._clients(choices, catalogue, starts / DAY, chance)
        at, gap, label = starts, lasts / size, f"{self.name},{self.kind}"
        place, client, tried = self.places[0], clients[0], 0
        while tried < size:
            name = int(chance.random() * choices.users) if chance.random() < self.known else None
            user = UNKNOWN_USER if name is None else user_id(choices.seed, name)
            for _ in range(one_of(_TRIES, chance) if self.kind == "stuffing" else 1):
                place = one_of(self.places, chance)
                if len(clients) > 1 and chance.random() < choices.campaign_rotates:
                    client = one_of(clients, chance)
                right = name is not None and chance.random() < hits
                attempts.put(int(at), user, place, client, right, ATTACK, NOTHING_SEEN, chance, label)
                tried += 1
                at += gap * 2.0 * chance.random()
                if right or tried == size:
                    break

    def _clients(self, choices: Choices, catalogue: Catalogue, day: float, chance: Chance) -> list[str]:
        if chance.random() < choices.campaign_bots:
            return [BOTS.draw(chance)]
        kinds = ("desktop", "desktop", "mobile")
        devices = [catalogue.device(one_of(kinds, chance), chance) for _ in range(1 + bits(5, chance))]
        return [catalogue.client(device.program, device, day) for device in devices]
