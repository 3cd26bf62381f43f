"""Commands that are imported when they are called: until then their name and their help are all that is known.

A command may need numpy, another the database, a third the whole server. Whoever asks for one waits for that one alone.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_command


def add_on_call(app: typer.Typer, name: str, module: str, sentences: str) -> None:
    """Add the command, or the group of commands, that a module of this room keeps as `app`."""

    @app.command(name, cls=_OnCall, help=sentences)
    def imported() -> typer.Typer:
        found: typer.Typer = import_module(f"{__package__}.{module}").app
        return found


class _OnCall(TyperCommand):
    """Stands for a command that its callback returns."""

    def make_context(self, *arguments: Any, **named: Any) -> Any:
        """Begin the command itself, with its own options, and let it say of itself what was said of it here."""
        imported: Any = self.callback
        command = get_command(imported())
        command.help = self.help
        return command.make_context(*arguments, **named)
