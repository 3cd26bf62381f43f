"""`doorward demo`: the story as a stranger sees it, with fewer sign-ins and cheap hashes."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

QUICK = ["--port", "0", "--sign-ins", "400"]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "doorward", "demo", *QUICK, *arguments]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    settings = {"DOORWARD_ARGON2_MEMORY": "64", "DOORWARD_ARGON2_ITERATIONS": "1", "TMPDIR": str(tmp_path)}
    return {**os.environ, "PYTHONUNBUFFERED": "1", **settings}


@contextmanager
def started(arguments: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def test_the_demo_goes_as_described(environment: dict[str, str], tmp_path: Path) -> None:
    shown = subprocess.run(
        command("--once"), env=environment, capture_output=True, text=True, timeout=100, check=False
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert shown.stderr == ""
    assert "day 14 of 14" in shown.stdout
    assert max(map(len, shown.stdout.splitlines()[2:])) <= 120
    blocked = [line for line in shown.stdout.splitlines() if "blocked, High" in line]
    assert len(blocked) == 5
    for word in (
        "always-block list",
        "InvalidPasswordException",
        "PasswordResetRequiredException",
        "first sign-in from BR",
        "about 29 names tried from",
        "feedback Valid",
        "refresh token, new country",
        "went as described",
    ):
        assert word in shown.stdout, word
    assert list(tmp_path.iterdir()) == []


def test_the_server_goes_on_and_the_shown_key_works(environment: dict[str, str], tmp_path: Path) -> None:
    data = tmp_path / "kept"
    with started(command("--data", str(data)), environment) as running:
        the_story_and_its_end(running, data)


def the_story_and_its_end(running: "subprocess.Popen[str]", data: Path) -> None:
    shown: dict[str, str] = {}
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith(("export ", "POOL=")):
            shown.update(re.findall(r"(\w+)=(\S+)", line))
        if "jwks.json" in line:
            break
    operator = boto3.Session(shown["AWS_ACCESS_KEY_ID"], shown["AWS_SECRET_ACCESS_KEY"]).client(
        "cognito-idp", region_name=shown["AWS_DEFAULT_REGION"], endpoint_url=shown["AWS_ENDPOINT_URL"]
    )
    events = operator.admin_list_user_auth_events(UserPoolId=shown["POOL"], Username="olivia", MaxResults=2)

    running.send_signal(signal.SIGINT)
    _, complaints = running.communicate(timeout=30)

    assert [event["EventResponse"] for event in events["AuthEvents"]] == ["Pass", "Fail"]
    assert (running.returncode, complaints) == (0, "")
    assert (data / "doorward.db").exists()


def test_a_step_that_differs_is_named_and_is_a_failure(environment: dict[str, str]) -> None:
    # Two weeks too quiet to know what is usual for anybody: nothing can be High by its rarity.
    shown = subprocess.run(
        command("--once", "--sign-ins", "100"),
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert (shown.returncode, shown.stderr) == (1, "")
    assert "Act 2, olivia, right password, new country and device: expected the level High" in shown.stdout
    assert "went as described" not in shown.stdout


def test_a_taken_port_is_one_clear_line(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        shown = subprocess.run(
            command("--once", "--port", str(port)),
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert shown.returncode == 1
    assert shown.stderr == f"doorward: port {port} is taken; --port names another, 0 any free one\n"
