"""Who signed this: verification of AWS Signature Version 4, in the form that puts it into the headers.

`doorward.wire.signature` makes the signature that is compared. The form that puts it into the query ("presigned") is
not supported: no client of this API uses it.
"""

import hashlib
import hmac
import re
from calendar import timegm
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from doorward.wire import errors
from doorward.wire.signature import ALGORITHM, TERMINATOR, HeaderValues, Scope, Signable, signature

SERVICE = "cognito-idp"
SKEW_SECONDS = 15 * 60
"""How far a signature's date may lie from the server's clock, in either direction."""

MAX_AUTHORIZATION_BYTES = 4096
MAX_SIGNED_HEADERS = 64

_INVALID_TOKEN = "The security token included in the request is invalid."
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method."
)
_UNKNOWN_KEY_SECRET = "no access key has this secret, so that unknown keys cost the same work"

_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_ACCESS_KEY_ID = re.compile(r"[A-Za-z0-9_]{1,128}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_SIGNED_HEADERS = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*")
_PARAMETER = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]*)")

# CloudFront adds its request id behind the signer's back. It is never read here, so it need not be signed.
_ADDED_BY_PROXIES = frozenset({b"x-amz-cf-id"})


class _Authorization(NamedTuple):
    """The Authorization header, taken apart. `signature` stays a claim until it is compared."""

    scope: Scope
    signed_headers: tuple[str, ...]
    signature: str


def verify(
    method: str,
    path: bytes,
    query: bytes,
    headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
    *,
    now: float,
    secret_of: Callable[[str], str | None],
    region: str | None,
    skew: float = SKEW_SECONDS,
) -> str:
    """Return the id of the access key that signed the request.

    `path` and `query` are the bytes of the request line, still percent-encoded (`raw_path` and `query_string`
    in ASGI); `headers` are ASGI's. `secret_of` gives an access key's secret, None where there is no such key;
    it is asked at most once, and an unknown key is refused after the same work as a known one. With `region`
    the scope must name that region; with None any region will do. `skew` is how many seconds the request's
    date may be before or after `now`.

    Raises MissingAuthenticationTokenException without an Authorization header, IncompleteSignatureException
    for one that lacks a part or leaves something unsigned that must be, UnrecognizedClientException for an
    unknown key, InvalidSignatureException for everything that was signed wrongly, too long ago or for another
    service.
    """
    by_name: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        by_name.setdefault(name.lower(), []).append(value)
    scope, signed_headers, claimed = _authorization(by_name, query)
    timestamp = _timestamp(by_name, signed_headers)
    _check_signed_headers(by_name, signed_headers)
    _check_scope(scope, timestamp, region)
    _check_freshness(timestamp, now, skew)

    well_formed = _ACCESS_KEY_ID.fullmatch(scope.access_key_id) is not None
    secret = secret_of(scope.access_key_id) if well_formed else None
    payload_hash = hashlib.sha256(body).hexdigest()
    request = Signable(method, path, query, by_name, signed_headers, payload_hash)
    expected = signature(_UNKNOWN_KEY_SECRET if secret is None else secret, scope, timestamp, request)
    signature_fits = hmac.compare_digest(expected.encode(), claimed.encode())
    payload_fits = all(
        hmac.compare_digest(payload_hash.encode(), value.strip().lower())
        for value in by_name.get(b"x-amz-content-sha256", [])
    )
    # The keys issued here are long-lived ones, which go without a session token.
    if secret is None or b"x-amz-security-token" in by_name:
        raise errors.UnrecognizedClientException(_INVALID_TOKEN)
    if not signature_fits:
        raise errors.InvalidSignatureException(_MISMATCH)
    if not payload_fits:
        raise errors.InvalidSignatureException("The header x-amz-content-sha256 is not the hash of the body.")
    return scope.access_key_id


def _authorization(by_name: HeaderValues, query: bytes) -> _Authorization:
    values = by_name.get(b"authorization", [])
    if not values:
        if b"x-amz-signature=" in query.lower():
            raise errors.IncompleteSignatureException(
                "Signatures in the query string are not supported: sign with the Authorization header."
            )
        raise errors.MissingAuthenticationTokenException("Missing Authentication Token")
    if len(values) > 1:
        raise errors.IncompleteSignatureException("The request has more than one Authorization header.")
    if len(values[0]) > MAX_AUTHORIZATION_BYTES:
        raise errors.IncompleteSignatureException("The Authorization header is too long.")
    scheme, _, rest = values[0].decode("latin-1").strip().partition(" ")
    if scheme != ALGORITHM:
        raise errors.IncompleteSignatureException(f"The Authorization header must use {ALGORITHM}.")
    parameters = _parameters(rest)
    credential = parameters["Credential"].rsplit("/", 4)
    if len(credential) != len(Scope._fields) or not all(credential):
        raise errors.IncompleteSignatureException(
            "Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term."
        )
    if _SIGNED_HEADERS.fullmatch(parameters["SignedHeaders"]) is None:
        raise errors.IncompleteSignatureException(
            "SignedHeaders must be lower-case header names, separated by semicolons."
        )
    signed_headers = tuple(parameters["SignedHeaders"].split(";"))
    return _Authorization(Scope(*credential), signed_headers, parameters["Signature"])


def _parameters(text: str) -> dict[str, str]:
    """Take `Credential=..., SignedHeaders=..., Signature=...` apart: each once and no more."""
    parameters: dict[str, str] = {}
    for part in text.split(",", 3):
        match = _PARAMETER.fullmatch(part.strip())
        if match is None or match[1] in parameters:
            raise errors.IncompleteSignatureException(
                "The Authorization header must hold Credential, SignedHeaders and Signature, each once."
            )
        parameters[match[1]] = match[2]
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not parameters.get(name):
            raise errors.IncompleteSignatureException(f"Authorization header requires '{name}' parameter.")
    if _SIGNATURE.fullmatch(parameters["Signature"]) is None:
        raise errors.InvalidSignatureException(_MISMATCH)
    return parameters


def _timestamp(by_name: HeaderValues, signed_headers: Sequence[str]) -> str:
    """Return the instant of signing as the string to sign has it, from X-Amz-Date or else from Date."""
    name = b"x-amz-date" if b"x-amz-date" in by_name else b"date"
    values = by_name.get(name, [])
    if len(values) != 1:
        raise errors.IncompleteSignatureException(
            "Authorization header requires existence of exactly one 'X-Amz-Date' or 'Date' header."
        )
    if name.decode() not in signed_headers:
        raise errors.IncompleteSignatureException("The header that carries the date must be signed.")
    text = values[0].decode("latin-1").strip()
    if _DATE.fullmatch(text):
        return text
    try:
        date = parsedate_to_datetime(text)
        return (date.astimezone(UTC) if date.tzinfo else date).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, TypeError, OverflowError, IndexError):
        raise errors.IncompleteSignatureException(
            "The date must be in the form YYYYMMDD'T'HHMMSS'Z'."
        ) from None


def _check_signed_headers(by_name: HeaderValues, signed_headers: Sequence[str]) -> None:
    if len(signed_headers) > MAX_SIGNED_HEADERS:
        raise errors.IncompleteSignatureException("The request signs too many headers.")
    if list(signed_headers) != sorted(set(signed_headers)):
        raise errors.IncompleteSignatureException("SignedHeaders must be sorted and name each header once.")
    present = {name.encode() for name in signed_headers}
    if b"host" not in present or len(by_name.get(b"host", [])) != 1:
        raise errors.IncompleteSignatureException("'Host' must be sent once, and be a signed header.")
    if not all(name in by_name for name in present):
        raise errors.IncompleteSignatureException("SignedHeaders names a header that the request lacks.")
    for name in by_name:
        if name.startswith(b"x-amz-") and name not in present and name not in _ADDED_BY_PROXIES:
            raise errors.IncompleteSignatureException("Every x-amz-* header of the request must be signed.")


def _check_scope(scope: Scope, timestamp: str, region: str | None) -> None:
    if scope.terminator != TERMINATOR:
        raise errors.InvalidSignatureException(
            f"Credential should be scoped with a valid terminator: '{TERMINATOR}'."
        )
    if scope.service != SERVICE:
        raise errors.InvalidSignatureException(
            f"Credential should be scoped to correct service: '{SERVICE}'."
        )
    if region is not None and scope.region != region:
        raise errors.InvalidSignatureException(f"Credential should be scoped to a valid region: '{region}'.")
    if scope.date != timestamp[:8]:
        raise errors.InvalidSignatureException("The date in Credential is not the day of the request's date.")


def _check_freshness(timestamp: str, now: float, skew: float) -> None:
    try:
        signed_at = timegm(datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").timetuple())
    except ValueError:
        raise errors.IncompleteSignatureException("The date of the request is not a date.") from None
    if signed_at < now - skew:
        raise errors.InvalidSignatureException(
            f"Signature expired: {timestamp} is more than {skew / 60:g} minutes before the server's time."
        )
    if signed_at > now + skew:
        raise errors.InvalidSignatureException(
            f"Signature not yet current: {timestamp} is more than {skew / 60:g} minutes after the server's time."
        )
