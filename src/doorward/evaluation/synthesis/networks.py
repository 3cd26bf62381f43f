"""The networks of the world: carriers with their addresses, exits that many share, hosting.

A *place* is the text of the five columns from address to ASN, ready for the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from doorward.clock import Chance, seeded
from doorward.evaluation import published
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.drawing import Weighted, bits, one_of, zipf

_ARTEFACT_ASN: Final = 500_000
_PER_BLOCK: Final = 12_000
"""Users for whom a carrier gets another /16."""
_LARGEST_SHARE: Final = 0.2
"""Of a country's users: no exit serves more."""


@dataclass(slots=True)
class Network:
    """A carrier: who it is, and the /16 blocks that it has, each as its first two octets."""

    asn: int
    country: str
    areas: tuple[str, ...]
    blocks: list[str] = field(default_factory=list)

    def place(self, address: str) -> str:
        """Return the place of one of its addresses: the /16 lies in one of its areas."""
        area = self.areas[int(address.split(".", 2)[1]) % len(self.areas)]
        return f"{address},{area},{self.asn}"

    def prefix(self, chance: Chance) -> str:
        """Return a random /24, as its first three octets with the dot after them."""
        return f"{one_of(self.blocks, chance)}.{bits(8, chance)}."

    def address(self, prefix: str, chance: Chance) -> str:
        """Return the place of a random address in a /24 of this network."""
        return self.place(f"{prefix}{1 + int(254 * chance.random())}")


@dataclass(slots=True)
class Carrier:
    """A mobile network with the exits that its users share."""

    network: Network
    regions: Weighted[Weighted[str]]
    anywhere: Weighted[str]


@dataclass(slots=True)
class Country:
    """What a country has: networks of homes, mobile carriers, places many people share, hosting."""

    code: str
    share: float
    homes: Weighted[Network]
    hosting: list[Network]
    carriers: Weighted[Carrier]
    venues: Weighted[str]
    """Offices, schools, cafés, by how many they serve."""


class World:
    """All countries, drawn from the seed."""

    def __init__(self, choices: Choices, shares: dict[str, float]) -> None:
        self._chance = seeded(choices.seed, "networks")
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
        chance, users = self._chance, share * self._users
        weights = zipf(4 + int(420 * share**0.6), 1.25)
        total = sum(weights)
        homes = Weighted(
            (self._network(code, users * weight / total, artefact=rank in (1, 2, 3, 4)), weight)
            for rank, weight in enumerate(weights)
        )
        number = 2 + (share > 0.002) + (share > 0.02)
        networks = [self._network(code, users / number, artefact=rank == 0) for rank in range(number)]
        exits: list[list[tuple[str, float]]] = [[] for _ in networks]
        by_rank = Weighted(enumerate(zipf(number, 0.7)))
        few = [_FEW] * (2 * number + int(users * _SMALL_EXITS))
        for size in sorted(sizes.get(f"mobile {code}", []), reverse=True) + few:
            exits[by_rank.draw(chance)].append(("", size))
        carriers = Weighted(
            (_carrier(network, [size for _, size in given] or [_FEW], chance), weight)
            for network, given, weight in zip(networks, exits, zipf(number, 0.7), strict=True)
        )
        venues = Weighted(
            (network.address(network.prefix(chance), chance), size)
            for size in [*sizes.get(f"venue {code}", []), *[_FEW] * (2 + int(users * _SMALL_VENUES))]
            for network in (homes.draw(chance),)
        )
        hosting = [self._network(code, 0.0, artefact=False) for _ in range(1 + int(60 * share**0.7))]
        return Country(code, share, homes, hosting, carriers, venues)

    def _network(self, code: str, users: float, *, artefact: bool) -> Network:
        chance, number = self._chance, int(users / _PER_BLOCK) + 1
        blocks: list[str] = []
        if artefact and users > _FEWEST_FOR_ARTEFACT:
            blocks = [f"10.{block}" for _, block in zip(range(number), self._artefact_blocks, strict=False)]
        if blocks:
            self._artefact_asn += 1 + int(30 * chance.random())
            asn = self._artefact_asn
        else:
            self._asn += 1 + int(40 * chance.random())
            asn = self._asn
            blocks = [next(self._blocks) for _ in range(number)]
        areas = []
        for _ in range(1 + int(3 * chance.random())):
            region = 1 + bits(5, chance)
            areas.append(f"{code},{code}-{region:02d},{code}-{region:02d}-{bits(7, chance):03d}")
        return Network(asn, code, tuple(areas), blocks)

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


def _carrier(network: Network, sizes: list[float], chance: Chance) -> Carrier:
    count = max(1, len(sizes) // _EXITS_A_REGION)
    regions: list[list[tuple[str, float]]] = [[] for _ in range(count)]
    for rank, size in enumerate(sizes):
        # Dealt out in turn, so that no region has all the large ones; a region is one or two /24s.
        region = regions[rank % count]
        if not region or len(region) == _EXITS_A_REGION:
            prefix = network.prefix(chance)
        else:
            prefix = region[-1][0].split(",", 1)[0].rsplit(".", 1)[0] + "."
        region.append((network.address(prefix, chance), size))
    return Carrier(
        network,
        Weighted((Weighted(region), sum(size for _, size in region)) for region in regions),
        Weighted(exit_ for region in regions for exit_ in region),
    )


_EXITS_A_REGION: Final = 12
_RESERVED: Final = frozenset({10, 127, 169, 172, 192, 198, 203, 100})


def _public_blocks() -> Iterator[str]:
    """Yield the /16s of public IPv4, in an order that mixes them."""
    # 39,119 is coprime to 2¹⁶: every block comes once.
    for step in range(1 << 16):
        block = step * 39_119 % (1 << 16)
        first, second = divmod(block, 256)
        if 1 <= first <= 222 and first not in _RESERVED:
            yield f"{first}.{second}"
