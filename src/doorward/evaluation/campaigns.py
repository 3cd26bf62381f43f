"""Attackers that show only in what they do over time, played against the engine at instants of the report.

Each campaign is laid over what really follows in the file. The engine's velocity of the last two days is built
anew for it, so that no campaign leaves a trace. Its attempts are scored as they come, and so are the
legitimate sign-ins meanwhile, once with the campaign and once without.

One attempt that is challenged because it is unlike its victim is no campaign found. Found is a campaign at its
first attempt that reaches the threshold with reasons from what is *done* (the velocity group) that weigh
`EVIDENT` or more together.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from heapq import merge
from itertools import takewhile
from math import inf
from statistics import median
from typing import Any, Final

import msgspec

from doorward.clock import seeded
from doorward.evaluation.ahead import Ahead
from doorward.evaluation.campaign_scripts import (
    CAMPAIGNS,
    STOLEN,
    Attempt,
    Campaign,
    session_theft,
)
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.metrics import threshold_challenging
from doorward.evaluation.models.doorward import Doorward, name_of
from doorward.evaluation.protocol import Plan, Step
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch, is_legitimate
from doorward.risk.score import CONDUCT, Assessment
from doorward.risk.traits import DEVICE_ID, PREFIX, USER_AGENT, keys_of
from doorward.risk.velocity import Outcome, Velocity, is_afar

INSTANTS: Final = 20
"""How often each campaign is played."""
FIRST_ATTEMPTS: Final = 50
BUDGET: Final = 0.001
"""The share of legitimate sign-ins that the threshold challenges."""
EVIDENT: Final = 2.0
"""Weight of the velocity reasons together from which they are taken to tell a campaign (odds of 7 to 1)."""
_CONDUCT: Final = frozenset(signal.__name__ for signal in dict(CONDUCT)["velocity"])
_REMEMBERED: Final = 2 * 86_400.0
_AFTERMATH: Final = 2 * 3600.0
_ROWS_REMEMBERED: Final = 50_000


class Played(msgspec.Struct):
    """The scores of one campaign, and of the legitimate sign-ins meanwhile with and without it.

    `conduct` is the part of each attempt's score that comes from what is done, and not from who it is unlike.
    `at_home` tells of each legitimate sign-in whether its network or its client is one that the user is known by.
    """

    attempts: list[float]
    conduct: list[float]
    successes: list[int]
    meanwhile: list[float]
    otherwise: list[float]
    at_home: list[bool]


class Campaigns:
    """Plays every campaign at `INSTANTS` instants spread over the report stretch."""

    def __init__(self, engine: Doorward, plan: Plan, scripts: Mapping[str, Campaign] = CAMPAIGNS) -> None:
        self._engine = engine
        self._scripts = scripts
        self._seed = plan.seed
        stretches = plan.survey.stretches
        length = (stretches.last - stretches.report) / (INSTANTS + 1)
        self._instants = [stretches.report + length * (number + 1) for number in range(INSTANTS)]
        self._recent: deque[Row] = deque(maxlen=_ROWS_REMEMBERED)
        self.played: dict[str, list[Played]] = {name: [] for name in scripts}

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
        for name, campaign in self._scripts.items():
            chance = seeded(self._seed, "campaign", name, begin.index)
            attempts = list(campaign(begin, ahead, chance))
            if campaign is session_theft:
                known = [one for one in attempts if self._engine.profile(one.row.user_id).successes]
                attempts = known[:STOLEN]
            if attempts:
                end = attempts[-1].row.at + _AFTERMATH
                follows = _until(end, ahead.held)
                at_home = [_at_home(self._engine, row) for row in follows if is_legitimate(row)]
                made, meanwhile = self._through(attempts, follows)
                _, otherwise = self._through([], follows)
                successes = [place for place, one in enumerate(attempts) if one.outcome is Outcome.SUCCESS]
                scores, conduct = [one.score for one in made], [_conduct(one) for one in made]
                played = Played(scores, conduct, successes, meanwhile, otherwise, at_home)
                self.played[name].append(played)

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
    at_home = [
        score for one in played for score, known in zip(one.meanwhile, one.at_home, strict=True) if known
    ]
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
        "legitimate_at_home_meanwhile": len(at_home),
        "legitimate_at_home_challenged_meanwhile": _share(at_home, threshold),
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


def _at_home(engine: Doorward, row: Row) -> bool:
    keys, known = keys_of(engine.circumstance(row)), engine.profile(row.user_id).counts
    return any(keys[trait] in known[trait] for trait in (PREFIX, USER_AGENT, DEVICE_ID))


def _note(engine: Doorward, velocity: Velocity, row: Row, outcome: Outcome) -> None:
    circumstance = engine.circumstance(row)
    afar = outcome is Outcome.SUCCESS and is_afar(engine.profile(row.user_id), circumstance)
    velocity.note(circumstance, name_of(row), outcome, row.at, afar=afar)


def _outcome(row: Row) -> Outcome:
    if row.user_id == UNKNOWN_USER:
        return Outcome.UNKNOWN_NAME
    return Outcome.SUCCESS if row.successful else Outcome.FAILURE
