"""The attributes a user of a pool can have: the twenty standard ones, and those an operator adds.

Cognito's names, types and limits (developer guide, user-pool-settings-attributes; SchemaAttributeType).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from doorward.wire.contract import (
    NumberAttributeConstraintsType,
    SchemaAttributeType,
    StringAttributeConstraintsType,
)
from doorward.wire.errors import InvalidParameterException

CUSTOM_PREFIX: Final = "custom:"
DEVELOPER_PREFIX: Final = "dev:custom:"
MAXIMUM_CUSTOM_ATTRIBUTES: Final = 50
LONGEST_VALUE: Final = 2048

_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_SIGNED_NUMBER: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def _text(
    name: str, *, shortest: int = 0, longest: int = LONGEST_VALUE, immutable: bool = False
) -> SchemaAttributeType:
    return SchemaAttributeType(
        name=name,
        attribute_data_type="String",
        developer_only_attribute=False,
        mutable=not immutable,
        required=immutable,
        string_attribute_constraints=StringAttributeConstraintsType(
            min_length=str(shortest), max_length=str(longest)
        ),
    )


def _flag(name: str) -> SchemaAttributeType:
    return SchemaAttributeType(
        name=name,
        attribute_data_type="Boolean",
        developer_only_attribute=False,
        mutable=True,
        required=False,
    )


STANDARD_ATTRIBUTES: Final = (
    _text("sub", shortest=1, immutable=True),
    _text("name"),
    _text("given_name"),
    _text("family_name"),
    _text("middle_name"),
    _text("nickname"),
    _text("preferred_username"),
    _text("profile"),
    _text("picture"),
    _text("website"),
    _text("email"),
    _flag("email_verified"),
    _text("gender"),
    _text("birthdate", shortest=10, longest=10),
    _text("zoneinfo"),
    _text("locale"),
    _text("phone_number"),
    _flag("phone_number_verified"),
    _text("address"),
    SchemaAttributeType(
        name="updated_at",
        attribute_data_type="Number",
        developer_only_attribute=False,
        mutable=True,
        required=False,
        number_attribute_constraints=NumberAttributeConstraintsType(min_value="0"),
    ),
)
"""What every pool has, as it is where CreateUserPool says nothing about it."""

STANDARD_NAMES: Final = frozenset(attribute.name or "" for attribute in STANDARD_ATTRIBUTES)


def new_schema(requested: Sequence[SchemaAttributeType] | None) -> list[SchemaAttributeType]:
    """Return the attributes of a new pool: the standard ones as `Schema` changes them, then its custom ones.

    Raises InvalidParameterException where an entry breaks a rule.
    """
    requested = requested or ()
    changes: dict[str, SchemaAttributeType] = {}
    for entry in requested:
        if entry.name in STANDARD_NAMES:
            if entry.name in changes:
                raise InvalidParameterException(f"{entry.name}: The attribute is in the schema twice.")
            changes[entry.name] = entry
    standard = [
        _changed(attribute, changes[attribute.name]) if attribute.name in changes else attribute
        for attribute in STANDARD_ATTRIBUTES
    ]
    return with_custom_attributes(
        standard, (entry for entry in requested if entry.name not in STANDARD_NAMES)
    )


def with_custom_attributes(
    schema: Sequence[SchemaAttributeType], added: Iterable[SchemaAttributeType]
) -> list[SchemaAttributeType]:
    """Return a schema with custom attributes added (AddCustomAttributes), each under its prefixed name.

    Raises InvalidParameterException where an entry breaks a rule, is there already, or is one too many.
    """
    result = list(schema)
    names = {attribute.name for attribute in schema}
    for entry in added:
        attribute = _custom(entry)
        if attribute.name in names:
            raise InvalidParameterException(
                f"{attribute.name}: Existing attribute already has name {attribute.name}."
            )
        names.add(attribute.name)
        result.append(attribute)
    if len(result) - len(STANDARD_ATTRIBUTES) > MAXIMUM_CUSTOM_ATTRIBUTES:
        raise InvalidParameterException(
            f"A user pool can have at most {MAXIMUM_CUSTOM_ATTRIBUTES} custom attributes."
        )
    return result


def _changed(standard: SchemaAttributeType, entry: SchemaAttributeType) -> SchemaAttributeType:
    name = standard.name
    if entry.developer_only_attribute or entry.attribute_data_type not in (
        None,
        standard.attribute_data_type,
    ):
        raise InvalidParameterException(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute"
            f" {name}"
        )
    mutable = standard.mutable if entry.mutable is None else entry.mutable
    required = standard.required if entry.required is None else entry.required
    if name == "sub" and (mutable or not required):
        raise InvalidParameterException("sub: The attribute is always required and never mutable.")
    return _constrained(msgspec.structs.replace(standard, mutable=mutable, required=required), entry)


def _custom(entry: SchemaAttributeType) -> SchemaAttributeType:
    if not entry.name:
        raise InvalidParameterException("A custom attribute needs a name.")
    if entry.attribute_data_type is None:
        raise InvalidParameterException(
            "Invalid AttributeDataType input, consider using the provided AttributeDataType enum."
        )
    if entry.required:
        raise InvalidParameterException("Required custom attributes are not supported currently.")
    developer_only = bool(entry.developer_only_attribute)
    data_type = entry.attribute_data_type
    attribute = SchemaAttributeType(
        name=(DEVELOPER_PREFIX if developer_only else CUSTOM_PREFIX) + entry.name,
        attribute_data_type=data_type,
        developer_only_attribute=developer_only,
        mutable=True if entry.mutable is None else entry.mutable,
        required=False,
        string_attribute_constraints=StringAttributeConstraintsType() if data_type == "String" else None,
        number_attribute_constraints=NumberAttributeConstraintsType() if data_type == "Number" else None,
    )
    return _constrained(attribute, entry)


def _constrained(attribute: SchemaAttributeType, entry: SchemaAttributeType) -> SchemaAttributeType:
    """Return an attribute with the limits an entry names; those it leaves out stay."""
    text, number = entry.string_attribute_constraints, entry.number_attribute_constraints
    if text is not None and (text.min_length is not None or text.max_length is not None):
        if attribute.attribute_data_type != "String":
            raise _misplaced("StringAttributeConstraints", attribute)
        attribute = msgspec.structs.replace(attribute, string_attribute_constraints=_lengths(attribute, text))
    if number is not None and (number.min_value is not None or number.max_value is not None):
        if attribute.attribute_data_type != "Number":
            raise _misplaced("NumberAttributeConstraints", attribute)
        attribute = msgspec.structs.replace(
            attribute, number_attribute_constraints=_values(attribute, number)
        )
    return attribute


def _lengths(
    attribute: SchemaAttributeType, given: StringAttributeConstraintsType
) -> StringAttributeConstraintsType:
    before = attribute.string_attribute_constraints or StringAttributeConstraintsType()
    shortest = before.min_length if given.min_length is None else given.min_length
    longest = before.max_length if given.max_length is None else given.max_length
    for limit in (shortest, longest):
        if limit is not None and not _WHOLE_NUMBER.fullmatch(limit):
            raise _misplaced("StringAttributeConstraints", attribute)
        if limit is not None and int(limit) > LONGEST_VALUE:
            raise InvalidParameterException(
                f"user.{attribute.name}: String attributes cannot have a length of more than {LONGEST_VALUE}"
            )
    if shortest is not None and longest is not None and int(shortest) > int(longest):
        raise InvalidParameterException(f"user.{attribute.name}: Max length cannot be less than min length.")
    return StringAttributeConstraintsType(min_length=shortest, max_length=longest)


def _values(
    attribute: SchemaAttributeType, given: NumberAttributeConstraintsType
) -> NumberAttributeConstraintsType:
    before = attribute.number_attribute_constraints or NumberAttributeConstraintsType()
    smallest = before.min_value if given.min_value is None else given.min_value
    largest = before.max_value if given.max_value is None else given.max_value
    for limit in (smallest, largest):
        if limit is not None and not _SIGNED_NUMBER.fullmatch(limit):
            raise _misplaced("NumberAttributeConstraints", attribute)
    if smallest is not None and largest is not None and int(smallest) > int(largest):
        raise InvalidParameterException(f"user.{attribute.name}: Max value cannot be less than min value.")
    return NumberAttributeConstraintsType(min_value=smallest, max_value=largest)


def _misplaced(constraints: str, attribute: SchemaAttributeType) -> InvalidParameterException:
    return InvalidParameterException(f"Invalid {constraints} for schema attribute {attribute.name}")
