"""A real server in a thread, and a client that writes bytes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from doorward.wire.http_protocol import ConnectionLimits, bounded_protocol

PATIENCE_SECONDS = 10.0
"""How long a test waits for what the server must do by itself."""

Address = tuple[str, int]


@contextmanager
def serving(app: ASGIApp, limits: ConnectionLimits, *, loop: str = "auto") -> Iterator[Address]:
    """Serve an application; it can be connected to at once, for the socket listens before the server runs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            http=bounded_protocol(limits),
            loop=loop,
            ws="none",
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            log_config=None,
            timeout_keep_alive=1,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        address = listener.getsockname()
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()


class Wire:
    """A connection on which anything can be written."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address, timeout=PATIENCE_SECONDS)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def write(self, *parts: bytes) -> None:
        """Send, as far as the other side takes it."""
        try:
            for part in parts:
                self.socket.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read_to_end(self) -> bytes:
        """Return everything up to the server's close."""
        received = b""
        try:
            while chunk := self.socket.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
        return received

    def read_answer(self) -> tuple[int, bytes]:
        """Return the status and the body of one answer."""
        file = self.socket.makefile("rb")
        status = int(file.readline().split()[1])
        length = 0
        while (line := file.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, file.read(length)


def request(
    body: bytes = b"", *headers: bytes, method: bytes = b"POST", path: bytes = b"/", length: int | None = None
) -> bytes:
    """Return the bytes of a request with a Content-Length."""
    lines = [
        b"%b %b HTTP/1.1" % (method, path),
        b"Host: x",
        b"Content-Length: %d" % (len(body) if length is None else length),
        *headers,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
