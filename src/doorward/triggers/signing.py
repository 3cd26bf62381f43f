"""Calls of functions, signed as AWS Lambda wants them: Signature Version 4, in the headers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from doorward.clock import Clock
from doorward.wire.signature import ALGORITHM, TERMINATOR, Scope, Signable, signature

SERVICE: Final = "lambda"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with an access key of the operator's, at the clock's time."""

    access_key_id: str
    secret: str = field(repr=False)
    clock: Clock

    def sign(
        self, region: str, host: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return the headers of a POST with those that sign it; `target` is its path and query as they are sent."""
        timestamp = datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = Scope(self.access_key_id, timestamp[:8], region, SERVICE, TERMINATOR)
        sent = {**headers, "Host": host, "X-Amz-Date": timestamp}
        by_name = {name.lower(): value for name, value in sent.items()}
        path, _, query = target.encode().partition(b"?")
        request = Signable(
            method="POST",
            path=path,
            query=query,
            headers={name.encode(): [value.encode()] for name, value in by_name.items()},
            signed_headers=sorted(by_name),
            payload_hash=hashlib.sha256(body).hexdigest(),
        )
        authorization = (
            f"{ALGORITHM} Credential={'/'.join(scope)}, SignedHeaders={';'.join(request.signed_headers)},"
            f" Signature={signature(self.secret, scope, timestamp, request)}"
        )
        return {**sent, "Authorization": authorization}
