"""Fixtures that every test can ask for."""

import signal
from collections.abc import Iterator
from threading import Thread

import pytest
from tests.lambda_emulator import Emulator, emulating
from tests.server import RunningServer, running

from doorward import logging
from doorward.clock import SetClock, SystemClock


class ClockedServer(RunningServer):
    """A running server whose clock the test moves."""

    clock: SetClock


logging.configure("debug", "console")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the tests in the background lets processes ignore Ctrl-C, and the commands under test with them.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on the machine's clock, for all tests of the session; every test makes its own pool."""
    with running(tmp_path_factory.mktemp("doorward")) as one:
        yield one


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A server that plays Lambda, for the servers of a module that call functions; whoever needs it anew resets it."""
    with emulating() as one:
        yield one


@pytest.fixture(scope="session")
def ending() -> Iterator[list[Thread]]:
    """Servers that end while the next tests run."""
    threads: list[Thread] = []
    yield threads
    for thread in threads:
        thread.join(30)


@pytest.fixture
def clocked(tmp_path_factory: pytest.TempPathFactory, ending: list[Thread]) -> Iterator[ClockedServer]:
    """A server of the test's own, whose clock stands still until the test moves it."""
    clock = SetClock(SystemClock().now())
    with running(tmp_path_factory.mktemp("doorward"), clock, ending=ending) as one:
        own = ClockedServer(one.server)
        own.clock = clock
        yield own
