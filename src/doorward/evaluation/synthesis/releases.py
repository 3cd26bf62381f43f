"""The versions of browsers and systems, and the day each came out: they only move forward.

Days count from the start of the data. Dates up to early 2021 follow the real calendars; what lies beyond is
continued at the same pace.
"""

from bisect import bisect_right
from typing import Final

from doorward.clock import Chance, seeded


class Releases:
    """The versions of one program in the order of their days."""

    __slots__ = ("_days", "versions")

    def __init__(self, dated: list[tuple[float, str]]) -> None:
        self._days = [day for day, _ in dated]
        self.versions = [version for _, version in dated]

    def at(self, day: float) -> int:
        """Return the place of the newest version of a day, the oldest where none is out yet."""
        return max(bisect_right(self._days, day) - 1, 0)


# Days from 2020-02-03.
_IOS: Final = (
    (-500, "12.1"), (-320, "12.2"), (-200, "12.4"), (-130, "13.1.3"), (-98, "13.2.3"), (-55, "13.3"),
    (-6, "13.3.1"), (50, "13.4"), (64, "13.4.1"), (107, "13.5"), (119, "13.5.1"), (163, "13.6"), (191, "13.6.1"),
    (211, "13.7"), (226, "14.0"), (234, "14.0.1"), (260, "14.1"), (276, "14.2"), (290, "14.2.1"), (315, "14.3"),
    (358, "14.4"),
)  # fmt: skip
_SAFARI: Final = (
    (-500, "12.0"), (-130, "12.1.2"), (-110, "13.0.2"), (-97, "13.0.3"), (-55, "13.0.4"), (-6, "13.0.5"),
    (50, "13.1"), (113, "13.1.1"), (163, "13.1.2"), (226, "14.0"), (282, "14.0.1"), (315, "14.0.2"), (364, "14.0.3"),
)  # fmt: skip
_BEFORE: Final = -560


def _continued(dated: tuple[tuple[int, str], ...], days: int, every: int) -> Releases:
    listed: list[tuple[float, str]] = [(float(day), version) for day, version in dated]
    major, minor = (int(part) for part in dated[-1][1].split(".")[:2])
    day = dated[-1][0] + every
    while day < days:
        minor += 1
        if minor > 8:
            major, minor = major + 1, 0
        listed.append((float(day), f"{major}.{minor}"))
        day += every
    return Releases(listed)


def _majors(
    days: int, chance: Chance, *, first: int, on: int, every: float, patches: int, build: str
) -> Releases:
    """Majors at a steady pace, `first` on day `on`, each followed by patches.

    `build` is the version's form with the major, a build number and a patch number to be filled in.
    """
    listed: list[tuple[float, str]] = []
    step = int((_BEFORE - on) // every)
    while (day := on + step * every) < days:
        number, patch = 3900 + 95 * (first + step - 79), 60 + int(40 * chance.random())
        for turn in range(patches):
            listed.append(
                (
                    day + turn * every / patches * (0.8 + 0.3 * chance.random()),
                    build.format(major=first + step, build=number, patch=patch),
                )
            )
            patch += 1 + int(25 * chance.random())
        step += 1
    return Releases(sorted(listed, key=lambda pair: pair[0]))


def calendars(seed: int, days: int) -> dict[str, Releases]:
    """Return the releases of every program, for a span of days."""

    def majors(name: str, first: int, on: int, every: float, patches: int, build: str) -> Releases:
        chance = seeded(seed, "releases", name)
        return _majors(days, chance, first=first, on=on, every=every, patches=patches, build=build)

    chromium = "{major}.0.{build}.{patch}"
    return {
        "ios": _continued(_IOS, days, 26),
        "safari": _continued(_SAFARI, days, 40),
        "chrome": majors("chrome", 80, 1, 43.0, 3, chromium),
        "chrome_mobile": majors("chrome_mobile", 80, 3, 43.0, 4, chromium),
        "chrome_ios": majors("chrome_ios", 80, 2, 43.0, 3, chromium),
        "webview": majors("webview", 80, 4, 43.0, 4, chromium),
        "edge": majors("edge", 80, 5, 43.0, 5, "{major}.0.{build}.{patch}"),
        "firefox": majors("firefox", 73, 8, 29.0, 1, "{major}.0"),
        "samsung": majors("samsung", 11, 20, 75.0, 1, "{major}.0"),
        "opera": majors("opera", 66, -5, 35.0, 3, chromium),
        "facebook": majors("facebook", 256, 1, 8.0, 1, "{major}.0.0.{patch}.{build}"),
    }
