"""What the engine knows of each pool as a whole: in memory, rebuilt from the history at first use."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from doorward.history.auth_event import AuthEvent
from doorward.risk.circumstance import Circumstance
from doorward.risk.population import Population
from doorward.risk.velocity import Outcome, Velocity

HISTORY_SECONDS = 90 * 86_400.0
"""How far back a rebuild reads."""
HISTORY_EVENTS = 100_000
"""How many events a rebuild reads at most, the latest ones."""

_circumstance = msgspec.json.Decoder(Circumstance)


@dataclass
class PoolView:
    """One pool's global counts and velocity; every access holds the lock."""

    population: Population = field(default_factory=Population)
    velocity: Velocity = field(default_factory=Velocity)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, event: AuthEvent) -> None:
        """Count one attempt; what succeeded fully counts as the pool's normal too.

        One that is in progress is counted at its end.
        """
        if event.response == "InProgress":
            return
        circumstance = _circumstance.decode(event.circumstance)
        with self.lock:
            self.velocity.note(circumstance, event.sub or event.username, _outcome(event), event.created_at)
            if event.learned and event.response == "Pass":
                self.population.observe(circumstance, event.risk.earlier_sign_ins)

    def observe_feedback(self, event: AuthEvent) -> None:
        """Count what was said of an event: Invalid marks its network and device, Valid takes a mark back."""
        if event.feedback is None or event.sub is None:
            return
        circumstance = _circumstance.decode(event.circumstance)
        with self.lock:
            if event.feedback.value == "Invalid":
                self.population.report(circumstance, event.sub, event.feedback.at)
            else:
                self.population.withdraw(circumstance, event.sub)


class PoolViews:
    """The views of all pools that had an attempt since the start."""

    def __init__(self) -> None:
        self._views: dict[str, PoolView] = {}
        self._lock = threading.Lock()

    def known(self, pool_id: str) -> PoolView | None:
        """Return a pool's view if it has been built."""
        return self._views.get(pool_id)

    def build(self, pool_id: str, events: Iterable[AuthEvent]) -> PoolView:
        """Build a pool's view from its history, the oldest event first; the first to finish wins."""
        view = PoolView()
        for event in events:
            view.observe(event)
            view.observe_feedback(event)
        with self._lock:
            return self._views.setdefault(pool_id, view)

    def forget(self, pool_id: str) -> None:
        """Let go of the view of a pool that was deleted."""
        with self._lock:
            self._views.pop(pool_id, None)


def _outcome(event: AuthEvent) -> Outcome:
    if event.sub is None:
        return Outcome.UNKNOWN_NAME
    return Outcome.FAILURE if event.response == "Fail" else Outcome.SUCCESS
