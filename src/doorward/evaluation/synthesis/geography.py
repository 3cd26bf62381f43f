"""The regions and cities of a country, who is where, and where a location database believes a /24 to be.

An *area* is the text of the three columns from country to city, ready for the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from doorward.clock import Chance
from doorward.evaluation.columns import UNKNOWN_PLACE
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.drawing import Weighted, zipf


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A region, and its area where the city is not known."""

    area: str


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """A city, its region, its area."""

    region: Region
    area: str


class Spread:
    """Cities side by side from 0 to 1, each as wide as its share, those of a region next to each other.

    Whatever is to serve people who live near each other is laid out beside their spread in the same way: what
    stands at the point of a person is what serves that person, and nobody serves more than the own share.
    """

    def __init__(self, pairs: Iterable[tuple[City, float]]) -> None:
        listed = list(pairs)
        self._cities = Weighted(listed)
        self.cities = self._cities.values
        total = sum(weight for _, weight in listed)
        self._spans: dict[Region | City, tuple[float, float]] = {}
        low = 0.0
        for city, weight in listed:
            high = low + weight / total
            self._spans[city] = (low, high)
            self._spans[city.region] = (self._spans.get(city.region, (low, high))[0], high)
            low = high

    def city(self, point: float) -> City:
        """Return the city at a point."""
        return self._cities.at(point)

    def chief(self, low: float, high: float) -> City:
        """Return the city that covers most of what is between two points."""
        chief, most = self.city(low), 0.0
        for city in self.cities[self.cities.index(chief) :]:
            begins, ends = self._spans[city]
            if begins >= high:
                break
            covered = min(ends, high) - max(begins, low)
            if covered > most:
                chief, most = city, covered
        return chief

    def span(self, place: Region | City) -> tuple[float, float]:
        """Return where a region or city begins and ends. Raises LookupError where it is not covered."""
        return self._spans[place]

    def point(self, place: Region | City, chance: Chance) -> float:
        """Return a random point within a region or city. Raises LookupError where it is not covered."""
        low, high = self._spans[place]
        return low + (high - low) * chance.random()

    def share(self, place: Region | City) -> float:
        """Return how much of the whole is in a region or city."""
        low, high = self._spans.get(place, (0.0, 0.0))
        return high - low


class Geography:
    """A country's regions, the most populous first, and their cities; the larger the country, the more."""

    def __init__(self, code: str, share: float) -> None:
        self.nowhere = f"{code},{UNKNOWN_PLACE},{UNKNOWN_PLACE}"
        """The area of what is known to be in the country and no more."""
        self.cities: list[tuple[City, float]] = []
        """With the share of the country's people that lives in each."""
        self.centres: list[City] = []
        """The largest city of each region."""
        weights = zipf(_FEWEST_REGIONS + int(_REGIONS * share**_REGIONS_GROW), 1.0)
        for rank, weight in enumerate(weights, 1):
            name, part = f"{code}-{rank:02d}", weight / sum(weights)
            region = Region(f"{code},{name},{UNKNOWN_PLACE}")
            within = zipf(1 + int(_CITIES * (share * part) ** _CITIES_GROW), 1.0)
            cities = [
                (City(region, f"{code},{name},{name}-{number:03d}"), part * size / sum(within))
                for number, size in enumerate(within, 1)
            ]
            self.cities += cities
            self.centres.append(cities[0][0])
        self.everywhere = Spread(self.cities)

    def some(self, chance: Chance) -> Spread:
        """Return the spread of a network that serves one to three regions, drawn by population."""
        served = {self._drawn(chance).region for _ in range(1 + int(3 * chance.random()))}
        return Spread((city, weight) for city, weight in self.cities if city.region in served)

    def sites(self, chance: Chance) -> Spread:
        """Return the spread of a data centre's network: one or two cities, drawn by population."""
        drawn = [self._drawn(chance) for _ in range(1 + (chance.random() < _SECOND_SITE))]
        return Spread((city, 1.0) for city in dict.fromkeys(drawn))

    def hubs(self, chance: Chance) -> Spread:
        """Return the spread of a carrier that brings everybody's traffic to one or two of the largest cities."""
        return Spread((city, 1.0) for city in self.centres[: 1 + (chance.random() < _SECOND_SITE)])

    def _drawn(self, chance: Chance) -> City:
        return self.everywhere.city(chance.random())


class Database:
    """What a location database says of a /24: the truth, less, or something else."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices

    def area(self, city: City, geography: Geography, chance: Chance, *, private: bool) -> str:
        """Return the area it gives for a /24 that stands in a city."""
        choices = self._choices
        if chance.random() < (choices.not_located_private if private else choices.not_located):
            return geography.nowhere
        if chance.random() < choices.wrong_region:
            city = geography.everywhere.city(chance.random())
        elif chance.random() < choices.wrong_city:
            city = geography.everywhere.city(geography.everywhere.point(city.region, chance))
        return city.region.area if chance.random() < choices.without_city else city.area


_FEWEST_REGIONS: Final = 4
_REGIONS: Final = 40
_REGIONS_GROW: Final = 0.6
_CITIES: Final = 40
_CITIES_GROW: Final = 0.3
_SECOND_SITE: Final = 0.5
