"""Tables as people read them, and as scripts do."""

from rich.console import Console
from rich.table import Table

_AS_WIDE_AS_IT_NEEDS = 100_000


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
