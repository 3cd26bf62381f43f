"""What the annotated types of `wire.contract` demand of a value, as a tree that can be walked.

The types are the only place where a constraint is written down; this derives from them, once per shape.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect


@dataclass(frozen=True)
class Text:
    """A string. Lengths are counted in code points."""

    minimum: int | None
    maximum: int | None
    pattern: str | None
    sensitive: bool
    null_named: bool


@dataclass(frozen=True)
class Choice:
    """A string out of a set."""

    values: tuple[str, ...]
    sensitive: bool


@dataclass(frozen=True)
class Integer:
    """A whole number between `minimum` and `maximum`, in so many bits."""

    minimum: int
    maximum: int
    bits: int
    sensitive: bool


@dataclass(frozen=True)
class Scalar:
    """A value that only has a type: `bool`, `float` (a timestamp), or `object` (any JSON but null)."""

    kind: type
    sensitive: bool


@dataclass(frozen=True)
class Blob:
    """Bytes, in base64 on the wire. Lengths are those of the bytes."""

    minimum: int | None
    maximum: int | None
    sensitive: bool


@dataclass(frozen=True)
class Sequence:
    """A list."""

    item: "Node"
    minimum: int | None
    maximum: int | None
    sensitive: bool


@dataclass(frozen=True)
class Mapping:
    """A map from strings."""

    key: Text | Choice
    value: "Node"
    minimum: int | None
    maximum: int | None
    sensitive: bool


@dataclass(frozen=True)
class Member:
    """One member of a structure: its name in Python, on the wire and in messages."""

    field: str
    wire_name: str
    spoken_name: str
    required: bool
    node: "Node"


@dataclass(frozen=True)
class Structure:
    """A structure."""

    members: tuple[Member, ...]
    sensitive: bool


Plain = Text | Choice | Integer | Scalar | Blob

Node = Plain | Sequence | Mapping | Structure


@cache
def of(shape: type[msgspec.Struct]) -> Structure:
    """Return the constraints of a shape. Raises TypeError where a type says something not known here."""
    node = _node(inspect.type_info(shape), {})
    if not isinstance(node, Structure):
        raise TypeError(f"not a structure: {shape}")
    return node


def _node(kind: inspect.Type, extra: dict[str, Any]) -> Node:
    sensitive = bool(extra.get("sensitive"))
    node: Node
    match kind:
        case inspect.Metadata():
            node = _node(kind.type, {**extra, **(kind.extra or {})})
        case inspect.UnionType():
            present = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
            # Only a document is of several types: all that JSON has.
            node = _node(present[0], extra) if len(present) == 1 else Scalar(object, sensitive)
        case inspect.ListType():
            node = Sequence(_node(kind.item_type, {}), kind.min_length, kind.max_length, sensitive)
        case inspect.DictType():
            node = _mapping(kind, sensitive)
        case inspect.StructType():
            node = Structure(tuple(_member(field) for field in kind.fields), sensitive)
        case _:
            node = _plain(kind, extra, sensitive)
    return node


def _plain(kind: inspect.Type, extra: dict[str, Any], sensitive: bool) -> Plain:
    node: Plain
    match kind:
        case inspect.StrType():
            pattern, null_named = extra.get("pattern"), bool(extra.get("null_named"))
            node = Text(kind.min_length, kind.max_length, pattern, sensitive, null_named)
        case inspect.LiteralType():
            node = Choice(tuple(str(value) for value in kind.values), sensitive)
        case inspect.IntType(ge=int() as minimum, le=int() as maximum):
            node = Integer(minimum, maximum, int(extra.get("bits", 32)), sensitive)
        case inspect.BytesType():
            node = Blob(kind.min_length, kind.max_length, sensitive)
        case inspect.BoolType():
            node = Scalar(bool, sensitive)
        case inspect.FloatType():
            node = Scalar(float, sensitive)
        case _:
            raise TypeError(f"no constraint is known for {kind}")
    return node


def _mapping(kind: inspect.DictType, sensitive: bool) -> Mapping:
    key = _node(kind.key_type, {})
    if not isinstance(key, Text | Choice):
        raise TypeError(f"the keys of a map are strings, not {key}")
    return Mapping(key, _node(kind.value_type, {}), kind.min_length, kind.max_length, sensitive)


def _member(field: inspect.Field) -> Member:
    wire_name = field.encode_name
    return Member(
        field=field.name,
        wire_name=wire_name,
        spoken_name=wire_name[0].lower() + wire_name[1:],
        required=field.required,
        node=_node(field.type, {}),
    )
