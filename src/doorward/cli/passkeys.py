"""`doorward users passkeys`: a lost or stolen authenticator, for which the API has no administrator's call."""

from typing import Annotated, Final

import typer
from rich.table import Table

from doorward.cli import tables
from doorward.cli.data import existing_vault, require_pool, require_user
from doorward.cli.options import BY, Data, Pool, Username
from doorward.cli.times import shown
from doorward.clock import SystemClock
from doorward.directory.queries import passkeys
from doorward.protection.helping import record_help

app = typer.Typer(help="A user's passkeys: list, delete.", no_args_is_help=True)

OPERATION: Final = "doorward users passkeys delete"


@app.command("list")
def list_passkeys(username: Username, pool: Pool, data: Data = None) -> None:
    """List a user's passkeys, the oldest first."""
    with existing_vault(data).store.reading() as tx:
        user = require_user(tx, require_pool(tx, pool), username)
        held = passkeys.of_user(tx, user.pool_id, user.sub)
    table = Table("passkey", "made with", "relying party", "registered (UTC)", "last used (UTC)", "copied")
    for passkey in held:
        table.add_row(
            passkey.id,
            passkey.name,
            passkey.relying_party_id,
            shown(passkey.created_at),
            shown(passkey.used_at) if passkey.used_at is not None else "never",
            "to other devices" if passkey.backed_up else "no",
        )
    tables.show(table)


# One passkey's id in 64 begins like an option.
@app.command(context_settings={"ignore_unknown_options": True})
def delete(
    username: Username,
    passkey_id: Annotated[str, typer.Argument(help="The passkey's id, as the list tells it.")],
    pool: Pool,
    data: Data = None,
) -> None:
    """Delete a passkey of a user's: it signs in no more, also where a sign-in is on its way."""
    with existing_vault(data).store.writing() as tx:
        found = require_pool(tx, pool)
        user = require_user(tx, found, username)
        passkey = passkeys.find(tx, found.id, user.sub, passkey_id)
        if passkey is None:
            raise typer.BadParameter(f"{user.username} has no passkey {passkey_id}", param_hint="PASSKEY_ID")
        passkeys.remove(tx, found.id, user.sub, passkey.id)
        left = len(passkeys.of_user(tx, found.id, user.sub))
        because = f"the passkey {passkey.id} ({passkey.name}) is deleted"
        record_help(tx, found, user, OPERATION, by=BY, because=because, now=SystemClock().now())
    typer.echo(f"{user.username}: {because}; {left or 'none'} left.")
    if not left and user.password is None:
        typer.echo("The user has no password either: a code that the pool sends is his only way in.")
    typer.echo("Whoever has signed in goes on: AdminUserGlobalSignOut ends his sessions.")
