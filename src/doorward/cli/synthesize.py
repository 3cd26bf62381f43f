"""`doorward synthesize`: a file like the public data set, of any size, from a seed."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from doorward.cli.progress import steps
from doorward.evaluation import published
from doorward.evaluation.audit import FAILS_AT, Fingerprint, audit
from doorward.evaluation.marginals import Marginal, Marginals
from doorward.evaluation.rows import read_rows
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.data_set import MOST_DAYS, MOST_USERS
from doorward.evaluation.synthesis.data_set import synthesize as write_data_set

app = typer.Typer(add_completion=False)


@app.command()
def synthesize(
    out: Annotated[Path, typer.Option("--out", help="The file to write; .gz compresses. It is replaced.")],
    users: Annotated[
        int, typer.Option(min=1, max=MOST_USERS, help="Users who sign in; about ten rows come of each.")
    ],
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="Days from 2020-02-03.")] = published.DAYS,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    live: Annotated[
        bool, typer.Option("--live", help="Add device_id, language and time_zone, which a live pool has.")
    ] = False,
    unknown_share: Annotated[
        float,
        typer.Option(min=0.0, max=0.9, help="Share of rows at names that do not exist; 0 leaves them out."),
    ] = published.UNKNOWN_SHARE,
    check: Annotated[
        bool,
        typer.Option("--audit/--no-audit", help="Read the file back: its marginals, the fingerprint audit."),
    ] = True,
) -> None:
    """Write the file and audit it; the exit status says whether the audit passed."""
    if not out.parent.is_dir():
        raise typer.BadParameter(f"there is no directory {out.parent}", param_hint="--out")
    if out.is_dir():
        raise typer.BadParameter(f"{out} is a directory", param_hint="--out")
    choices = Choices(users=users, days=days, seed=seed, live=live, unknown_share=unknown_share)
    with steps() as step:
        made = write_data_set(out, choices, step)
        marginals, fingerprint = Marginals(), None
        if check:
            rows = read_rows(out, progress=lambda done, whole: step("audit", done, whole))
            try:
                fingerprint = audit(marginals.watch(rows), every=max(made.rows // 20_000, 1))
            except ValueError as problem:
                typer.echo(f"audit: {problem}")
    typer.echo(f"{made.rows:,} rows in {made.data}")
    typer.echo(f"The choices behind them: {made.choices}, {made.text}. Which rows are attacks: {made.labels}")
    if fingerprint:
        _show(marginals.table(), fingerprint)
        if not fingerprint.passed:
            raise typer.Exit(1)


def _show(marginals: list[Marginal], fingerprint: Fingerprint) -> None:
    table = Table("marginal", "published", "reached", "delta", "")
    for marginal in marginals:
        delta = "" if marginal.delta is None else f"{marginal.delta:+.4g}"
        known = "" if marginal.published is None else f"{marginal.published:.4g}"
        table.add_row(marginal.name, known, f"{marginal.reached:.6g}", delta, "" if marginal.held else "off")
    console = Console()
    console.print(table)
    worst = max(fingerprint.by_feature, key=fingerprint.by_feature.__getitem__)
    console.print(
        f"Fingerprint audit: AUC {fingerprint.auc:.3f} from {fingerprint.pairs:,} pairs "
        f"({'passed' if fingerprint.passed else 'FAILED'}; fails at {FAILS_AT}); "
        f"most telling alone: {worst}, {fingerprint.by_feature[worst]:.3f}"
    )
