"""Devices and the user agent strings they show: models that many people have, versions that move forward.

A *client* is the text of the four columns from the user agent string to the device type, ready for the file.
"""

from dataclasses import dataclass
from typing import Final

from doorward.clock import Chance, seeded
from doorward.evaluation.synthesis.drawing import Weighted, bits, one_of, waiting, zipf
from doorward.evaluation.synthesis.programs import (
    COMPUTERS,
    DESKTOPS,
    IN_APP_ANDROID,
    IN_APP_IPHONE,
    MACINTOSHES,
    MAKES,
    PHONES,
    TABLETS,
    Program,
)
from doorward.evaluation.synthesis.releases import Releases

_MODELS: Final = 420
_ANDROIDS: Final = Weighted(
    (("10", 0.42), ("9", 0.27), ("8.0.0", 0.13), ("11", 0.06), ("7.0", 0.07), ("6.0.1", 0.05))
)


@dataclass(slots=True)
class Device:
    """A device of a user: its programs, its model, how late it takes updates, its id for the live columns."""

    program: Program
    model: str
    lag: float
    in_app: Program | None
    device_id: str = ""


class Catalogue:
    """All models and programs, and the strings they show."""

    def __init__(
        self, seed: int, calendars: dict[str, Releases], lags: tuple[tuple[float, float], ...]
    ) -> None:
        chance = seeded(seed, "models")
        self._calendars = calendars
        self._lags = Weighted((mean, share) for share, mean in lags)
        self._programs = {
            "mobile": Weighted(PHONES),
            "desktop": Weighted(DESKTOPS),
            "tablet": Weighted(TABLETS),
        }
        self._models = Weighted(zip(_models(chance), zipf(_MODELS, 0.9), strict=True))
        self._computers, self._macintoshes = Weighted(COMPUTERS), Weighted(MACINTOSHES)
        self._clients: dict[tuple[str, str, int, int], str] = {}

    def device(self, kind: str, chance: Chance, in_app_share: float = 0.0) -> Device:
        """Return a new device of a kind: mobile, desktop or tablet."""
        program = self._programs[kind].draw(chance)
        if program.system or kind != "desktop":
            model = "" if program.system else self._models.draw(chance)
        else:
            model = (self._macintoshes if program.name == "safari" else self._computers).draw(chance)
        lag = waiting(self._lags.draw(chance), chance)
        in_app = None
        if kind == "mobile" and chance.random() < in_app_share:
            in_app = IN_APP_IPHONE if program.system else IN_APP_ANDROID
        return Device(program, model, lag, in_app, f"{bits(52, chance):013x}")

    def client(self, program: Program, device: Device, day: float) -> str:
        """Return what a device shows on a day, with the newest versions that it has by then."""
        seen = day - device.lag
        place = self._calendars[program.releases].at(seen)
        system = self._calendars[program.system].at(seen) if program.system else 0
        key = (program.name, device.model, place, system)
        text = self._clients.get(key)
        if text is None:
            version = self._calendars[program.releases].versions[place]
            own = self._calendars[program.system].versions[system] if program.system else ""
            agent, browser, os = program.show(version, own, device.model)
            text = self._clients[key] = written(agent, browser, os, program.device_type)
        return text


def written(agent: str, browser: str, os: str, device_type: str) -> str:
    """Return the four columns as the file has them. No part may hold a quotation mark."""
    return f"{_cell(agent)},{_cell(browser)},{_cell(os)},{device_type}"


def _cell(text: str) -> str:
    return f'"{text}"' if "," in text else text


def _models(chance: Chance) -> list[str]:
    """Return `Android 10; SM-G973F` and the like, the most common first."""
    return [
        f"Android {_ANDROIDS.draw(chance)}; {one_of(MAKES, chance)}{100 + bits(10, chance)}"
        f"{one_of(('F', 'U', '', '(5)', 'FN'), chance)}"
        for _ in range(_MODELS)
    ]
