"""The commands, run with a user's arguments beside a running server."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from tests.server import RunningServer

from doorward import cli


@dataclass(frozen=True)
class Printed:
    """What a command left behind."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class House:
    """A running server and the commands on its data, whose output goes to no terminal."""

    server: RunningServer
    data: Path

    def run(self, *arguments: str, given: bytes = b"") -> Printed:
        """Run a command; `given` is its standard input."""
        out, err = io.StringIO(), io.StringIO()
        argv = ["doorward", *arguments, "--data", str(self.data)]
        with (
            redirect_stdout(out),
            redirect_stderr(err),
            patch.object(sys, "argv", argv),
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(given))),
            pytest.raises(SystemExit) as ended,
        ):
            cli.main()
        return Printed(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def says(self, *arguments: str) -> str:
        """Return what a command that succeeds prints."""
        done = self.run(*arguments)
        assert done.status == 0, done.err
        return done.out
