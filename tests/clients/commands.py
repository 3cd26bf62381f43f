"""What the aws command is told, and what it prints."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

from tests.people import PASSWORD, App

Command = Callable[..., subprocess.CompletedProcess[str]]


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return what a command printed. Fails with what it complained about."""
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout)) if done.stdout.strip() else {}


def signed_in(aws: Command, app: App, username: str) -> dict[str, Any]:
    """`aws cognito-idp initiate-auth`."""
    return answer(
        aws(
            "initiate-auth",
            "--client-id",
            app.client_id,
            "--auth-flow",
            "USER_PASSWORD_AUTH",
            "--auth-parameters",
            f"USERNAME={username},PASSWORD={PASSWORD}",
        )
    )


def responded(
    aws: Command, app: App, asked: dict[str, Any], username: str, *responses: str, signed: bool = False
) -> dict[str, Any]:
    """`aws cognito-idp respond-to-auth-challenge`, or an administrator's."""
    return answer(
        aws(
            "admin-respond-to-auth-challenge" if signed else "respond-to-auth-challenge",
            *(("--user-pool-id", app.pool_id) if signed else ()),
            "--client-id",
            app.client_id,
            "--challenge-name",
            asked["ChallengeName"],
            "--session",
            asked["Session"],
            "--challenge-responses",
            ",".join((f"USERNAME={username}", *responses)),
        )
    )
