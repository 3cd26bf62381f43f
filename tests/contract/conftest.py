"""The stage on which the contract is tried over the wire."""

from collections.abc import Iterator

import pytest
from tests.contract.log_watch import LogWatch, watched
from tests.contract.stage import Stage, staged


@pytest.fixture(scope="module")
def log() -> Iterator[LogWatch]:
    """What the server would write into its log."""
    with watched() as watch:
        yield watch


@pytest.fixture(scope="module")
def stage(log: LogWatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server with pools and users on it, believing a proxy on its own machine."""
    data = tmp_path_factory.mktemp("doorward")
    # The longest values that the contract allows are longer than the bodies that a server takes by default.
    with staged(data, trusted_proxies="127.0.0.0/8,10.0.0.0/8", body_limit=8 << 20) as one:
        yield one
