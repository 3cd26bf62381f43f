"""The demonstration on the screen: progress, the table of what was tried, and what to try next."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from doorward.demo.step import Step
from doorward.demo.traffic import DAYS, PlannedSignIn

WIDEST: Final = 120
NARROWEST: Final = 100
IN_A_FILE: Final = 120
"""Columns where the output goes to no terminal."""

_COLOURS = {"allowed": "green", "blocked": "red", "refused": "yellow", "done": "cyan"}


def console() -> Console:
    """Return the console, of a width that the table can be read in."""
    found = Console(highlight=False)
    if not found.is_terminal:
        return Console(highlight=False, width=IN_A_FILE)
    return Console(highlight=False, width=min(max(found.width, NARROWEST), WIDEST))


@contextmanager
def progress(
    to: Console, planned: Sequence[PlannedSignIn], until: float
) -> Iterator[Callable[[PlannedSignIn], None]]:
    """Show how far the two weeks have come: a bar on a terminal, a line for each day elsewhere."""
    if not to.is_terminal:
        yield _a_line_a_day(to, planned, until)
        return
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(40),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=to) as bar:
        task = bar.add_task("day  1", total=len(planned))

        def done(sign_in: PlannedSignIn) -> None:
            bar.update(task, advance=1, description=f"day {_day(sign_in, until):2}")

        yield done


def _a_line_a_day(
    to: Console, planned: Sequence[PlannedSignIn], until: float
) -> Callable[[PlannedSignIn], None]:
    of_day = Counter(_day(sign_in, until) for sign_in in planned)
    left = of_day.copy()

    def done(sign_in: PlannedSignIn) -> None:
        day = _day(sign_in, until)
        left[day] -= 1
        if left[day] == 0:
            to.print(f"  day {day:2} of {DAYS}: {of_day[day]} sign-ins")

    return done


def _day(sign_in: PlannedSignIn, until: float) -> int:
    return min(DAYS - int((until - sign_in.at) // 86_400), DAYS)


def what_happened(to: Console, counted: Counter[str]) -> None:
    """Sum the two weeks up."""
    to.print(
        f"  {counted['allowed']} allowed, {counted['mistyped']} mistyped, {counted['blocked']} blocked;"
        f" risk of those with the right password: none {counted['no risk']}, Low {counted['Low']},"
        f" Medium {counted['Medium']}, High {counted['High']}."
    )


def table_of(steps: Sequence[Step]) -> Table:
    """Return the table of the story; the steps of an act stand together."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column("act", width=3, justify="right")
    table.add_column("what was tried, and from where", ratio=10)
    table.add_column("decision, risk (score)", width=30)
    table.add_column("why", ratio=12)
    for number, step in enumerate(steps):
        last_of_act = number + 1 == len(steps) or steps[number + 1].act != step.act
        table.add_row(
            str(step.act),
            _lines(escape(step.tried), step.where and f"[dim]{escape(step.where)}[/dim]"),
            _lines(_decision(step), escape(step.error)),
            _lines(
                *map(escape, step.why),
                *(f"[bold red]DIFFERS: {escape(difference)}[/bold red]" for difference in step.differences),
            ),
            end_section=last_of_act,
        )
    return table


def verdict(to: Console, steps: Sequence[Step]) -> None:
    """Say in a line whether each step went as described, and of each that did not, how it differed."""
    differing = [step for step in steps if step.differences]
    if not differing:
        to.print(f"[green]Each of the {len(steps)} steps went as described.[/green]")
    for step in differing:
        for difference in step.differences:
            to.print(f"[bold red]Act {step.act}, {escape(step.tried)}: {escape(difference)}.[/bold red]")


def _decision(step: Step) -> str:
    colour = _COLOURS.get(step.outcome, "default")
    return f"[{colour}]{step.outcome}[/{colour}]{', ' if step.risk else ''}{escape(step.risk)}"


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
