"""What commands import: what they need. The process is asked for its modules; its time would tell of the machine."""

import re
import subprocess
import sys
from typing import Final

import pytest
from tests.cli.environment import environment
from typer.testing import CliRunner

from doorward.cli import COMMANDS, app

SERVER: Final = {"starlette", "uvicorn", "uvloop", "httptools", "webauthn", "boto3", "botocore"}
NUMBERS: Final = {"numpy", "sklearn", "pandas"}
DATABASE: Final = {"sqlalchemy", "alembic"}
SETTINGS: Final = {"pydantic_settings"}
"""Without pydantic, which typer itself reads arguments with."""
SECRETS: Final = {"cryptography", "argon2", "joserfc", "gmpy2"}

NOTHING: Final = SERVER | NUMBERS | DATABASE | SETTINGS | SECRETS
"""Libraries that a command needs which does nothing but tell of itself: none."""

_RUN: Final = """
import sys
from doorward.cli import main
try:
    main()
finally:
    print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def _imported(*arguments: str) -> set[str]:
    """Return the packages that a command has imported when it ends; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments],
        check=False,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data directory with a key."""
    made = tmp_path_factory.mktemp("data")
    _imported("keys", "create", "--data", str(made))
    return str(made)


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        ("--help", NOTHING),
        ("--version", NOTHING),
        ("synthesize --help", NOTHING),
        ("evaluate --help", NOTHING),
        ("demo --help", SERVER | NUMBERS | DATABASE | SECRETS),
        ("breach --help", SERVER | DATABASE | SECRETS),
        ("pools --help", SERVER | NUMBERS),
        ("users --help", SERVER | NUMBERS),
        ("risk --help", SERVER | NUMBERS),
        ("events --help", SERVER | NUMBERS),
        ("signing-keys --help", SERVER | NUMBERS),
        ("simulate --help", SERVER | NUMBERS),
    ],
)
def test_help_imports_nothing_that_only_work_needs(arguments: str, unneeded: set[str]) -> None:
    assert _imported(*arguments.split()) & unneeded == set()


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        ("sealing rotate", SERVER | NUMBERS | DATABASE),
        ("keys list", SERVER | NUMBERS),
        ("messages", SERVER | NUMBERS),
        ("breach info", SERVER | DATABASE | SECRETS),
    ],
)
def test_work_imports_nothing_that_only_the_server_needs(
    data: str, arguments: str, unneeded: set[str]
) -> None:
    assert _imported(*arguments.split(), "--data", data) & unneeded == set()


def test_the_server_is_known_by_these_names(data: str) -> None:
    """A library that has got another name would be missed without anybody noticing."""
    imported = _imported("serve", "--help") | _imported("evaluate", "--help")
    assert {"starlette", "uvicorn", "webauthn"} | DATABASE | SETTINGS | SECRETS | {"numpy"} <= imported


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_the_same_in_the_list_and_of_itself(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """The list is told without it."""
    monkeypatch.setenv("COLUMNS", "300")
    listed, own = (CliRunner().invoke(app, asked).stdout for asked in (["--help"], [command, "--help"]))
    assert re.search(rf"│ {command} +{re.escape(COMMANDS[command])} ", listed)
    assert f"Usage: doorward {command} " in own
    assert f" {COMMANDS[command]} " in own


@pytest.mark.parametrize("command", ["sweep", "coverage"])
def test_a_command_of_a_group_is_called_by_its_whole_name(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    own = CliRunner().invoke(app, ["breach", command, "--help"]).stdout
    assert f"Usage: doorward breach {command} " in own
    assert "--pool" in own
