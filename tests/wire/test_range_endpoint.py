"""The range endpoint over a real socket."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
from tests.server import RunningServer, running

from doorward.breach.corpus import digest
from doorward.clock import SetClock, SystemClock

SUFFIX = "2DC183F740EE76F27B78EB39C8AD972A757"
"""Of `P@ssw0rd`, whose hash begins with 21BD1."""
LINE = re.compile(r"[0-9A-F]{35}:\d+")


def hashes(path: Path, **counts: int) -> Path:
    keys = {digest(password).hex().upper(): count for password, count in counts.items()}
    keys["21BD1" + SUFFIX] = 52579
    path.write_text("".join(f"{key}:{keys[key]}\n" for key in sorted(keys)))
    return path


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[RunningServer]:
    source = hashes(folder / "hashes.txt")
    with running(folder / "data", **{"range_source": source, "range_rate": 1e6, **settings}) as server:
        yield server


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("range")) as server:
        yield server.endpoint


def get(endpoint: str, path: str, method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib3.PoolManager() as pool:
        return pool.request(method, f"{endpoint}{path}", headers=named, retries=False)


@pytest.mark.parametrize("prefix", ["21BD1", "21bd1", "21Bd1"])
def test_a_range_is_the_suffixes_with_their_counts(endpoint: str, prefix: str) -> None:
    answer = get(endpoint, f"/range/{prefix}")
    assert (answer.status, answer.data) == (200, f"{SUFFIX}:52579".encode())
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "public, max-age=86400"


def test_an_empty_range_is_no_error(endpoint: str) -> None:
    answer = get(endpoint, "/range/00000")
    assert (answer.status, answer.data) == (200, b"")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/range/21BD", "The hash prefix was not in a valid format"),
        ("/range/21BD11", "The hash prefix was not in a valid format"),
        ("/range/", "The hash prefix was not in a valid format"),
        ("/range/../../etc/passwd", "The hash prefix was not in a valid format"),
        ("/range/" + "A" * 4000, "The hash prefix was not in a valid format"),
        ("/range/21BDG", "The hash prefix was not valid hexadecimal"),
        ("/range/%2e%2e%2f%2e%2e", "The hash prefix was not valid hexadecimal"),
        ("/range/%00%00%00%00%00", "The hash prefix was not valid hexadecimal"),
        ("/range/%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1", "The hash prefix was not valid hexadecimal"),
        ("/range/21BD1?mode=ntlm", "Only SHA-1 hashes are served"),
    ],
)
def test_what_is_no_prefix_is_refused_in_a_sentence(endpoint: str, path: str, sentence: str) -> None:
    host = urllib3.util.parse_url(endpoint)
    with closing(urllib3.connection.HTTPConnection(host.host or "", host.port)) as connection:
        # Sent as it stands: a client's own idea of a path would take the dots out.
        connection.request("GET", path)
        answer = connection.getresponse()
        assert (answer.status, answer.data.decode()) == (400, sentence)


def test_padding_hides_how_many_lines_there_are(endpoint: str) -> None:
    counts = set()
    for prefix in ("21BD1", "00000") * 8:
        answer = get(endpoint, f"/range/{prefix}", Add_Padding="true")
        lines = answer.data.decode().split("\r\n")
        assert all(LINE.fullmatch(line) for line in lines)
        assert lines == sorted(lines)
        assert len(set(lines)) == len(lines)
        real = [line for line in lines if not line.endswith(":0")]
        assert real == ([f"{SUFFIX}:52579"] if prefix == "21BD1" else [])
        counts.add(len(lines))
        assert "etag" not in answer.headers
    assert min(counts) >= 800
    assert max(counts) <= 1000
    assert len(counts) > 1


def test_only_true_asks_for_padding(endpoint: str) -> None:
    assert len(get(endpoint, "/range/21BD1", Add_Padding="TRUE").data) > 800 * 37
    assert get(endpoint, "/range/21BD1", Add_Padding="no").data == f"{SUFFIX}:52579".encode()


def test_who_has_the_answer_is_told_that_it_still_holds(endpoint: str) -> None:
    first = get(endpoint, "/range/21BD1")
    again = get(endpoint, "/range/21BD1", If_None_Match=first.headers["etag"])
    assert (again.status, again.data) == (304, b"")
    other = get(endpoint, "/range/21BD1", If_None_Match='W/"other"')
    assert other.status == 200
    padded = get(endpoint, "/range/21BD1", If_None_Match=first.headers["etag"], Add_Padding="true")
    assert padded.status == 200


def test_head_is_get_without_the_body(endpoint: str) -> None:
    answer = get(endpoint, "/range/21BD1", "HEAD")
    assert (answer.status, answer.data) == (200, b"")
    assert answer.headers["content-length"] == str(len(f"{SUFFIX}:52579"))


def test_nothing_else_than_reading_is_possible(endpoint: str) -> None:
    assert get(endpoint, "/range/21BD1", "POST").status == 405


def test_there_is_no_endpoint_unless_the_settings_say_so(server: RunningServer) -> None:
    assert get(server.endpoint, "/range/21BD1").status == 404


def test_it_stands_where_the_settings_say(tmp_path: Path) -> None:
    with serving(tmp_path, range_path="/pwned/sha1") as server:
        assert get(server.endpoint, "/pwned/sha1/21BD1").status == 200
        assert get(server.endpoint, "/range/21BD1").status == 404
        assert get(server.endpoint, "/healthz").status == 200


def test_a_source_that_is_gone_is_said_and_the_server_runs_on(tmp_path: Path) -> None:
    with serving(tmp_path, range_source=tmp_path / "later.txt") as server:
        answer = get(server.endpoint, "/range/21BD1")
        assert (answer.status, answer.headers["cache-control"]) == (503, "no-store")
        assert str(tmp_path) not in answer.data.decode()
        hashes(tmp_path / "later.txt")
        assert get(server.endpoint, "/range/21BD1").status == 200


def test_a_directory_is_served_too(tmp_path: Path) -> None:
    (tmp_path / "ranges").mkdir()
    (tmp_path / "ranges/21BD1.txt").write_text(f"{SUFFIX}:52579")
    with serving(tmp_path, range_source=tmp_path / "ranges") as server:
        assert get(server.endpoint, "/range/21BD1").data == f"{SUFFIX}:52579".encode()
        assert get(server.endpoint, "/range/00000").status == 503


def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    clock = SetClock(SystemClock().now())
    source = hashes(tmp_path / "hashes.txt")
    with running(tmp_path / "data", clock, range_source=source, range_rate=0.5) as server:
        asked = [get(server.endpoint, "/range/21BD1") for _ in range(6)]
        assert [one.status for one in asked] == [200] * 5 + [429]
        assert asked[-1].headers["retry-after"] == "2"
        clock.advance(2)
        assert get(server.endpoint, "/range/21BD1").status == 200
        assert get(server.endpoint, "/range/21BD1").status == 429
