"""HTTP to somebody else's server, with a bound on everything: the time it takes and the bytes that come.

A socket's own timeout begins anew with each byte, and a name's resolution has none. So each exchange runs in a
thread beside the one that waits for it, and who has waited long enough cuts its connection.
"""

import socket
import ssl
import threading
import weakref
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

_CHUNK: Final = 65_536
_HEADERS: Final = {"User-Agent": "doorward", "Accept-Encoding": "identity"}


class Unanswered(Exception):
    """There was no answer, or none that counts. The message says whose and why, and repeats nothing of theirs."""


class TooLate(Unanswered):
    """The time was up before the answer was there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said with status 200: its headers, by their names in lower case, and the bytes."""

    headers: Mapping[str, str]
    body: bytes


class BoundedClient:
    """Asks one server: the one of `url`, whose path is `path`.

    An exchange takes at most `seconds` in all, and its answer has at most `most_bytes`; `at_once` of them are on
    their way at the same time. Connections are kept and used again. Redirects are not followed, and the proxies of
    the environment are not used. Certificates are verified against the machine's own authorities (`SSL_CERT_FILE`
    names others). `name` is that of its threads.
    """

    def __init__(self, url: str, *, seconds: float, most_bytes: int, at_once: int, name: str) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc.lower()
        self.path = parts.path.rstrip("/")
        self._name = parts.hostname or ""
        self._port = parts.port
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._idle: deque[HTTPConnection] = deque(maxlen=at_once)
        weakref.finalize(self, _close_all, self._idle)
        self._workers = ThreadPoolExecutor(at_once, thread_name_prefix=name)

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """Send a request and return the answer. Raises TooLate, and Unanswered for all else but a status of 200."""
        exchange = _Exchange()
        try:
            return self._workers.submit(self._run, exchange, method, path, headers, body).result(
                self._seconds
            )
        except (TimeoutError, ReadTimeoutError):
            raise TooLate(f"{self.host} did not answer within {self._seconds:g} seconds.") from None
        except (OSError, HTTPError, HTTPException, ValueError, RuntimeError) as cause:
            # What the other side wrote is not repeated.
            raise Unanswered(f"{self.host} did not answer: {type(cause).__name__}.") from cause
        finally:
            exchange.cut()

    def _run(
        self, exchange: "_Exchange", method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        connection = self._connection()
        exchange.use(connection)
        response, whole = None, False
        try:
            connection.request(
                method,
                path,
                body=body,
                headers=_HEADERS | dict(headers),
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            if response.status != 200:
                raise Unanswered(f"{self.host} answered with status {response.status}.")
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise Unanswered(f"{self.host} answered in an encoding that it was not asked for.")
            read = bytearray()
            while chunk := response.read(_CHUNK):
                read += chunk
                if len(read) > self._most_bytes:
                    raise Unanswered(f"{self.host} answered with more than {self._most_bytes} bytes.")
            whole = True
            return Answer({name.lower(): value for name, value in response.headers.items()}, bytes(read))
        finally:
            if exchange.done() and whole and connection.is_connected:
                self._idle.append(connection)
            else:
                if response is not None:
                    response.close()
                connection.close()

    def _connection(self) -> HTTPConnection:
        """Return a connection that is still open, or one that is yet to be."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                break
            if connection.is_connected:
                return connection
            connection.close()
        if self._tls is None:
            return HTTPConnection(self._name, self._port, timeout=self._seconds)
        return HTTPSConnection(self._name, self._port, timeout=self._seconds, ssl_context=self._tls)


def _close_all(connections: deque[HTTPConnection]) -> None:
    while connections:
        connections.pop().close()


class _Exchange:
    """One exchange on its way, which either side may end: the one that asks, or the one that waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._ended = False

    def use(self, connection: HTTPConnection) -> None:
        """Say over which connection it goes. Raises TimeoutError where nobody waits for it any more."""
        with self._lock:
            if self._ended:
                connection.close()
                raise TimeoutError
            self._connection = connection

    def done(self) -> bool:
        """End it from within; say whether somebody still waits for it."""
        with self._lock:
            waited_for, self._ended = not self._ended, True
            self._connection = None
        return waited_for

    def cut(self) -> None:
        """End it from without: where it is not done, its connection is shut, which wakes whoever reads from it."""
        with self._lock:
            self._ended = True
            shut = self._connection.sock if self._connection is not None else None
            self._connection = None
        if shut is not None:
            with suppress(OSError):
                shut.shutdown(socket.SHUT_RDWR)
