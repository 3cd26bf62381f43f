"""Attackers that show only in what they do over time, played against the engine at instants of the report.

Each campaign is laid over what really follows in the file. The engine's velocity of the last two days is built
anew for it, so that no campaign leaves a trace. Its attempts are scored as they come, and so are the
legitimate sign-ins meanwhile, once with the campaign and once without.

One attempt that is challenged because it is unlike its victim is no campaign found. Found is a campaign at its
first attempt that reaches the threshold with reasons from what is *done* (the velocity group) that weigh
`EVIDENT` or more together.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import takewhile
from math import inf
from statistics import median
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from doorward.clock import Chance, seeded
from doorward.evaluation.ahead import Ahead
from doorward.evaluation.attackers import neighbour
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.metrics import threshold_challenging
from doorward.evaluation.models.doorward import Doorward, name_of
from doorward.evaluation.protocol import Plan, Step
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch, is_legitimate
from doorward.risk.score import CONDUCT, Assessment
from doorward.risk.velocity import Outcome, Velocity, is_afar

INSTANTS: Final = 20
"""How often each campaign is played."""
FIRST_ATTEMPTS: Final = 50
STOLEN: Final = 20
"""Sessions that a thief uses."""
BUDGET: Final = 0.001
"""The share of legitimate sign-ins that the threshold challenges."""
EVIDENT: Final = 2.0
"""Weight of the velocity reasons together from which they are taken to tell a campaign (odds of 7 to 1)."""
_CONDUCT: Final = frozenset(signal.__name__ for signal in dict(CONDUCT)["velocity"])
_REMEMBERED: Final = 2 * 86_400.0
_AFTERMATH: Final = 2 * 3600.0
_ROWS_REMEMBERED: Final = 50_000
_NOBODY: Final = 2**62
"""From here on ids of names that do not exist, each its own, which the data set's one id cannot tell."""


class Attempt(msgspec.Struct, gc=False):
    """One attempt of a campaign."""

    row: Row
    outcome: Outcome


Campaign = Callable[[Row, Ahead, Chance], Iterator[Attempt]]
"""Takes the row at whose instant it begins."""


def stuffing(addresses: int) -> Campaign:
    """Return a campaign of 1 to 3 tries a name, of which half exist and 1 % are hit, a try in two seconds."""

    def play(begin: Row, ahead: Ahead, chance: Chance) -> Iterator[Attempt]:
        exits = _exits(begin, ahead, chance, addresses)
        clients = _exits(begin, ahead, chance, 12)
        number = 0
        while number < 300:
            known = chance.random() < 0.5
            hit = known and chance.random() < 0.02
            victim = _user(begin, ahead, chance) if known else _NOBODY + number
            for last in _tries(1 + int(chance.random() * 3)):
                outcome = Outcome.FAILURE if known else Outcome.UNKNOWN_NAME
                if hit and last:
                    outcome = Outcome.SUCCESS
                yield _attempt(
                    begin, number, 2.0, victim, _any(exits, chance), _any(clients, chance), outcome
                )
                number += 1

    return play


def spraying(begin: Row, ahead: Ahead, chance: Chance) -> Iterator[Attempt]:
    """One password over many existing users, a try a minute from three addresses; 1 % are hit."""
    exits = _exits(begin, ahead, chance, 3)
    for number in range(200):
        outcome = Outcome.SUCCESS if chance.random() < 0.01 else Outcome.FAILURE
        victim = _user(begin, ahead, chance)
        yield _attempt(begin, number, 60.0, victim, _any(exits, chance), exits[0], outcome)


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
    "spraying": spraying,
    "enumeration": enumeration,
    "mfa_fatigue": mfa_fatigue,
    "session_theft": session_theft,
}


class Played(msgspec.Struct):
    """The scores of one campaign, and of the legitimate sign-ins meanwhile with and without it.

    `conduct` is the part of each attempt's score that comes from what is done, and not from who it is unlike.
    """

    attempts: list[float]
    conduct: list[float]
    successes: list[int]
    meanwhile: list[float]
    otherwise: list[float]


class Campaigns:
    """Plays every campaign at `INSTANTS` instants spread over the report stretch."""

    def __init__(self, engine: Doorward, plan: Plan) -> None:
        self._engine = engine
        self._seed = plan.seed
        stretches = plan.survey.stretches
        length = (stretches.last - stretches.report) / (INSTANTS + 1)
        self._instants = [stretches.report + length * (number + 1) for number in range(INSTANTS)]
        self._recent: deque[Row] = deque(maxlen=_ROWS_REMEMBERED)
        self.played: dict[str, list[Played]] = {name: [] for name in CAMPAIGNS}

    def see(self, step: Step, ahead: Ahead) -> None:
        """Be shown a step before it is scored."""
        if step.stretch < Stretch.THRESHOLDS or not self._instants:
            return
        row = step.row
        if row.at >= self._instants[0]:
            del self._instants[0]
            self._play(row, ahead)
        if self._instants and row.at >= self._instants[0] - _REMEMBERED:
            self._recent.append(row)

    def _play(self, begin: Row, ahead: Ahead) -> None:
        for name, campaign in CAMPAIGNS.items():
            chance = seeded(self._seed, "campaign", name, begin.index)
            attempts = list(campaign(begin, ahead, chance))
            if campaign is session_theft:
                known = [one for one in attempts if self._engine.profile(one.row.user_id).successes]
                attempts = known[:STOLEN]
            if attempts:
                end = attempts[-1].row.at + _AFTERMATH
                follows = _until(end, ahead.held)
                made, meanwhile = self._through(attempts, follows)
                _, otherwise = self._through([], follows)
                successes = [place for place, one in enumerate(attempts) if one.outcome is Outcome.SUCCESS]
                scores, conduct = [one.score for one in made], [_conduct(one) for one in made]
                self.played[name].append(Played(scores, conduct, successes, meanwhile, otherwise))

    def _through(self, attempts: list[Attempt], follows: list[Row]) -> tuple[list[Assessment], list[float]]:
        """Assess the attempts, and score the legitimate sign-ins among the rows that follow."""
        engine = self._engine
        made: list[Assessment] = []
        meanwhile: list[float] = []
        velocity = Velocity()
        for row in self._recent:
            _note(engine, velocity, row, _outcome(row))
        real = (Attempt(row, _outcome(row)) for row in follows)
        ours = {id(attempt) for attempt in attempts}
        for attempt in merge(attempts, real, key=lambda one: one.row.at):
            if id(attempt) in ours:
                made.append(engine.assess(attempt.row, velocity=velocity))
            elif is_legitimate(attempt.row):
                meanwhile.append(engine.assess(attempt.row, velocity=velocity).score)
            _note(engine, velocity, attempt.row, attempt.outcome)
        return made, meanwhile

    def table(self, *stretches: list[float]) -> dict[str, dict[str, Any]]:
        """Return for each campaign at which attempt it was found, and what it cost the others.

        `stretches` are the sorted legitimate scores of each stretch. The threshold is the least that challenges
        at most `BUDGET` of them in every one.
        """
        if not any(stretches):
            return {}
        threshold = max(threshold_challenging(negatives, BUDGET) for negatives in stretches if negatives)
        return {name: _told(played, threshold) for name, played in self.played.items() if played}


def _told(played: list[Played], threshold: float) -> dict[str, Any]:
    challenged = [_first(score >= threshold for score in one.attempts) for one in played]
    found = [
        _first(
            score >= threshold and conduct >= EVIDENT
            for score, conduct in zip(one.attempts, one.conduct, strict=True)
        )
        for one in played
    ]
    after = [
        score
        for one, number in zip(played, found, strict=True)
        if number is not None
        for score in one.attempts[number:]
    ]
    first = [score for one in played for score in one.attempts[:FIRST_ATTEMPTS]]
    late = [one.attempts[place] for one in played for place in one.successes if place >= FIRST_ATTEMPTS]
    return {
        "played": len(played),
        "threshold": threshold,
        "challenged_at_attempt": challenged,
        "median_challenged_at_attempt": _median(challenged),
        "found_at_attempt": found,
        "median_found_at_attempt": _median(found),
        "found_within_50": sum(number is not None and number <= FIRST_ATTEMPTS for number in found),
        "challenged_of_first_50": _share(first, threshold),
        "challenged_once_found": _share(after, threshold),
        "challenged_of_later_successes": _share(late, threshold),
        "legitimate_meanwhile": sum(len(one.meanwhile) for one in played),
        "legitimate_challenged_meanwhile": _share([s for one in played for s in one.meanwhile], threshold),
        "legitimate_challenged_otherwise": _share([s for one in played for s in one.otherwise], threshold),
    }


def _first(reached: Iterable[bool]) -> int | None:
    return next((number for number, yes in enumerate(reached, 1) if yes), None)


def _median(numbers: list[int | None]) -> float | None:
    """The median, where None is later than any; None where more than half are."""
    found = median(inf if number is None else number for number in numbers)
    return None if found == inf else found


def _conduct(assessment: Assessment) -> float:
    return sum(reason.weight for reason in assessment.reasons if reason.signal in _CONDUCT)


def _until(end: float, rows: Iterable[Row]) -> list[Row]:
    return list(takewhile(lambda row: row.at < end, rows))


def _share(scores: Iterable[float], threshold: float) -> float | None:
    reached = [score >= threshold for score in scores]
    return sum(reached) / len(reached) if reached else None


def _note(engine: Doorward, velocity: Velocity, row: Row, outcome: Outcome) -> None:
    circumstance = engine.circumstance(row)
    afar = outcome is Outcome.SUCCESS and is_afar(engine.profile(row.user_id), circumstance)
    velocity.note(circumstance, name_of(row), outcome, row.at, afar=afar)


def _outcome(row: Row) -> Outcome:
    if row.user_id == UNKNOWN_USER:
        return Outcome.UNKNOWN_NAME
    return Outcome.SUCCESS if row.successful else Outcome.FAILURE


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
