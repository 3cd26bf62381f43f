"""HTTP/1.1 on one connection, with bounds on what a client may send and on how long it may take.

uvicorn's httptools protocol reads headers of any size for as long as a client cares to send them, and takes a
chunked body's trailers for headers. Here headers are bounded in size, number and time, trailers are dropped,
whoever does not read its answer is cut off, and there are only so many connections. Bodies are bounded by
`doorward.wire.limits`.
"""

import asyncio
import http
from dataclasses import dataclass
from typing import ClassVar, Literal, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from doorward.wire import errors, refusals


@dataclass(frozen=True)
class ConnectionLimits:
    """What one connection may cost. Times are in seconds, sizes in bytes.

    `header_seconds` runs from the connection's opening, and for later requests from their first byte, to the
    end of the headers; it bounds also the rest of a body that nobody waits for any more. `write_seconds` is
    how long a client may leave an answer unread. `linger_seconds` is how long the rest of a refused request
    is taken and thrown away, so that its sender gets to read the refusal. `max_connections` counts all
    connections of the server; keep it well below the process's limit of open files.
    """

    max_header_bytes: int = 32 * 1024
    max_headers: int = 100
    header_seconds: float = 10.0
    write_seconds: float = 30.0
    linger_seconds: float = 1.0
    max_connections: int = 800


class _RefusedError(Exception):
    """Stops the parser; `_refusal` says why."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools, bounded by `limits`."""

    limits: ClassVar[ConnectionLimits] = ConnectionLimits()

    _reading: Literal["headers", "body", "nothing"] = "headers"
    _received: int = 0
    _header_bytes: int = 0
    _header_count: int = 0
    _discarding: bool = False
    _refusal: errors.CognitoError | None = None
    _deadline: asyncio.TimerHandle | None = None
    _write_deadline: asyncio.TimerHandle | None = None
    _abort_deadline: asyncio.TimerHandle | None = None

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many connections already."""
        super().connection_made(cast(asyncio.Transport, transport))
        if len(self.connections) > self.limits.max_connections:
            self._discarding = True
            self._write(errors.ServiceUnavailableException("The server has too many connections."))
            self._close()
        else:
            self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """End: nothing may fire any more."""
        self._stop_deadline()
        for timer in (self._write_deadline, self._abort_deadline):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, while it is within bounds."""
        if self._discarding:
            return
        if self._reading == "nothing":
            self._begin_headers()
        self._received += len(data)
        super().data_received(data)
        # Complete headers are counted as they are parsed; this bounds what the parser holds of an unfinished
        # one.
        too_much = self._reading == "headers" and self._received > self.limits.max_header_bytes
        if too_much and not self._discarding:
            self._refuse(self._too_much())

    def pause_writing(self) -> None:
        """Give a client that does not read its answer only so long."""
        super().pause_writing()
        self._write_deadline = self.loop.call_later(self.limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        if self._write_deadline is not None:
            self._write_deadline.cancel()
            self._write_deadline = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection."""
        self._close()

    # The parser

    def on_message_begin(self) -> None:
        """Note that a request begins, which may be in the middle of the bytes that ended the last one."""
        if self._reading != "headers":
            self._begin_headers()
        self._header_bytes = self._header_count = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the target among the headers."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; drop a trailer, which comes after the headers were judged and could forge them."""
        self._header_count += 1
        self._count(len(name) + len(value) + len(b": \r\n"))
        if self._reading == "headers":
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request over."""
        self._stop_deadline()
        self._reading = "body"
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is here whole."""
        self._stop_deadline()
        self._reading = "nothing"
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is written: what is still to come of the request nobody waits for."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._close()
        elif self._reading == "body" and self.cycle.response_complete:
            self._start_deadline()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, or too much of it; uvicorn calls this for every error of the parser."""
        refusal = self._refusal or errors.SerializationException(msg)
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            self._refuse(refusal)
        elif self._reading == "body":
            # The request that is being served is itself broken: its reader learns that there is no more.
            self._discarding = True
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self._close()
            else:
                self._refuse(refusal)
        else:
            # Good requests went before, on the same connection: they get their answers, and then it ends.
            self._discarding = True
            self._stop_deadline()
            cycle.keep_alive = False

    # Bounds

    def _begin_headers(self) -> None:
        self._reading = "headers"
        self._received = 0
        self._start_deadline()

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > self.limits.max_header_bytes or self._header_count > self.limits.max_headers:
            self._refusal = self._too_much()
            raise _RefusedError

    def _too_much(self) -> errors.CognitoError:
        return errors.RequestHeadersTooLargeException("The headers of the request are too large.")

    def _start_deadline(self) -> None:
        self._stop_deadline()
        self._deadline = self.loop.call_later(self.limits.header_seconds, self._on_deadline)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _on_deadline(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            # An earlier request on this connection is still being served; its answer comes first.
            self._start_deadline()
        elif self._reading == "headers" and self._received:
            self._refuse(
                errors.RequestTimeoutException("The headers of the request took too long to arrive.")
            )
        else:
            self._close()

    # Ends

    def _refuse(self, error: errors.CognitoError) -> None:
        """Answer, then read on for a moment without looking: closing at once would take the answer back."""
        self._discarding = True
        self._stop_deadline()
        self._unset_keepalive_if_required()
        self._write(error)
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._deadline = self.loop.call_later(self.limits.linger_seconds, self._close)

    def _write(self, error: errors.CognitoError) -> None:
        headers, body = refusals.headers_and_body(error)
        status = http.HTTPStatus(error.status)
        head = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.transport.write(b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (status, status.phrase.encode(), head, body))

    def _close(self) -> None:
        """Close when everything is written, or without that when the client does not take it."""
        if not self.transport.is_closing():
            self.transport.close()
        if self._abort_deadline is None:
            self._abort_deadline = self.loop.call_later(self.limits.write_seconds, self.transport.abort)


def bounded_protocol(limits: ConnectionLimits) -> type[BoundedHttpProtocol]:
    """Return a protocol class with these limits, for `uvicorn.Config(http=...)`."""
    return type("BoundedHttpProtocol", (BoundedHttpProtocol,), {"limits": limits})
