"""Slow, oversized, broken and rude clients: each is answered or cut off, and the server goes on serving."""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from tests.wire.serving import Address, Wire, request, serving

from doorward.wire.http_protocol import ConnectionLimits
from doorward.wire.limits import BodyLimits

LIMITS = ConnectionLimits(
    max_header_bytes=4096,
    max_headers=20,
    header_seconds=0.2,
    write_seconds=0.3,
    linger_seconds=0.2,
    max_connections=30,
)
MAX_BODY = 100_000


class Echo:
    """Answers with what it was sent; some paths misbehave on purpose."""

    def __init__(self) -> None:
        self.held = threading.Event()
        self.big_answer_ended = threading.Event()
        self.gate: asyncio.Event | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/held":
            self.gate = asyncio.Event()
            self.held.set()
            await self.gate.wait()
        elif scope["path"] == "/release" and self.gate is not None:
            self.gate.set()
        message = await receive()
        names = sorted(name.decode("latin-1") for name, _ in scope["headers"])
        body = json.dumps({"length": len(message["body"]), "path": scope["path"], "names": names}).encode()
        repeat = 1
        if scope["path"] == "/big":
            body, repeat = bytes(1_000_000), 64
        length = str(len(body) * repeat).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        for count in range(repeat):
            await send({"type": "http.response.body", "body": body, "more_body": count < repeat - 1})
        if scope["path"] == "/big":
            self.big_answer_ended.set()


ECHO = Echo()
LIMITED = BodyLimits(ECHO, max_bytes=MAX_BODY, seconds=0.3, linger_seconds=0.3)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer `/early` without reading; leave the rest to the limited application."""
    if scope["path"] == "/early":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
    else:
        await LIMITED(scope, receive, send)


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def server(request: pytest.FixtureRequest) -> Iterator[Address]:
    with serving(app, LIMITS, loop=request.param) as address:
        yield address


@pytest.fixture
def address(server: Address) -> Iterator[Address]:
    """The server, which must still answer when the test is over."""
    yield server
    with Wire(server) as wire:
        wire.write(request(b"alive"))
        status, body = wire.read_answer()
        assert (status, json.loads(body)["length"]) == (200, 5)


def refused(answer: bytes, status: int, name: str) -> None:
    """Check an answer for being a whole, single AWS JSON error."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0].startswith(b"HTTP/1.1 %d " % status), answer
    assert b"x-amzn-errortype: %b:" % name.encode() in lines
    assert b"connection: close" in lines
    assert any(line.startswith(b"x-amzn-requestid: ") for line in lines)
    assert json.loads(body)["__type"] == name


def test_one_connection_serves_many_requests(address: Address) -> None:
    with Wire(address) as wire:
        for length in (0, 1, MAX_BODY):
            wire.write(request(b"x" * length))
            status, body = wire.read_answer()
            assert (status, json.loads(body)["length"]) == (200, length)


def test_a_chunked_body_up_to_the_limit_is_taken(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.write(*[b"2710\r\n" + b"x" * 10_000 + b"\r\n"] * 10, b"0\r\n\r\n")
        status, body = wire.read_answer()
        assert (status, json.loads(body)["length"]) == (200, MAX_BODY)


@pytest.mark.parametrize("sent", [b"\r\n", b"POST / HT", b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_headers_that_do_not_end_are_not_waited_for(address: Address, sent: bytes) -> None:
    with Wire(address) as wire:
        wire.write(sent)
        refused(wire.read_to_end(), 408, "RequestTimeoutException")


def drip(wire: Wire, piece: bytes) -> bytes:
    """Write a piece whenever the server has been silent for a moment; return what it says in the end."""
    wire.socket.settimeout(0.02)
    for _ in range(200):
        wire.write(piece)
        try:
            first = wire.socket.recv(65536)
        except TimeoutError:
            continue
        except ConnectionResetError:
            return b""
        wire.socket.settimeout(5)
        return first + wire.read_to_end() if first else b""
    raise AssertionError("the server never had enough")


@pytest.mark.parametrize("piece", [b"x", b"\r\n", b"X-A: b\r\n"])
def test_dripping_headers_does_not_extend_their_time(address: Address, piece: bytes) -> None:
    with Wire(address) as wire:
        if piece != b"\r\n":
            wire.write(b"POST / HTTP/1.1\r\nHost: x\r\n")
        answer = drip(wire, piece)
        if answer:
            refused(answer, 408, "RequestTimeoutException")


def test_a_silent_connection_is_closed_without_a_word(address: Address) -> None:
    with Wire(address) as wire:
        assert wire.read_to_end() == b""


def test_the_time_of_later_headers_runs_from_their_first_byte(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(request())
        assert wire.read_answer()[0] == 200
        wire.write(b"P")
        refused(wire.read_to_end(), 408, "RequestTimeoutException")


def test_an_idle_connection_outlives_the_time_for_headers_and_then_closes(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(request())
        assert wire.read_answer()[0] == 200
        wire.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            wire.socket.recv(1)
        wire.write(request())
        assert wire.read_answer()[0] == 200
        wire.socket.settimeout(5)
        assert wire.read_to_end() == b""


@pytest.mark.parametrize("piece", [b"", b"x"])
def test_a_slow_body_is_cut_off(address: Address, piece: bytes) -> None:
    with Wire(address) as wire:
        wire.write(request(b"some", length=1000))
        refused(drip(wire, piece), 408, "RequestTimeoutException")


def test_slow_chunks_are_cut_off(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        refused(drip(wire, b"1\r\nx\r\n"), 408, "RequestTimeoutException")


@pytest.mark.parametrize(
    "sent",
    [
        request(b"", b"X-Huge: " + b"x" * 5000),
        request(b"", *[b"X-%d: y" % n for n in range(30)]),
        request(b"", path=b"/" + b"x" * 5000),
        b"POST / HTTP/1.1\r\nX-Endless: " + b"x" * 400_000,
        b"POST /" + b"x" * 400_000,
        b"\r\n" * 100_000,
        b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 100_000,
    ],
)
def test_headers_that_are_too_much_are_refused(address: Address, sent: bytes) -> None:
    with Wire(address) as wire:
        wire.write(sent)
        refused(wire.read_to_end(), 431, "RequestHeadersTooLargeException")


def test_headers_within_the_limit_are_taken(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(request(b"", *[b"X-%d: " % n + b"y" * 200 for n in range(18)]))
        assert wire.read_answer()[0] == 200


def test_a_declared_length_is_refused_unread(address: Address) -> None:
    for length in (MAX_BODY + 1, 10**18, 10**19 - 1):
        with Wire(address) as wire:
            wire.write(request(length=length))
            refused(wire.read_to_end(), 413, "RequestEntityTooLargeException")


def test_nobody_is_asked_to_send_what_will_be_refused(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(request(b"", b"Expect: 100-continue", length=MAX_BODY + 1))
        refused(wire.read_to_end(), 413, "RequestEntityTooLargeException")
    with Wire(address) as wire:
        wire.write(request(b"", b"Expect: 100-continue", length=3))
        assert wire.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.write(b"abc")
        assert wire.read_answer()[0] == 200


def test_who_sends_too_much_gets_to_read_the_refusal(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(request(b"x" * 3_000_000))
        refused(wire.read_to_end(), 413, "RequestEntityTooLargeException")
    with Wire(address) as wire:
        wire.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.write(*[b"2710\r\n" + b"x" * 10_000 + b"\r\n"] * 300, b"0\r\n\r\n")
        refused(wire.read_to_end(), 413, "RequestEntityTooLargeException")


def test_an_endless_body_is_cut_off(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        block = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            while True:
                wire.socket.sendall(block)


def test_a_body_that_nobody_waits_for_is_cut_off(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(request(b"some", path=b"/early", length=1000))
        assert wire.read_answer() == (200, b"ok")
        assert drip(wire, b"x") == b""
    with Wire(address) as wire:
        wire.write(request(b"some", path=b"/early", length=8))
        assert wire.read_answer() == (200, b"ok")
        wire.write(b"more", request(b"next"))
        assert json.loads(wire.read_answer()[1])["length"] == 4


def test_pipelined_requests_are_answered_in_order(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(b"".join(request(b"x" * n, path=b"/%d" % n) for n in range(20)))
        file = wire.socket.makefile("rb")
        for n in range(20):
            assert file.readline().startswith(b"HTTP/1.1 200")
            length = 0
            while (line := file.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length"):
                    length = int(line.split(b":")[1])
            answer = json.loads(file.read(length))
            assert (answer["path"], answer["length"]) == (f"/{n}", n)


@pytest.mark.parametrize("ending", [b"\x00garbage\r\n\r\n", b"GET / HTTP/1.1\r\nX: ", b"X" * 100_000])
def test_good_requests_are_answered_before_what_follows_them_is_judged(
    address: Address, ending: bytes
) -> None:
    ECHO.held.clear()
    with Wire(address) as wire, Wire(address) as other:
        wire.write(request(b"good", path=b"/held") + ending)
        assert ECHO.held.wait(5)
        other.write(request(path=b"/release"))
        assert other.read_answer()[0] == 200
        answers = wire.read_to_end()
        assert answers.startswith(b"HTTP/1.1 200")
        assert b'"length": 4' in answers


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 100,
        b"GET\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"POST / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"POST / HTTP/1.1\r\nX: a\r\n continued\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(address: Address, sent: bytes) -> None:
    with Wire(address) as wire:
        wire.write(sent)
        refused(wire.read_to_end(), 400, "SerializationException")


def test_an_upgrade_is_not_taken(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(request(b"", b"Connection: Upgrade", b"Upgrade: websocket", method=b"GET"))
        assert wire.read_answer()[0] == 200


def test_trailers_are_not_headers(address: Address) -> None:
    with Wire(address) as wire:
        wire.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        wire.write(b"X-Forwarded-For: 192.0.2.1\r\nAuthorization: x\r\n\r\n")
        status, body = wire.read_answer()
        assert (status, json.loads(body)["names"]) == (200, ["host", "transfer-encoding"])
    with Wire(address) as wire:
        wire.write(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n" * 1000
        )
        refused(wire.read_to_end(), 431, "RequestHeadersTooLargeException")


@pytest.mark.parametrize("sent", [b"", b"PO", request()[:20], request(b"x", length=9), request(path=b"/big")])
@pytest.mark.parametrize("rudely", [True, False])
def test_clients_that_leave_early(address: Address, sent: bytes, rudely: bool) -> None:
    for _ in range(5):
        with Wire(address) as wire:
            wire.write(sent)
            if rudely:
                wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_an_answer_that_is_not_read_is_given_up(address: Address) -> None:
    ECHO.big_answer_ended.clear()
    with Wire(address) as wire:
        wire.write(request(path=b"/big"))
        assert ECHO.big_answer_ended.wait(5)
        assert len(wire.read_to_end()) < 64_000_000


def test_connections_are_bounded(address: Address) -> None:
    held: list[Wire] = []
    try:
        while len(held) < LIMITS.max_connections:
            held.append(Wire(address))
            held[-1].write(request())
            assert held[-1].read_answer()[0] == 200
        with Wire(address) as wire:
            refused(wire.read_to_end(), 503, "ServiceUnavailableException")
    finally:
        for wire in held:
            wire.socket.close()


TOKENS = st.sampled_from(
    [
        b"GET ",
        b"POST ",
        b"/",
        b" HTTP/1.1",
        b"\r\n",
        b"\r\n\r\n",
        b"Host: x",
        b"Content-Length: ",
        b"5",
        b"Transfer-Encoding: chunked",
        b"0\r\n\r\n",
        b"Connection: close",
        b"Expect: 100-continue",
        b":",
        b"\xff",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TOKENS | st.binary(max_size=20), max_size=15))
def test_any_bytes_are_survived(address: Address, pieces: list[bytes]) -> None:
    with Wire(address) as wire:
        wire.write(b"".join(pieces))
        wire.socket.shutdown(socket.SHUT_WR)
        answer = wire.read_to_end()
        assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
        assert b" 500 " not in answer[:20]
