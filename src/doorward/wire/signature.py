"""The signature itself of AWS Signature Version 4: what who signs and who verifies make alike of a request.

Source: AWS Identity and Access Management User Guide, "AWS Signature Version 4 for API requests".
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

ALGORITHM: Final = "AWS4-HMAC-SHA256"
TERMINATOR: Final = "aws4_request"

HeaderValues = Mapping[bytes, Sequence[bytes]]
"""The values of each header, by its lower-case name."""


class Scope(NamedTuple):
    """For whom, when and what for a signature was made: the Credential of the Authorization header."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str


class Signable(NamedTuple):
    """What is signed of a request: the bytes of its request line, still percent-encoded, and the headers named."""

    method: str
    path: bytes
    query: bytes
    headers: HeaderValues
    signed_headers: Sequence[str]
    payload_hash: str
    """SHA-256 of the body, in hex."""


def signature(secret: str, scope: Scope, timestamp: str, request: Signable) -> str:
    """Return the signature of a request, in hex; `timestamp` is its date as YYYYMMDD'T'HHMMSS'Z'."""
    key = b"AWS4" + secret.encode()
    for part in scope[1:]:
        key = hmac.digest(key, part.encode(), "sha256")
    digest = hashlib.sha256(_canonical_request(request)).hexdigest()
    string_to_sign = "\n".join((ALGORITHM, timestamp, "/".join(scope[1:]), digest))
    return hmac.digest(key, string_to_sign.encode(), "sha256").hex()


def _canonical_request(request: Signable) -> bytes:
    return b"\n".join(
        (
            request.method.upper().encode(),
            _canonical_path(request.path).encode(),
            _canonical_query(request.query).encode(),
            *_canonical_headers(request.headers, request.signed_headers),
            b"",
            ";".join(request.signed_headers).encode(),
            request.payload_hash.encode(),
        )
    )


def _canonical_headers(by_name: HeaderValues, signed_headers: Sequence[str]) -> Iterator[bytes]:
    """Yield a line for each: runs of white space as one space, a header sent twice joined by a comma."""
    for name in signed_headers:
        values = (b" ".join(value.split()) for value in by_name[name.encode()])
        yield name.encode() + b":" + b",".join(values)


def _canonical_path(path: bytes) -> str:
    """Remove dot segments and empty ones, then encode once more, as every service but S3 does."""
    segments: list[bytes] = []
    for segment in path.split(b"/"):
        if segment == b"..":
            del segments[-1:]
        elif segment not in (b"", b"."):
            segments.append(segment)
    trailing = b"/" if segments and path.endswith(b"/") else b""
    return quote(b"/" + b"/".join(segments) + trailing, safe="/~")


def _canonical_query(query: bytes) -> str:
    pairs = [part.partition(b"=") for part in query.split(b"&") if part]
    encoded = [
        (quote(unquote_to_bytes(name), safe="~"), quote(unquote_to_bytes(value), safe="~"))
        for name, _, value in pairs
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))
