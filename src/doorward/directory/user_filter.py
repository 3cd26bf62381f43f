"""The filter of ListUsers: `attribute = "value"` or `attribute ^= "beginning"`.

Grammar: developer guide, how-to-manage-user-accounts. Quotation marks and backslashes in the value are
escaped with a backslash.
"""

import re
from typing import Final, Literal

import msgspec

from doorward.wire.errors import InvalidParameterException

SEARCHABLE: Final = frozenset(
    {
        "username",
        "email",
        "phone_number",
        "name",
        "given_name",
        "family_name",
        "preferred_username",
        "cognito:user_status",
        "status",
        "sub",
    }
)
"""What can be searched for. `cognito:user_status` is the user's status, `status` is Enabled or Disabled."""

_FILTER: Final = re.compile(r'\s*([^\s"=^]+)\s*(\^?=)\s*"((?:[^"\\]|\\["\\])*)"\s*', re.DOTALL)
_ESCAPED: Final = re.compile(r'\\(["\\])')


class UserFilter(msgspec.Struct, frozen=True):
    """What a user's attribute must be (`=`), or begin with (`^=`)."""

    attribute: str
    operator: Literal["=", "^="]
    value: str

    def holds(self, value: str) -> bool:
        """Whether a value passes. Exact: who ignores case folds both sides."""
        return value == self.value if self.operator == "=" else value.startswith(self.value)


def parse_filter(text: str) -> UserFilter | None:
    """Return what a filter says; None where it is blank and lets everybody pass.

    Raises InvalidParameterException where it does not parse, or names what cannot be searched for.
    """
    if not text.strip():
        return None
    found = _FILTER.fullmatch(text)
    if found is None:
        raise InvalidParameterException("Error while parsing filter.")
    attribute, operator, value = found.groups()
    if attribute not in SEARCHABLE:
        raise InvalidParameterException(f"Invalid search attribute: {attribute}")
    return UserFilter(attribute, "=" if operator == "=" else "^=", _ESCAPED.sub(r"\1", value))
