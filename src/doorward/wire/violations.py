"""The slow walk over a raw request: every broken constraint, in the service's own words.

The wording and the paths are those of the original's answers: structures are joined by dots, list elements
count from one (`userAttributes.1.member.name`), and a list or map of plain values is reported once, with all
the constraints of its elements. A sensitive value is never repeated.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from doorward.wire import patterns
from doorward.wire.constraints import (
    Blob,
    Choice,
    Integer,
    Mapping,
    Node,
    Plain,
    Scalar,
    Sequence,
    Structure,
    Text,
)
from doorward.wire.errors import SerializationException

VALUE_SHOWN = 256
"""Characters of a value, or of a map's key, that a message repeats; the rest is cut and marked with …."""

VIOLATIONS_SHOWN = 100
"""Violations that a message spells out. The number at its beginning counts all of them."""

NOT_NULL = "Member must not be null"


def message(structure: Structure, raw: dict[str, Any]) -> str | None:
    """Return the sentence that names every violation of a raw request, or None where there is none.

    Raises SerializationException for a value of the wrong JSON type, which comes before all constraints.
    """
    shown: list[str] = []
    count = 0
    for violation in _structure(structure, raw, "", hidden=False):
        count += 1
        if count <= VIOLATIONS_SHOWN:
            shown.append(violation)
    if not count:
        return None
    errors = "error" if count == 1 else "errors"
    return f"{count} validation {errors} detected: {'; '.join(shown)}"


def _structure(node: Structure, raw: dict[str, Any], prefix: str, *, hidden: bool) -> Iterator[str]:
    hidden = hidden or node.sensitive
    for member in node.members:
        path = f"{prefix}{member.spoken_name}"
        value = raw.get(member.wire_name)
        if value is not None:
            yield from _value(member.node, value, path, hidden=hidden)
        elif member.required:
            named = not (hidden or member.node.sensitive) or (
                isinstance(member.node, Text) and member.node.null_named
            )
            yield _failed(" null" if named else "", path, NOT_NULL)


def _value(node: Node, raw: Any, path: str, *, hidden: bool) -> Iterator[str]:
    hidden = hidden or node.sensitive
    if isinstance(node, Structure):
        yield from _structure(node, _typed(raw, dict, "structure", path), f"{path}.", hidden=hidden)
    elif isinstance(node, Sequence):
        yield from _sequence(node, _typed(raw, list, "list", path), path, hidden=hidden)
    elif isinstance(node, Mapping):
        yield from _mapping(node, _typed(raw, dict, "map", path), path, hidden=hidden)
    else:
        shown = "" if hidden or isinstance(node, Blob) else _shown(raw)
        for constraint in _broken(node, raw, path):
            yield _failed(shown, path, constraint)


def _sequence(node: Sequence, raw: list[Any], path: str, *, hidden: bool) -> Iterator[str]:
    item = node.item
    shown = "" if hidden or item.sensitive or not isinstance(item, Plain) else _shown(raw)
    for constraint in _size(node.minimum, node.maximum, len(raw)):
        yield _failed(shown, path, constraint)
    if isinstance(item, Plain):
        broken = [constraint for one in raw for constraint in _broken_element(item, one, path)]
        if broken:
            yield _failed(shown, path, f"Member must satisfy constraint: {_all_of(item, broken)}")
        return
    for number, one in enumerate(raw, 1):
        yield from _element(item, one, f"{path}.{number}.member", hidden=hidden)


def _mapping(node: Mapping, raw: dict[str, Any], path: str, *, hidden: bool) -> Iterator[str]:
    value = node.value
    secret = hidden or node.key.sensitive or value.sensitive
    shown = "" if secret or not isinstance(value, Plain) else _shown(raw)
    for constraint in _size(node.minimum, node.maximum, len(raw)):
        yield _failed(shown, path, constraint)
    broken = [constraint for key in raw for constraint in _broken(node.key, key, path)]
    if broken:
        yield _failed(shown, path, f"Map keys must satisfy constraint: {_all_of(node.key, broken)}")
    if isinstance(value, Plain):
        broken = [constraint for one in raw.values() for constraint in _broken_element(value, one, path)]
        if broken:
            yield _failed(shown, path, f"Map value must satisfy constraint: {_all_of(value, broken)}")
        return
    for key, one in raw.items():
        place = path if secret else f"{path}.{_cut(key)}.member"
        yield from _element(value, one, place, hidden=secret)


def _element(node: Node, raw: Any, path: str, *, hidden: bool) -> Iterator[str]:
    if raw is None:
        yield _failed("" if hidden else " null", path, NOT_NULL)
    else:
        yield from _value(node, raw, path, hidden=hidden)


def _broken_element(node: Plain, raw: Any, path: str) -> list[str]:
    return [NOT_NULL] if raw is None else _broken(node, raw, path)


def _broken(node: Plain, raw: Any, path: str) -> list[str]:
    """Return the constraints that a plain value breaks. Raises SerializationException for a wrong type."""
    match node:
        case Text():
            text: str = _typed(raw, str, "String", path)
            broken = list(_size(node.minimum, node.maximum, len(text)))
            if node.pattern is not None and not patterns.matcher(node.pattern)(text):
                broken.append(_pattern(node.pattern))
            return broken
        case Choice():
            return [] if _typed(raw, str, "String", path) in node.values else [_enumeration(node)]
        case Integer():
            return _outside(node, raw, path)
        case Blob():
            return list(_size(node.minimum, node.maximum, len(_bytes(raw, path))))
        case Scalar(kind=kind):
            if kind is bool:
                _typed(raw, bool, "Boolean", path)
            elif kind is float and (isinstance(raw, bool) or not isinstance(raw, int | float)):
                raise _wrong_type(raw, "Timestamp", path)
            return []


def _outside(node: Integer, raw: Any, path: str) -> list[str]:
    limit = 1 << (node.bits - 1)
    if isinstance(raw, bool) or not isinstance(raw, int) or not -limit <= raw < limit:
        raise _wrong_type(raw, "Integer" if node.bits == 32 else "Long", path)
    if raw > node.maximum:
        return [f"Member must have value less than or equal to {node.maximum}"]
    if raw < node.minimum:
        return [f"Member must have value greater than or equal to {node.minimum}"]
    return []


def _bytes(raw: Any, path: str) -> bytes:
    try:
        return msgspec.convert(_typed(raw, str, "Blob", path), bytes)
    except msgspec.ValidationError:
        raise SerializationException(f"STRING_VALUE is not valid base64 at '{path}'") from None


def _size(minimum: int | None, maximum: int | None, size: int) -> Iterator[str]:
    if maximum is not None and size > maximum:
        yield _at_most(maximum)
    if minimum is not None and size < minimum:
        yield _at_least(minimum)


def _all_of(node: Plain, broken: list[str]) -> str:
    """Return all constraints of a list's or map's elements, as the service lists them when one is broken."""
    constraints: list[str] = []
    if isinstance(node, Text | Blob):
        constraints += [_at_most(node.maximum)] if node.maximum is not None else []
        constraints += [_at_least(node.minimum)] if node.minimum is not None else []
    if isinstance(node, Text) and node.pattern is not None:
        constraints.append(_pattern(node.pattern))
    if isinstance(node, Choice):
        constraints.append(_enumeration(node))
    if NOT_NULL in broken:
        constraints.append(NOT_NULL)
    return f"[{', '.join(constraints)}]"


def _at_most(length: int) -> str:
    return f"Member must have length less than or equal to {length}"


def _at_least(length: int) -> str:
    return f"Member must have length greater than or equal to {length}"


def _pattern(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"


def _enumeration(node: Choice) -> str:
    return f"Member must satisfy enum value set: [{', '.join(node.values)}]"


def _failed(shown: str, path: str, constraint: str) -> str:
    return f"Value{shown} at '{path}' failed to satisfy constraint: {constraint}"


def _shown(raw: Any) -> str:
    """Return a value as Java prints it, between quotes, cut where it is long."""
    if isinstance(raw, list):
        text = f"[{', '.join(_cut(_printed(one)) for one in raw[:VALUE_SHOWN])}]"
    elif isinstance(raw, dict):
        pairs = list(raw.items())[:VALUE_SHOWN]
        text = f"{{{', '.join(f'{_cut(key)}={_cut(_printed(one))}' for key, one in pairs)}}}"
    else:
        text = _printed(raw)
    return f" '{_cut(text)}'"


def _printed(raw: Any) -> str:
    if raw is None:
        return "null"
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _cut(text: str) -> str:
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}…"


def _typed(raw: Any, kind: type, name: str, path: str) -> Any:
    if not isinstance(raw, kind):
        raise _wrong_type(raw, name, path)
    return raw


def _wrong_type(raw: Any, expected: str, path: str) -> SerializationException:
    """Return the sentence for a JSON value of the wrong type: what it is and where, never what it says."""
    if isinstance(raw, dict | list):
        found = "structure or map" if isinstance(raw, dict) else "list"
        return SerializationException(f"Start of {found} found where not expected at '{path}'")
    if isinstance(raw, str):
        found = "STRING"
    elif raw is None or isinstance(raw, bool):
        found = _printed(raw).upper()
    else:
        found = "NUMBER"
    article = "an" if expected[0] in "AEIOU" else "a"
    return SerializationException(f"{found}_VALUE can not be converted to {article} {expected} at '{path}'")
