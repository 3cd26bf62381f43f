"""`doorward pools`: what Doorward lets a user pool do beyond the API."""

from enum import StrEnum
from typing import Annotated

import msgspec
import typer

from doorward.cli.data import existing_vault, require_pool
from doorward.cli.options import Data, Pool, settings
from doorward.directory.queries import user_pools

app = typer.Typer(no_args_is_help=True, add_completion=False)


class Switch(StrEnum):
    """Whether something is allowed."""

    on = "on"
    off = "off"


@app.callback()
def _only_a_group() -> None:
    """Keep `unblock` a command of its own name."""


@app.command()
def unblock(
    pool: Pool,
    data: Data = None,
    switch: Annotated[Switch | None, typer.Argument(help="Allow it or not. Default: show it.")] = None,
) -> None:
    """Let users whom risk has blocked let themselves in, by the code of a forgotten password."""
    store = existing_vault(data).store
    if switch is None:
        with store.reading() as tx:
            found = require_pool(tx, pool)
    else:
        with store.writing() as tx:
            found = msgspec.structs.replace(require_pool(tx, pool), unblocks_by_code=switch is Switch.on)
            user_pools.change(tx, found)
    typer.echo(f"self-service unblock  {'on' if found.unblocks_by_code else 'off'}")
    if found.unblocks_by_code:
        days = settings(data).unblock_address_days
        typer.echo(f"  by a code to an address that has been verified, unchanged, for {days:g} days")
    if found.unblocks_by_code and found.advanced_security_mode != "ENFORCED":
        typer.echo(f"  the pool's advanced security is {found.advanced_security_mode}: nobody is blocked")
