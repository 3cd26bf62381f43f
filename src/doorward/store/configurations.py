"""Configurations in the API's shapes, as they are kept.

What is kept was checked when it came in, and is read back without the constraints of requests: an answer may
hold more than a request (a schema of seventy attributes, a `custom:` name of 27 characters), and what was
accepted once stays readable when the API's constraints change.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

_Builder = Callable[[Any], Any]

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(configuration: msgspec.Struct) -> bytes:
    """Return a configuration as it is kept."""
    return _encoder.encode(configuration)


@lru_cache(maxsize=1024)
def decode(shape: type[T], kept: bytes) -> T:
    """Return a kept configuration. The same bytes give the same object, which nobody may change."""
    configuration: T = _builder(shape)(msgspec.json.decode(kept))
    return configuration


@cache
def _builder(kind: Any) -> _Builder:
    """Return what turns plain JSON values into values of a type, whatever constraints the type has."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        (inner,) = (part for part in get_args(kind) if part is not type(None))
        build = _builder(inner)
        return lambda value: None if value is None else build(value)
    if origin is list:
        item = _builder(get_args(kind)[0])
        return lambda values: [item(value) for value in values]
    if origin is dict:
        entry = _builder(get_args(kind)[1])
        return lambda values: {key: entry(value) for key, value in values.items()}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct_builder(kind)
    return lambda value: value


def _struct_builder(shape: type[msgspec.Struct]) -> _Builder:
    kinds = get_type_hints(shape)
    members = [
        (field.encode_name, field.name, _builder(kinds[field.name]))
        for field in msgspec.structs.fields(shape)
    ]

    def build(values: dict[str, Any]) -> msgspec.Struct:
        return shape(
            **{name: build(values[wire_name]) for wire_name, name, build in members if wire_name in values}
        )

    return build
