"""The world: every country with its networks and whom they serve, drawn from the seed."""

from collections.abc import Iterator
from typing import Final

from doorward.clock import seeded
from doorward.evaluation import published
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.drawing import Weighted, one_of, zipf
from doorward.evaluation.synthesis.geography import Database, Geography, Region, Spread
from doorward.evaluation.synthesis.networks import Country, Network, carrier, venues_among

_ARTEFACT_ASN: Final = 500_000
_PER_BLOCK: Final = 12_000
"""Users for whom a carrier gets another /16."""
_LARGEST_SHARE: Final = 0.2
"""Of a country's users: no exit serves more."""


class World:
    """All countries, drawn from the seed."""

    def __init__(self, choices: Choices, shares: dict[str, float]) -> None:
        self._chance = seeded(choices.seed, "networks")
        self._choices = choices
        self._database = Database(choices)
        self._users = choices.users
        self._blocks = iter(_public_blocks())
        self._artefact_blocks = iter(range(256))
        self._asn = 1000
        self._artefact_asn = _ARTEFACT_ASN
        sizes = self._sizes(choices, Weighted(sorted(shares.items())), shares)
        self.countries = {code: self._country(code, share, sizes) for code, share in sorted(shares.items())}
        self.by_share = Weighted((country, country.share) for country in self.countries.values())
        hosts = Weighted(
            (country, country.share**0.6) for country in self.countries.values() if country.hosting
        )
        vpn = [(self._hosted(hosts.draw(self._chance)), size) for size in sizes.get("vpn", []) or [10.0]]
        self.vpn_exits = Weighted(vpn)
        """Places of VPN exits, by how many they serve."""
        self.flagged_exits = {place for place, _ in vpn if self._chance.random() < choices.vpn_flagged}
        """Those that are known for attacks."""

    def _sizes(
        self, choices: Choices, countries: Weighted[str], shares: dict[str, float]
    ) -> dict[str, list[float]]:
        """Draw how many users each shared address serves, as many of each published class as fit the users.

        The keys are `vpn`, and `mobile` or `venue` with a country behind it.
        """
        chance, sizes = self._chance, dict[str, list[float]]()
        addresses = choices.users * choices.addresses_per_user
        for low, count in published.ADDRESSES_BY_USERS:
            wanted = addresses * count / published.ADDRESSES
            for _ in range(int(wanted) + (chance.random() < wanted % 1)):
                size = low * (1.0 - chance.random() * (1.0 - 10.0**-_TAIL)) ** (-1.0 / _TAIL)
                kind = chance.random()
                if kind < choices.shared_by_vpn:
                    sizes.setdefault("vpn", []).append(min(size, 0.01 * choices.users))
                    continue
                code = countries.draw(chance)
                for _ in range(40):
                    if size <= _LARGEST_SHARE * shares[code] * choices.users:
                        break
                    code = countries.draw(chance)
                mobile = kind < choices.shared_by_vpn + choices.shared_by_mobile
                sizes.setdefault(f"{'mobile' if mobile else 'venue'} {code}", []).append(
                    min(size, _LARGEST_SHARE * shares[code] * choices.users)
                )
        return sizes

    def _country(self, code: str, share: float, sizes: dict[str, list[float]]) -> Country:
        chance, users, geography = self._chance, share * self._users, Geography(code, share)
        homes = self._homes(geography, users, share)
        people = _people(geography, homes)
        by_region = {centre.region: Weighted(_serving(centre.region, homes)) for centre in geography.centres}
        number = 2 + (share > 0.002) + (share > 0.02)
        networks = [
            self._network(
                geography,
                geography.hubs(chance) if chance.random() < self._choices.central_carriers else people,
                users / number,
                artefact=rank == 0,
            )
            for rank in range(number)
        ]
        exits: list[list[float]] = [[] for _ in networks]
        by_rank = Weighted(enumerate(zipf(number, 0.7)))
        few = [_FEW] * (2 * number + int(users * _SMALL_EXITS))
        for size in sorted(sizes.get(f"mobile {code}", []), reverse=True) + few:
            exits[by_rank.draw(chance)].append(size)
        carriers = Weighted(
            (carrier(network, people, given or [_FEW], chance), weight)
            for network, given, weight in zip(networks, exits, zipf(number, 0.7), strict=True)
        )
        venues = venues_among(
            [*sizes.get(f"venue {code}", []), *[_FEW] * (2 + int(users * _SMALL_VENUES))],
            people,
            by_region,
            chance,
        )
        hosting = [
            self._network(geography, geography.sites(chance), 0.0, artefact=False)
            for _ in range(1 + int(60 * share**0.7))
        ]
        return Country(code, share, people, Weighted(homes), by_region, hosting, carriers, venues)

    def _homes(self, geography: Geography, users: float, share: float) -> list[tuple[Network, float]]:
        weights = zipf(4 + int(420 * share**0.6), 1.25)
        total, larger = sum(weights), 0.0
        homes = []
        for rank, weight in enumerate(weights):
            national = not rank or larger < self._choices.national_homes * total
            spread = geography.everywhere if national else geography.some(self._chance)
            network = self._network(geography, spread, users * weight / total, artefact=rank in (1, 2, 3, 4))
            homes.append((network, weight))
            larger += weight
        return homes

    def _network(self, geography: Geography, spread: Spread, users: float, *, artefact: bool) -> Network:
        chance, number = self._chance, int(users / _PER_BLOCK) + 1
        blocks: list[str] = []
        if artefact and users > _FEWEST_FOR_ARTEFACT:
            blocks = [f"10.{block}" for _, block in zip(range(number), self._artefact_blocks, strict=False)]
        if blocks:
            self._artefact_asn += 1 + int(30 * chance.random())
            return Network(self._artefact_asn, geography, spread, blocks, self._located)
        self._asn += 1 + int(40 * chance.random())
        blocks = [next(self._blocks) for _ in range(number)]
        return Network(self._asn, geography, spread, blocks, self._located)

    def _located(self, network: Network) -> list[str]:
        """Return what the location database says of each /24 of a network."""
        chance = seeded(self._choices.seed, "location", network.asn)
        private = network.asn >= _ARTEFACT_ASN
        return [
            self._database.area(network.city(prefix), network.geography, chance, private=private)
            for prefix in range(network.size)
        ]

    def _hosted(self, country: Country) -> str:
        network = one_of(country.hosting, self._chance)
        return network.address(network.prefix(self._chance), self._chance)


_TAIL: Final = 0.8
"""Within a published class, sizes fall like this power: what the ratio of the first two classes says."""
_FEW: Final = 2.0
_SMALL_EXITS: Final = 0.004
_SMALL_VENUES: Final = 0.01
"""Exits and venues for a few people, per user of the country."""
_FEWEST_FOR_ARTEFACT: Final = 40.0


def _people(geography: Geography, homes: list[tuple[Network, float]]) -> Spread:
    """Return where those are who live behind these networks."""
    shares = dict.fromkeys((city for city, _ in geography.cities), 0.0)
    national = 0.0
    for network, weight in homes:
        if network.spread is geography.everywhere:
            national += weight
            continue
        for city in network.spread.cities:
            shares[city] += weight * network.spread.share(city)
    return Spread((city, shares[city] + national * share) for city, share in geography.cities)


def _serving(region: Region, homes: list[tuple[Network, float]]) -> Iterator[tuple[Network, float]]:
    """Yield the networks of homes in a region, by how many of them they have."""
    for network, weight in homes:
        share = network.spread.share(region)
        if share:
            yield network, weight * share


_RESERVED: Final = frozenset({10, 127, 169, 172, 192, 198, 203, 100})


def _public_blocks() -> Iterator[str]:
    """Yield the /16s of public IPv4, in an order that mixes them."""
    # 39,119 is coprime to 2¹⁶: every block comes once.
    for step in range(1 << 16):
        block = step * 39_119 % (1 << 16)
        first, second = divmod(block, 256)
        if 1 <= first <= 222 and first not in _RESERVED:
            yield f"{first}.{second}"
