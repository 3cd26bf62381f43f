"""Asking a range endpoint over HTTP, with a bound on everything: the time it takes and the bytes that come.

A socket's own timeout begins anew with each byte, and a name's resolution has none. So each question runs in a
thread beside the one that waits for it, and who has waited long enough cuts its connection.
"""

import socket
import ssl
import threading
import weakref
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from doorward.breach.corpus import CorpusUnreadable

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""A range of a billion passwords is some 40 KiB."""

_WORKERS = 8
_CHUNK = 65_536
_HEADERS: Final = {"Add-Padding": "true", "User-Agent": "doorward", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint said: the bytes of the range, and when it says that they were last changed."""

    body: bytes
    last_modified: str | None


class RangeClient:
    """Asks one endpoint. `url` is what stands in front of the prefix, `seconds` what a question may take in all.

    Redirects are not followed, and the proxies of the environment are not used. Certificates are verified
    against the machine's own authorities (`SSL_CERT_FILE` names others).
    """

    def __init__(self, url: str, seconds: float) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc.lower()
        self._name = parts.hostname or ""
        self._port = parts.port
        self._path = parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._seconds = seconds
        self._idle: deque[HTTPConnection] = deque(maxlen=_WORKERS)
        weakref.finalize(self, _close_all, self._idle)
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="breach range")

    def ask(self, prefix: str) -> Answer:
        """Return the answer for five hex digits. Raises CorpusUnreadable, with the cause."""
        exchange = _Exchange()
        try:
            return self._workers.submit(self._exchange, exchange, prefix).result(self._seconds)
        except TimeoutError:
            raise CorpusUnreadable(f"{self.host} did not answer within {self._seconds:g} seconds.") from None
        except (OSError, HTTPError, HTTPException, ValueError, RuntimeError) as cause:
            # What the other side wrote is not repeated.
            raise CorpusUnreadable(f"{self.host} did not answer: {type(cause).__name__}.") from cause
        finally:
            exchange.cut()

    def _exchange(self, exchange: "_Exchange", prefix: str) -> Answer:
        connection = self._connection()
        exchange.use(connection)
        response, whole = None, False
        try:
            connection.request(
                "GET", f"{self._path}/{prefix}", headers=_HEADERS, preload_content=False, decode_content=False
            )
            response = connection.getresponse()
            if response.status != 200:
                raise CorpusUnreadable(f"{self.host} answered with status {response.status}.")
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise CorpusUnreadable(f"{self.host} answered in an encoding that it was not asked for.")
            body = bytearray()
            while chunk := response.read(_CHUNK):
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise CorpusUnreadable(f"{self.host} answered with more than {MAX_ANSWER_BYTES} bytes.")
            whole = True
            return Answer(bytes(body), response.headers.get("last-modified"))
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
    """One question on its way, which either side may end: the one that asks, or the one that waits for it."""

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
