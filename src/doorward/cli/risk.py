"""`doorward risk`: a pool's thresholds, settings and memory."""

from typing import Annotated

import typer
from rich.table import Table

from doorward.cli import tables
from doorward.cli.data import existing_vault, require_pool
from doorward.cli.options import Data, Pool, settings
from doorward.cli.times import shown
from doorward.clock import SystemClock
from doorward.protection import calibrating, queries, rebuilding
from doorward.protection.effective import effective_settings
from doorward.risk.calibration import Budget, Calibration, Shares
from doorward.risk.model import SHIPPED
from doorward.risk.traits import NAMES

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def calibrate(
    pool: Pool,
    data: Data = None,
    budget: Annotated[
        str, typer.Option(help="At most so many per cent of sign-ins at Low, Medium, High or above.")
    ] = "5,1,0.2",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it and keep nothing.")] = False,
) -> None:
    """Set the pool's thresholds by its own history, so that each level asks no more people than the budget says.

    Ends with status 1 where the history is too short.
    """
    allowed = _budget(budget)
    store = existing_vault(data).store
    with store.reading() as tx:
        found = require_pool(tx, pool)
        calibration = calibrating.calibrate_pool(tx, found.id, SHIPPED, allowed, SystemClock().now())
    if not dry_run:
        with store.writing() as tx:
            calibrating.keep(tx, found.id, calibration)
    _show_calibration(calibration)
    if dry_run:
        typer.echo("Nothing was kept (--dry-run).")
    else:
        typer.echo("These thresholds act from the next attempt on.")
    _end_by(calibration)


@app.command()
def fit(
    pool: Pool,
    data: Data = None,
    budget: Annotated[
        str, typer.Option(help="At most so many per cent of sign-ins at Low, Medium, High or above.")
    ] = "5,1,0.2",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it and keep nothing.")] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Back to the shipped concentrations and thresholds.")
    ] = False,
) -> None:
    """Fit to the pool's own history how far a user's past is believed, and set the thresholds that go with it.

    Ends with status 1 where the history is too short.
    """
    allowed = _budget(budget)
    store = existing_vault(data).store
    if forget:
        with store.writing() as tx:
            queries.remove_calibration(tx, require_pool(tx, pool).id)
        typer.echo("The shipped concentrations and thresholds act from the next attempt on.")
        return
    with store.reading() as tx:
        found = require_pool(tx, pool)
        calibration = calibrating.fit_pool(tx, found.id, SHIPPED, allowed, SystemClock().now())
    short = calibration.source != "calibrated"
    if not (dry_run or short):
        with store.writing() as tx:
            calibrating.keep(tx, found.id, calibration)
    _show_concentrations(calibration.alphas or SHIPPED.alphas)
    _show_calibration(calibration)
    if short:
        typer.echo("Nothing was changed.")
    elif dry_run:
        typer.echo("Nothing was kept (--dry-run).")
    else:
        typer.echo("These concentrations and thresholds act from the next attempt on.")
    _end_by(calibration)


@app.command()
def show(pool: Pool, data: Data = None) -> None:
    """Show what acts in a pool: mode, responses, thresholds, and where each comes from."""
    with existing_vault(data).store.reading() as tx:
        acting = effective_settings(tx, require_pool(tx, pool), SHIPPED)
    typer.echo(f"mode        {acting.mode}")
    typer.echo(f"model       {acting.model_version}")
    calibration = acting.calibration
    since = f", {shown(calibration.at)} UTC, {calibration.because}" if calibration else ""
    typer.echo(f"thresholds  {acting.thresholds.source}{since}")
    thresholds = Table("level", "from", "shipped")
    for level in ("low", "medium", "high"):
        thresholds.add_row(
            level.capitalize(),
            f"{getattr(acting.thresholds, level):.3f}",
            f"{getattr(acting.shipped, level):.3f}",
        )
    tables.show(thresholds)
    typer.echo(f"concentrations  {'fitted to the pool' if acting.fitted else 'shipped'}")
    if acting.fitted:
        _show_concentrations(acting.alphas)
    table = Table("settings of", "source", "Low", "Medium", "High", "compromised", "allowed", "blocked")
    for one in acting.acting:
        compromised = one.configured.compromised
        table.add_row(
            one.whose or "the pool",
            one.source,
            *one.actions().values(),
            f"{compromised.action} at {', '.join(sorted(compromised.event_filter))}",
            f"{len(one.configured.ranges.allow)} ranges",
            f"{len(one.configured.ranges.block)} ranges",
        )
    tables.show(table)


@app.command()
def rebuild(pool: Pool, data: Data = None) -> None:
    """Make the users' profiles and the pool's counts anew from the event history."""
    store = existing_vault(data).store
    with store.reading() as tx:
        found = require_pool(tx, pool)
    made = rebuilding.rebuild(store, found.id, SHIPPED, SystemClock().now())
    typer.echo(f"Made {made.profiles} profiles and the pool's counts anew from {made.events} events.")
    typer.echo(f"A running server takes the counts over within {settings(data).pool_view_minutes:g} minutes.")


def _end_by(calibration: Calibration) -> None:
    if calibration.source != "calibrated":
        raise typer.Exit(1)


def _budget(text: str) -> Budget:
    try:
        low, medium, high = (float(part) / 100 for part in text.split(","))
        return Budget(low, medium, high)
    except ValueError:
        sentence = "three falling percentages above 0 and below 100, as in 5,1,0.2"
        raise typer.BadParameter(sentence, param_hint="--budget") from None


def _show_calibration(calibration: Calibration) -> None:
    typer.echo(f"{calibration.source}: {calibration.because}")
    table = Table(
        "level", "from", "budget", "legitimate", *(f"caught: {name}" for name in calibration.caught)
    )
    for level in ("low", "medium", "high"):
        table.add_row(
            level.capitalize(),
            f"{getattr(calibration.thresholds, level):.3f}",
            f"{getattr(calibration.budget, level):.2%}",
            _share(calibration.expected, level),
            *(_share(shares, level) for shares in calibration.caught.values()),
        )
    tables.show(table)


def _show_concentrations(alphas: tuple[float, ...]) -> None:
    table = Table("sign-ins that the pool's share is worth", "here", "shipped")
    for name, alpha, shipped in zip(NAMES, alphas, SHIPPED.alphas, strict=True):
        table.add_row(name, f"{alpha:.3f}", f"{shipped:.3f}")
    tables.show(table)


def _share(shares: Shares | None, level: str) -> str:
    return "-" if shares is None else f"{getattr(shares, level):.2%}"
