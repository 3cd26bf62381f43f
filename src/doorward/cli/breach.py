"""`doorward breach`: passwords known from breaches."""

import typer

from doorward.cli.breach_coverage import coverage
from doorward.cli.breach_sweep import sweep

app = typer.Typer(help="Passwords known from breaches: sweep, coverage.", no_args_is_help=True)
app.command()(sweep)
app.command()(coverage)
