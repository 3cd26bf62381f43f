"""Whose a name is: two users of a pool never answer to the same one."""

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.directory.queries import users
from doorward.directory.sign_in_names import sign_in_names
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.directory.usernames import check_preferred_username
from doorward.wire.errors import AliasExistsException, CognitoError, UsernameExistsException


def require_free_username(tx: Connection, pool: UserPool, username: str, message: str) -> None:
    """See that a name for a new user leads to nobody yet: as user name, as alias, or as a `sub`.

    Raises UsernameExistsException with the message.
    """
    if users.find(tx, pool, username) is not None:
        raise UsernameExistsException(message)


def claim_aliases(
    tx: Connection,
    pool: UserPool,
    user: User,
    now: Instant,
    *,
    force: bool = False,
    error: type[CognitoError] = AliasExistsException,
) -> None:
    """See that the addresses and the preferred name that a user is about to sign in with are his.

    Call it before the user is kept. With `force` (ForceAliasCreation) a verified address passes from its
    present holder, in whose account it is marked as not verified.

    Raises `error` where another user holds one of them, and InvalidParameterException where the preferred
    name could be taken for somebody's address.
    """
    check_preferred_username(pool, user.attributes)
    for kind, value in _aliases(pool, user):
        other = _holder(tx, pool, kind, value)
        if other is None or other.sub == user.sub:
            continue
        if not (force and _can_pass(pool, kind)):
            raise error(f"An account with the given {kind} already exists.")
        users.change(
            tx,
            pool,
            msgspec.structs.replace(
                other,
                attributes=other.attributes | {f"{kind}_verified": "false"},
                modified_at=now,
            ),
        )


def _aliases(pool: UserPool, user: User) -> list[tuple[str, str]]:
    kinds = {kind for kind, _ in sign_in_names(pool, user)}
    return [(kind, user.attributes[kind]) for kind in sorted(kinds)]


def _holder(tx: Connection, pool: UserPool, kind: str, value: str) -> User | None:
    # A preferred name must not be anybody's name of any kind: it would lead to one user today and to another
    # tomorrow. An address cannot be a user name (`usernames`), so its own kind is enough.
    if kind == "preferred_username":
        return users.find(tx, pool, value)
    sub = users.holder(tx, pool, kind, value)
    return users.find_by_sub(tx, pool.id, sub) if sub else None


def _can_pass(pool: UserPool, kind: str) -> bool:
    return kind in pool.alias_attributes and kind != "preferred_username"
