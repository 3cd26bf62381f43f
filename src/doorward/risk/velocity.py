"""How fast things happen: decaying windows over attempts, by user, address, prefix, ASN, device, client and pool.

Mutable, in memory, deterministic, bounded. Counts decay exponentially, each window with one half-life. Names are
told apart exactly while they fit (NAMES_KEPT a window), which is enough to see a campaign begin.

A failing name is counted in the wide windows (AS, client, pool lately and usually) only while the narrow ones
(address, prefix, device) do not show it: a list tried from one address says nothing of its AS's other customers.
"""

from enum import Enum
from math import log
from typing import Final

import msgspec

from doorward.risk.circumstance import Circumstance
from doorward.risk.profile import Profile
from doorward.risk.traits import (
    ADDRESS,
    ASN,
    COUNTRY,
    DEVICE_ID,
    FINGERPRINT,
    PREFIX,
    UNKNOWN,
    USER_AGENT,
    Keys,
    key_of,
    keys_of,
)

HALF_LIFE: Final = 7200.0
PROMPT_HALF_LIFE: Final = 600.0
LATELY_HALF_LIFE: Final = 180.0
USUAL_HALF_LIFE: Final = 43_200.0
LATELY_SECONDS: Final = LATELY_HALF_LIFE / log(2.0)
"""Seconds of a steady stream that `VelocityView.lately` holds."""
HOURS_SECONDS: Final = HALF_LIFE / log(2.0)
"""As much of `VelocityView.hours`."""
SHOWN_BY_NARROWER: Final = 3.0
"""Failing names of an address, prefix or device beyond which the wider windows count no more of them."""
NAMES_KEPT: Final = 64
WINDOWS_KEPT: Final = 50_000
"""Windows of each scope; the one untouched for longest goes first."""


class Outcome(Enum):
    """How an attempt ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    """A wrong password of a user who exists."""
    UNKNOWN_NAME = "unknown name"
    PROMPTED = "prompted"
    """The password was right; a second factor was asked for."""
    CHALLENGE_FAILED = "challenge failed"
    """The password was right, as PROMPTED has told; the second factor was not, or never came."""


class Window(msgspec.Struct, frozen=True):
    """One window as it stands at an instant. All are decayed counts.

    `names` counts distinct user names (for a user's own window: distinct networks), of which `failing` have
    not signed in, `unknown` do not exist, and `afar` signed in from a country new to them. `prompts` decays with
    PROMPT_HALF_LIFE.
    """

    attempts: float = 0.0
    failures: float = 0.0
    names: float = 0.0
    failing: float = 0.0
    unknown: float = 0.0
    prompts: float = 0.0
    afar: float = 0.0


EMPTY: Final = Window()


class VelocityView(msgspec.Struct, frozen=True):
    """The windows that concern one attempt, before that attempt is counted.

    `client` is that of the fingerprint, else of the user agent. `lately`, `hours` and `usual` are the pool's with
    a half-life of three minutes, of two hours and of half a day, less what narrower windows show; a steady
    stream of `usual_seconds` gives what `usual` holds.
    """

    user: Window = EMPTY
    address: Window = EMPTY
    prefix: Window = EMPTY
    asn: Window = EMPTY
    device: Window = EMPTY
    client: Window = EMPTY
    pool: Window = EMPTY
    lately: Window = EMPTY
    hours: Window = EMPTY
    usual: Window = EMPTY
    usual_seconds: float = 0.0


QUIET: Final = VelocityView()
"""Nothing has happened yet."""


class _Tally:
    """One window's counters, as they were at `at`, and the names lately seen: True once one succeeded."""

    __slots__ = (
        "afar", "at", "attempts", "failing", "failures", "half_life", "names", "prompts", "seen", "unknown",
    )  # fmt: skip

    def __init__(self, at: float, half_life: float = HALF_LIFE) -> None:
        self.at = at
        self.half_life = half_life
        self.attempts = self.failures = self.names = self.failing = self.unknown = self.prompts = (
            self.afar
        ) = 0.0
        self.seen: dict[int, bool] = {}

    def view(self, at: float) -> Window:
        names, prompts = self.names, self.prompts
        if not names:
            return EMPTY
        elapsed = at - self.at
        elapsed = elapsed if elapsed > 0.0 else 0.0
        age = elapsed / self.half_life
        left = 0.5**age if age < 60.0 else _ALMOST_NOTHING
        if prompts:
            age = elapsed / PROMPT_HALF_LIFE
            prompts *= 0.5**age if age < 60.0 else _ALMOST_NOTHING
        return Window(
            self.attempts * left,
            self.failures * left,
            names * left,
            self.failing * left,
            self.unknown * left,
            prompts,
            self.afar * left,
        )

    def note(self, name: int, outcome: Outcome, at: float, afar: bool = False) -> None:
        self._age(at)
        succeeded = outcome in _SIGNED_IN
        if outcome is not Outcome.CHALLENGE_FAILED:
            # Which is the end of an attempt that was counted when the factor was asked for.
            self.attempts += 1.0
        if outcome is Outcome.PROMPTED:
            self.prompts += 1.0
        if not succeeded:
            self.failures += 1.0
        before = self.seen.pop(name, None)
        self.seen[name] = succeeded or bool(before)
        if before is None:
            self.names += 1.0
            if not succeeded:
                self.failing += 1.0
            elif afar:
                self.afar += 1.0
            if outcome is Outcome.UNKNOWN_NAME:
                self.unknown += 1.0
            if len(self.seen) > NAMES_KEPT:
                del self.seen[next(iter(self.seen))]
        elif succeeded and not before:
            self.failing = max(self.failing - 1.0, 0.0)

    def _age(self, at: float) -> None:
        if at <= self.at:
            return
        now = self.view(at)
        if now.attempts < 0.01:
            self.seen.clear()
        self.attempts, self.failures, self.names = now.attempts, now.failures, now.names
        self.failing, self.unknown, self.prompts, self.afar = now.failing, now.unknown, now.prompts, now.afar
        self.at = at


_ALMOST_NOTHING: Final = 2.0**-60
_UNTOUCHED: Final = _Tally(0.0)


class Velocity:
    """The windows of one pool."""

    __slots__ = (
        "_addresses", "_asns", "_clients", "_devices", "_hours", "_lately", "_pool", "_prefixes", "_since", "_users",
        "_usual",
    )  # fmt: skip

    def __init__(self) -> None:
        self._users: dict[int, _Tally] = {}
        self._addresses: dict[int, _Tally] = {}
        self._prefixes: dict[int, _Tally] = {}
        self._asns: dict[int, _Tally] = {}
        self._devices: dict[int, _Tally] = {}
        self._clients: dict[int, _Tally] = {}
        self._pool = _Tally(0.0)
        self._lately = _Tally(0.0, LATELY_HALF_LIFE)
        self._hours = _Tally(0.0)
        self._usual = _Tally(0.0, USUAL_HALF_LIFE)
        self._since: float | None = None
        """When the first attempt was counted."""

    def note(
        self, circumstance: Circumstance, username: str, outcome: Outcome, at: float, *, afar: bool = False
    ) -> None:
        """Count one attempt, once its outcome is known. `afar`: from a country new to the user."""
        keys = keys_of(circumstance)
        name = key_of(username)
        if self._since is None or at < self._since:
            self._since = at
        _note(self._users, name, keys[PREFIX] or keys[ADDRESS], outcome, at)
        shown = _note(self._addresses, keys[ADDRESS], name, outcome, at, afar)
        shown = _note(self._devices, keys[DEVICE_ID], name, outcome, at) or shown
        fails = outcome not in _SIGNED_IN
        if not (shown and fails):
            shown = _note(self._prefixes, keys[PREFIX], name, outcome, at, afar)
        self._pool.note(name, outcome, at)
        if not (shown and fails):
            _note(self._asns, keys[ASN], name, outcome, at)
            _note(self._clients, _client(keys), name, outcome, at)
            self._lately.note(name, outcome, at)
            self._hours.note(name, outcome, at)
            self._usual.note(name, outcome, at, afar)

    def view(self, circumstance: Circumstance, username: str, at: float) -> VelocityView:
        """The windows that concern an attempt on this name in this circumstance."""
        keys = keys_of(circumstance)
        since = self._since
        age = 0.0 if since is None else max(at - since, 0.0) / USUAL_HALF_LIFE
        return VelocityView(
            self._users.get(key_of(username), _UNTOUCHED).view(at),
            self._addresses.get(keys[ADDRESS], _UNTOUCHED).view(at),
            self._prefixes.get(keys[PREFIX], _UNTOUCHED).view(at),
            self._asns.get(keys[ASN], _UNTOUCHED).view(at),
            self._devices.get(keys[DEVICE_ID], _UNTOUCHED).view(at),
            self._clients.get(_client(keys), _UNTOUCHED).view(at),
            self._pool.view(at),
            self._lately.view(at),
            self._hours.view(at),
            self._usual.view(at),
            _USUAL_SECONDS * (1.0 - 2.0 ** -min(age, 60.0)),
        )


_SIGNED_IN: Final = (Outcome.SUCCESS, Outcome.PROMPTED)
_USUAL_SECONDS: Final = USUAL_HALF_LIFE / log(2.0)


def is_afar(profile: Profile, circumstance: Circumstance) -> bool:
    """Tell whether a user with a history comes from a country he was not seen in."""
    known = profile.counts[COUNTRY]
    country = circumstance.country
    return bool(known) and bool(country) and key_of(country or "") not in known


def _client(keys: Keys) -> int:
    return keys[FINGERPRINT] or keys[USER_AGENT]


def _note(
    windows: dict[int, _Tally], key: int, name: int, outcome: Outcome, at: float, afar: bool = False
) -> bool:
    """Count an attempt in its window; tell whether that shows enough failing names by itself."""
    if key == UNKNOWN:
        return False
    # Taken out and put back at the end, so that the first is always the one untouched for longest.
    tally = windows.pop(key, None) or _Tally(at)
    tally.note(name, outcome, at, afar)
    windows[key] = tally
    if len(windows) > WINDOWS_KEPT:
        del windows[next(iter(windows))]
    return tally.failing > SHOWN_BY_NARROWER
