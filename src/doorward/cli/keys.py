"""`doorward keys`: the access keys that operators sign requests with."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from doorward.cli import tables
from doorward.cli.data import existing_vault, vault
from doorward.cli.options import Data
from doorward.cli.times import shown
from doorward.clock import SystemClock
from doorward.directory.access_keys import create_access_key
from doorward.directory.queries import access_keys, user_pools

app = typer.Typer(no_args_is_help=True, add_completion=False)


class RoleName(StrEnum):
    """What a key may do."""

    administrator = "administrator"
    read_only = "read-only"


@app.command()
def create(
    data: Data = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    role: Annotated[RoleName, typer.Option(help="read-only changes nothing.")] = RoleName.administrator,
    pool: Annotated[str | None, typer.Option(help="The only pool the key is for. Default: all.")] = None,
) -> None:
    """Create an access key and print its two lines; the secret is not shown again."""
    opened = vault(data)
    with opened.store.writing() as tx:
        if pool is not None and user_pools.find(tx, pool) is None:
            raise typer.BadParameter(f"there is no user pool {pool}", param_hint="--pool")
        key, secret = create_access_key(
            tx,
            opened.keyring,
            name=name,
            role=role.value,
            pool_id=pool,
            now=SystemClock().now(),
        )
    typer.echo(f"AWS_ACCESS_KEY_ID={key.id}")
    typer.echo(f"AWS_SECRET_ACCESS_KEY={secret}")


@app.command("list")
def list_keys(data: Data = None) -> None:
    """List the access keys, without their secrets."""
    with existing_vault(data).store.reading() as tx:
        keys = access_keys.every(tx)
    table = Table("access key", "name", "role", "pool", "created (UTC)")
    for key in keys:
        table.add_row(key.id, key.name, key.role, key.pool_id or "all", shown(key.created_at))
    tables.show(table)


@app.command()
def delete(access_key_id: Annotated[str, typer.Argument(help="The key's id.")], data: Data = None) -> None:
    """Delete an access key; what it signs is refused from the next request on."""
    with existing_vault(data).store.writing() as tx:
        if not access_keys.remove(tx, access_key_id):
            typer.echo(f"doorward: there is no access key {access_key_id}", err=True)
            raise typer.Exit(1)
    typer.echo(f"Deleted {access_key_id}.")
