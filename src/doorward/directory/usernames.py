"""The rules for a new user's name, by the kind of pool (UsernameAttributes, AliasAttributes)."""

from collections.abc import Mapping

from doorward.directory.attribute_values import is_email, is_phone_number
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.wire.errors import InvalidParameterException


def address_of(pool: UserPool, username: str) -> str | None:
    """Return which attribute a new user's name is: email or phone_number; None where it is a name of its own.

    Raises InvalidParameterException where the name has not the form that the pool asks for.
    """
    kinds = pool.username_attributes
    if not kinds:
        _check_no_alias_form(pool, "Username", username)
        return None
    if "email" in kinds and is_email(username):
        return "email"
    if "phone_number" in kinds and is_phone_number(username):
        return "phone_number"
    if len(kinds) > 1:
        raise InvalidParameterException("Username should be either an email or a phone number.")
    raise InvalidParameterException(
        "Username should be an email." if kinds == ["email"] else "Username should be a phone number."
    )


def check_preferred_username(pool: UserPool, attributes: Mapping[str, str]) -> None:
    """See that a chosen name cannot be taken for somebody else's address.

    Raises InvalidParameterException where the pool signs users in by both and the name looks like an address.
    """
    name = attributes.get("preferred_username")
    if name and "preferred_username" in pool.alias_attributes:
        _check_no_alias_form(pool, "Preferred username", name)


def known_as(pool: UserPool, user: User) -> str:
    """Return the name that a user knows as his: an address where those stand in place of user names."""
    addresses = (user.attributes.get(kind) for kind in pool.username_attributes)
    return next((address for address in addresses if address), user.username)


def alias_form(pool: UserPool, name: str) -> str | None:
    """Return as which of the pool's aliases a name could be read: email, phone_number or None.

    No user name and no preferred name has such a form.
    """
    if "email" in pool.alias_attributes and is_email(name):
        return "email"
    if "phone_number" in pool.alias_attributes and is_phone_number(name):
        return "phone_number"
    return None


def _check_no_alias_form(pool: UserPool, what: str, name: str) -> None:
    kind = alias_form(pool, name)
    if kind is not None:
        spoken = kind.replace("_", " ")
        raise InvalidParameterException(
            f"{what} cannot be of {spoken} format, since user pool is configured for {spoken} alias."
        )
