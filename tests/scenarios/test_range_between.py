"""One Doorward serves ranges, another asks it while its users sign in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tests.cli.house import House
from tests.history import latest
from tests.people import PASSWORD, App, make_user, sign_in
from tests.scenarios.protected import protected, switch
from tests.scenarios.refusals import RESET_FOR_SECURITY, refused
from tests.server import RunningServer, running

from doorward.breach.corpus import digest
from doorward.clock import SetClock, SystemClock

LEAKED = "Leaked-Only-Here-1"
UNCHECKED = (
    "NotAuthorizedException",
    "The password could not be checked for known breaches. Try again later.",
)


@pytest.fixture
def hashes(tmp_path: Path) -> Path:
    path = tmp_path / "hashes.txt"
    path.write_text(f"{digest(LEAKED).hex().upper()}:42\r\n")
    return path


@contextmanager
def asking(folder: Path, url: str, **settings: Any) -> Iterator[tuple[RunningServer, SetClock]]:
    clock = SetClock(SystemClock().now())
    chosen = {"corpus_range_url": url, "corpus_range_timeout": 1.0, **settings}
    with running(folder / "asking", clock, **chosen) as server:
        yield server, clock


def pool(server: RunningServer, password: str) -> App:
    app = protected(server, "OFF")
    make_user(server, app.pool_id, "berta", password)
    switch(server, app, "ENFORCED")
    return app


def test_a_password_that_the_other_knows_is_found(tmp_path: Path, hashes: Path) -> None:
    with (
        running(tmp_path / "serving", range_source=hashes) as serving,
        asking(tmp_path, f"{serving.endpoint}/range") as (server, clock),
    ):
        app = pool(server, LEAKED)
        with refused(*RESET_FOR_SECURITY):
            sign_in(server, app, "berta", LEAKED)
        risk = latest(server, app).risk
        host = serving.endpoint.removeprefix("http://")
        assert (risk.compromised, risk.seen) == (True, 42)
        assert risk.corpus_version is not None
        assert risk.corpus_version.startswith(f"range:{host} 20")
        assert f"the password was seen 42 times in corpus {risk.corpus_version}" in risk.because
        clock.advance(1)
        assert sign_in(server, app, "anna", PASSWORD)["AccessToken"]
        assert latest(server, app).risk.compromised is False


def test_the_command_line_asks_whom_the_server_asks(tmp_path: Path, hashes: Path) -> None:
    with running(tmp_path / "serving", range_source=hashes) as serving:
        house = House(serving, tmp_path / "asking")
        with patch.dict(os.environ, {"DOORWARD_CORPUS_RANGE_URL": f"{serving.endpoint}/range"}):
            said = house.run("breach", "check", given=f"{LEAKED}\nanother\n".encode())
            assert said.out.splitlines() == ["compromised: seen 42 times", "not found"]
            for command in ("info", "verify"):
                refusal = house.run("breach", command)
                assert refusal.status == 1
                assert "asks a range endpoint and no file" in refusal.err
    assert not (tmp_path / "asking" / "breach.corpus").exists()
    with patch.dict(os.environ, {"DOORWARD_CORPUS_RANGE_URL": f"{serving.endpoint}/range"}):
        gone = house.run("breach", "check", given=b"password\n")
    assert (gone.status, gone.out) == (1, "")


def test_what_was_seen_too_seldom_passes(tmp_path: Path, hashes: Path) -> None:
    with (
        running(tmp_path / "serving", range_source=hashes) as serving,
        asking(tmp_path, f"{serving.endpoint}/range", corpus_min_count=43) as (server, _),
    ):
        app = pool(server, LEAKED)
        assert sign_in(server, app, "berta", LEAKED)["AccessToken"]


@pytest.mark.parametrize("setting", ["open", "closed"])
def test_an_endpoint_that_is_gone_is_an_unreadable_corpus(tmp_path: Path, hashes: Path, setting: str) -> None:
    with running(tmp_path / "serving", range_source=hashes) as serving:
        url = f"{serving.endpoint}/range"
    with asking(tmp_path, url, corpus_unreadable=setting) as (server, _):
        app = pool(server, LEAKED)
        if setting == "open":
            assert sign_in(server, app, "berta", LEAKED)["AccessToken"]
        else:
            with refused(*UNCHECKED):
                sign_in(server, app, "berta", LEAKED)
        risk = latest(server, app).risk
        assert (risk.compromised, risk.corpus_version) == (None, None)
        assert "not asked again yet" in risk.because


def test_an_endpoint_that_comes_back_is_asked_after_the_pause(tmp_path: Path, hashes: Path) -> None:
    later = tmp_path / "later.txt"
    with (
        running(tmp_path / "serving", range_source=later) as serving,
        asking(tmp_path, f"{serving.endpoint}/range") as (server, clock),
    ):
        app = pool(server, LEAKED)
        assert sign_in(server, app, "berta", LEAKED)["AccessToken"]
        hashes.rename(later)
        assert sign_in(server, app, "berta", LEAKED)["AccessToken"]
        clock.advance(10)
        with refused(*RESET_FOR_SECURITY):
            sign_in(server, app, "berta", LEAKED)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/range",
        "example.org",
        "http://",
        "http://user:secret@example.org/range",
        "https://example.org/range?mode=ntlm",
        "https://example.org:99999/range",
        "https://example.org/ra nge",
        "https://example.org/\r\nX: y",
    ],
)
def test_what_is_no_url_is_refused_at_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="corpus_range_url"), asking(tmp_path, url):
        pass
