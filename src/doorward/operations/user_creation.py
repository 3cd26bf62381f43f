"""AdminCreateUser: an administrator makes a user, who chooses a password of his own at his first sign-in."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.clock import new_uuid
from doorward.directory import attributes, name_claims
from doorward.directory.new_user import new_user
from doorward.directory.password_policy import temporary_password, temporary_password_expiry
from doorward.directory.queries import user_pools, users
from doorward.directory.user import StoredPassword, User
from doorward.directory.user_pool import UserPool
from doorward.messages import outbox
from doorward.messages.compose import compose
from doorward.messages.outbox import Medium
from doorward.operations.second_factors import mfa_options
from doorward.signin import passwords
from doorward.wire.contract import AdminCreateUserRequest, AdminCreateUserResponse, UserType
from doorward.wire.errors import UnsupportedUserStateException, UsernameExistsException

INVITED: Final = "FORCE_CHANGE_PASSWORD"

_ADDRESS_OF: Final[dict[Medium, str]] = {"SMS": "phone_number", "EMAIL": "email"}


def admin_create_user(call: Call, request: AdminCreateUserRequest) -> AdminCreateUserResponse:
    """Make a user with a temporary password and invite him by mail or SMS.

    The password is generated where none is given. MessageAction SUPPRESS sends nothing; RESEND invites an
    existing user again, with a new temporary password. Without DesiredDeliveryMediums the invitation goes to
    the phone number, or to the e-mail address where there is none.

    Raises ResourceNotFoundException for an unknown pool; UsernameExistsException where the name, or an
    address that signs in, is another user's (an alias passes to the new user with ForceAliasCreation);
    InvalidParameterException and InvalidPasswordException where something breaks a rule. RESEND raises
    UserNotFoundException, and UnsupportedUserStateException where the user has chosen his password already.
    """
    if request.message_action == "RESEND":
        return _invite_again(call, request)
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
    user = new_user(
        pool,
        request.username,
        request.user_attributes or [],
        client=None,
        status=INVITED,
        now=call.now,
        sub=new_uuid(),
    )
    # Seen twice: here, so that a taken name is answered before a password is hashed for it.
    with call.reading() as tx:
        _require_free(tx, pool, request.username)
    password = request.temporary_password or temporary_password(passwords.policy(pool))
    user = msgspec.structs.replace(user, password=_kept(call, pool, user, password))
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        _require_free(tx, pool, request.username)
        name_claims.claim_aliases(
            tx,
            pool,
            user,
            call.now,
            force=bool(request.force_alias_creation),
            error=UsernameExistsException,
        )
        users.add(tx, pool, user)
        if request.message_action != "SUPPRESS":
            _invite(tx, call, pool, user, password, request.desired_delivery_mediums)
    return AdminCreateUserResponse(user=to_wire(user))


def to_wire(user: User) -> UserType:
    """Return a user as the administrators' operations show him."""
    return UserType(
        username=user.username,
        attributes=attributes.to_wire(user.attributes),
        user_create_date=user.created_at,
        user_last_modified_date=user.modified_at,
        enabled=user.enabled,
        user_status=user.status,
        mfa_options=mfa_options(user),
    )


def _invite_again(call: Call, request: AdminCreateUserRequest) -> AdminCreateUserResponse:
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = _require_invited(tx, pool, request.username)
    password = request.temporary_password or temporary_password(passwords.policy(pool))
    kept = _kept(call, pool, user, password)
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = msgspec.structs.replace(
            _require_invited(tx, pool, request.username), password=kept, modified_at=call.now
        )
        users.change_password(tx, user)
        _invite(tx, call, pool, user, password, request.desired_delivery_mediums)
    return AdminCreateUserResponse(user=to_wire(user))


def _require_free(tx: Connection, pool: UserPool, username: str) -> None:
    name_claims.require_free_username(tx, pool, username, "User account already exists")


def _require_invited(tx: Connection, pool: UserPool, username: str) -> User:
    user = users.require(tx, pool, username)
    if user.status != INVITED:
        raise UnsupportedUserStateException(f"Resend not possible. {username} status is not {INVITED}")
    return user


def _kept(call: Call, pool: UserPool, user: User, password: str) -> StoredPassword:
    return passwords.prepare(
        call,
        pool,
        user.username,
        password,
        earlier=user.password,
        expires_at=temporary_password_expiry(passwords.policy(pool), call.now),
    )


def _invite(
    tx: Connection,
    call: Call,
    pool: UserPool,
    user: User,
    password: str,
    desired: Sequence[Medium] | None,
) -> None:
    for medium in _media(user, desired):
        message = compose(
            pool,
            user,
            kind="invitation",
            medium=medium,
            destination=user.attributes[_ADDRESS_OF[medium]],
            code=password,
            now=call.now,
        )
        outbox.put(tx, call.services.keyring, message)


def _media(user: User, desired: Sequence[Medium] | None) -> list[Medium]:
    """Return which of the desired media reach the user; by default the first that does."""
    reached = [
        medium
        for medium, address in _ADDRESS_OF.items()
        if user.attributes.get(address) and (not desired or medium in desired)
    ]
    return reached if desired else reached[:1]
