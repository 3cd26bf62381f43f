"""The API spoken as bytes on a kept-alive connection, signed by botocore's own signer."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CONTENT_TYPE = "application/x-amz-json-1.1"
TARGET = "AWSCognitoIdentityProviderService."
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The body, which is always a JSON object."""
        parsed = json.loads(self.body)
        assert isinstance(parsed, dict)
        return parsed

    @property
    def error(self) -> str | None:
        """The exception's name, None for a success."""
        return None if self.status == 200 else str(self.said["__type"])


class RawApi:
    """One connection to a server; `credentials` sign what is to be signed."""

    def __init__(self, endpoint: str, key_id: str, secret: str) -> None:
        self.endpoint = endpoint
        self._signer = SigV4Auth(Credentials(key_id, secret), "cognito-idp", "eu-west-1")
        self._connection: http.client.HTTPConnection | None = None

    def call(self, operation: str, request: Any, *, signed: bool) -> Answer:
        """Send a request as JSON."""
        return self.post(operation, json.dumps(request).encode(), signed=signed)

    def post(
        self, operation: str, body: bytes, *, signed: bool, headers: Mapping[str, str | bytes] | None = None
    ) -> Answer:
        """Send a body to an operation; `headers` come on top, unsigned."""
        own: dict[str, str | bytes] = {"X-Amz-Target": TARGET + operation, "Content-Type": CONTENT_TYPE}
        if signed:
            request = AWSRequest(method="POST", url=f"{self.endpoint}/", data=body, headers=own)
            self._signer.add_auth(request)
            own = dict(request.headers.items())
        return self.send(body, {**own, **(headers or {})})

    def send(
        self, body: bytes, headers: Mapping[str, str | bytes], *, method: str = "POST", path: str = "/"
    ) -> Answer:
        """Send a body with exactly these headers, once more where the server had closed an idle connection."""
        try:
            return self._exchange(method, path, body, headers)
        except (ConnectionError, http.client.BadStatusLine):
            self.close()
            return self._exchange(method, path, body, headers)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str | bytes]) -> Answer:
        if self._connection is None:
            at = urlsplit(self.endpoint)
            self._connection = http.client.HTTPConnection(
                at.hostname or "", at.port, timeout=PATIENCE_SECONDS
            )
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        received = response.read()
        if response.will_close:
            self.close()
        return Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, received
        )
