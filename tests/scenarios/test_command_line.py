"""The operator's commands, on what strangers wrote."""

from typing import Any

import pytest
from tests.scenarios.pools import make_pool
from tests.server import RunningServer
from typer.testing import CliRunner

from doorward.cli import app


@pytest.mark.parametrize("username", ["[/everything]", "[bold]alice[/]", "[link=https://example.org]"])
def test_a_username_with_markup_is_shown_as_it_is(
    server: RunningServer, monkeypatch: Any, username: str
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    pool = make_pool(server)
    pool.sign_up(username, email="alice@example.org")
    shown = CliRunner().invoke(
        app, ["messages", "--pool", pool.id, "--data", str(server.services.settings.data)]
    )
    assert shown.exit_code == 0
    assert f" {username} " in shown.stdout
