"""What the service would say to a request, written a second time from botocore's raw shapes.

It shares nothing with `doorward.wire`, so that the two can be compared.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

from tests.contract.inputs import SHAPES, Raw, input_shape, matches

NULL_IS_NAMED = {"ClientIdType"}
CUT = 256


class WrongTypeError(Exception):
    """Some value has a JSON type that its shape does not take."""


def sentence(operation: str, request: Any) -> str | None:
    """Return the message of the InvalidParameterException, or None for a good request.

    Raises WrongTypeError where the answer is a SerializationException.
    """
    clauses = list(_clauses(input_shape(operation), request, "", False))
    if not clauses:
        return None
    return f"{len(clauses)} validation error{'s' if len(clauses) > 1 else ''} detected: " + "; ".join(clauses)


def _clauses(name: str, value: Any, path: str, secret: bool) -> Iterator[str]:
    shape = SHAPES[name]
    secret = secret or bool(shape.get("sensitive"))
    if shape.get("document"):
        return
    kind = shape["type"]
    if kind == "structure":
        _expect(value, dict)
        yield from _structure(shape, value, path, secret)
    elif kind in {"list", "map"}:
        _expect(value, list if kind == "list" else dict)
        yield from _collection(shape, value, path, secret)
    else:
        rules = _rules(shape, value)
        shown = "" if secret or kind == "blob" else f" '{_cut(_java(value))}'"
        yield from (_clause(shown, path, rule) for rule, holds in rules if not holds)


def _structure(shape: Raw, value: Raw, path: str, secret: bool) -> Iterator[str]:
    for member, target in shape["members"].items():
        name = target["shape"]
        where = (path + "." if path else "") + member[0].lower() + member[1:]
        if value.get(member) is not None:
            yield from _clauses(name, value[member], where, secret)
        elif member in shape.get("required", []):
            silent = (secret or SHAPES[name].get("sensitive")) and name not in NULL_IS_NAMED
            yield _clause("" if silent else " null", where, "Member must not be null")


def _collection(shape: Raw, value: Any, path: str, secret: bool) -> Iterator[str]:
    is_map = shape["type"] == "map"
    element = shape["value" if is_map else "member"]["shape"]
    plain = SHAPES[element]["type"] not in {"structure", "list", "map"}
    secret = secret or bool(SHAPES[element].get("sensitive"))
    shown = "" if secret or not plain else f" '{_cut(_java(value))}'"
    for rule, holds in _length_rules(shape, len(value)):
        if not holds:
            yield _clause(shown, path, rule)
    if is_map:
        yield from _each(
            shape["key"]["shape"], list(value), shown, path, "Map keys must satisfy constraint: "
        )
    items = list(value.values()) if is_map else value
    if plain:
        yield from _each(
            element, items, shown, path, f"{'Map value' if is_map else 'Member'} must satisfy constraint: "
        )
        return
    for step, item in value.items() if is_map else enumerate(value, 1):
        where = f"{path}.{step}.member"
        if item is None:
            yield _clause("" if secret else " null", where, "Member must not be null")
        else:
            yield from _clauses(element, item, where, secret)


def _each(name: str, items: list[Any], shown: str, path: str, opening: str) -> Iterator[str]:
    shape = SHAPES[name]
    rules = [_rules(shape, item) for item in items if item is not None]
    nulls = any(item is None for item in items)
    if nulls or any(not holds for one in rules for _, holds in one):
        every = [rule for rule, _ in (rules or [_rules(shape, "")])[0]]
        yield _clause(shown, path, f"{opening}[{', '.join(every + ['Member must not be null'] * nulls)}]")


def _rules(shape: Raw, value: Any) -> list[tuple[str, bool]]:
    """Return each constraint of a plain shape, and whether the value keeps it."""
    kind = shape["type"]
    if kind == "boolean":
        _expect(value, bool)
        return []
    if kind == "integer":
        if type(value) is not int or abs(value + 0.5) > 2**31:
            raise WrongTypeError
        low, high = shape.get("min", -(2**31)), shape.get("max", 2**31 - 1)
        rules = [(f"Member must have value less than or equal to {high}", value <= high)]
        return [*rules, (f"Member must have value greater than or equal to {low}", value >= low)]
    _expect(value, str)
    if "enum" in shape:
        allowed = sorted(shape["enum"])
        return [(f"Member must satisfy enum value set: [{', '.join(allowed)}]", value in allowed)]
    if kind == "blob":
        try:
            value = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise WrongTypeError from error
    rules = _length_rules(shape, len(value))
    if "pattern" in shape:
        rule = f"Member must satisfy regular expression pattern: {shape['pattern']}"
        rules.append((rule, matches(shape["pattern"], value)))
    return rules


def _length_rules(shape: Raw, length: int) -> list[tuple[str, bool]]:
    rules = []
    if "max" in shape:
        rules.append(
            (f"Member must have length less than or equal to {shape['max']}", length <= shape["max"])
        )
    if shape.get("min"):
        rules.append(
            (f"Member must have length greater than or equal to {shape['min']}", length >= shape["min"])
        )
    return rules


def _clause(shown: str, path: str, rule: str) -> str:
    return f"Value{shown} at '{path}' failed to satisfy constraint: {rule}"


def _expect(value: Any, kind: type) -> None:
    if type(value) is not kind:
        raise WrongTypeError


def _java(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_cut(_java(one)) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_cut(key)}={_cut(_java(one))}" for key, one in value.items()) + "}"
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def _cut(text: str) -> str:
    return text[:CUT] + "…" if len(text) > CUT else text
