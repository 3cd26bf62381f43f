"""The data directory that a command works on."""

from pathlib import Path

import typer
from sqlalchemy import Connection

from doorward.cli.options import settings
from doorward.directory.queries import user_pools, users
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.store.engine import FILE_NAME
from doorward.store.vault import Vault, open_vault


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
