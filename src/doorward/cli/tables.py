"""Tables as people read them, and as scripts do."""

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.table import Table

_AS_WIDE_AS_IT_NEEDS = 100_000


class Weighed(Protocol):
    """A reason, of an attempt that is simulated or of an event."""

    @property
    def signal(self) -> str:
        """What was looked at."""

    @property
    def value(self) -> str:
        """What it saw."""

    @property
    def weight(self) -> float:
        """What that adds to the score."""

    @property
    def sentence(self) -> str:
        """The reason in words."""


def of_reasons(prior: float, reasons: Sequence[Weighed]) -> Table:
    """Return the table of a score: its weights add up to it."""
    table = Table("weight", "signal", "value", "reason")
    table.add_row(f"{prior:+.3f}", "prior", "", "before anything is looked at")
    for reason in reasons:
        table.add_row(f"{reason.weight:+.3f}", reason.signal, reason.value, reason.sentence)
    return table


def earlier(count: int) -> str:
    """How much of a user's history a score rests on."""
    return f"{count} earlier sign-in" + ("" if count == 1 else "s")


def show(table: Table) -> None:
    """Print a table with every cell whole and as it is, so that an id or a code can be copied.

    On a terminal that is too narrow cells go on in the next line; elsewhere the table is as wide as it must be.
    """
    # Names are the users' own: what looks like markup in them is none.
    console = Console(markup=False, emoji=False, highlight=False)
    for column in table.columns:
        column.overflow = "fold"
    if not console.is_terminal:
        unbounded = console.options.update(max_width=_AS_WIDE_AS_IT_NEEDS)
        console.width = max(console.width, console.measure(table, options=unbounded).maximum)
    console.print(table)
