"""The sign-ins of a person: on which device, from where, with which mistakes before."""

from typing import Final, NamedTuple

from doorward.clock import Chance
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.synthesis.attempts import ATTACK, PERSON, Attempts
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.clients import Catalogue, Device
from doorward.evaluation.synthesis.countries import time_zone_of
from doorward.evaluation.synthesis.drawing import bits, waiting
from doorward.evaluation.synthesis.people import Person, Population, Trip
from doorward.evaluation.synthesis.rhythm import DAY, HOUR, Rhythm
from doorward.evaluation.synthesis.world import World

_OFFICE_HOURS: Final = range(7, 18)
_WEEKEND: Final = 5
_YEAR: Final = 365.0 * DAY


class Circumstances(NamedTuple):
    """What one sign-in shows: the texts of the columns, and whether its address is known for attacks."""

    place: str
    client: str
    seen: str
    labels: tuple[str, str]


class Life:
    """Lives people's lives and puts their attempts down."""

    def __init__(
        self, choices: Choices, world: World, catalogue: Catalogue, population: Population, rhythm: Rhythm
    ) -> None:
        self._choices = choices
        self._world = world
        self._catalogue = catalogue
        self._population = population
        self._rhythm = rhythm

    def sign_ins(
        self, person: Person, moments: list[int], attempts: Attempts, chance: Chance
    ) -> list[tuple[int, Circumstances]]:
        """Put down a user's sign-ins with the mistakes before them, and return what each showed."""
        shown: list[tuple[int, Circumstances]] = []
        before = 0
        choices = self._choices
        last_exit = ""
        for at in moments:
            self._time_passes(person, at - before, chance)
            before = at
            now = self.circumstances(person, at, last_exit, chance)
            last_exit = now.place
            place, client, seen, labels = now
            tried = at
            while chance.random() < choices.mistyped_password:
                tried -= 3000 + int(waiting(9000.0, chance))
                attempts.put(tried, person.user_id, place, client, False, labels, seen, chance)
            attempts.put(at, person.user_id, place, client, True, labels, seen, chance)
            shown.append((at, now))
        return shown

    def mistyped_names(
        self, shown: list[tuple[int, Circumstances]], rows: float, attempts: Attempts, chance: Chance
    ) -> None:
        """Put down attempts at a name that does not exist, shortly before sign-ins of the same person."""
        if not shown:
            return
        number = int(waiting(rows, chance) + 0.5)
        for _ in range(number):
            at, now = shown[int(chance.random() * len(shown))]
            at -= 4000 + int(waiting(60_000.0, chance))
            attempts.put(at, UNKNOWN_USER, now.place, now.client, False, now.labels, now.seen, chance)

    def circumstances(self, person: Person, at: int, last_exit: str, chance: Chance) -> Circumstances:
        """Return what a person shows at an instant."""
        choices = self._choices
        device = self._device(person, chance)
        program = device.program
        if device.in_app is not None and chance.random() < choices.in_app_share / choices.in_app_users:
            program = device.in_app
        client = self._catalogue.client(program, device, at / DAY)
        abroad = next((trip for trip in person.trips if trip.leaves <= at < trip.returns), None)
        place = self._place(person, device, abroad, at, last_exit, chance)
        zone = time_zone_of((abroad.country if abroad else person.home.country).code)
        labels = ATTACK if place in self._world.flagged_exits else PERSON
        return Circumstances(place, client, f"{device.device_id},{person.language},{zone}", labels)

    def _device(self, person: Person, chance: Chance) -> Device:
        devices = person.devices
        if len(devices) == 1 or chance.random() < self._choices.main_device:
            return devices[0]
        return devices[1 + int(chance.random() * (len(devices) - 1))]

    def _place(  # noqa: PLR0911 - one answer for each kind of network
        self, person: Person, device: Device, abroad: Trip | None, at: int, last_exit: str, chance: Chance
    ) -> str:
        choices = self._choices
        if person.vpn and chance.random() < choices.vpn_share:
            return self._world.vpn_exits.draw(chance)
        phone = device.program.device_type == "mobile"
        draw = chance.random()
        if abroad is not None and (not phone or draw < choices.trip_wifi):
            there, region = abroad.country, abroad.region
            if chance.random() < choices.trip_venue:
                return there.venues.at(there.people.point(region, chance))
            network, prefix = there.home(chance, region)
            return network.address(prefix, chance)
        if phone and draw < choices.phone_mobile:
            carrier = person.carrier
            if last_exit.endswith(f",{carrier.network.asn}") and chance.random() < choices.sticky_exit:
                return last_exit
            regional = chance.random() < choices.regional_exit
            return (person.exits if regional else carrier.anywhere).draw(chance)
        at_work = self._rhythm.weekday(at) < _WEEKEND and at % DAY // HOUR in _OFFICE_HOURS
        venue = choices.phone_venue if phone else choices.desktop_venue
        if draw > 1.0 - (venue if at_work else venue / 2.0):
            return self._elsewhere(person, chance) if chance.random() < choices.elsewhere else person.venue
        return person.home.at(at, chance)

    def _elsewhere(self, person: Person, chance: Chance) -> str:
        country = person.home.country
        if chance.random() < self._choices.elsewhere_in_region:
            return country.venues.at(country.people.point(person.home.city.region, chance))
        return country.venues.draw(chance)

    def _time_passes(self, person: Person, elapsed: int, chance: Chance) -> None:
        """Replace devices, lose device ids, move house, as the time between two sign-ins has it."""
        choices, population = self._choices, self._population
        years = elapsed / _YEAR
        for place, device in enumerate(person.devices):
            if chance.random() < choices.replaced_per_year * years:
                person.devices[place] = population.device(device.program.device_type, chance)
            elif device.device_id and chance.random() < elapsed / DAY / choices.device_id_lost_days:
                device.device_id = f"{bits(52, chance):013x}"
        if chance.random() < choices.moves_per_year * years:
            # Alone: the others of the household stay.
            before = person.home
            region = before.city.region if chance.random() < choices.moves_in_region else None
            person.home = population.household(chance, before.country, region)
            person.exits = population.exits(person.carrier, person.home, chance)
            person.venue = population.venue(person.home, chance)
