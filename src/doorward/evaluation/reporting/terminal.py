"""The tables on a terminal."""

from rich.console import Console
from rich.table import Table as RichTable

from doorward.evaluation.reporting.tables import Evaluation, tables


def show(console: Console, evaluation: Evaluation) -> None:
    """Print every table."""
    data = evaluation["data"]
    console.print(
        f"{data['file']}: {data['rows']:,} rows, {data['users']:,} users, {data['days']:.0f} days; "
        f"{data['legitimate']['report']:,} legitimate sign-ins in the report stretch; seed {evaluation['seed']}",
        highlight=False,
    )
    for table in tables(evaluation):
        if not table.rows:
            continue
        shown = RichTable(*table.columns, title=table.title, caption=table.note, title_justify="left")
        for place, column in enumerate(shown.columns):
            column.justify = "left" if place < table.words else "right"
            # The name of a column may be broken into lines; what stands in it may not.
            words = [*table.columns[place].split(), *(row[place] for row in table.rows)]
            column.width = max(map(len, words))
        for row in table.rows:
            shown.add_row(*row)
        console.print()
        console.print(shown, highlight=False)
