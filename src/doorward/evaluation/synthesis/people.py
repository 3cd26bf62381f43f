"""Who the users are: where a household lives, what a person carries, how often and when a person signs in."""

from bisect import bisect_right
from dataclasses import dataclass, field
from hashlib import blake2b
from math import ceil
from typing import Final, NamedTuple

from doorward.clock import Chance
from doorward.evaluation import published
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.clients import Catalogue, Device
from doorward.evaluation.synthesis.countries import WORLD_LANGUAGES, language_of
from doorward.evaluation.synthesis.drawing import Weighted, one_of, waiting
from doorward.evaluation.synthesis.geography import City, Region
from doorward.evaluation.synthesis.networks import Carrier, Country, Network
from doorward.evaluation.synthesis.rhythm import DAY, HOUR, Rhythm
from doorward.evaluation.synthesis.world import World


@dataclass(slots=True)
class Household:
    """A home: where it is, its network, and the addresses it has had, each with the instant it ends.

    `stays` is how often the next address is in the same /24, and how often it is in the region where it is not.
    """

    country: Country
    city: City
    network: Network
    lease: float
    stays: tuple[float, float]
    prefix: int
    ends: list[float] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def at(self, moment: int, chance: Chance) -> str:
        """Return the place at an instant, the same whoever of the household asks."""
        ends = self.ends
        in_prefix, in_region = self.stays
        while not ends or ends[-1] <= moment:
            if ends and chance.random() >= in_prefix:
                region = self.city.region if chance.random() < in_region else None
                self.prefix = self.network.prefix(chance, region)
            ends.append((ends[-1] if ends else 0.0) + waiting(self.lease, chance))
            self.places.append(self.network.address(self.prefix, chance))
        return self.places[bisect_right(ends, moment)]


class Trip(NamedTuple):
    """A journey abroad: milliseconds from the start, and where to."""

    leaves: int
    returns: int
    country: Country
    region: Region


@dataclass(slots=True)
class Person:
    """A user, or somebody without an account. `exits` are those of the carrier that serve the person's home."""

    user_id: int
    home: Household
    carrier: Carrier
    exits: Weighted[str]
    venue: str
    devices: list[Device]
    habit: tuple[float, ...]
    vpn: bool
    trips: list[Trip]
    language: str


def user_id(seed: int, number: int) -> int:
    """Return the id of the user of a number: a signed 64-bit integer, as in the data set."""
    digest = blake2b(f"{seed}/{number}".encode(), digest_size=8).digest()
    identity = int.from_bytes(digest, "big", signed=True)
    return identity if identity != UNKNOWN_USER else 0


class SignInCounts:
    """The published quantiles, the steps between them drawn through, and a Pareto tail."""

    def __init__(self, largest: int, exponent: float) -> None:
        pairs: list[tuple[int, float]] = []
        before = (0, 0.0)
        for number, at_most in published.SIGN_INS_AT_MOST:
            low, below = before
            steps = number - low
            # Between published numbers, what is left falls by the same factor at each step.
            factor = ((1.0 - at_most) / (1.0 - below)) ** (1.0 / steps)
            left = 1.0 - below
            for step in range(1, steps + 1):
                pairs.append((low + step, left * (1.0 - factor)))
                left *= factor
            before = (number, at_most)
        last, at_most = before
        self._by_number = Weighted([*pairs, (0, 1.0 - at_most)])
        self._last, self._largest, self._exponent = last, largest, exponent

    def draw(self, chance: Chance) -> int:
        """Return how often a user signs in."""
        number = self._by_number.draw(chance)
        if number:
            return number
        beyond = (self._last + 1) * (1.0 - chance.random()) ** (-1.0 / self._exponent)
        return min(int(beyond), self._largest)


def moments(
    number: int, habit: tuple[float, ...], rhythm: Rhythm, choices: Choices, chance: Chance
) -> list[int]:
    """Return the instants of so many sign-ins of one user, in order: bursts here and there in the year."""
    end = rhythm.days * DAY
    # Who signs in seldom may have joined late; who signs in often was there most of the time.
    first = rhythm.days * chance.random() * (1.0 if number == 1 else 0.6 / number**0.5)
    found: list[int] = []
    while len(found) < number:
        if found and chance.random() < choices.burst_share:
            later = one_of(found, chance) + int(waiting(choices.burst_hours * HOUR, chance))
            # What falls into another day falls on the hours of that day.
            if later // DAY != found[-1] // DAY:
                later = later // DAY * DAY + rhythm.moment(habit, choices.habit_share, chance)
            if later < end:
                found.append(later)
                continue
        day = rhythm.day(first, chance)
        found.append(day * DAY + rhythm.moment(habit, choices.habit_share, chance))
    found.sort()
    return found


class Population:
    """Makes people, one household after the other."""

    def __init__(self, choices: Choices, world: World, catalogue: Catalogue, rhythm: Rhythm) -> None:
        self._choices = choices
        self._world = world
        self._catalogue = catalogue
        self._rhythm = rhythm
        self._leases = Weighted((mean * DAY, share) for share, mean in choices.lease_days)
        self._household_sizes = Weighted(
            (size, share) for size, share in enumerate(choices.households, start=1)
        )
        self._device_counts = Weighted((count, share) for count, share in enumerate(choices.devices, start=1))

    def household_size(self, chance: Chance) -> int:
        """Return how many users live in the next household."""
        return self._household_sizes.draw(chance)

    def household(
        self, chance: Chance, country: Country | None = None, region: Region | None = None
    ) -> Household:
        """Return a new household, in a country or a region of it if they are given."""
        choices, country = self._choices, country or self._world.by_share.draw(chance)
        network, prefix = country.home(chance, region)
        stays = choices.lease_stays_in_prefix, choices.lease_stays_in_region
        return Household(country, network.city(prefix), network, self._leases.draw(chance), stays, prefix)

    def exits(self, carrier: Carrier, home: Household, chance: Chance) -> Weighted[str]:
        """Return the exits of a carrier that serve a person of a household."""
        return carrier.hubs.at(home.country.people.point(home.city, chance))

    def venue(self, home: Household, chance: Chance) -> str:
        """Return the usual workplace, school or café of a person of a household."""
        in_city = chance.random() < self._choices.venue_in_city
        where = home.city if in_city else home.city.region
        return home.country.venues.at(home.country.people.point(where, chance))

    def person(self, identity: int, home: Household, chance: Chance) -> Person:
        """Return a new person of a household."""
        choices, country = self._choices, home.country
        carrier = country.carriers.draw(chance)
        language = language_of(country.code)
        if chance.random() < choices.foreign_language:
            language = one_of(WORLD_LANGUAGES, chance)
        return Person(
            identity,
            home,
            carrier,
            self.exits(carrier, home, chance),
            self.venue(home, chance),
            self._devices(chance),
            self._rhythm.habit(chance),
            chance.random() < choices.vpn_users,
            self._trips(chance) if chance.random() < choices.travellers else [],
            language,
        )

    def _devices(self, chance: Chance) -> list[Device]:
        choices = self._choices
        draw = chance.random()
        kinds = ["mobile" if draw < choices.phone_first else "tablet" if draw > _FIRST_TABLET else "desktop"]
        for _ in range(self._device_counts.draw(chance) - 1):
            # The second device is mostly of the other kind.
            draw = chance.random()
            if draw < _SECOND_TABLET:
                kinds.append("tablet")
            elif draw < _SECOND_OTHER:
                kinds.append("desktop" if kinds[0] == "mobile" else "mobile")
            else:
                kinds.append(kinds[0])
        return [self.device(kind, chance) for kind in kinds]

    def device(self, kind: str, chance: Chance) -> Device:
        """Return a device as people have them."""
        device = self._catalogue.device(kind, chance, self._choices.in_app_users)
        if chance.random() < self._choices.without_device_id:
            device.device_id = ""
        return device

    def _trips(self, chance: Chance) -> list[Trip]:
        choices, end = self._choices, self._rhythm.days * DAY
        every = 365.0 * DAY / choices.trips_per_year
        trips, at = [], waiting(every, chance)
        while at < end:
            leaves = at + max(waiting(choices.trip_days, chance), 0.5) * DAY
            country = self._world.by_share.draw(chance)
            region = country.people.city(chance.random()).region
            trips.append(Trip(int(at), ceil(leaves), country, region))
            at = leaves + waiting(every, chance)
        return trips


_SECOND_TABLET: Final = 0.1
_FIRST_TABLET: Final = 0.985
_SECOND_OTHER: Final = 0.82
