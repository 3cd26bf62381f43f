"""Whether a value fits an attribute of a pool's schema (SchemaAttributeType)."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

import email_validator
import phonenumbers

from doorward.wire.contract import SchemaAttributeType

LONGEST_VALUE: Final = 2048
"""Characters (quotas page of the developer guide: 2,048)."""

# Whether a domain can be reached is the mail server's business, and a house's own directory holds addresses
# under `.local` and `.test`. The library's documentation names this list as the place to say so.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_E164: Final = re.compile(r"\+[1-9][0-9]{1,14}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_email(text: str) -> bool:
    """Whether a text has the form of an e-mail address (RFC 5321, RFC 6531); nobody is asked if it exists."""
    try:
        email_validator.validate_email(text, check_deliverability=False, strict=True)
    except email_validator.EmailNotValidError:
        return False
    return True


def is_phone_number(text: str) -> bool:
    """Whether a text is an E.164 number of a length that its country has; numbers kept for fiction are."""
    if not _E164.fullmatch(text):
        return False
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(text, None)))
    except phonenumbers.NumberParseException:
        return False


def complaint(attribute: SchemaAttributeType, value: str) -> str | None:
    """Return what is wrong with a value, or None. Never repeats the value."""
    if len(value) > LONGEST_VALUE:
        return f"String must be no longer than {LONGEST_VALUE} characters"
    return _RULES[attribute.attribute_data_type or "String"](attribute, value)


def _string(attribute: SchemaAttributeType, value: str) -> str | None:
    constraints = attribute.string_attribute_constraints
    if constraints and constraints.min_length and len(value) < int(constraints.min_length):
        return f"String must be no shorter than {constraints.min_length} characters"
    if constraints and constraints.max_length and len(value) > int(constraints.max_length):
        return f"String must be no longer than {constraints.max_length} characters"
    if attribute.name == "birthdate" and not (_DATE.fullmatch(value) and _is_instant(value)):
        return "Date must be in the form YYYY-MM-DD"
    return None


def _number(attribute: SchemaAttributeType, value: str) -> str | None:
    if not _NUMBER.fullmatch(value):
        return "Value must be a number"
    constraints = attribute.number_attribute_constraints
    if constraints and constraints.min_value and Decimal(value) < Decimal(constraints.min_value):
        return f"Number must be no less than {constraints.min_value}"
    if constraints and constraints.max_value and Decimal(value) > Decimal(constraints.max_value):
        return f"Number must be no greater than {constraints.max_value}"
    return None


def _date_time(_: SchemaAttributeType, value: str) -> str | None:
    return None if _is_instant(value) else "Value must be a date and time in the form of ISO 8601"


def _boolean(_: SchemaAttributeType, value: str) -> str | None:
    return None if value.lower() in {"true", "false"} else "Value must be true or false"


def _is_instant(value: str) -> bool:
    try:
        datetime.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_RULES: Final[dict[str, Callable[[SchemaAttributeType, str], str | None]]] = {
    "String": _string,
    "Number": _number,
    "DateTime": _date_time,
    "Boolean": _boolean,
}
