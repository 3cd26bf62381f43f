"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from doorward.settings import Settings

Data = Annotated[
    Path | None,
    typer.Option("--data", help="The data directory. Default: DOORWARD_DATA, else ./doorward-data."),
]
Pool = Annotated[str, typer.Option("--pool", help="The user pool's id.")]
Username = Annotated[str, typer.Argument(help="The user's name, alias or sub.")]

BY: Final = "command line"
"""Who has acted, in the events of what a command does."""


def settings(data: Path | None, **given: Any) -> Settings:
    """Return the settings, those given on the command line first."""
    chosen = {name: value for name, value in {"data": data, **given}.items() if value is not None}
    return Settings(**chosen)
