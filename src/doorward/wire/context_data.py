"""EncodedData: what a client's library says about the device and the browser.

The signature's key is the app client's id, which is public. So a good signature shows that nothing was
mangled on the way and nothing else: what is in here is a hint and never proof. Whatever does not fit is
flagged and treated as absent, and the sign-in goes on. `docs/context-data.md` describes the format.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Collection, Mapping
from typing import Literal, TypeVar

import msgspec

MAX_ENCODED_CHARACTERS = 16 * 1024
"""Longer data is not read at all. Real clients send 1,000 to 3,000 characters."""
MAX_FIELDS = 48
MAX_NAME_CHARACTERS = 64
MAX_VALUE_CHARACTERS = 1024
"""Longer values are cut."""
FRESHNESS_SECONDS = 3600.0
"""How far the device's clock may be from the server's, in either direction."""

ContextSignature = Literal["valid", "invalid", "absent", "malformed", "stale", "mismatch"]

_VERSION = re.compile(r"[A-Za-z0-9._-]{1,32}")
_TIMESTAMP_MILLISECONDS = re.compile(r"[0-9]{1,15}")
_WHITE_SPACE = re.compile(r"\s+")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# iOS: Apple/<model>/<machine>/-:<release>/-/-:-/<build>
_APPLE_FINGERPRINT = re.compile(r"Apple/[^/]*/([^/]+)/")

# These stand where a client knows nothing, and are the same on every device.
_NO_DEVICE_ID = frozenset({"", "UNAVAILABLE", "android_id"})


class ContextData(msgspec.Struct, frozen=True):
    """What was sent, where it can be believed to have arrived whole.

    Unless `signature` is `valid` every field below `problem` is empty and `problem` says why, in a sentence
    fit for the event (None where nothing was sent). `invalid`: the signature is not the payload's.
    `malformed`: not in the format. `stale`: the device's clock is further than `FRESHNESS_SECONDS` away.
    `mismatch`: made for another user or pool.

    `device_id` lasts as long as the browser's storage or the app's installation. `timezone` is an opaque
    text, to be compared and not to be computed with: some libraries write impossible offsets. `fields` holds
    everything that was sent, bounded in number and length.
    """

    signature: ContextSignature
    problem: str | None = None
    version: str | None = None
    user_agent: str | None = None
    device_id: str | None = None
    fingerprint: str | None = None
    language: str | None = None
    timezone: str | None = None
    platform: str | None = None
    device_name: str | None = None
    device_brand: str | None = None
    device_model: str | None = None
    os_version: str | None = None
    fields: dict[str, str] = {}


class _Envelope(msgspec.Struct):
    payload: str
    signature: str
    version: str


class _Payload(msgspec.Struct, rename="camel"):
    context_data: dict[str, str | int | float | bool | None]
    username: str
    timestamp: str | int
    user_pool_id: str | None = None


_Read = TypeVar("_Read")

_ENVELOPE = msgspec.json.Decoder(_Envelope)
_PAYLOAD = msgspec.json.Decoder(_Payload)


class _RefusedError(Exception):
    """The data is not to be used: what `signature` says, and the problem as a sentence."""

    def __init__(self, signature: ContextSignature, problem: str) -> None:
        super().__init__(problem)
        self.signature: ContextSignature = signature
        self.problem = problem


def decode(
    encoded: str | None,
    *,
    client_id: str,
    username: str,
    user_pool_id: str,
    now: float,
    other_names: Collection[str] = (),
) -> ContextData:
    """Read and check EncodedData. Never raises, whatever was sent.

    `username` is the name the caller signs in with; `other_names` are further names of the same user (the
    user's name where an alias was used), under which a library may have signed as well. Names are compared
    without regard to case.
    """
    if encoded is None or not encoded.strip():
        return ContextData("absent")
    try:
        envelope = _envelope(encoded)
        _check_signature(envelope, client_id)
        payload = _read(_PAYLOAD, envelope.payload, "payload")
        _check_meant_for(payload, envelope.version, (username, *other_names), user_pool_id)
        _check_freshness(payload, now)
    except _RefusedError as refused:
        return ContextData(refused.signature, refused.problem)
    return _mapped(envelope.version, _bounded(payload.context_data))


def _envelope(encoded: str) -> _Envelope:
    if len(encoded) > MAX_ENCODED_CHARACTERS:
        raise _RefusedError("malformed", "The context data is too large.")
    envelope = _read(_ENVELOPE, _base64(encoded, "context data"), "envelope")
    if _VERSION.fullmatch(envelope.version) is None:
        raise _RefusedError("malformed", "The context data's version is not one.")
    return envelope


def _base64(text: str, what: str) -> bytes:
    """Decode base64, whose lines Android wraps and ends."""
    try:
        return base64.b64decode(_WHITE_SPACE.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        raise _RefusedError("malformed", f"The {what} is not base64.") from None


def _read(decoder: msgspec.json.Decoder[_Read], text: str | bytes, what: str) -> _Read:
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        raise _RefusedError(
            "malformed", f"The context data's {what} is not JSON of the right shape."
        ) from None


def _check_signature(envelope: _Envelope, client_id: str) -> None:
    claimed = _base64(envelope.signature, "signature")
    signed = (envelope.version + envelope.payload).encode()
    if not hmac.compare_digest(hmac.digest(client_id.encode(), signed, "sha256"), claimed):
        raise _RefusedError("invalid", "The context data's signature does not belong to its content.")


def _check_meant_for(payload: _Payload, version: str, names: Collection[str], user_pool_id: str) -> None:
    nameless = version.upper().startswith("IOS") and payload.username == "unknown"
    if not nameless and payload.username.casefold() not in {name.casefold() for name in names}:
        raise _RefusedError("mismatch", "The context data was made for another user name.")
    # Some clients leave the pool out.
    if payload.user_pool_id and payload.user_pool_id != user_pool_id:
        raise _RefusedError("mismatch", "The context data was made for another user pool.")


def _check_freshness(payload: _Payload, now: float) -> None:
    text = str(payload.timestamp)
    if _TIMESTAMP_MILLISECONDS.fullmatch(text) is None:
        raise _RefusedError("malformed", "The context data's timestamp is not one.")
    if abs(now - int(text) / 1000) > FRESHNESS_SECONDS:
        raise _RefusedError("stale", "The context data's time is more than an hour away from the server's.")


def _bounded(fields: Mapping[str, str | int | float | bool | None]) -> dict[str, str]:
    bounded: dict[str, str] = {}
    for name, value in fields.items():
        if value is None or len(name) > MAX_NAME_CHARACTERS or _UNPRINTABLE.search(name):
            continue
        if name == "ThirdPartyDeviceId" and value == "android_id":
            continue
        bounded[name] = _UNPRINTABLE.sub("", str(value))[:MAX_VALUE_CHARACTERS].strip()
        if len(bounded) == MAX_FIELDS:
            break
    return bounded


def _mapped(version: str, fields: dict[str, str]) -> ContextData:
    fingerprint = fields.get("DeviceFingerprint") or None
    apple = _APPLE_FINGERPRINT.match(fingerprint or "")
    device_ids = (fields.get("DeviceId", ""), fields.get("ThirdPartyDeviceId", ""))
    return ContextData(
        "valid",
        version=version,
        user_agent=fields.get("UserAgent") or None,
        device_id=next((known for known in device_ids if known not in _NO_DEVICE_ID), None),
        fingerprint=fingerprint,
        language=fields.get("DeviceLanguage") or None,
        timezone=fields.get("ClientTimezone") or None,
        platform=fields.get("DevicePlatform") or fields.get("Platform") or None,
        device_name=fields.get("DeviceName") or None,
        device_brand=fields.get("DeviceBrand") or ("Apple" if apple else None),
        device_model=apple[1] if apple else fields.get("Product") or None,
        os_version=fields.get("DeviceOsReleaseVersion") or None,
        fields=fields,
    )
