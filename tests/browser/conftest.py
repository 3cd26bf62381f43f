"""A browser with an application open in it."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.chromium import chromium

_SITE = Path(__file__).with_name("site")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of requests."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of the session."""
    with chromium() as one:
        yield one


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The origin of an application, which is on this machine and not on the API's port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=_SITE)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """The application, open in a profile of the test's own."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/index.html")
    yield page
    context.close()
