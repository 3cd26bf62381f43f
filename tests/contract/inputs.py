"""Requests built from botocore's service model: good ones, and good ones with one thing wrong.

Nothing here knows `doorward.wire`: what a good request is comes from the model's raw shapes alone.
"""

import base64
import copy
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex
from hypothesis import strategies as st
from tools.contract.model import load

Raw = dict[str, Any]

MODEL = load()
SHAPES = MODEL.shapes
OPERATIONS = sorted(MODEL.operations)

INVALID = "InvalidParameterException"
WRONG_TYPE = "SerializationException"

_ALPHABET = string.printable + "éßΩ漢字\u0301\u20ac²«»\u00a0\u2003\u2028\u0085😀"
_CLASS = re.compile(r"\^?(\[(?:\\.|[^\]\\])*\])[+*]\$?")
_ARN = "arn:aws:iam::123456789012:role/"


@dataclass(frozen=True)
class Mutation:
    """A request with one thing wrong: what, where (wire names and indexes), and the exception due."""

    what: str
    path: tuple[str | int, ...]
    request: Any
    error: str


def input_shape(operation: str) -> str:
    """Return the name of an operation's request shape."""
    name: str = MODEL.operations[operation]["input"]["shape"]
    return name


def matches(pattern: str, value: str) -> bool:
    """Tell whether Java's Pattern.matches would accept a value: ASCII classes, the whole value."""
    return _java(pattern).fullmatch(value) is not None


@cache
def _java(pattern: str) -> Any:
    python = pattern.replace(r"[\S]", r"[^ \t\n\x0b\f\r]").replace(r"\w", "a-zA-Z0-9_")
    python = python.replace(r"\s", r" \t\n\x0b\f\r")
    if not pattern.startswith("(?s)"):
        python = python.replace(".*", r"[^\n\r\x85\u2028\u2029]*")
    return regex.compile(python)


def valid_requests(operation: str, *, complete: bool = False) -> st.SearchStrategy[Raw]:
    """Return good requests of an operation: with any of the optional members, or with all of them."""
    return values(input_shape(operation), complete)


@cache
def values(name: str, complete: bool) -> st.SearchStrategy[Any]:
    """Return good values of a shape."""
    shape = SHAPES[name]
    kind = shape["type"]
    least = shape.get("min", 0)
    if shape.get("document"):
        return st.dictionaries(
            st.text(max_size=4), st.one_of(st.integers(0, 9), st.text(max_size=4)), max_size=2
        )
    if kind == "structure":
        required = {
            member: values(target["shape"], complete)
            for member, target in shape["members"].items()
            if complete or member in shape.get("required", ())
        }
        optional = {
            member: values(target["shape"], complete)
            for member, target in shape["members"].items()
            if member not in required
        }
        return st.fixed_dictionaries(required, optional=optional)
    if kind == "list":
        most = min(shape.get("max", least + 2), least + 2)
        return st.lists(
            values(shape["member"]["shape"], complete), min_size=max(least, int(complete)), max_size=most
        )
    if kind == "map":
        most = min(shape.get("max", least + 2), least + 2)
        parts = (values(shape[part]["shape"], complete) for part in ("key", "value"))
        return st.dictionaries(*parts, min_size=max(least, int(complete)), max_size=most)
    if kind == "integer":
        return st.integers(shape.get("min", -(2**31)), shape.get("max", 2**31 - 1))
    if kind == "boolean":
        return st.booleans()
    if kind == "blob":
        return st.binary(min_size=least, max_size=12).map(lambda value: base64.b64encode(value).decode())
    return _strings(name)


def _strings(name: str) -> st.SearchStrategy[str]:
    shape = SHAPES[name]
    least, most = shape.get("min", 0), shape.get("max", 1 << 20)
    pattern = shape.get("pattern")
    if "enum" in shape:
        return st.sampled_from(shape["enum"])
    if pattern is None or pattern == "(?s).*":
        return st.text(_ALPHABET, min_size=least, max_size=min(most, least + 12))
    single = _CLASS.fullmatch(pattern)
    if single:
        letters = [letter for letter in _ALPHABET if matches(single[1], letter)]
        return st.text(letters, min_size=max(least, 1), max_size=min(most, least + 12))
    if pattern.lstrip("(").startswith("arn:aws") or "arn:" in pattern:
        stem = "arn:aws:s3:::" if ":::" in pattern else _ARN
        return st.text(string.ascii_letters, min_size=3, max_size=9).map(lambda tail: stem + tail)
    if "{##" in pattern.replace("\\", ""):
        marker = "{####}" if "####" in pattern else "{##press here##}"
        return st.tuples(*[st.text("ab é.!{#}", max_size=9)] * 2).map(marker.join)
    if "@" in pattern:
        return st.tuples(*[st.text("ab.é@", min_size=1, max_size=9)] * 2).map("@".join)
    if r"\p" in pattern:
        return st.text("abcé漢1-", min_size=3, max_size=9)
    compiled = re.compile(pattern, re.ASCII)
    # `$` lets hypothesis add a newline, which is no match of the whole value.
    return st.from_regex(compiled, fullmatch=True).filter(
        lambda value: least <= len(value) <= most and matches(pattern, value)
    )


def mutations(operation: str, request: Raw) -> Iterator[Mutation]:
    """Yield every single change of a good request that makes it bad.

    A change of one value may break two of its constraints at once (a value too short for its type may not fit
    its pattern either); the exception is the same.
    """
    for what, path, changed, error in _changes(input_shape(operation), request):
        yield Mutation(what, path, _replaced(request, path, changed), error)


_REMOVED = object()

_Change = tuple[str, tuple[str | int, ...], Any, str]


def _replaced(request: Any, path: tuple[str | int, ...], changed: Any) -> Any:
    if not path:
        return changed
    result = copy.deepcopy(request)
    place = result
    for step in path[:-1]:
        place = place[step]
    if changed is _REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = changed
    return result


def _changes(name: str, value: Any) -> Iterator[_Change]:
    """Yield the changes of a value of a shape, with paths relative to it."""
    shape = SHAPES[name]
    kind = shape["type"]
    if shape.get("document"):
        return
    if kind == "structure":
        yield "wrong type", (), "text", WRONG_TYPE
        yield "wrong type", (), [value], WRONG_TYPE
        yield from _structure_changes(shape, value)
    elif kind == "list":
        yield "wrong type", (), {}, WRONG_TYPE
        if value and "max" in shape:
            yield "list too long", (), value * (shape["max"] // len(value) + 1), INVALID
        if shape.get("min"):
            yield "list too short", (), value[: shape["min"] - 1], INVALID
        for index, item in enumerate(value):
            yield "null element", (index,), None, INVALID
            yield from _under(index, _changes(shape["member"]["shape"], item))
    elif kind == "map":
        yield "wrong type", (), [], WRONG_TYPE
        yield from _map_changes(shape, value)
    else:
        yield from _plain_changes(shape, value)


def _structure_changes(shape: Raw, value: Raw) -> Iterator[_Change]:
    for member in shape.get("required", ()):
        yield "missing", (member,), _REMOVED, INVALID
        yield "null", (member,), None, INVALID
    for member, item in value.items():
        yield from _under(member, _changes(shape["members"][member]["shape"], item))


_SPARSE = [SHAPES["AuthParametersType"], SHAPES["ChallengeResponsesType"]]
"""Maps in which null means absent."""


def _map_changes(shape: Raw, value: Raw) -> Iterator[_Change]:
    if value and "max" in shape:
        one = next(iter(value.values()))
        yield "map too long", (), {**value, **{f"key{n}": one for n in range(shape["max"] + 1)}}, INVALID
    if shape.get("min"):
        yield "map too short", (), {}, INVALID
    for key, item in value.items():
        for what, _, changed, error in _plain_changes(SHAPES[shape["key"]["shape"]], key):
            if error == INVALID and changed not in value:
                yield f"key {what}", (), {**value, changed: item}, INVALID
        if shape not in _SPARSE:
            yield "null value", (key,), None, INVALID
        yield from _under(key, _changes(shape["value"]["shape"], item))


def _under(step: str | int, changes: Iterator[_Change]) -> Iterator[_Change]:
    for what, path, changed, error in changes:
        yield what, (step, *path), changed, error


def _plain_changes(shape: Raw, value: Any) -> Iterator[_Change]:
    kind = shape["type"]
    wrong: dict[str, list[Any]] = {
        "string": [5, True, 1.5, {}, [value]],
        "integer": ["5", 1.5, True, 2**31, -(2**40), {}],
        "boolean": ["true", 0, []],
        "blob": ["%%%", 5, "YQ"],
    }
    for other in wrong[kind]:
        yield "wrong type", (), other, WRONG_TYPE
    if "enum" in shape:
        yield "not in enum", (), "NOT_A_VALUE", INVALID
    elif kind == "string":
        yield from _string_changes(shape, value)
    elif kind == "integer":
        if "max" in shape:
            yield "too large", (), shape["max"] + 1, INVALID
        if "min" in shape:
            yield "too small", (), shape["min"] - 1, INVALID
    elif kind == "blob" and "max" in shape:
        yield "too long", (), base64.b64encode(bytes(shape["max"] + 1)).decode(), INVALID


def _string_changes(shape: Raw, value: str) -> Iterator[_Change]:
    if "max" in shape:
        yield "too long", (), value + (value[-1:] or "x") * (shape["max"] + 1 - len(value)), INVALID
    if shape.get("min"):
        yield "too short", (), value[: shape["min"] - 1], INVALID
    pattern = shape.get("pattern")
    if pattern:
        for letter in "\x00 \n!é\u2028":
            broken = value[:-1] + letter
            if len(broken) >= shape.get("min", 0) and not matches(pattern, broken):
                yield "pattern broken", (), broken, INVALID
                break
