"""`doorward sealing`: the keys that seal secrets at rest."""

import typer

from doorward.cli.options import Data, settings
from doorward.store import sealing_keys

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _only_a_group() -> None:
    """Keep `rotate` a command of its own name."""


@app.command()
def rotate(data: Data = None) -> None:
    """Add a sealing key; the server seals with it from its next start on. Old keys still open what they sealed."""
    key_id = sealing_keys.add_key(settings(data).data)
    typer.echo(f"Added the sealing key {key_id}. Restart the server to seal with it.")
