"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from sqlalchemy import Connection

from doorward.app import Vault, open_vault
from doorward.directory.queries import user_pools, users
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.settings import Settings
from doorward.store.engine import FILE_NAME

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


def vault(data: Path | None) -> Vault:
    """Open the data directory that a command works on, creating it where it is missing."""
    return open_vault(settings(data))


def existing_vault(data: Path | None) -> Vault:
    """Open the data directory of a command that works on what is there. Raises BadParameter where nothing is."""
    chosen = settings(data)
    if not (chosen.data / FILE_NAME).exists():
        raise typer.BadParameter(f"there is no Doorward data in {chosen.data}", param_hint="--data")
    return open_vault(chosen)


def require_pool(tx: Connection, pool_id: str) -> UserPool:
    """Return a pool, or end with the sentence that there is none."""
    found = user_pools.find(tx, pool_id)
    if found is None:
        raise typer.BadParameter(f"there is no user pool {pool_id}", param_hint="--pool")
    return found


def require_user(tx: Connection, pool: UserPool, username: str) -> User:
    """Return a user by his name, alias or sub, or end with the sentence that there is none."""
    found = users.find(tx, pool, username)
    if found is None:
        raise typer.BadParameter(f"there is no user {username} in {pool.id}", param_hint="USERNAME")
    return found
