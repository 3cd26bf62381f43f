"""Who fills the unknown names: people without an account, and programs that knock everywhere."""

from collections.abc import Callable
from typing import Final

from doorward.clock import Chance, seeded
from doorward.evaluation import published
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.synthesis.attempts import NOTHING_SEEN, PERSON, Attempts
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.clients import written
from doorward.evaluation.synthesis.drawing import Weighted, one_of, waiting, zipf
from doorward.evaluation.synthesis.life import Life
from doorward.evaluation.synthesis.people import Person, Population
from doorward.evaluation.synthesis.rhythm import DAY, HOUR, Rhythm
from doorward.evaluation.synthesis.world import World

_PROGRAMS: Final = [
    *(
        written(f"python-requests/2.{minor}.{patch}", f"Python Requests 2.{minor}", "Other", "bot")
        for minor in range(18, 26)
        for patch in (0, 1)
    ),
    *(written(f"curl/7.{minor}.0", f"curl 7.{minor}.0", "Other", "bot") for minor in range(58, 75)),
    *(written(f"okhttp/3.{minor}.0", f"okhttp 3.{minor}.0", "Other", "unknown") for minor in range(8, 15)),
    *(
        written(
            f"Mozilla/5.0 (compatible; {name}/2.{minor}; +http://{name.lower()}.example/bot.html)",
            f"{name} 2.{minor}",
            "Other",
            "bot",
        )
        for name in ("Googlebot", "bingbot", "AhrefsBot", "SemrushBot", "PetalBot")
        for minor in range(4)
    ),
]
BOTS: Final = Weighted(zip(_PROGRAMS, zipf(len(_PROGRAMS), 0.8), strict=True))
"""Clients of programs."""
_ODD_CLIENT: Final = 0.1
"""Strangers whose device type is unknown: so many that the published share of all rows results."""
_ANOTHER_DAY: Final = 0.15
_ROWS_A_PROGRAM: Final = 40.0


def knock(  # noqa: PLR0917 - the parts of a world
    choices: Choices,
    world: World,
    population: Population,
    life: Life,
    rhythm: Rhythm,
    attempts: Attempts,
    rows: int,
    tick: Callable[[int], None],
) -> None:
    """Put down so many attempts at names that do not exist, from people and from programs."""
    counted = attempts.counted
    before, last = counted.unknown, counted.unknown + rows
    bots = int(published.DEVICE_SHARES["bot"] * (counted.rows + rows)) - counted.bots
    _programs(choices, world, rhythm, attempts, min(max(bots, 0), rows))
    number = 0
    while counted.unknown < last:
        chance = seeded(choices.seed, "stranger", number)
        number += 1
        person = population.person(UNKNOWN_USER, population.household(chance), chance)
        odd = ""
        if chance.random() < _ODD_CLIENT:
            build = int(400 * chance.random())
            odd = written(f"App/{build}", f"App {build}", "Other", "unknown")
        at = _another_day(person, rhythm, choices, chance)
        for _ in range(min(1 + int(waiting(choices.rows_a_stranger - 1.0, chance)), last - counted.unknown)):
            now = life.circumstances(person, at, "", chance)
            attempts.put(at, UNKNOWN_USER, now.place, odd or now.client, False, now.labels, now.seen, chance)
            later = at + 4000 + int(waiting(40_000.0, chance))
            again = chance.random() < _ANOTHER_DAY or later >= rhythm.days * DAY
            at = _another_day(person, rhythm, choices, chance) if again else later
        tick(counted.unknown - before)


def _another_day(person: Person, rhythm: Rhythm, choices: Choices, chance: Chance) -> int:
    return rhythm.day(0.0, chance) * DAY + rhythm.moment(person.habit, choices.habit_share, chance)


def _programs(choices: Choices, world: World, rhythm: Rhythm, attempts: Attempts, rows: int) -> None:
    chance = seeded(choices.seed, "programs")
    while rows > 0:
        network = one_of(world.by_share.draw(chance).hosting, chance)
        place, client = network.address(network.prefix(chance), chance), BOTS.draw(chance)
        for _ in range(min(1 + int(waiting(_ROWS_A_PROGRAM, chance)), rows)):
            at = rhythm.day(0.0, chance) * DAY + int(rhythm.hour(chance) * HOUR)
            attempts.put(at, UNKNOWN_USER, place, client, False, PERSON, NOTHING_SEEN, chance)
            rows -= 1
