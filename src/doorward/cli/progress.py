"""How long work shows where it is: bars on a terminal, a line a step, and now and then one more, elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from doorward.clock import monotonic

_SILENT: Final = 30.0
"""Seconds without a line after which where the work stands gets one."""

Step = Callable[[str, int, int], None]
"""The step's name, how much of it is done, how much there is."""


@contextmanager
def steps() -> Iterator[Step]:
    """Yield what a long command calls now and then; it writes to standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        begun: set[str] = set()

        def line(name: str, _: int, whole: int) -> None:
            if name not in begun:
                begun.add(name)
                console.print(f"{name}: {whole:,}", highlight=False)

        yield line
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), console=console,
    ) as bars:  # fmt: skip
        tasks: dict[str, TaskID] = {}

        def bar(name: str, done: int, whole: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=whole)
            bars.update(tasks[name], completed=done, total=whole)

        yield bar


Share = Callable[[str, float], None]
"""The step's name, and which share of it is done, from 0 to 1."""


@contextmanager
def shares() -> Iterator[Share]:
    """Yield what a long command calls now and then that knows no numbers, but shares; as `steps` does."""
    console = Console(stderr=True, soft_wrap=True)
    if console.is_terminal:
        with steps() as step:
            yield lambda name, share: step(name, int(share * 1000), 1000)
        return
    finished: set[str] = set()
    said = dict[str, float]()

    def line(name: str, share: float) -> None:
        if name in finished:
            return
        now = monotonic()
        if share >= 1:
            finished.add(name)
            console.print(f"{name}: done", highlight=False, markup=False)
        elif now - said.setdefault(name, now) >= _SILENT:
            said[name] = now
            console.print(f"{name}: {share:.0%}", highlight=False, markup=False)

    yield line
