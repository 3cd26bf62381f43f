"""The command line: one clear line on an error, exit status 2 for wrong use, 1 for failure."""

import sys
from typing import NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from typer.exceptions import TyperException

from doorward.cli import (
    breach,
    demo,
    evaluate,
    events,
    keys,
    messages,
    pools,
    risk,
    sealing,
    serve,
    signing_keys,
    simulate,
    synthesize,
    users,
)
from doorward.settings import SettingsFileError
from doorward.store.sealing import SealError

app = typer.Typer(
    name="doorward",
    help="A self-hosted user directory that speaks the Amazon Cognito user-pools API.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo.demo)
app.command("evaluate")(evaluate.evaluate)
app.command("serve")(serve.serve)
app.command("messages")(messages.messages)
app.command("simulate")(simulate.simulate)
app.command("synthesize")(synthesize.synthesize)
app.add_typer(breach.app, name="breach")
app.add_typer(risk.app, name="risk")
app.add_typer(events.app, name="events")
app.add_typer(pools.app, name="pools")
app.add_typer(users.app, name="users")
app.add_typer(keys.app, name="keys")
app.add_typer(signing_keys.app, name="signing-keys")
app.add_typer(sealing.app, name="sealing")


def main() -> None:
    """Run the command line."""
    try:
        # Not typer's own mode, which frames an error in several lines.
        sys.exit(app(standalone_mode=False))
    except TyperException as problem:
        # Where no command was named the help is printed already, and there is no message.
        _fail(problem.format_message(), problem.exit_code)
    except typer.Abort:
        _fail("interrupted", 1)
    except ValidationError as problem:
        for error in problem.errors():
            # What follows the setting's name is the way through pydantic's own types.
            typer.echo(f"doorward: setting {error['loc'][0]}: {error['msg']}", err=True)
        sys.exit(2)
    except SettingsFileError as problem:
        _fail(str(problem), 2)
    except OSError as problem:
        _fail(
            ": ".join(str(part) for part in (problem.filename, problem.strerror) if part) or str(problem), 1
        )
    except (SealError, SQLAlchemyError) as problem:
        _fail(str(problem).splitlines()[0], 1)


def _fail(sentence: str, status: int) -> NoReturn:
    if sentence.strip():
        typer.echo(f"doorward: {sentence}", err=True)
    sys.exit(status)
