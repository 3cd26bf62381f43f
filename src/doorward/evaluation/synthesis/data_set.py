"""The whole file, from the seed: people first, then attacks and strangers until the published shares are met."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from doorward.clock import seeded
from doorward.evaluation import published
from doorward.evaluation.atomic import atomically
from doorward.evaluation.columns import COLUMNS, LIVE_COLUMNS
from doorward.evaluation.synthesis import on_persons
from doorward.evaluation.synthesis.attempts import LABEL, Attempts
from doorward.evaluation.synthesis.campaigns import campaigns, expected_rows, planned
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.clients import Catalogue
from doorward.evaluation.synthesis.countries import people_shares
from doorward.evaluation.synthesis.disclosure import disclose
from doorward.evaluation.synthesis.life import Life
from doorward.evaluation.synthesis.people import Population, SignInCounts, moments, user_id
from doorward.evaluation.synthesis.releases import calendars
from doorward.evaluation.synthesis.rhythm import Calendar, Rhythm
from doorward.evaluation.synthesis.spool import Spool
from doorward.evaluation.synthesis.strangers import knock
from doorward.evaluation.synthesis.world import World

Progress = Callable[[str, int, int], None]
"""Called now and then with the step, how much of it is done, and how much there is."""

MOST_USERS = 5_000_000
MOST_DAYS = 3_660


class Made(NamedTuple):
    """What was written."""

    rows: int
    data: Path
    choices: Path
    text: Path
    labels: Path


def synthesize(out: Path, choices: Choices, progress: Progress) -> Made:
    """Write a data set and, beside it, the choices behind it and the labels of the attacks in it.

    Same choices, same bytes. Each file appears whole or not at all. Raises OSError.
    """
    start = datetime.fromtimestamp(choices.starts, UTC)
    dates = [f"{start + timedelta(days=day):%Y-%m-%d}" for day in range(choices.days)]
    rhythm = Rhythm(choices.days, start.weekday(), choices.weekend_weight)
    with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as spooled:
        spool = Spool(Path(spooled), choices.days)
        attempts = Attempts(spool, Calendar(dates), live=choices.live)
        _fill(choices, rhythm, attempts, progress)
        return _write(out, choices, spool, progress)


def _fill(choices: Choices, rhythm: Rhythm, attempts: Attempts, progress: Progress) -> None:
    world = World(choices, people_shares(choices))
    catalogue = Catalogue(choices.seed, calendars(choices.seed, choices.days), choices.lags)
    population = Population(choices, world, catalogue, rhythm)
    life = Life(choices, world, catalogue, population, rhythm)
    _people(choices, world, catalogue, population, life, rhythm, attempts, progress)
    plan = planned(choices, attempts)
    campaigns(choices, world, catalogue, attempts, plan, lambda done: progress("attacks", done, plan.rows))
    counted = attempts.counted
    strangers = int(choices.unknown_share * expected_rows(counted.successes, choices)) - counted.unknown
    if choices.unknown_share and strangers > 0:
        knock(
            choices, world, population, life, rhythm, attempts, strangers,
            lambda done: progress("strangers", done, strangers),
        )  # fmt: skip


def _people(  # noqa: PLR0917 - the parts of a world
    choices: Choices,
    world: World,
    catalogue: Catalogue,
    population: Population,
    life: Life,
    rhythm: Rhythm,
    attempts: Attempts,
    progress: Progress,
) -> None:
    counts = SignInCounts(choices.largest_count, choices.tail_exponent)
    takeovers = max(round(choices.takeovers_per_user * choices.users), choices.fewest_takeovers)
    names = choices.mistyped_name_rows * choices.unknown_share / published.UNKNOWN_SHARE
    number = 0
    while number < choices.users:
        chance = seeded(choices.seed, "household", number)
        home = population.household(chance)
        for _ in range(min(population.household_size(chance), choices.users - number)):
            person = population.person(user_id(choices.seed, number), home, chance)
            wanted = moments(counts.draw(chance), person.habit, rhythm, choices, chance)
            shown = life.sign_ins(person, wanted, attempts, chance)
            if names:
                life.mistyped_names(shown, names, attempts, chance)
            # Spread over all users, so that a small file has its share too.
            taken_over = number * takeovers // choices.users != (number + 1) * takeovers // choices.users
            for kind in on_persons.KINDS:
                chosen = chance.random() < choices.personal_attacks
                if chosen or (taken_over and kind == "targeted"):
                    on_persons.attack(
                        kind, f"{kind}-{number}", person, shown, world, catalogue, attempts,
                        taken_over and kind == "targeted", chance,
                    )  # fmt: skip
            number += 1
        progress("people", number, choices.users)


def _write(out: Path, choices: Choices, spool: Spool, progress: Progress) -> Made:
    names = COLUMNS + LIVE_COLUMNS if choices.live else COLUMNS
    described, text, labels = (Path(f"{out}.{end}") for end in ("choices.json", "choices.txt", "labels.csv"))
    index = 0
    with atomically(labels) as labelled, atomically(out) as file:
        file.write(",".join(names) + "\n")
        labelled.write("index,attack,kind\n")
        for lines in spool.days():
            numbered = []
            for line in lines:
                row, _, attack = line.partition(LABEL)
                numbered.append(f"{index},{row}\n")
                if attack:
                    labelled.write(f"{index},{attack}\n")
                index += 1
            file.write("".join(numbered))
            progress("writing", index, spool.count)
        disclose(choices, described, text)
    return Made(index, out, described, text, labels)
