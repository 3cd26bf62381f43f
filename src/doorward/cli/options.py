"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer

from doorward.app import Vault, open_vault
from doorward.settings import Settings
from doorward.store.engine import FILE_NAME

Data = Annotated[
    Path | None,
    typer.Option("--data", help="The data directory. Default: DOORWARD_DATA, else ./doorward-data."),
]


def settings(data: Path | None, **given: Any) -> Settings:
    """Return the settings, those given on the command line first."""
    chosen = {name: value for name, value in {"data": data, **given}.items() if value is not None}
    return Settings(**chosen)


def vault(data: Path | None) -> Vault:
    """Open the data directory that a command works on, creating it where it is missing."""
    return open_vault(settings(data))


def existing_vault(data: Path | None) -> Vault:
    """Open the data directory of a command that works on what is there already. Raises BadParameter where nothing is."""
    chosen = settings(data)
    if not (chosen.data / FILE_NAME).exists():
        raise typer.BadParameter(f"there is no Doorward data in {chosen.data}", param_hint="--data")
    return open_vault(chosen)
