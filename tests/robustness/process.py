"""`doorward serve` as an operating system sees it: a process with a data directory, which can be killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from tests.corpus import embedded_corpus


class Process:
    """A running server. Its log goes to `log`, where the lines of earlier starts stay."""

    def __init__(self, data: Path, log: Path, **settings: str) -> None:
        """Start the server and wait until it listens. Raises RuntimeError where it ends instead."""
        self.data = data
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DOORWARD_")}
        environment |= {
            "DOORWARD_DATA": str(data),
            "DOORWARD_PORT": "0",
            "DOORWARD_CORPUS": str(embedded_corpus()),
            "DOORWARD_ARGON2_MEMORY": "64",
            "DOORWARD_ARGON2_ITERATIONS": "1",
            "PYTHONUNBUFFERED": "1",
            # Wherever bytecode is not written, starting would take seconds every time.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(data.parent / "bytecode"),
            **{f"DOORWARD_{name.upper()}": value for name, value in settings.items()},
        }
        with log.open("ab") as standard_error:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "doorward", "serve"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=standard_error,
                text=True,
            )
        self.said = self._until_it_listens()
        self.endpoint = self.said[0].rpartition(" ")[2].strip()

    def administrator(self) -> CognitoIdentityProviderClient:
        """Return a boto3 client with the key that the server made at its first start."""
        lines = (self.data / "first-access-key").read_text(encoding="ascii").splitlines()
        key = dict(line.split("=", 1) for line in lines)
        session = boto3.Session(
            aws_access_key_id=key["AWS_ACCESS_KEY_ID"], aws_secret_access_key=key["AWS_SECRET_ACCESS_KEY"]
        )
        return session.client(
            "cognito-idp",
            region_name="eu-west-1",
            endpoint_url=self.endpoint,
            # An idle connection may be closed in the moment in which it is used again: one more try.
            config=Config(retries={"max_attempts": 1}),
        )

    def kill(self) -> None:
        """Take the process away between two instructions, as a crash or a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and see that it does so with success."""
        status = self._end(signal.SIGTERM)
        if status not in {0, -signal.SIGTERM}:
            raise RuntimeError(f"the server ended with status {status}")

    def _end(self, how: signal.Signals) -> int:
        self._process.send_signal(how)
        status = self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return status

    def _until_it_listens(self) -> list[str]:
        if self._process.stdout is None:
            raise RuntimeError("the process was started without a pipe")
        lines: list[str] = []
        # The last line that it says; the socket was bound before the first.
        while not lines or "more keys" not in lines[-1]:
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError(f"the server ended with status {self._process.wait()}: {lines}")
            lines.append(line)
        return lines
