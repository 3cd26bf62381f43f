"""The aws command, ready to be run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.clients.commands import Command
from tests.server import RunningServer

from doorward.directory.access_keys import create_access_key

AWS = Path(sys.executable).with_name("aws")


@pytest.fixture
def aws(server: RunningServer, tmp_path: Path) -> Command:
    """Run `aws cognito-idp ...` with an administrator's key, away from any configuration of the machine."""
    with server.services.store.writing() as tx:
        key, secret = create_access_key(
            tx, server.services.keyring, name="aws", role="administrator", pool_id=None, now=0.0
        )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": key.id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(AWS), "cognito-idp", *arguments, "--output", "json"],
            env=environment | more,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
