"""How large a body may be, and how long it may take to arrive."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doorward.wire import errors, refusals

MAX_BODY_BYTES = 256 * 1024
BODY_SECONDS = 30.0
LINGER_SECONDS = 1.0
"""How long the rest of a refused body is taken and thrown away, so that its sender gets to read the refusal:
a connection closed with bytes unread is reset, and a reset takes the answer with it."""


class _ClientGoneError(Exception):
    """The client closed the connection before its body was complete."""


class BodyLimits:
    """ASGI middleware: hands a request on once its whole body is here; refuses what is too much or too slow.

    Answers RequestEntityTooLargeException (413) for more than `max_bytes`, before reading anything where the
    length is declared, and RequestTimeoutException (408) where the body takes longer than `seconds` in all.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int = MAX_BODY_BYTES,
        seconds: float = BODY_SECONDS,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.seconds = seconds
        self.linger_seconds = linger_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
        except _ClientGoneError:
            return
        except errors.CognitoError as refusal:
            await self._refuse(refusal, receive, send)
            return
        await self.app(scope, _replaying(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        if _declared_length(scope) > self.max_bytes:
            raise self._too_large()
        body = bytearray()
        try:
            async with asyncio.timeout(self.seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _ClientGoneError
                    body += message.get("body", b"")
                    if len(body) > self.max_bytes:
                        raise self._too_large()
                    more = message.get("more_body", False)
        except TimeoutError:
            raise errors.RequestTimeoutException("The body of the request took too long to arrive.") from None
        return bytes(body)

    def _too_large(self) -> errors.CognitoError:
        return errors.RequestEntityTooLargeException(
            f"The body of the request is larger than {self.max_bytes} bytes."
        )

    async def _refuse(self, error: errors.CognitoError, receive: Receive, send: Send) -> None:
        headers, body = refusals.headers_and_body(error)
        await send({"type": "http.response.start", "status": error.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        try:
            async with asyncio.timeout(self.linger_seconds):
                more = True
                while more:
                    more = (await receive()).get("more_body", False)
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            # More digits than any length has are not worth computing with.
            return int(value[:18])
    return 0


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Give the body once, then whatever the server says: that the client has gone."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
