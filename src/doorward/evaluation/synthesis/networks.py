"""Networks: carriers with their addresses, exits that many share, and what a country has of them.

A *place* is the text of the five columns from address to ASN, ready for the file.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from doorward.clock import Chance
from doorward.evaluation.synthesis.drawing import Weighted
from doorward.evaluation.synthesis.geography import City, Geography, Region, Spread


@dataclass(slots=True, eq=False)
class Network:
    """A carrier: who it is, and the /16 blocks that it has, each as its first two octets.

    Its /24s are numbered through all blocks and stand side by side in its spread.
    """

    asn: int
    geography: Geography
    spread: Spread
    blocks: list[str]
    locate: Callable[["Network"], list[str]]
    _areas: list[str] = field(default_factory=list)

    def prefix(self, chance: Chance, place: Region | City | None = None) -> int:
        """Return the number of a random /24, of those in a region or city if one is given.

        Where it has none there, it is the one that serves the place beside others. Raises LookupError where the
        network does not serve it.
        """
        if place is None:
            return int(self.size * chance.random())
        low, high = self.spread.span(place)
        # A /24 is where its middle is.
        first, end = round(low * self.size), round(high * self.size)
        if first == end:
            return min(int(low * self.size), self.size - 1)
        return first + int((end - first) * chance.random())

    @property
    def size(self) -> int:
        """The number of its /24s."""
        return len(self.blocks) * 256

    def city(self, prefix: int) -> City:
        """Return the city in which a /24 truly stands."""
        return self.spread.city((prefix + 0.5) / self.size)

    def address(self, prefix: int, chance: Chance) -> str:
        """Return the place of a random address in a /24."""
        if not self._areas:
            self._areas = self.locate(self)
        block, third = divmod(prefix, 256)
        last = 1 + int(254 * chance.random())
        return f"{self.blocks[block]}.{third}.{last},{self._areas[prefix]},{self.asn}"


@dataclass(slots=True)
class Carrier:
    """A mobile network with the exits that its users share.

    Each *hub* is the exits of one site; they lie side by side as the people whom they serve do.
    """

    network: Network
    hubs: Weighted[Weighted[str]]
    anywhere: Weighted[str]


@dataclass(slots=True)
class Country:
    """What a country has: its people, networks of homes, mobile carriers, places many people share, hosting."""

    code: str
    share: float
    people: Spread
    homes: Weighted[Network]
    homes_by_region: dict[Region, Weighted[Network]]
    hosting: list[Network]
    carriers: Weighted[Carrier]
    venues: Weighted[str]
    """Offices, schools, cafés, by how many they serve, side by side as the people do."""

    def home(self, chance: Chance, region: Region | None = None) -> tuple[Network, int]:
        """Return the network and /24 of a random home, in a region if one is given."""
        network = (self.homes_by_region[region] if region else self.homes).draw(chance)
        return network, network.prefix(chance, region)


def carrier(network: Network, people: Spread, sizes: list[float], chance: Chance) -> Carrier:
    """Return a carrier with exits of these sizes, each hub where most of those people are whom it serves."""
    count, total, low = max(1, len(sizes) // _EXITS_A_HUB), sum(sizes), 0.0
    hubs = []
    for first in range(count):
        # Dealt out in turn, so that no hub has all the large ones; a hub is one or two /24s.
        dealt, prefix = sizes[first::count], 0
        high = low + sum(dealt) / total
        site = people.chief(low, high) if network.spread is people else None
        hub: list[tuple[str, float]] = []
        for place, size in enumerate(dealt):
            if place in (0, _EXITS_A_HUB):
                prefix = network.prefix(chance, site)
            hub.append((network.address(prefix, chance), size))
        hubs.append(hub)
        low = high
    return Carrier(
        network,
        Weighted((Weighted(hub), sum(size for _, size in hub)) for hub in hubs),
        Weighted(exit_ for hub in hubs for exit_ in hub),
    )


def venues_among(
    sizes: list[float], people: Spread, homes: dict[Region, Weighted[Network]], chance: Chance
) -> Weighted[str]:
    """Return venues of these sizes side by side among the people, each where most of those are whom it serves."""
    total, low, venues = sum(sizes), 0.0, []
    for _, size in sorted((chance.random(), size) for size in sizes):
        high = low + size / total
        city = people.chief(low, high)
        network = homes[city.region].draw(chance)
        venues.append((network.address(network.prefix(chance, city), chance), size))
        low = high
    return Weighted(venues)


_EXITS_A_HUB: Final = 12
