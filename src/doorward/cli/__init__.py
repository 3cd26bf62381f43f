"""The command line: one clear line on an error, exit status 2 for wrong use, 1 for failure."""

import sys
from importlib.metadata import version
from typing import Annotated, Final, NoReturn

import typer
from typer.exceptions import TyperException

from doorward.cli.on_call import add_on_call

COMMANDS: Final = {
    "demo": "Show a protected pool at work: usual sign-ins, stolen and breached passwords, and why each was judged so.",
    "evaluate": "Measure the risk engine and its rivals on the same sign-ins under one protocol.",
    "serve": "Start the server on SQLite in the data directory, which is created where it is missing.",
    "messages": "Show the latest messages: to whom, what for, and the code in them while it is kept.",
    "simulate": "Show score, level, decision and reasons of a sign-in with the right password."
    " Nothing is written down.",
    "synthesize": "Write sign-ins that nobody made, with the public data set's columns and marginals and labelled"
    " attacks.",
    "breach": "Build, look into and check the corpus of breached passwords; sweep stored ones.",
    "risk": "The risk engine: calibrate, fit, show, rebuild.",
    "events": "Auth events and their reasons: list, show.",
    "pools": "User pools: what the API has no member for.",
    "users": "Users: unlock, passkeys.",
    "keys": "Access keys: create, list, delete.",
    "signing-keys": "The keys that sign a user pool's tokens.",
    "sealing": "The keys that seal secrets at rest.",
}
"""Each is the `app` of the module of its name, and says this of itself."""

app = typer.Typer(
    name="doorward",
    help="A self-hosted user directory that speaks the Amazon Cognito user-pools API.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for _name, _sentences in COMMANDS.items():
    add_on_call(app, _name, _name.replace("-", "_"), _sentences)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"doorward {version('doorward')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Take what is asked of no command."""


def main() -> None:
    """Run the command line."""
    try:
        # Not typer's own mode, which frames an error in several lines.
        sys.exit(app(standalone_mode=False))
    except TyperException as problem:
        # Where no command was named the help is printed already, and there is no message.
        _fail([problem.format_message()], problem.exit_code)
    except typer.Abort:
        _fail(["interrupted"], 1)
    except Exception as problem:
        # Here, because the libraries whose failures it knows are imported by the commands that use them.
        from doorward.cli.failures import told  # noqa: PLC0415

        _fail(*told(problem))


def _fail(sentences: list[str], status: int) -> NoReturn:
    for sentence in filter(str.strip, sentences):
        # Pydantic says so in front of every sentence of a ValueError.
        typer.echo(f"doorward: {sentence.replace('Value error, ', '')}", err=True)
    sys.exit(status)
