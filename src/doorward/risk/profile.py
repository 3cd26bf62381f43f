"""What is known of one user: decaying, bounded counts of his circumstances.

Counts decay *forward* (Cormode et al., ICDE 2009): a sign-in at t is counted with the weight
2^((t − landmark)/half-life), and reading divides by the weight of now. Learning therefore touches only the
values of one sign-in, however long the history; every second half-life the landmark moves.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from doorward.risk.circumstance import Circumstance
from doorward.risk.model import SHIPPED, Model
from doorward.risk.traits import DEVICE_ID, TRAITS, Keys, client_key, keys_of, network_key

UNIT: Final = 32
"""The integer that one sign-in at the landmark is counted with."""
KEPT: Final = (4, 3, 5, 6, 7, 3, 3, 3, 4, 4, 4, 5, 3, 7, 3, 3)
"""How many values of each trait are kept."""
MARKS_KEPT: Final = 5
"""How many marks of each kind (trusted, distrusted) are kept."""
FULL: Final = 2**32 - 1
"""No count grows beyond this."""

_REACH: Final = 2.0
_FLOOR: Final = -20.0
_CEILING: Final = 60.0

Count = Annotated[int, Meta(ge=0, le=FULL)]
Key = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Seconds = Annotated[int, Meta(ge=-(2**41), le=2**41)]


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """A circumstance that somebody has judged: its network and client keys (0: not known) and when."""

    network: Key
    client: Key
    at: Seconds
    by_device: bool
    """True where `client` is the key of a device id, which says more than a user agent."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where the last sign-in with a known place came from: thousandths of a degree, kilometres, seconds."""

    latitude: Annotated[int, Meta(ge=-90_000, le=90_000)]
    longitude: Annotated[int, Meta(ge=-180_000, le=180_000)]
    accuracy_km: Annotated[int, Meta(ge=0, le=20_100)]
    at: Seconds


class Profile(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one user. Never changed in place: `learn`, `trust`, `distrust` return another one.

    `counts` holds for each trait the decayed count of each kept key, `totals` that of all values, kept or
    not; `hours` (of the day, UTC) and `days` (of the week, Thursday first, as the epoch began) the rhythm.
    """

    landmark: Seconds = 0
    first_at: Seconds = 0
    last_at: Seconds = 0
    successes: Count = 0
    totals: Annotated[list[Count], Meta(min_length=TRAITS, max_length=TRAITS)] = msgspec.field(
        default_factory=lambda: [0] * TRAITS
    )
    counts: Annotated[list[dict[Key, Count]], Meta(min_length=TRAITS, max_length=TRAITS)] = msgspec.field(
        default_factory=lambda: [{} for _ in range(TRAITS)]
    )
    hours: Annotated[list[Count], Meta(min_length=24, max_length=24)] = msgspec.field(
        default_factory=lambda: [0] * 24
    )
    days: Annotated[list[Count], Meta(min_length=7, max_length=7)] = msgspec.field(
        default_factory=lambda: [0] * 7
    )
    place: Place | None = None
    trusted: Annotated[list[Mark], Meta(max_length=MARKS_KEPT)] = msgspec.field(default_factory=list)
    distrusted: Annotated[list[Mark], Meta(max_length=MARKS_KEPT)] = msgspec.field(default_factory=list)

    def scale(self, at: float, half_life: float) -> float:
        """What to multiply a stored count with to have the decayed number of sign-ins at `at`.

        Before the last lesson it is that of the last lesson: time running backwards makes nothing heavier.
        """
        age = ((at if at > self.last_at else self.last_at) - self.landmark) / half_life
        decayed: float = 0.5 ** (_FLOOR if age < _FLOOR else age if age < _CEILING else _CEILING)
        return decayed / UNIT


def hour_and_day(at: float) -> tuple[int, int]:
    """The hour of the day (UTC) and the day of the week, Thursday first."""
    second = int(at // 1)
    return second // 3600 % 24, second // 86_400 % 7


def learn(
    profile: Profile, circumstance: Circumstance, model: Model = SHIPPED, *, lessons: float = 1.0
) -> Profile:
    """The profile after a fully successful sign-in in this circumstance, counted `lessons` times."""
    at = circumstance.at
    if profile.successes == 0:
        profile = _reborn(profile, int(at))
    elif at - profile.landmark > _REACH * model.half_life:
        profile = _with_landmark(profile, int(at), model.half_life)
    units = _units(profile, at, model.half_life, lessons)
    totals = profile.totals.copy()
    counts = profile.counts.copy()
    for trait, key in enumerate(keys_of(circumstance)):
        if key:
            total = totals[trait] + units
            totals[trait] = total if total < FULL else FULL
            counts[trait] = of_trait = counts[trait].copy()
            if key in of_trait:
                total = of_trait[key] + units
                of_trait[key] = total if total < FULL else FULL
            else:
                if len(of_trait) >= KEPT[trait]:
                    del of_trait[min(of_trait, key=of_trait.__getitem__)]
                of_trait[key] = units
    second = int(at)
    hour, day = hour_and_day(at)
    hours = profile.hours.copy()
    hours[hour] = _more(hours[hour], units)
    days = profile.days.copy()
    days[day] = _more(days[day], units)
    # Positional, because this is on the path of every sign-in and `replace` costs several times as much.
    return Profile(
        profile.landmark,
        min(profile.first_at, second),
        max(profile.last_at, second),
        min(profile.successes + 1, FULL),
        totals,
        counts,
        hours,
        days,
        _later(_place_of(circumstance), profile.place),
        profile.trusted,
        profile.distrusted,
    )


def unlearn(profile: Profile, circumstance: Circumstance, model: Model = SHIPPED) -> Profile:
    """The profile without the lesson of one sign-in that had been learned in this circumstance."""
    if profile.successes == 0:
        return profile
    at = circumstance.at
    units = _units(profile, at, model.half_life, 1.0)
    totals = profile.totals.copy()
    counts = [of_trait.copy() for of_trait in profile.counts]
    for trait, key in enumerate(keys_of(circumstance)):
        if key:
            totals[trait] = max(totals[trait] - units, 0)
            if (left := counts[trait].get(key, 0) - units) > 0:
                counts[trait][key] = left
            else:
                counts[trait].pop(key, None)
    hour, day = hour_and_day(at)
    hours = profile.hours.copy()
    hours[hour] = max(hours[hour] - units, 0)
    days = profile.days.copy()
    days[day] = max(days[day] - units, 0)
    place = profile.place
    return replace(
        profile,
        successes=profile.successes - 1,
        totals=totals,
        counts=counts,
        hours=hours,
        days=days,
        place=None if place is not None and place.at == int(at) else place,
    )


def trust(profile: Profile, circumstance: Circumstance, at: float, model: Model = SHIPPED) -> Profile:
    """The profile after Valid feedback given at `at`: the circumstance is learned again and trusted."""
    learned = learn(profile, circumstance, model, lessons=model.trusted_lessons)
    mark = _mark(keys_of(circumstance), at)
    return replace(
        learned,
        successes=max(profile.successes, 1),  # a judgement is no sign-in of its own
        trusted=_with_mark(profile.trusted, mark),
        distrusted=[other for other in profile.distrusted if not _same(other, mark)],
    )


def distrust(
    profile: Profile, circumstance: Circumstance, at: float, model: Model = SHIPPED, *, learned: bool = True
) -> Profile:
    """The profile after Invalid feedback given at `at`: the circumstance is marked, its lesson taken back.

    `learned` is False where the attempt never succeeded, so that there is no lesson to take back.
    """
    if learned:
        profile = unlearn(profile, circumstance, model)
    mark = _mark(keys_of(circumstance), at)
    return replace(
        profile,
        trusted=[other for other in profile.trusted if not _same(other, mark)],
        distrusted=_with_mark(profile.distrusted, mark),
    )


def _units(profile: Profile, at: float, half_life: float, lessons: float) -> int:
    age = min(max((at - profile.landmark) / half_life, _FLOOR), _CEILING)
    growth: float = 2.0**age
    return min(max(round(UNIT * lessons * growth), 1), FULL)


def _more(count: int, units: int) -> int:
    more = count + units
    return more if more < FULL else FULL


def _reborn(profile: Profile, at: int) -> Profile:
    """An empty profile that begins at `at` and keeps its marks."""
    return Profile(at, at, at, 0, place=profile.place, trusted=profile.trusted, distrusted=profile.distrusted)


def _with_landmark(profile: Profile, at: int, half_life: float) -> Profile:
    """The same decayed counts told from a later landmark; what has decayed to nothing is dropped."""
    factor = 2.0 ** -min((at - profile.landmark) / half_life, _CEILING)
    return replace(
        profile,
        landmark=at,
        totals=[round(total * factor) for total in profile.totals],
        counts=[
            {key: left for key, count in of_trait.items() if (left := round(count * factor)) > 0}
            for of_trait in profile.counts
        ],
        hours=[round(count * factor) for count in profile.hours],
        days=[round(count * factor) for count in profile.days],
    )


def _place_of(circumstance: Circumstance) -> Place | None:
    latitude, longitude = circumstance.latitude, circumstance.longitude
    if latitude is None or longitude is None:
        return None
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        return None
    radius = circumstance.accuracy_km
    accuracy = int(radius) if radius is not None and 0.0 <= radius <= 20_100.0 else 20_100 if radius else 0
    return Place(round(latitude * 1000), round(longitude * 1000), accuracy, int(circumstance.at))


def _later(one: Place | None, other: Place | None) -> Place | None:
    if one is None or other is None:
        return one or other
    return other if other.at > one.at else one


def _mark(keys: Keys, at: float) -> Mark:
    client = client_key(keys)
    second = int(min(max(at, -(2.0**40)), 2.0**40))
    return Mark(network_key(keys), client, second, client != 0 and client == keys[DEVICE_ID])


def _same(one: Mark, other: Mark) -> bool:
    return one.network == other.network and one.client == other.client


def _with_mark(marks: list[Mark], mark: Mark) -> list[Mark]:
    """The marks with a new one, which replaces an equal one; the newest are kept."""
    return [mark, *(other for other in marks if not _same(other, mark))][:MARKS_KEPT]
