"""What the attackers that show only in what they do over time try, attempt by attempt.

`campaigns` plays them against the engine. Their addresses are unused ones beside those of later sign-ins, their
clients those of people: nothing gives them away but their number.
"""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from doorward.clock import Chance
from doorward.evaluation.ahead import Ahead
from doorward.evaluation.attackers import neighbour
from doorward.evaluation.rows import Row
from doorward.risk.velocity import Outcome

STOLEN: Final = 20
"""Sessions that a thief uses."""
_NOBODY: Final = 2**62
"""From here on ids of names that do not exist, each its own, which the data set's one id cannot tell."""


class Attempt(msgspec.Struct, gc=False):
    """One attempt of a campaign."""

    row: Row
    outcome: Outcome


Campaign = Callable[[Row, Ahead, Chance], Iterator[Attempt]]
"""Takes the row at whose instant it begins."""


def stuffing(addresses: int, seconds: float = 2.0, tries: int = 300) -> Campaign:
    """Return a campaign of 1 to 3 tries a name, of which half exist and 1 % are hit, a try in so many seconds."""

    def play(begin: Row, ahead: Ahead, chance: Chance) -> Iterator[Attempt]:
        exits = _exits(begin, ahead, chance, addresses)
        clients = _exits(begin, ahead, chance, 12)
        number = 0
        while number < tries:
            known = chance.random() < 0.5
            hit = known and chance.random() < 0.02
            victim = _user(begin, ahead, chance) if known else _NOBODY + number
            for last in _tries(1 + int(chance.random() * 3)):
                outcome = Outcome.FAILURE if known else Outcome.UNKNOWN_NAME
                if hit and last:
                    outcome = Outcome.SUCCESS
                yield _attempt(
                    begin, number, seconds, victim, _any(exits, chance), _any(clients, chance), outcome
                )
                number += 1

    return play


def spraying(seconds: float = 60.0, tries: int = 200) -> Campaign:
    """Return a campaign of one password over many existing users, from three addresses; 1 % are hit."""

    def play(begin: Row, ahead: Ahead, chance: Chance) -> Iterator[Attempt]:
        exits = _exits(begin, ahead, chance, 3)
        for number in range(tries):
            outcome = Outcome.SUCCESS if chance.random() < 0.01 else Outcome.FAILURE
            victim = _user(begin, ahead, chance)
            yield _attempt(begin, number, seconds, victim, _any(exits, chance), exits[0], outcome)

    return play


def enumeration(begin: Row, ahead: Ahead, chance: Chance) -> Iterator[Attempt]:
    """Many unknown names from one address, a try a second; one in fifty exists."""
    exits = _exits(begin, ahead, chance, 1)
    for number in range(300):
        if chance.random() < 0.02:
            victim, outcome = _user(begin, ahead, chance), Outcome.FAILURE
        else:
            victim, outcome = _NOBODY + number, Outcome.UNKNOWN_NAME
        yield _attempt(begin, number, 1.0, victim, exits[0], exits[0], outcome)


def mfa_fatigue(begin: Row, ahead: Ahead, chance: Chance) -> Iterator[Attempt]:
    """Eight prompts in ten minutes after the right password of one user, from a stranger's circumstance."""
    exits = _exits(begin, ahead, chance, 1)
    victim = _user(begin, ahead, chance)
    for number in range(8):
        yield _attempt(begin, number, 75.0, victim, exits[0], exits[0], Outcome.PROMPTED)


def session_theft(begin: Row, ahead: Ahead, chance: Chance) -> Iterator[Attempt]:
    """Refreshes of stolen sessions from one address, each with its victim's own client and device.

    A refresh is no sign-in and a live pool does not score it; here it is scored as one. Of these candidates,
    `STOLEN` that have signed in before are played: the others have no session.
    """
    exits = _exits(begin, ahead, chance, 1)
    for number in range(4 * STOLEN):
        donor = ahead.anywhere(begin, chance)
        if donor is not None:
            made = _attempt(begin, number, 60.0, donor.user_id, exits[0], donor, Outcome.SUCCESS)
            copied = replace(
                made.row,
                device_id=donor.device_id,
                language=donor.language,
                time_zone=donor.time_zone,
            )
            yield Attempt(copied, made.outcome)


CAMPAIGNS: Final[dict[str, Campaign]] = {
    "stuffing_1": stuffing(1),
    "stuffing_100": stuffing(100),
    "stuffing_10000": stuffing(10_000),
    "spraying": spraying(),
    "enumeration": enumeration,
    "mfa_fatigue": mfa_fatigue,
    "session_theft": session_theft,
}


def _slow() -> Iterator[tuple[str, Campaign]]:
    for pace, seconds in (("10 s", 10.0), ("1 min", 60.0), ("10 min", 600.0), ("1 h", 3600.0)):
        for addresses in (1, 100, 10_000):
            yield f"stuffing_{addresses} {pace}", stuffing(addresses, seconds, 100)
        yield f"spraying {pace}", spraying(seconds, 100)


SLOW: Final[dict[str, Campaign]] = dict(_slow())
"""The same lists tried ever more slowly, to see where detection ends (`benchmarks/campaigns.py`)."""


def _tries(count: int) -> Iterator[bool]:
    """Yield, for each try, whether it is the last."""
    for number in range(1, count + 1):
        yield number == count


def _exits(begin: Row, ahead: Ahead, chance: Chance, count: int) -> list[Row]:
    """Rows whose networks the campaign comes from: unused addresses near those of later sign-ins."""
    donors = (ahead.anywhere(begin, chance) for _ in range(count))
    found = [
        replace(donor, address=neighbour(donor.address, chance)) for donor in donors if donor is not None
    ]
    return found or [begin]


def _user(begin: Row, ahead: Ahead, chance: Chance) -> int:
    donor = ahead.anywhere(begin, chance)
    return begin.user_id if donor is None else donor.user_id


def _any(rows: list[Row], chance: Chance) -> Row:
    return rows[int(chance.random() * len(rows))]


def _attempt(
    begin: Row, number: int, seconds: float, user_id: int, network: Row, client: Row, outcome: Outcome
) -> Attempt:
    """An attempt with one row's network and another's client; programs keep no device id."""
    row = replace(
        network,
        index=2**62 + begin.index + number,
        at=begin.at + 1.0 + number * seconds,
        user_id=user_id,
        user_agent=client.user_agent,
        browser=client.browser,
        os=client.os,
        device_type=client.device_type,
        device_id="",
        language="",
        time_zone="",
    )
    return Attempt(row, outcome)
