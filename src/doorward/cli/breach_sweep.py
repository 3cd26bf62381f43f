"""`doorward breach sweep`: which accounts have a password that stands in a leak?"""

import io
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from doorward.breach.leak_file import Leak, LeakUnreadable, Line, open_leak
from doorward.breach.leak_lines import Kind, guess, possible_password
from doorward.cli.data import existing_vault, require_pool
from doorward.cli.options import Data, settings
from doorward.cli.progress import steps
from doorward.cli.times import shown
from doorward.clock import SystemClock, new_uuid
from doorward.directory.password_hash import PasswordHashing
from doorward.settings import Settings
from doorward.store.vault import Vault
from doorward.sweep import queries
from doorward.sweep.finds import Find, Plan
from doorward.sweep.pace import Pace, window
from doorward.sweep.queries import Progress
from doorward.sweep.run import LeakChanged, Reports, Sweep, SweepTaken, earlier, run
from doorward.sweep.verifying import Verifier

STREAM_BYTES = 64 << 20
"""Bare passwords from standard input that are held in memory, since they are counted first."""

TOLD = 20
"""Lines left out that are told one by one."""

_LONGEST_NAME = 64
_DONE = {
    "reset": "must choose another password",
    "marked": "marked as compromised",
    "reported": "reported",
    "known": "known before",
}


class Format(StrEnum):
    """What the lines of a leak are."""

    auto = "auto"
    pairs = "pairs"
    passwords = "passwords"


app = typer.Typer(add_completion=False)


@app.command()
def sweep(
    leak: Annotated[str, typer.Argument(help="The leak: plain, gzip, xz or zstd; - reads standard input.")],
    pool: Annotated[str, typer.Option("--pool", help="The user pool's id.")],
    data: Data = None,
    format: Annotated[
        Format, typer.Option(help="Lines of name and password, or bare passwords.")
    ] = Format.auto,
    name: Annotated[
        str | None, typer.Option(help="What events call the leak. Default: the file's name.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Verify, report and keep nothing.")] = False,
    report_only: Annotated[
        bool, typer.Option("--report-only", help="Record the finds and leave the users as they are.")
    ] = False,
    notify: Annotated[bool, typer.Option("--notify", help="Mail whom a find concerns.")] = False,
    most: Annotated[
        int | None,
        typer.Option("--max", min=0, help="Verify at most so many; the rest waits for the users' sign-ins."),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=0, help="Verifications a second; 0: no bound. Setting: SWEEP_RATE.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=0, max=256, help="Threads; 0: one a core. Setting: SWEEP_WORKERS.")
    ] = None,
    hours: Annotated[
        str | None,
        typer.Option("--window", help="Work in these hours only, 22:00-06:00. Setting: SWEEP_WINDOW."),
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help="Of the hours. Setting: SWEEP_TIME_ZONE.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Begin anew what was begun or done before.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Sweep a leak; the exit status says whether it came to its end."""
    chosen = settings(
        data, sweep_rate=rate, sweep_workers=workers, sweep_window=hours, sweep_time_zone=time_zone
    )
    opened = existing_vault(data)
    with opened.store.reading() as tx:
        require_pool(tx, pool)
    plan = Plan(
        pool_id=pool,
        leak=_label(name or (Path(leak).name if leak != "-" else "standard input")),
        sweep_id=new_uuid(),
        report_only=report_only,
        dry_run=dry_run,
        notify=notify,
        most=most,
        defer_seconds=chosen.sweep_defer_days * 86_400,
    )
    try:
        _sweep(opened, chosen, plan, leak, format, again=again, yes=yes)
    except (LeakUnreadable, LeakChanged, SweepTaken) as problem:
        _fail(str(problem))


def _sweep(
    opened: Vault, chosen: Settings, plan: Plan, leak: str, format: Format, *, again: bool, yes: bool
) -> None:
    path = None if leak == "-" else Path(leak)
    with ExitStack() as stack:
        source = stack.enter_context(open_leak(path, sys.stdin.buffer))
        kind = _kind(source, format)
        if kind is None:
            typer.echo(f"{source.name}: is empty")
            return
        words = 0
        if kind == "passwords":
            source, words = _counted(source, path)
            stack.enter_context(source)
        stopping = threading.Event()
        hours = window(chosen.sweep_window, chosen.sweep_time_zone) if chosen.sweep_window else None
        pace = Pace(chosen.sweep_rate, hours, SystemClock(), stopping)
        hashing = PasswordHashing(chosen.argon2_memory, chosen.argon2_iterations, chosen.argon2_parallelism)
        stack.enter_context(_stopped_by_signals(stopping))
        verifier = stack.enter_context(Verifier(hashing, pace, chosen.sweep_workers, chosen.sweep_niceness))
        measured = verifier.measure()
        job = Sweep(
            store=opened.store, keyring=opened.keyring, clock=SystemClock(), leak=source, kind=kind, plan=plan,
            verifier=verifier, rate=min(chosen.sweep_rate or measured, measured), stopping=stopping,
        )  # fmt: skip
        before = None if again or plan.dry_run else earlier(job)
        if before is not None and before.finished_at is not None:
            typer.echo(f"{source.name}: was swept on {shown(before.finished_at)} UTC; --again begins anew")
            return
        accounts = 0
        if kind == "passwords":
            with opened.store.reading() as tx:
                accounts = queries.count_accounts(tx, plan.pool_id)
            _ask(words, accounts, plan, job.rate, measured, yes=yes, piped=path is None)
        if before is not None and before.line:
            typer.echo(f"{source.name}: goes on after line {before.line}", err=True)
        if not pace.is_open():
            typer.echo(f"{source.name}: waits for {hours}", err=True)
        _report(run_told(job, words * accounts, anew=again), plan, source)
        if stopping.is_set():
            _fail("stopped; the same command goes on from there")


def run_told(sweep: Sweep, whole: int, *, anew: bool) -> tuple[Progress, Counter[str]]:
    """Sweep, with a bar, a line for each find, and one for each of the first lines left out."""
    counted: Counter[str] = Counter()

    def find(one: Find) -> None:
        counted[one.outcome] += 1
        counted["mailed"] += one.notified
        typer.echo(f"{one.username}  {one.sub}  line {one.line}: {_DONE[one.outcome]}")

    def left_out(line: Line) -> None:
        counted["left out"] += 1
        if counted["left out"] <= TOLD:
            typer.echo(f"{sweep.leak.name}:{line.number}: {line.problem}; left out", err=True)

    with steps() as step:

        def progress(now: Progress) -> None:
            if sweep.kind == "passwords":
                step("verifications", min(now.verified, whole), whole)
            elif sweep.leak.size is not None:
                step("bytes of the leak", sweep.leak.taken, sweep.leak.size)

        return run(sweep, Reports(find=find, left_out=left_out, progress=progress), anew=anew), counted


def _report(done: tuple[Progress, Counter[str]], plan: Plan, source: Leak) -> None:
    progress, counted = done
    found = ", ".join(f"{counted[outcome]} {what}" for outcome, what in _DONE.items() if counted[outcome])
    typer.echo(f"{progress.line} lines, {progress.verified} verifications, {progress.found} found")
    if found:
        typer.echo(f"found now: {found}")
    if counted["mailed"]:
        typer.echo(f"mails: {counted['mailed']}")
    if counted["left out"]:
        typer.echo(f"{source.name}: {counted['left out']} lines left out", err=True)
    if progress.deferred:
        typer.echo(f"{progress.deferred} leaked passwords wait, as keyed digests, for the next sign-in")
    if plan.dry_run:
        typer.echo("Nothing was kept (--dry-run).")


def _kind(source: Leak, format: Format) -> Kind | None:
    """Return what the lines are; None for a leak without any. Refuses to guess where that is not plain."""
    if format is not Format.auto:
        return "pairs" if format is Format.pairs else "passwords"
    sample = source.sample()
    if not any(line.strip() for line in sample):
        return None if len(source.head) == 0 or not source.head.strip() else "pairs"
    kind = guess(sample)
    if kind is None:
        raise typer.BadParameter(
            f"{source.name}: some lines have a name and some do not; say which they are",
            param_hint="--format",
        )
    return kind


def _counted(source: Leak, path: Path | None) -> tuple[Leak, int]:
    """Count the passwords of a leak, and return it unread. A stream is held in memory, never on the disk."""
    if path is not None:
        return open_leak(path, sys.stdin.buffer), _count(source)
    content = source.rest(STREAM_BYTES)
    size = len(content)
    return Leak(io.BytesIO(content), source.name, size), _count(Leak(io.BytesIO(content), source.name, size))


def _count(source: Leak) -> int:
    return sum(1 for line in source if line.text is not None and possible_password(line.text))


def _ask(
    words: int, accounts: int, plan: Plan, rate: float, measured: float, *, yes: bool, piped: bool
) -> None:
    work = words * accounts if plan.most is None else min(words * accounts, plan.most)
    typer.echo(
        f"{words:,} passwords on {accounts:,} accounts: {work:,} verifications, {_lasting(work / rate)}"
        f" at {rate:,.1f}/s (these threads manage {measured:,.1f}/s now)"
    )
    if yes or not work:
        return
    if piped:
        _fail("standard input holds the leak, so nobody can be asked: --yes says so beforehand")
    if not typer.confirm("Go on?"):
        typer.echo("Nothing was swept.")
        raise typer.Exit(1)


def _lasting(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.0f} seconds"


def _label(name: str) -> str:
    kept = "".join(character if character.isprintable() else "?" for character in name.strip())
    return kept[:_LONGEST_NAME] or "unnamed"


@contextmanager
def _stopped_by_signals(stopping: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM end the sweep after the verifications in hand; a second one ends it at once."""

    def stop(number: int, _: object) -> None:
        stopping.set()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"doorward: {sentence}", err=True)
    raise typer.Exit(1)
