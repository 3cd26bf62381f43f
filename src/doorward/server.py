"""The HTTP server: a socket, uvicorn on it, and the limits that hold for every connection."""

import socket

import uvicorn

from doorward.app import build_app, build_services
from doorward.breach.corpus import Corpus
from doorward.call import Services
from doorward.clock import Clock
from doorward.settings import Settings
from doorward.store.vault import Vault
from doorward.wire.http_protocol import ConnectionLimits, bounded_protocol

_BACKLOG = 2048
_KEEP_ALIVE_SECONDS = 65
"""Longer than the idle connections of SDKs live, so that none is closed while a request is on its way."""
_SHUTDOWN_SECONDS = 20


class Server:
    """One server, bound to its address. `endpoint` is its URL; `services` is what its operations work with."""

    def __init__(
        self, settings: Settings, vault: Vault, clock: Clock | None = None, corpus: Corpus | None = None
    ) -> None:
        """Bind the address. Raises OSError where it cannot be had."""
        self._socket = _bound(settings.host, settings.port)
        host, port = self._socket.getsockname()[:2]
        self.endpoint = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self.services: Services = build_services(settings, vault, self.endpoint, clock, corpus)
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                build_app(self.services),
                http=bounded_protocol(
                    ConnectionLimits(
                        max_header_bytes=settings.header_limit,
                        header_seconds=settings.receive_timeout,
                        max_connections=settings.connections,
                    )
                ),
                loop="uvloop",
                ws="none",
                lifespan="on",
                # Addresses come from trusted proxies alone (doorward.wire.caller), never from uvicorn's guess.
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_config=None,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            )
        )

    def run(self) -> None:
        """Serve until a signal or `stop` ends it; requests in hand are finished."""
        try:
            self._uvicorn.run(sockets=[self._socket])
        finally:
            self.services.store.close()

    @property
    def started(self) -> bool:
        """Whether it answers requests."""
        return self._uvicorn.started

    def stop(self) -> None:
        """Ask it to end; for a server that runs in a thread of its own."""
        self._uvicorn.should_exit = True


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as problem:
        bound.close()
        # The operator must learn which address: the error itself names none.
        raise OSError(problem.errno, problem.strerror, f"{host}:{port}") from None
    bound.listen(_BACKLOG)
    return bound
