"""Those who sign in a little after an attempt, from whom an impostor in its place takes what he has.

Donors come from after the attempt, so that what they show has not been counted yet: else an impostor would be
known by the rarity of things that nobody showed before.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from doorward.risk.circumstance import Circumstance
from doorward.risk.past_attempt import PastAttempt
from doorward.risk.velocity import Outcome

WINDOW: Final = 4096
"""Attempts that are held ready."""
TRIES: Final = 16
"""Candidates that are looked at before there is no donor: a pool may be the sign-ins of one user."""
_STRIDE: Final = 2_654_435_761
"""Knuth's multiplicative hash: spreads the choice over the window, the same way every time."""
_NOBODY: Final[deque[PastAttempt]] = deque()


class Donors:
    """The sign-ins after an attempt, all and by country."""

    def __init__(self) -> None:
        self._all: deque[PastAttempt] = deque()
        self._of_country: dict[str, deque[PastAttempt]] = {}
        self._asked = 0

    def somebody_else(self, user: str) -> Circumstance | None:
        """Return what another user than this one has, or None."""
        return self._pick(self._all, user)

    def somebody_else_in(self, country: str, user: str) -> Circumstance | None:
        """Return what another user than this one has in a country, or None."""
        return self._pick(self._of_country.get(country, _NOBODY), user)

    def add(self, attempt: PastAttempt) -> None:
        """Take an attempt in at the far end; only successes make donors."""
        if attempt.outcome is Outcome.SUCCESS:
            self._all.append(attempt)
            if country := attempt.circumstance.country:
                self._of_country.setdefault(country, deque()).append(attempt)

    def pass_by(self, attempt: PastAttempt) -> None:
        """Let go of the nearest attempt, which now is the one that is looked at."""
        if attempt.outcome is Outcome.SUCCESS:
            self._all.popleft()
            if country := attempt.circumstance.country:
                of_country = self._of_country[country]
                of_country.popleft()
                if not of_country:
                    del self._of_country[country]

    def _pick(self, among: deque[PastAttempt], user: str) -> Circumstance | None:
        for _ in range(min(TRIES, len(among))):
            self._asked += 1
            candidate = among[self._asked * _STRIDE % 2**32 % len(among)]
            if candidate.user != user:
                return candidate.circumstance
        return None


def with_those_after(history: Iterable[PastAttempt]) -> Iterator[tuple[PastAttempt, Donors]]:
    """Yield each attempt with the donors after it. The same Donors every time: ask before going on."""
    after = Donors()
    held: deque[PastAttempt] = deque()
    for attempt in history:
        held.append(attempt)
        after.add(attempt)
        if len(held) > WINDOW:
            now = held.popleft()
            after.pass_by(now)
            yield now, after
    while held:
        now = held.popleft()
        after.pass_by(now)
        yield now, after
