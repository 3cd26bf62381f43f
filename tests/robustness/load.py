"""Many requests at the same moment, each over a connection of its own."""

import http.client
import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """What came back, down to the bytes. `code` is the error's name, empty for a success."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """Return the JSON object."""
        return dict(json.loads(self.raw)) if self.raw else {}

    @property
    def code(self) -> str:
        """Return the error's name, or nothing."""
        return str(self.body.get("__type", ""))

    @property
    def message(self) -> str:
        """Return the error's message, or nothing."""
        return str(self.body.get("message", ""))

    @property
    def request_id(self) -> str:
        """Return the id by which the server remembers the request."""
        return self.headers["x-amzn-requestid"]


def ask(endpoint: str, operation: str, body: dict[str, Any], agent: str = "load") -> Answer:
    """Ask for one of the operations that need no signature.

    Raises OSError or http.client.HTTPException where no whole answer came.
    """
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=60)
    try:
        connection.request(
            "POST",
            "/",
            json.dumps(body).encode(),
            {
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": f"AWSCognitoIdentityProviderService.{operation}",
                "user-agent": agent,
            },
        )
        response = connection.getresponse()
        raw = response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, raw)
    finally:
        connection.close()


def at_once(actions: Iterable[Callable[[], Result]]) -> list[Result]:
    """Do everything at the same moment, each in a thread of its own; return the results in order."""
    chosen = list(actions)
    gate = threading.Barrier(len(chosen))

    def behind_the_gate(action: Callable[[], Result]) -> Result:
        gate.wait(60)
        return action()

    with ThreadPoolExecutor(len(chosen)) as threads:
        return list(threads.map(behind_the_gate, chosen))
