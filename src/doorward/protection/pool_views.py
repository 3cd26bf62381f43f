"""What the engine knows of each pool as a whole: in memory, kept now and then, made up from the history.

The counts (`Population`) are kept with the numbers of what they cover (`doorward.protection.coverage`), so that
after a restart only what came later is replayed: a stale copy costs time, and is never wrong. Velocity is not
kept: it is made from the attempts of its last hours.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import structlog
from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.protection import queries
from doorward.protection.coverage import Coverage
from doorward.risk.circumstance import Circumstance
from doorward.risk.population import Population
from doorward.risk.population_encoding import PopulationUnreadable, decode, encode
from doorward.risk.velocity import USUAL_HALF_LIFE, Outcome, Velocity

HISTORY_SECONDS = 90 * 86_400.0
"""How far back the counts are made up where no copy was kept."""
HISTORY_EVENTS = 100_000
"""How many events are replayed at first use, the latest ones."""
VELOCITY_SECONDS = 8 * USUAL_HALF_LIFE
"""How far back velocity is made up, four days: what is older weighs less than 1/256, and mostly far less."""

_circumstance = msgspec.json.Decoder(Circumstance)
_log = structlog.get_logger(__name__)


@dataclass
class PoolView:
    """One pool's global counts and velocity; every access holds the lock.

    `generation` is that of the counts' copy in the database; `changed` says that the copy is behind.
    """

    population: Population = field(default_factory=Population)
    velocity: Velocity = field(default_factory=Velocity)
    covered: Coverage = field(default_factory=Coverage)
    generation: int = 0
    changed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, event: AuthEvent) -> None:
        """Count one attempt; what succeeded fully counts as the pool's normal too.

        One that is in progress is counted at its end, and each is counted once; a prompt for a second factor
        counts when it is put, since those that are never answered matter most.
        """
        circumstance = _circumstance.decode(event.circumstance)
        with self.lock:
            if event.prompted is not None and self.covered.take(event.prompted):
                self.changed = True
                _note_prompt(self.velocity, event, circumstance)
            if event.response != "InProgress" and self.covered.take(event.concluded):
                self.changed = True
                _note_end(self.velocity, event, circumstance)
                _teach(self.population, event, circumstance)

    def observe_feedback(self, event: AuthEvent) -> None:
        """Count what was said of an event: Invalid marks its network and device, Valid takes a mark back."""
        if event.feedback is None:
            return
        circumstance = _circumstance.decode(event.circumstance)
        with self.lock:
            if self.covered.take(event.judged):
                self.changed = True
                _hear(self.population, event, circumstance)

    def copy(self) -> tuple[bytes, bytes]:
        """Return the counts and what they cover as they are kept; from now on nothing has changed."""
        with self.lock:
            self.changed = False
            return encode(self.population), msgspec.json.encode(self.covered)


class PoolViews:
    """The views of all pools that had an attempt since the start."""

    def __init__(self) -> None:
        self._views: dict[str, PoolView] = {}
        self._lock = threading.Lock()

    def known(self, pool_id: str) -> PoolView | None:
        """Return a pool's view if it has been built."""
        return self._views.get(pool_id)

    def all(self) -> list[tuple[str, PoolView]]:
        """Return the views with their pools' ids."""
        with self._lock:
            return list(self._views.items())

    def of(self, tx: Connection, pool_id: str, now: Instant) -> PoolView:
        """Return a pool's view, building it at first use; the first to finish wins."""
        known = self._views.get(pool_id)
        if known is not None:
            return known
        view = build(tx, pool_id, now)
        with self._lock:
            return self._views.setdefault(pool_id, view)

    def forget(self, pool_id: str) -> None:
        """Let go of a pool's view: the pool was deleted, or its counts were made anew."""
        with self._lock:
            self._views.pop(pool_id, None)


def build(tx: Connection, pool_id: str, now: Instant) -> PoolView:
    """Build a pool's view: from the copy that was kept and what came after it, or else from the history."""
    view = _kept(tx, pool_id)
    if view is None:
        view = PoolView(generation=queries.view_generation(tx, pool_id), changed=True)
        for event in events.of_pool_since(tx, pool_id, now - HISTORY_SECONDS, HISTORY_EVENTS):
            count(view.population, event)
    else:
        for event, circumstance in _counted(
            events.numbered_after(tx, pool_id, view.covered.up_to, HISTORY_EVENTS)
        ):
            if event.concluded is not None and view.covered.take(event.concluded):
                _teach(view.population, event, circumstance)
            if event.judged is not None and view.covered.take(event.judged):
                _hear(view.population, event, circumstance)
            view.changed = True
    view.covered = Coverage(events.last_number(tx, pool_id))
    recent = events.of_pool_since(tx, pool_id, now - VELOCITY_SECONDS, HISTORY_EVENTS)
    for event, circumstance in _counted(recent):
        if event.prompted is not None:
            _note_prompt(view.velocity, event, circumstance)
        if event.response != "InProgress":
            _note_end(view.velocity, event, circumstance)
    return view


def count(population: Population, event: AuthEvent) -> None:
    """Count an event and what was said of it, as a history tells them."""
    circumstance = _circumstance.decode(event.circumstance)
    _teach(population, event, circumstance)
    _hear(population, event, circumstance)


def _kept(tx: Connection, pool_id: str) -> PoolView | None:
    kept = queries.kept_view(tx, pool_id)
    if kept is None:
        return None
    try:
        return PoolView(
            population=decode(kept.population),
            covered=msgspec.json.decode(kept.covered, type=Coverage),
            generation=kept.generation,
        )
    except (PopulationUnreadable, msgspec.DecodeError) as problem:
        _log.warning(
            "pool counts unreadable, made anew from the history", pool_id=pool_id, problem=str(problem)
        )
        return None


def _counted(found: Iterator[AuthEvent]) -> Iterator[tuple[AuthEvent, Circumstance]]:
    return ((event, _circumstance.decode(event.circumstance)) for event in found)


def _note_prompt(velocity: Velocity, event: AuthEvent, circumstance: Circumstance) -> None:
    velocity.note(circumstance, event.sub or event.username, Outcome.PROMPTED, event.created_at)


def _note_end(velocity: Velocity, event: AuthEvent, circumstance: Circumstance) -> None:
    outcome = outcome_of(event)
    if event.prompted is None or outcome is not Outcome.SUCCESS:
        # A prompt has been counted as an attempt with the right password: that it was answered adds nothing.
        afar = event.risk.afar and outcome is Outcome.SUCCESS
        velocity.note(circumstance, event.sub or event.username, outcome, event.created_at, afar=afar)


def _teach(population: Population, event: AuthEvent, circumstance: Circumstance) -> None:
    if event.learned and event.response == "Pass":
        population.observe(circumstance, event.risk.earlier_sign_ins)


def _hear(population: Population, event: AuthEvent, circumstance: Circumstance) -> None:
    if event.feedback is None or event.sub is None:
        return
    if event.feedback.value == "Invalid":
        population.report(circumstance, event.sub, event.feedback.at)
    else:
        population.withdraw(circumstance, event.sub)


def outcome_of(event: AuthEvent) -> Outcome:
    """Return how an attempt that has ended did end."""
    if event.sub is None:
        return Outcome.UNKNOWN_NAME
    if event.refresh_of is not None:
        # Whose session it is was shown, whatever was made of that: nobody guessed at his password.
        return Outcome.SUCCESS
    if event.response != "Fail":
        return Outcome.SUCCESS
    return Outcome.FAILURE if event.prompted is None else Outcome.CHALLENGE_FAILED
