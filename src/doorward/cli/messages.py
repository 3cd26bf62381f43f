"""`doorward messages`: codes and temporary passwords that were not delivered, for local use."""

from typing import Annotated

import typer
from rich.table import Table

from doorward.cli import tables
from doorward.cli.data import existing_vault, require_pool
from doorward.cli.options import Data
from doorward.cli.times import shown
from doorward.messages import outbox

app = typer.Typer(add_completion=False)


@app.command()
def messages(
    data: Data = None,
    pool: Annotated[str | None, typer.Option(help="Only this user pool's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the latest.")] = 20,
) -> None:
    """Print what the outbox holds."""
    opened = existing_vault(data)
    with opened.store.reading() as tx:
        if pool is not None:
            require_pool(tx, pool)
        held = outbox.held(tx, opened.keyring, pool, limit)
    table = Table("when (UTC)", "pool", "user", "to", "kind", "code", "state")
    for one in held:
        message = one.message
        table.add_row(
            shown(one.row.created_at),
            one.row.pool_id,
            message.username if message else "",
            message.destination if message else "",
            one.row.kind,
            message.code if message else "",
            one.row.state,
        )
    tables.show(table)
