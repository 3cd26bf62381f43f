"""The command line: one clear line on an error, exit status 2 for wrong use, 1 for failure."""

import sys

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from doorward.cli import demo, keys, messages, sealing, serve, signing_keys
from doorward.store.sealing import SealError

app = typer.Typer(
    name="doorward",
    help="A self-hosted user directory that speaks the Amazon Cognito user-pools API.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("messages")(messages.messages)
app.add_typer(keys.app, name="keys")
app.add_typer(signing_keys.app, name="signing-keys")
app.add_typer(sealing.app, name="sealing")


def main() -> None:
    """Run the command line."""
    try:
        app()
    except ValidationError as problem:
        for error in problem.errors():
            where = ".".join(str(part) for part in error["loc"])
            typer.echo(f"doorward: setting {where}: {error['msg']}", err=True)
        sys.exit(2)
    except (SealError, OSError, SQLAlchemyError) as problem:
        typer.echo(f"doorward: {str(problem).splitlines()[0]}", err=True)
        sys.exit(1)
