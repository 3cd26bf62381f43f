"""The engine beside the yardstick on rows of a second, plain maker that shares nothing with `doorward synthesize`.

    python -m benchmarks.plain_worlds [--seed 1] [--users 20000]

What is gained must not hang on the synthesiser, so here is another one, as somebody might write it in an afternoon: a
home, a mobile carrier, a workplace, a rare journey; one device or two, whose versions move on. No region, no city, no
addresses that many share but the carriers', no unknown names. Nothing of the engine was chosen on these rows.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from msgspec.structs import replace

from doorward.evaluation.collected import Collected
from doorward.evaluation.measured import figures
from doorward.evaluation.models.catalogue import MODELS
from doorward.evaluation.models.doorward import Doorward
from doorward.evaluation.protocol import Plan, walk
from doorward.evaluation.rows import Row, read_rows, write_rows
from doorward.evaluation.stretches import Stretch, survey

DAY: Final = 86_400.0
DAYS: Final = 300
BEGIN: Final = 1_580_688_000.0
ATTACKERS: Final = ("naive", "vpn", "targeted")
PLATFORMS: Final = (
    ("mobile", "iOS", ("Mobile Safari",), 0.4),
    ("mobile", "Android", ("Chrome Mobile", "Samsung Internet"), 0.3),
    ("desktop", "Windows", ("Chrome", "Edge", "Firefox"), 0.22),
    ("desktop", "Mac OS X", ("Safari", "Chrome"), 0.08),
)


@dataclass(frozen=True)
class World:
    """Shares of a user's sign-ins by where they come from; the rest are at work."""

    at_home: float = 0.6
    on_the_road: float = 0.3
    visiting: float = 0.05
    abroad: float = 0.05
    homes_that_stay: float = 0.5
    sign_ins: float = 5.75
    countries: tuple[float, ...] = (0.423, 0.278, 0.054, 0.038, 0.029, *[0.00178] * 100)


WORLDS: Final = {
    "as in the data set": World(),
    "homely": World(
        at_home=0.8, on_the_road=0.12, visiting=0.02, abroad=0.02, homes_that_stay=0.9, sign_ins=9.0
    ),
    "thirty like countries": World(visiting=0.1, sign_ins=9.0, countries=(1 / 30,) * 30),
}


@dataclass(frozen=True)
class Device:
    """A device; `behind` are the days by which its updates are late, `stuck` that it has none."""

    kind: str
    os: str
    browser: str
    model: str
    behind: float
    stuck: bool

    def shows(self, day: float) -> tuple[str, str, str]:
        """User agent, browser and system on a day of the year."""
        days = 0.0 if self.stuck else max(day - self.behind, 0.0)
        minor = int(days / 10) % 4
        browser = f"{self.browser} {60 + int(days / 30)}.{minor}"
        os = f"iOS {12 + int(days / 90)}.{minor}" if self.os == "iOS" else f"{self.os} 10"
        return f"Mozilla/5.0 ({os}; {self.model}) {browser.replace(' ', '/')}", browser, os


class Maker:
    """Makes the rows of one world."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world = world
        self.chance = chance
        self.carriers = [
            [1000 * country + number for number in range(1, 3 + int(120 * share**0.5))]
            for country, share in enumerate(world.countries, 1)
        ]

    def rows(self, users: int) -> list[Row]:
        made = [row for _ in range(users) for row in self._of_user()]
        made.sort(key=lambda row: row.at)
        for number, row in enumerate(made):
            row.index = number
        return made

    def _of_user(self) -> Iterator[Row]:
        chance, world = self.chance, self.world
        who, country = chance.getrandbits(62), self._country()
        home, work = self._carrier(country), self._carrier(country)
        mobile = self._carrier(country, 4)
        moves = chance.random() >= world.homes_that_stay
        places = [self._address(home) for _ in range(DAYS // 30)]
        office = self._address(work)
        devices = [self._device() for _ in range(1 + (chance.random() < 0.4))]
        for _ in range(min(1 + int(chance.paretovariate(1.3) * world.sign_ins / 4.3), 300)):
            day, where = chance.random() * DAYS, chance.random()
            here, asn, address = country, work, office
            if where < world.at_home:
                asn, address = home, places[int(day / 30) if moves else 0]
            elif where < world.at_home + world.on_the_road:
                asn, address = mobile, self._exit(mobile)
            elif where < world.at_home + world.on_the_road + world.visiting + world.abroad:
                if where >= world.at_home + world.on_the_road + world.visiting:
                    here = self._country()
                asn = self._carrier(here)
                address = self._address(asn)
            device = devices[-1 if chance.random() < 0.3 else 0]
            agent, browser, os = device.shows(day)
            row = Row(
                0, BEGIN + day * DAY, who, None, address, f"C{here}", "-", "-", asn, agent, browser, os,
                device.kind, True, False, False,
            )  # fmt: skip
            if chance.random() < 0.2:
                yield replace(row, at=row.at - 30.0, successful=False)
            yield row

    def _country(self) -> int:
        return self.chance.choices(range(len(self.carriers)), self.world.countries)[0]

    def _carrier(self, country: int, largest: int | None = None) -> int:
        carriers = self.carriers[country][:largest]
        return self.chance.choices(carriers, [1 / rank for rank in range(1, len(carriers) + 1)])[0]

    def _address(self, asn: int) -> str:
        return f"{_prefix(asn, self.chance.randrange(40))}.{self.chance.randrange(1, 255)}"

    def _exit(self, asn: int) -> str:
        exit_ = self.chance.randrange(200)
        return f"{_prefix(asn, 100 + exit_ // 20)}.{exit_ + 1}"

    def _device(self) -> Device:
        chance = self.chance
        kind, os, browsers, _ = chance.choices(PLATFORMS, [share for *_, share in PLATFORMS])[0]
        model = ""
        if os == "Android":
            model = f"SM-{chance.choices(range(200), [1 / rank for rank in range(1, 201)])[0]}"
        return Device(
            kind, os, chance.choice(browsers), model, chance.expovariate(1 / 15), chance.random() < 0.15
        )


def _prefix(asn: int, number: int) -> str:
    place = (asn * 7919 + number) % (223 * 65_536)
    return f"{1 + place // 65_536}.{place // 256 % 256}.{place % 256}"


def measured(file: Path, name: str, seed: int) -> dict[str, dict[str, Any]]:
    """The figures of a model under the protocol of `doorward evaluate`."""
    plan = Plan(survey=survey(read_rows(file)), seed=seed, attacks=4000, attackers=ATTACKERS)
    model = Doorward(live=False, fit=True) if name == "doorward" else MODELS[name](seed)
    collected, stretch = Collected(), Stretch.WARM_UP
    for step in walk(read_rows(file), plan):
        for begun in Stretch:
            if stretch < begun <= step.stretch:
                model.begin(begun)
        stretch = step.stretch
        if not step.sign_in:
            model.note(step.row)
            continue
        if step.legitimate and stretch is not Stretch.WARM_UP:
            collected.sign_in(step, model.score(step.row))
            for attacker, row in step.attacks:
                collected.attack(attacker, step, model.score(row))
        model.learn(step.row)
    return figures(collected, seed)


def _medians(figures_of: dict[str, Any]) -> str:
    medians = figures_of["median_reauthentications"]["0.99"].values()
    return "/".join("–" if number is None else f"{number:g}" for number in medians)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--users", type=int, default=20_000)
    asked = parser.parse_args()
    for world, made_as in WORLDS.items():
        with tempfile.TemporaryDirectory() as place:
            file = Path(place, "rows.csv")
            chance = Random(f"{asked.seed} {world}")
            rows = write_rows(file, Maker(made_as, chance).rows(asked.users))
            ours, yardstick = (measured(file, name, asked.seed) for name in ("doorward", "freeman"))
        print(f"{world}: {rows:,} rows")
        for attacker in ATTACKERS:
            here, there = ours[attacker], yardstick[attacker]
            share, of = here["asked_at_tpr"]["0.99"], there["asked_at_tpr"]["0.99"]
            print(
                f"  {attacker:9} AUC {here['auc']:.3f}, N {there['auc']:.3f}; asked {share:.3f}, N {of:.3f}, "
                f"ratio {share / of:.2f}; re-authentications {_medians(here)}, N {_medians(there)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
