"""`doorward breach coverage`: which stored passwords were checked against what."""

from typing import Annotated

import typer
from rich.table import Table

from doorward.cli import tables
from doorward.cli.options import Data, vault
from doorward.directory.queries import user_pools
from doorward.sweep import queries

_UNCHECKED = "unchecked"


def coverage(
    pool: Annotated[str, typer.Option("--pool", help="The user pool's id.")], data: Data = None
) -> None:
    """Show how many stored passwords were checked against which corpus, and how many are known or unchecked.

    A password is checked when it is set, and again, against the corpus of then, whenever its user signs in with
    it. `leak:` names a leak in which a sweep has found them.
    """
    with vault(data).store.reading() as tx:
        if user_pools.find(tx, pool) is None:
            raise typer.BadParameter(f"there is no user pool {pool}", param_hint="--pool")
        counted = queries.coverage(tx, pool)
        users, words = queries.count_deferred(tx, pool)
    passwords: dict[str, int] = {}
    compromised: dict[str, int] = {}
    for version, known, count in counted:
        against = _UNCHECKED if known is None or version is None else version
        passwords[against] = passwords.get(against, 0) + count
        compromised[against] = compromised.get(against, 0) + (count if known else 0)
    table = Table("checked against", "stored passwords", "compromised")
    for against in sorted(passwords, key=lambda one: (one == _UNCHECKED, one)):
        table.add_row(
            against,
            str(passwords[against]),
            "unknown" if against == _UNCHECKED else str(compromised[against]),
        )
    table.add_row("all", str(sum(passwords.values())), str(sum(compromised.values())))
    tables.show(table)
    if users or words:
        typer.echo(f"waiting for a sign-in: leaked passwords of {users} users, and {words} of anybody's")
