"""Asking an endpoint that does not behave: each way of being ill ends in time, and says what it was."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from tests.scenarios.certificates import self_signed

from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.range_client import MAX_ANSWER_BYTES, Answer, RangeClient
from doorward.clock import monotonic

BODY = b"0" * 35 + b":3\r\n" + b"F" * 35 + b":0"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
SECONDS = 0.4
NOT_LONGER = 3 * SECONDS

Behave = Callable[[socket.socket], None]


class Endpoint:
    """A socket that treats each connection as it is told to, and keeps what it was asked."""

    def __init__(self, behave: Behave, tls: ssl.SSLContext | None = None) -> None:
        self.behave = behave
        self.tls = tls
        self.asked: list[bytes] = []
        self.connections = 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with closing(connection), suppress(OSError):
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with closing(connection):
                while request := self._request(connection):
                    self.asked.append(request)
                    self.behave(connection)

    @staticmethod
    def _request(connection: socket.socket) -> bytes:
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            piece = connection.recv(4096)
            if not piece:
                return b""
            request += piece
        return request


@contextmanager
def endpoint(behave: Behave, tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    one = Endpoint(behave, tls)
    try:
        yield one
    finally:
        with suppress(OSError):
            # Closing alone would leave it open for whoever waits in accept.
            one.listening.shutdown(socket.SHUT_RDWR)
        one.listening.close()


def client(one: Endpoint, seconds: float = SECONDS, scheme: str = "http") -> RangeClient:
    return RangeClient(f"{scheme}://127.0.0.1:{one.port}/range", seconds)


def says(answer: bytes, close: bool = False) -> Behave:
    def behave(connection: socket.socket) -> None:
        connection.sendall(answer)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return behave


def test_it_asks_for_five_digits_with_padding_and_nothing_else() -> None:
    with endpoint(says(GOOD)) as one:
        assert client(one).ask("21BD1") == Answer(BODY, None)
        head, *headers = one.asked[0].decode().rstrip("\r\n").split("\r\n")
        assert head == "GET /range/21BD1 HTTP/1.1"
        assert sorted(headers) == [
            "Accept-Encoding: identity",
            "Add-Padding: true",
            f"Host: 127.0.0.1:{one.port}",
            "User-Agent: doorward",
        ]


def test_a_connection_is_used_again_and_replaced_where_it_was_closed() -> None:
    with endpoint(says(GOOD)) as one:
        asking = client(one)
        for _ in range(3):
            asking.ask("21BD1")
        assert one.connections == 1
        one.behave = says(GOOD, close=True)
        asking.ask("21BD1")
        assert asking.ask("21BD1") == Answer(BODY, None)
        assert one.connections == 2


def test_a_chunked_answer_is_read_and_its_date_kept() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nLast-Modified: Fri, 01 Jan 2027 05:00:00 GMT\r\n\r\n"
    chunks = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (10, BODY[:10], len(BODY) - 10, BODY[10:])
    with endpoint(says(head + chunks)) as one:
        assert client(one).ask("21BD1") == Answer(BODY, "Fri, 01 Jan 2027 05:00:00 GMT")


def drips(head: bytes) -> Behave:
    """Send a byte now and then, for ever: each one starts a socket's own timeout anew."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        pause = threading.Event()
        while True:
            connection.sendall(b"0")
            pause.wait(SECONDS / 8)

    return behave


def silent(connection: socket.socket) -> None:
    connection.recv(1)


def pours(head: bytes, piece: bytes) -> Behave:
    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(100 * 1024 * 1024 // len(piece)):
            connection.sendall(piece)

    return behave


OK = b"HTTP/1.1 200 OK\r\n"
ILL: dict[str, tuple[Behave, str]] = {
    "silent": (silent, "did not answer within"),
    "drips a head": (drips(OK + b"X: "), "did not answer within"),
    "drips a body": (drips(OK + b"Content-Length: 100000\r\n\r\n"), "did not answer within"),
    "goes on with 100 Continue": (
        pours(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 400),
        "did not answer",
    ),
    "half a body": (says(OK + b"Content-Length: 999\r\n\r\n" + BODY, close=True), "did not answer"),
    "closes": (says(b"", close=True), "did not answer"),
    "garbage": (says(b"\x00\xff\x16\x03garbage\r\n\r\n", close=True), "did not answer"),
    "500": (says(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), "answered with status 500"),
    "404": (says(b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n"), "answered with status 404"),
    "429": (says(b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n"), "answered with status 429"),
    "redirect": (
        says(b"HTTP/1.1 302 There\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"),
        "answered with status 302",
    ),
    "compressed": (
        says(OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
        "an encoding that it was not asked for",
    ),
    "100 MB announced": (
        pours(OK + b"Content-Length: 104857600\r\n\r\n", b"0" * 65_536),
        f"more than {MAX_ANSWER_BYTES} bytes",
    ),
    "100 MB until it closes": (pours(OK + b"\r\n", b"0" * 65_536), f"more than {MAX_ANSWER_BYTES} bytes"),
    "100 MB in chunks": (
        pours(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"0" * 4096 + b"\r\n"),
        f"more than {MAX_ANSWER_BYTES} bytes",
    ),
    "100 MB of headers": (pours(OK, b"X: " + b"0" * 60_000 + b"\r\n"), "did not answer"),
    "bad chunks": (
        says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", close=True),
        "did not answer",
    ),
}


@pytest.mark.parametrize("name", ILL)
def test_an_ill_endpoint_ends_in_time_and_says_what_it_was(name: str) -> None:
    behave, problem = ILL[name]
    with endpoint(behave) as one:
        asking = client(one)
        began = monotonic()
        with pytest.raises(CorpusUnreadable, match=problem) as caught:
            asking.ask("21BD1")
        assert monotonic() - began < NOT_LONGER
        assert "21BD1" not in str(caught.value)
        # And what it left behind keeps nobody from asking again.
        one.behave = says(GOOD)
        assert asking.ask("21BD1") == Answer(BODY, None)


def test_many_that_hang_leave_no_thread_behind() -> None:
    with endpoint(drips(OK + b"X: ")) as one:
        asking = client(one)
        callers = [threading.Thread(target=_ask_in_vain, args=(asking,)) for _ in range(24)]
        began = monotonic()
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        assert monotonic() - began < 2 * NOT_LONGER
        one.behave = says(GOOD)
        assert asking.ask("21BD1") == Answer(BODY, None)


def _ask_in_vain(asking: RangeClient) -> None:
    with suppress(CorpusUnreadable):
        asking.ask("21BD1")


def test_a_port_where_nobody_listens_says_so() -> None:
    with endpoint(silent) as one:
        pass
    with pytest.raises(CorpusUnreadable, match="did not answer: NewConnectionError"):
        client(one).ask("21BD1")


def test_a_name_that_leads_nowhere_says_so() -> None:
    with pytest.raises(CorpusUnreadable, match="did not answer"):
        RangeClient("http://nowhere.invalid/range", SECONDS).ask("21BD1")


def test_a_certificate_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    with endpoint(says(GOOD), context) as one:
        with pytest.raises(CorpusUnreadable, match="did not answer"):
            client(one, 5, "https").ask("21BD1")
        assert one.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.chain))
        assert client(one, 5, "https").ask("21BD1") == Answer(BODY, None)


def test_an_endpoint_that_hangs_in_the_handshake_keeps_nobody_waiting(tmp_path: Path) -> None:
    with endpoint(silent) as one, pytest.raises(CorpusUnreadable):
        client(one, SECONDS, "https").ask("21BD1")
