"""`doorward users`: helping a user who cannot sign in, or whose authenticator is lost."""

from typing import Annotated

import typer

from doorward.cli import passkeys
from doorward.cli.data import existing_vault, require_pool, require_user
from doorward.cli.options import BY, Data, Pool, Username
from doorward.clock import SystemClock
from doorward.protection import unblocking
from doorward.protection.helping import record_help
from doorward.signin.unlocking import unlock as forget_failures

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(passkeys.app, name="passkeys")

OPERATION = "doorward users unlock"


@app.command()
def unlock(
    username: Username,
    pool: Pool,
    data: Data = None,
    minutes: Annotated[
        float,
        typer.Option(min=0, max=10_080, help="For how long risk lets the next sign-in in; 0: not at all."),
    ] = unblocking.OPEN_SECONDS / 60,
) -> None:
    """Lift what holds a user off: wrong passwords, wrong codes, spent attempts, and a block by risk.

    The next sign-in within the minutes is let in wherever it comes from, with the password and all that MFA asks.
    """
    now = SystemClock().now()
    with existing_vault(data).store.writing() as tx:
        found = require_pool(tx, pool)
        user = require_user(tx, found, username)
        forgotten = forget_failures(tx, found.id, user.sub)
        done = [
            "wrong passwords, wrong codes and spent attempts are forgotten"
            if forgotten
            else "nothing was counted against the user"
        ]
        if minutes:
            unblocking.open_to_all(tx, user, BY, now + minutes * 60)
            done.append(f"the next sign-in within {minutes:g} minutes is not blocked by risk")
        if forgotten or minutes:
            record_help(tx, found, user, OPERATION, by=BY, because="; ".join(done), now=now)
    typer.echo(f"{user.username}: {'; '.join(done)}.")
    if not user.enabled:
        typer.echo("The user is disabled: AdminEnableUser lets him sign in.")
    if user.status == "RESET_REQUIRED":
        typer.echo("The user must choose another password: ForgotPassword sends him the code.")
