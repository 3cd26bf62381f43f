"""`doorward signing-keys`: the keys that sign a pool's tokens."""

from typing import Annotated

import typer

from doorward.cli.data import existing_vault
from doorward.cli.options import Data, settings
from doorward.clock import SystemClock
from doorward.directory.queries import user_pools
from doorward.tokens.issuer import Issuer
from doorward.tokens.queries import remove_retired_of_pool

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _only_a_group() -> None:
    """Keep `rotate` a command of its own name."""


@app.command()
def rotate(
    pool: Annotated[str, typer.Argument(help="The user pool's id.")],
    data: Data = None,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Believe the old keys no more: after a leak. Tokens in use end.")
    ] = False,
) -> None:
    """Sign with new keys from now on; the old ones verify until their last token has expired."""
    chosen = settings(data)
    opened = existing_vault(data)
    issuer = Issuer(opened.keyring, base_url=chosen.public_url, region=chosen.region)
    keys = issuer.new_keys()
    with opened.store.writing() as tx:
        if user_pools.find(tx, pool) is None:
            typer.echo(f"doorward: there is no user pool {pool}", err=True)
            raise typer.Exit(1)
        issuer.keep_keys(tx, pool, keys, SystemClock().now())
        if at_once:
            remove_retired_of_pool(tx, pool)
    for use, key in keys.items():
        typer.echo(f"{use} tokens are now signed by {key.kid}")
