"""Everyday life: when, from where and with what people sign in over some weeks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from doorward.clock import Instant
from doorward.demo.chance import one_of, share, whole
from doorward.demo.origin import Device, Origin, phone
from doorward.demo.people import COUNTRIES, Country, Person

DAYS: Final = 14

_DAY = 86_400.0
_HOUR = 3600.0
_MISTYPED = 0.03
_SECONDS_TO_TYPE_AGAIN = 12.0
_NEW_PHONE_ON_DAY = 9
_JOURNEY = range(5, 8)
"""The days that a traveller spends abroad."""


@dataclass(frozen=True)
class PlannedSignIn:
    """One sign-in to come. `mistyped` is one whose password is wrong."""

    person: Person
    at: Instant
    origin: Origin
    mistyped: bool = False


def everyday_sign_ins(people: Iterable[Person], until: Instant, about: int) -> list[PlannedSignIn]:
    """Return about so many sign-ins of the two weeks before `until`, the earliest first."""
    everybody = list(people)
    on_average = about / sum(person.pace for person in everybody)
    planned = [
        sign_in
        for number, person in enumerate(everybody)
        for sign_in in _of_person(number, person, until, max(round(on_average * person.pace), 1))
    ]
    return sorted(planned, key=lambda sign_in: sign_in.at)


def usual_origin(person: Person) -> Origin:
    """Return the computer at home, at the address that is its own most of the time."""
    return Origin(f"{person.home}.{_HOST}", person.computer, person.country.language, person.country.timezone)


_HOST: Final = 23


def _of_person(number: int, person: Person, until: Instant, count: int) -> Iterator[PlannedSignIn]:
    for turn in range(count):
        chosen = (person.username, turn)
        # Spread evenly over the days, each at an hour of its own; the last day ends at `until`.
        day = int((turn + share("day", *chosen)) / count * DAYS)
        begins = until - (DAYS - day) * _DAY
        hour, origin = _habit(number, person, day, chosen)
        into_day = ((hour - person.country.offset) * _HOUR - begins) % _DAY
        right = PlannedSignIn(person, round(begins + into_day, 3), origin)
        if share("mistyped", *chosen) < _MISTYPED:
            yield replace(right, mistyped=True)
            right = replace(right, at=min(round(right.at + _SECONDS_TO_TYPE_AGAIN, 3), until))
        yield right


def _habit(number: int, person: Person, day: int, chosen: tuple[object, ...]) -> tuple[float, Origin]:
    """Return an hour of the day, as the clock on the wall shows it, and what is usual then."""
    if _travels(number) and day in _JOURNEY:
        return 20.0 + 2 * share("hour", *chosen), _abroad(person, chosen)
    dice = share("habit", *chosen)
    if dice < 0.3:
        return 7.0 + 2 * share("hour", *chosen), _on_the_way(number, person, day, chosen)
    if dice < 0.6 and person.office:
        return 9.0 + 8 * share("hour", *chosen), _at(person.office, person.computer, person.country)
    return 18.5 + 4 * share("hour", *chosen), _at_home(person, chosen)


def _on_the_way(number: int, person: Person, day: int, chosen: tuple[object, ...]) -> Origin:
    bought = day >= _NEW_PHONE_ON_DAY and number % 10 == 3
    device = phone(person.username, "new") if bought else person.phone
    address = f"{one_of(person.mobile, 'cell', *chosen)}.{whole(1, 250, 'host', *chosen)}"
    return _at(address, device, person.country)


def _at_home(person: Person, chosen: tuple[object, ...]) -> Origin:
    # Now and then the provider gives the line another address of the same network.
    host = _HOST if share("line", *chosen) < 0.8 else whole(1, 250, "host", *chosen)
    return _at(f"{person.home}.{host}", person.computer, person.country)


def _travels(number: int) -> bool:
    return number % 12 == 5


def _abroad(person: Person, chosen: tuple[object, ...]) -> Origin:
    others = [country for country in COUNTRIES if country is not person.country]
    host = one_of(others, "journey", person.username)
    address = f"{host.homes[0]}.{whole(1, 250, 'hotel', person.username)}.{whole(1, 250, 'room', *chosen)}"
    # The traveller's own computer comes along: it shows the local time and keeps its language.
    return Origin(address, person.computer, person.country.language, host.timezone)


def _at(address: str, device: Device, country: Country) -> Origin:
    return Origin(address, device, country.language, country.timezone)
