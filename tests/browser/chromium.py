"""Debian's Chromium, installed where it is missing, and driven by Playwright."""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

EXECUTABLE = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_INSTALL = ("apt-get update", "apt-get install -y chromium")
_LOCK = Path(tempfile.gettempdir()) / "doorward-tests-chromium.lock"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser without a window, in a profile of its own, until the block ends."""
    require_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS), chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            browser.close()


def require_chromium() -> None:
    """Install the browser where it is missing.

    Where that is not possible the test is skipped, but fails where CI says that all must run.
    """
    problem = None
    if not EXECUTABLE.exists():
        # Two workers must not install at once.
        with _LOCK.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            problem = None if EXECUTABLE.exists() else _install()
    if problem is None:
        return
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(problem)
    print(problem)
    pytest.skip(problem)


def _install() -> str | None:
    """Install the browser; return why that failed."""
    if os.geteuid() != 0:
        return f"{EXECUTABLE} is missing, and only root can install it"
    for command in _INSTALL:
        done = subprocess.run(
            command.split(),
            capture_output=True,
            text=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )
        if done.returncode:
            return f"{command} failed: {done.stderr.strip()[-300:]}"
    return None
