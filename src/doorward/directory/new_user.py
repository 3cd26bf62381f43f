"""A new user: of a sign-up, or made by an administrator."""

from collections.abc import Sequence

from doorward.clock import Instant
from doorward.directory import attributes as rules
from doorward.directory.app_client import AppClient
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.directory.usernames import address_of, check_preferred_username
from doorward.wire.contract import AttributeType, UserStatusType
from doorward.wire.errors import InvalidParameterException


def new_user(
    pool: UserPool,
    username: str,
    given: Sequence[AttributeType],
    *,
    client: AppClient | None,
    status: UserStatusType,
    now: Instant,
    sub: str,
) -> User:
    """Return a new user without a password. `client` is the one that signs him up; None: an administrator.

    Where an address stands in place of the user name, the name that is kept is the `sub`, and the address
    becomes the attribute.

    Raises InvalidParameterException and NotAuthorizedException where the name or an attribute breaks a rule.
    Whether the name is free is `name_claims`' to see.
    """
    address = address_of(pool, username)
    values = rules.at_creation(pool, client, _with_address(given, address, username))
    if (
        client is not None
        and "preferred_username" in pool.alias_attributes
        and "preferred_username" in values
    ):
        raise InvalidParameterException(
            "preferred_username is an alias and can be set only when the user is confirmed."
        )
    check_preferred_username(pool, values)
    return User(
        pool_id=pool.id,
        sub=sub,
        username=username if address is None else sub,
        status=status,
        enabled=True,
        created_at=now,
        modified_at=now,
        attributes={"sub": sub, **values},
    )


def _with_address(
    given: Sequence[AttributeType], address: str | None, username: str
) -> Sequence[AttributeType]:
    if address is None:
        return given
    for attribute in given:
        if attribute.name == address:
            if attribute.value != username:
                raise InvalidParameterException(f"The username and the attribute {address} do not match.")
            return given
    return [AttributeType(name=address, value=username), *given]
