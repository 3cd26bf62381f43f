"""Rows as they are put down, counted as they go, so that what follows can fill the published shares."""

from dataclasses import dataclass
from typing import Final

from doorward.clock import Chance
from doorward.evaluation import published
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.synthesis.drawing import normal
from doorward.evaluation.synthesis.rhythm import Calendar
from doorward.evaluation.synthesis.spool import Spool

LABEL: Final = "\t"
"""Stands between a line of the spool and the attack it belongs to."""

NOTHING_SEEN: Final = ",,"
"""The live columns of a program: empty."""
PERSON: Final = ("False", "False")
ATTACK: Final = ("True", "False")
TAKEOVER: Final = ("True", "True")


@dataclass(slots=True)
class Counted:
    """How many rows there are so far, of each kind that a share is published for."""

    rows: int = 0
    successes: int = 0
    unknown: int = 0
    attack: int = 0
    bots: int = 0


class Attempts:
    """Writes attempts into the spool, with the live columns if asked for."""

    def __init__(self, spool: Spool, calendar: Calendar, *, live: bool) -> None:
        self._spool = spool
        self._calendar = calendar
        self.live = live
        self.counted = Counted()

    def put(  # noqa: PLR0917 - the columns
        self,
        at: int,
        user: int,
        place: str,
        client: str,
        successful: bool,
        labels: tuple[str, str],
        seen: str,
        chance: Chance,
        attack: str = "",
    ) -> None:
        """Put down one attempt; one outside the span is dropped.

        `seen` is the text of the live columns, `labels` those of attack address and takeover, `attack` the
        campaign's name and kind for the labels file.
        """
        if not self._spool.inside(at):
            return
        # Measured for a small share only, and slow for some: a log-normal of median 90 ms.
        measured = chance.random() < published.ROUND_TRIP_SHARE
        trip = str(min(int(90.0 * 2.7 ** normal(chance)) + 5, 60_000)) if measured else ""
        line = (
            f"{self._calendar.text(at)},{user},{trip},{place},{client},{successful},{labels[0]},{labels[1]}"
            f"{',' + seen if self.live else ''}{LABEL + attack if attack else ''}"
        )
        self._spool.put(at, line)
        counted = self.counted
        counted.rows += 1
        counted.successes += successful
        counted.unknown += user == UNKNOWN_USER
        counted.attack += labels[0] == "True"
        counted.bots += client.endswith(",bot")
