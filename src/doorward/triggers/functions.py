"""Calling a trigger's function: the event goes out as JSON, its answer comes back, within bounds.

The protocol is that of Lambda's Invoke (RequestResponse), so that the function may live in AWS's runtime interface
emulator, in AWS or an emulation of it, or behind any server that speaks it. Calls are signed where there is a key.
"""

from typing import Final

import msgspec
import structlog

from doorward.bounded_http import Answer, BoundedClient, TooLate, Unanswered
from doorward.triggers.endpoints import Endpoints, Target
from doorward.triggers.signing import Signer
from doorward.wire.errors import UnexpectedLambdaException, UserLambdaValidationException

ATTEMPTS: Final = 3
"""How often a function is called that does not answer in time (developer guide, Important considerations)."""

LONGEST_ANSWER: Final = 512 * 1024
"""Bytes. A function answers with the event that it was sent."""

LONGEST_MESSAGE: Final = 1024
"""Characters of a function's own error message that are passed on."""

_HEADERS: Final = {"Content-Type": "application/json", "X-Amz-Invocation-Type": "RequestResponse"}

_log = structlog.get_logger(__name__)


class _FunctionError(msgspec.Struct, frozen=True, rename="camel"):
    """What a function that ended with an error answers."""

    error_message: str | None = None


_error = msgspec.json.Decoder(_FunctionError)


class Functions:
    """Calls functions where the settings say. `seconds` is what one call may take, `at_once` how many there may be.

    Without a signer calls are not signed.
    """

    def __init__(
        self, endpoints: Endpoints, *, seconds: float, at_once: int, signer: Signer | None = None
    ) -> None:
        self._endpoints = endpoints
        self._signer = signer
        self._clients = {
            server: BoundedClient(
                server, seconds=seconds, most_bytes=LONGEST_ANSWER, at_once=at_once, name="trigger"
            )
            for server in endpoints.servers()
        }

    def call(self, trigger: str, arn: str, event: bytes) -> bytes:
        """Return what the function of a trigger answers to an event.

        What keeps the caller waiting (up to `ATTEMPTS` times the limit) must not happen inside a transaction.

        Raises UnexpectedLambdaException where the function cannot be reached, answers too late, or has no
        endpoint; UserLambdaValidationException where it ended with an error, with the function's own message.
        """
        target = self._endpoints.of(arn)
        if target is None:
            _log.error("trigger without endpoint", trigger=trigger, function=arn)
            raise UnexpectedLambdaException(
                f"{trigger} invocation failed: no endpoint is configured for its function."
            )
        try:
            answer = self._exchange(target, event)
        except Unanswered as problem:
            _log.error("trigger failed", trigger=trigger, function=arn, problem=str(problem))
            why = "the function did not answer in time" if isinstance(problem, TooLate) else "no valid answer"
            raise UnexpectedLambdaException(f"{trigger} invocation failed due to error: {why}.") from problem
        message = _error_message(answer)
        if message is not None:
            _log.warning("trigger ended with an error", trigger=trigger, function=arn)
            raise UserLambdaValidationException(f"{trigger} failed with error {message}.")
        return answer.body

    def _exchange(self, target: Target, event: bytes) -> Answer:
        """Call, and call again where the time was up."""
        for _ in range(ATTEMPTS - 1):
            try:
                return self._call_once(target, event)
            except TooLate:
                continue
        return self._call_once(target, event)

    def _call_once(self, target: Target, event: bytes) -> Answer:
        client = self._clients[target.server]
        path, headers = client.path + target.path, _HEADERS
        if self._signer is not None:
            headers = self._signer.sign(target.region, client.host, path, headers, event)
        return client.exchange("POST", path, headers, event)


def _error_message(answer: Answer) -> str | None:
    """Return what a function ended with, where it ended with an error.

    The runtime interface emulator does not say so in a header: there the message alone tells.
    """
    try:
        message = _error.decode(answer.body).error_message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        message = None
    if "x-amz-function-error" not in answer.headers:
        return None if message is None else message[:LONGEST_MESSAGE]
    return (message or "the function failed")[:LONGEST_MESSAGE]
