"""`doorward serve`: run the server."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from doorward import logging
from doorward.breach.corpus import CorpusUnreadable
from doorward.cli.options import Data, settings
from doorward.clock import SystemClock
from doorward.directory.access_keys import create_access_key
from doorward.directory.queries import access_keys
from doorward.server import Server
from doorward.settings import Settings, unknown_variables
from doorward.store import server_lock
from doorward.store.vault import Vault, open_vault

FIRST_KEY_FILE = "first-access-key"


app = typer.Typer(add_completion=False)


@app.command()
def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Run the server until a signal ends it."""
    chosen = settings(data, host=host, port=port)
    logging.configure(chosen.log_level, chosen.log_format)
    with server_lock.held(chosen.data):
        _serve(chosen)


def _serve(chosen: Settings) -> None:
    vault = open_vault(chosen)
    first_key = keep_first_access_key(vault, chosen.data)
    server = Server(chosen, vault)
    typer.echo(f"Doorward listens on {server.endpoint}")
    typer.echo(f"  data       {chosen.data.resolve()}")
    if first_key.exists():
        typer.echo(f"  access key {first_key.resolve()}")
    typer.echo("  more keys  doorward keys create")
    for problem in _doubts(server):
        typer.echo(f"doorward: {problem}", err=True)
    # uvicorn finishes the requests in hand and then raises the signal anew: with its own effect the process
    # would end before the database is closed.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    server.run()


def _doubts(server: Server) -> Iterator[str]:
    """Yield what keeps no server from running, and was hardly meant."""
    for name in unknown_variables():
        yield f"{name} is no setting, and changes nothing"
    try:
        _ = server.services.known_passwords.corpus.version
    except CorpusUnreadable as problem:
        yield f"passwords cannot be checked against breaches: {problem}"


def _end(*_: object) -> NoReturn:
    sys.exit(0)


def keep_first_access_key(vault: Vault, data: Path) -> Path:
    """Make the first access key where there is none, in a file that its owner alone can read; return where."""
    file = data / FIRST_KEY_FILE
    with vault.store.writing() as tx:
        if access_keys.count(tx) == 0:
            key, secret = create_access_key(
                tx, vault.keyring, name="first", role="administrator", pool_id=None, now=SystemClock().now()
            )
            # Written before the commit: a crash between the two leaves a file whose key does not work, and the
            # next start makes another, rather than a key that nobody knows.
            file.unlink(missing_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as lines:
                lines.write(f"AWS_ACCESS_KEY_ID={key.id}\nAWS_SECRET_ACCESS_KEY={secret}\n")
                lines.flush()
                os.fsync(lines.fileno())
    return file
