"""Requests with every member set, made from botocore's own model, so that no member can be forgotten."""

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

_MODEL = botocore.session.get_session().get_service_model("cognito-idp")
_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:example"
_TEXTS = {
    "ArnType": _ARN,
    "OptionalArnType": _ARN,
    "EncryptionKeyArnType": "arn:aws:kms:eu-west-1:123456789012:key/mrk-1",
    "SmsVerificationMessageType": "Your code is {####}.",
    "SmsInviteMessageType": "{username}, your password is {####}.",
    "EmailVerificationMessageType": "Your code is {####}.",
    "EmailVerificationMessageByLinkType": "Please click {##here##}.",
    "EmailInviteMessageType": "{username}, your password is {####}.",
    "EmailAddressType": "reply@example.org",
    "RegionCodeType": "eu-west-1",
    "RedirectUrlType": "https://app.example.org/in",
    "HexStringType": "0123abcd",
    "ScopeType": "openid",
    "ProviderNameType": "COGNITO",
    "ClientPermissionType": "nickname",
    "AcrLevelKeyType": "Level2",
    "ClientSecretType": "abcdefghijklmnopqrstuvwxyz0123",
}


def shape_of(operation: str) -> StructureShape:
    """Return the shape of an operation's request."""
    shape = _MODEL.operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


def filled(operation: str, choices: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request with every member set, but where `choices`, by dotted path, says otherwise.

    A choice of None leaves the member out.
    """
    request = _value(shape_of(operation), "", choices)
    assert isinstance(request, dict)
    return request


def paths(operation: str) -> set[str]:
    """Return the dotted path of every member that a request can have."""
    return set(_shape_paths(shape_of(operation), ""))


def paths_set(operation: str, request: Mapping[str, Any]) -> set[str]:
    """Return the dotted path of every member that a request has."""
    return set(_value_paths(shape_of(operation), request, ""))


def _value(shape: Shape, path: str, choices: Mapping[str, Any]) -> Any:
    if path in choices:
        return choices[path]
    if isinstance(shape, StructureShape):
        values = {
            name: _value(member, f"{path}.{name}".lstrip("."), choices)
            for name, member in shape.members.items()
        }
        return {name: value for name, value in values.items() if value is not None}
    if isinstance(shape, ListShape):
        return [_value(shape.member, path, {})]
    if isinstance(shape, MapShape):
        return {_value(shape.key, path, {}): _value(shape.value, path, {})}
    if isinstance(shape, StringShape):
        return shape.enum[-1] if shape.enum else _TEXTS.get(shape.name, "example")
    if shape.type_name == "boolean":
        return True
    return shape.metadata.get("max", 1)


def _shape_paths(shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from _shape_paths(member, f"{path}.{name}".lstrip("."))
    elif isinstance(shape, ListShape):
        yield from _shape_paths(shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        yield from _shape_paths(shape.value, f"{path}{{}}")
    else:
        yield path


def _value_paths(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, member in value.items():
            yield from _value_paths(shape.members[name], member, f"{path}.{name}".lstrip("."))
    elif isinstance(shape, ListShape):
        for item in value:
            yield from _value_paths(shape.member, item, f"{path}[]")
    elif isinstance(shape, MapShape):
        for item in value.values():
            yield from _value_paths(shape.value, item, f"{path}{{}}")
    else:
        yield path
