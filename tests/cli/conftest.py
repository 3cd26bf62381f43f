"""A server and the commands on its data."""

from collections.abc import Iterator
from threading import Thread

import pytest
from tests.cli.house import House
from tests.server import running


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, ending: list[Thread]) -> Iterator[House]:
    """On the machine's clock, as the commands are."""
    data = tmp_path_factory.mktemp("house")
    with running(data, ending=ending) as server:
        yield House(server, data)
