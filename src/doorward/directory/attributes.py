"""User attributes against a pool's schema: what may be set, by whom and when, and who may read it.

Where a parameter `client` is None, an administrator acts. A refusal names attributes, never values.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from doorward.directory.app_client import AppClient
from doorward.directory.attribute_values import complaint, is_email, is_phone_number
from doorward.directory.user_pool import UserPool
from doorward.wire.contract import AttributeType, SchemaAttributeType
from doorward.wire.errors import InvalidParameterException, NotAuthorizedException

ADDRESSES: Final = ("email", "phone_number")
"""The attributes that a code can verify."""

VERIFIED: Final = {f"{address}_verified": address for address in ADDRESSES}
"""The flags that say an address is verified, and which."""

_AT_CREATION: Final = "Attributes did not conform to the schema: "
_ON_UPDATE: Final = "Invalid user attributes: "
_NEVER_WRITTEN: Final = frozenset({"sub", "identities"})
_LACKING: Final = {
    "email": "Email is required to verify/un-verify an email",
    "phone_number": "Phone number is required to verify/un-verify a phone number",
}


def at_creation(pool: UserPool, client: AppClient | None, given: Sequence[AttributeType]) -> dict[str, str]:
    """Return the attributes that a new user gets, by name.

    A blank value counts as none. Each address has a flag that says whether it is verified: "false" unless an
    administrator gave it. Required attributes are asked of a sign-up only; whom an administrator creates is
    asked for them with his first password (`missing`).

    Raises NotAuthorizedException where the client may not write one of them, InvalidParameterException where
    one does not fit the schema.
    """
    values = _checked(pool, client, given, _AT_CREATION)
    present = {name: value for name, value in values.items() if value}
    if client is not None and (lacking := missing(pool, present)):
        raise InvalidParameterException(_required(_AT_CREATION, lacking))
    for address in ADDRESSES:
        if address in present:
            present.setdefault(f"{address}_verified", "false")
    _check_flags(present)
    return present


def after_update(
    pool: UserPool,
    client: AppClient | None,
    attributes: Mapping[str, str],
    given: Sequence[AttributeType],
) -> dict[str, str]:
    """Return a user's attributes after an update; a blank value takes an attribute away.

    A changed address counts as not verified, unless an administrator says so in the same call.

    Raises what `at_creation` raises, and InvalidParameterException where an attribute can only be set when a
    user is created.
    """
    values = _checked(pool, client, given, _ON_UPDATE)
    for name in values:
        if name not in VERIFIED and not _mutable(pool.schema[name]):
            raise InvalidParameterException(f"user.{name}: Attribute cannot be updated.")
    changed = dict(attributes) | values
    for flag, address in VERIFIED.items():
        if changed.get(address) and changed[address] != attributes.get(address):
            changed[flag] = values.get(flag) or "false"
    return _kept(pool, changed, values)


def blank(names: Sequence[str]) -> list[AttributeType]:
    """Return the update that takes attributes away."""
    return [AttributeType(name=name, value="") for name in dict.fromkeys(names)]


def missing(pool: UserPool, attributes: Mapping[str, str]) -> list[str]:
    """Return the names of the attributes that the pool requires and a user lacks, in the schema's order."""
    return [
        name
        for name, attribute in pool.schema.items()
        if attribute.required and name not in _NEVER_WRITTEN and not attributes.get(name)
    ]


def readable(pool: UserPool, client: AppClient, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return those of a user's attributes that a client may read (ReadAttributes); `sub` always."""
    allowed = client.configuration.read_attributes
    schema = pool.schema
    return {
        name: value
        for name, value in attributes.items()
        if name == "sub" or ((allowed is None or name in allowed) and not _developer_only(schema.get(name)))
    }


def to_wire(attributes: Mapping[str, str]) -> list[AttributeType]:
    """Return attributes as the API carries them."""
    return [AttributeType(name=name, value=value) for name, value in attributes.items()]


def _checked(
    pool: UserPool, client: AppClient | None, given: Sequence[AttributeType], where: str
) -> dict[str, str]:
    """Return the values by name, each of which the writer may write and fits the schema, or is blank."""
    schema = pool.schema
    values: dict[str, str] = {}
    problems = []
    for attribute in given:
        name, value = attribute.name, attribute.value
        if client is not None and not _may_write(client, name, schema.get(name)):
            raise NotAuthorizedException("A client attempted to write unauthorized attribute")
        if name in _NEVER_WRITTEN:
            raise InvalidParameterException(f"Cannot modify the non-mutable attribute {name}")
        if value is None:
            raise InvalidParameterException(f"Attribute value for {name} must not be null.")
        if name in values:
            raise InvalidParameterException(f"Attribute {name} is given more than once.")
        if name not in schema and name not in VERIFIED:
            raise InvalidParameterException(_unknown(where, name))
        values[name] = value
        if value and (problem := _problem(schema.get(name), name, value)):
            problems.append(f"{name}: {problem}")
    if problems:
        raise InvalidParameterException(where + "\n".join(problems))
    _check_addresses(values)
    return values | {flag: values[flag].lower() for flag in VERIFIED if flag in values}


def _problem(attribute: SchemaAttributeType | None, name: str, value: str) -> str | None:
    # A pool made elsewhere may lack the flags in its schema; they are there in every pool.
    if attribute is None or name in VERIFIED:
        attribute = SchemaAttributeType(name=name, attribute_data_type="Boolean")
    return complaint(attribute, value)


def _check_addresses(values: Mapping[str, str]) -> None:
    if values.get("email") and not is_email(values["email"]):
        raise InvalidParameterException("Invalid email address format.")
    if values.get("phone_number") and not is_phone_number(values["phone_number"]):
        raise InvalidParameterException("Invalid phone number format.")


def _check_flags(attributes: Mapping[str, str]) -> None:
    for flag, address in VERIFIED.items():
        if flag in attributes and address not in attributes:
            raise InvalidParameterException(_LACKING[address])


def _kept(pool: UserPool, changed: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in changed.items() if value}
    for flag, address in VERIFIED.items():
        if address not in kept and not values.get(flag):
            kept.pop(flag, None)
    _check_flags(kept)
    if lacking := [name for name in missing(pool, kept) if name in values]:
        raise InvalidParameterException(_required(_ON_UPDATE, lacking))
    return kept


def _may_write(client: AppClient, name: str, attribute: SchemaAttributeType | None) -> bool:
    allowed = client.configuration.write_attributes
    return name not in VERIFIED and (allowed is None or name in allowed) and not _developer_only(attribute)


def _developer_only(attribute: SchemaAttributeType | None) -> bool:
    return bool(attribute and attribute.developer_only_attribute)


def _mutable(attribute: SchemaAttributeType) -> bool:
    return attribute.mutable is not False


def _unknown(where: str, name: str) -> str:
    if where == _ON_UPDATE:
        return f"user.{name}: Attribute does not exist in the schema."
    if name.startswith(("custom:", "dev:")):
        return f"{where}Type for attribute {{{name}}} could not be determined"
    return f"{where}{name}: Attribute does not exist in the schema."


def _required(where: str, names: Sequence[str]) -> str:
    return where + "\n".join(f"{name}: The attribute is required" for name in names)
