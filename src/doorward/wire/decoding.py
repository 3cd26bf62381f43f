"""From a request's body to its struct, and from a response's struct to its body.

A good request takes the fast way: msgspec's decoder, then the patterns, which msgspec cannot check. Only a
request that fails is read again, raw, to name everything that is wrong with it (`wire.violations`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

from doorward.wire import constraints, json_text, patterns, violations
from doorward.wire.constraints import Mapping, Node, Sequence, Structure, Text
from doorward.wire.errors import CognitoError, InvalidParameterException, SerializationException

T = TypeVar("T", bound=msgspec.Struct)

_Check = Callable[[Any], bool]

_SPARSE = ("AuthParameters", "ChallengeResponses")
"""The maps in which null means absent too: amazon-cognito-identity-js sends DEVICE_KEY so where a browser
remembers none, and takes it back so."""

_NOT_JSON = "The request body is not valid JSON."

_encoder = msgspec.json.Encoder()
_raw_decoder = msgspec.json.Decoder()


@dataclass(frozen=True)
class _Reader:
    decode: Callable[[bytes], Any]
    patterns_hold: _Check


def decode(shape: type[T], body: bytes) -> T:
    """Return the request that a body says; an empty body says an empty object.

    Members that the shape does not have are ignored; null means absent, in a sign-in's parameters too.

    Raises InvalidParameterException with every broken constraint, and SerializationException where the body
    is not a JSON object, is not UTF-8, is nested too deeply, has a key twice, or holds a value of the wrong
    type.
    """
    body = body or b"{}"
    reader = _reader(shape)
    try:
        request: T = reader.decode(body)
    except msgspec.ValidationError:
        sparse = _without_nulls(body)
        if sparse is None:
            raise _refusal(shape, body) from None
        json_text.check(body)
        return decode(shape, sparse)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise SerializationException(_NOT_JSON) from None
    json_text.check(body)
    if not reader.patterns_hold(request):
        raise _refusal(shape, body)
    return request


def encode(response: msgspec.Struct) -> bytes:
    """Return the body of a response. Absent members are left out, times are seconds, blobs base64."""
    return _encoder.encode(response)


@cache
def _reader(shape: type[msgspec.Struct]) -> _Reader:
    check = _pattern_check(constraints.of(shape))
    return _Reader(msgspec.json.Decoder(shape).decode, check or (lambda _: True))


def _without_nulls(body: bytes) -> bytes | None:
    """Return a body without the nulls in a sign-in's parameters, or None where there are none."""
    try:
        raw = _raw_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    found = False
    for name in _SPARSE:
        entries = raw.get(name)
        if isinstance(entries, dict) and None in entries.values():
            raw[name] = {key: value for key, value in entries.items() if value is not None}
            found = True
    return _encoder.encode(raw) if found else None


def _refusal(shape: type[msgspec.Struct], body: bytes) -> CognitoError:
    """Return the error for a body that the fast way refused."""
    try:
        raw = _raw_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return SerializationException(_NOT_JSON)
    if not isinstance(raw, dict):
        return SerializationException("The request body is not a JSON object.")
    json_text.check(body)
    found = violations.message(constraints.of(shape), raw)
    # The two ways agree on every request (a test compares them); should they not, it is still refused.
    return InvalidParameterException(found) if found else SerializationException("The request is malformed.")


def _pattern_check(node: Node) -> _Check | None:
    """Return a function that checks all patterns in a decoded value, or None where there is no pattern."""
    match node:
        case Text(pattern=str() as pattern):
            return patterns.matcher(pattern)
        case Sequence():
            item = _pattern_check(node.item)
            return item and _each(item)
        case Mapping():
            return _entries(_pattern_check(node.key), _pattern_check(node.value))
        case Structure():
            checks = [(attrgetter(member.field), _pattern_check(member.node)) for member in node.members]
            return _members([(get, check) for get, check in checks if check])
    return None


def _each(item: _Check) -> _Check:
    return lambda values: all(map(item, values))


def _entries(key: _Check | None, value: _Check | None) -> _Check | None:
    if key is None and value is None:
        return None
    return lambda entries: (
        (key is None or all(map(key, entries))) and (value is None or all(map(value, entries.values())))
    )


def _members(checks: list[tuple[Callable[[Any], Any], _Check]]) -> _Check | None:
    if not checks:
        return None

    def check(structure: Any) -> bool:
        for get, holds in checks:
            value = get(structure)
            if value is not None and not holds(value):
                return False
        return True

    return check
