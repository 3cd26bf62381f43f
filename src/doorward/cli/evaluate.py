"""`doorward evaluate`: how good the risk engine is on a file of sign-ins, beside other models."""

from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from typing import Annotated

import typer
from rich.console import Console

from doorward.cli.progress import shares
from doorward.evaluation.atomic import atomically
from doorward.evaluation.evaluate import evaluate as evaluated
from doorward.evaluation.models.catalogue import MODELS
from doorward.evaluation.protocol import ATTACKS
from doorward.evaluation.reporting.document import document
from doorward.evaluation.reporting.page import page
from doorward.evaluation.reporting.terminal import show

_WIDTH = 150
"""Columns where there is no terminal."""


app = typer.Typer(add_completion=False)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Sign-ins in the public data set's format, plain or .gz.")],
    *,
    json: Annotated[Path | None, typer.Option("--json", help="Write every figure to this file.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with plots to this file.")] = None,
    models: Annotated[str, typer.Option(help="Which models, separated by commas.")] = ",".join(MODELS),
    seed: Annotated[
        int, typer.Option(min=0, help="Draws the attacks and intervals; same seed, same figures.")
    ] = 1,
    attacks: Annotated[
        int, typer.Option(min=100, help="Sign-ins that each attacker replaces in the report stretch.")
    ] = ATTACKS,
    sample_users: Annotated[
        int | None, typer.Option(min=1, help="Look at about so many users only: bounds time and memory.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live/--no-live", help="Also with device id, language, time zone, if there.")
    ] = True,
) -> None:
    """Evaluate a file; print the report, and write it where that is asked for."""
    wanted = _chosen(models)
    _writable(json, html, file)
    errors = Console(stderr=True, soft_wrap=True)
    # Ended from outside is ended by Ctrl-C, which ends the other processes too.
    signal(SIGTERM, default_int_handler)
    try:
        with shares() as progress:
            found = evaluated(
                file,
                models=wanted,
                seed=seed,
                attacks=attacks,
                sampled_users=sample_users,
                live=live,
                progress=progress,
                left_out=lambda why: errors.print(why, highlight=False),
            )
    except ValueError as problem:
        typer.echo(f"doorward: {file}: {problem}", err=True)
        raise typer.Exit(1) from None
    for out, text in ((json, document), (html, page)):
        if out is not None:
            with atomically(out) as opened:
                opened.write(text(found))
    console = Console()
    show(console if console.is_terminal else Console(width=_WIDTH), found)


def _writable(json: Path | None, html: Path | None, file: Path) -> None:
    """Refuse, before anything is measured, what could not be written or would be written over."""
    taken = {file.resolve()}
    for hint, out in (("--json", json), ("--html", html)):
        if out is None:
            continue
        if not out.absolute().parent.is_dir():
            raise typer.BadParameter(f"{out.absolute().parent} is not a directory", param_hint=hint)
        if out.is_dir():
            raise typer.BadParameter(f"{out} is a directory", param_hint=hint)
        if out.resolve() in taken:
            raise typer.BadParameter(f"{out} is named twice", param_hint=hint)
        taken.add(out.resolve())


def _chosen(models: str) -> list[str]:
    names = [name.strip() for name in models.split(",") if name.strip()]
    for name in names:
        if name not in MODELS:
            raise typer.BadParameter(
                f"there is no model {name!r}; there are {', '.join(MODELS)}", param_hint="--models"
            )
    if not names:
        raise typer.BadParameter("name at least one model", param_hint="--models")
    return names
