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
from doorward.signin import assessed, passwords
from doorward.signin.assessed import Assessed
from doorward.signin.first_factors import CODE_ADDRESS, Chooser, can_begin_with_code
from doorward.wire.contract import AdminCreateUserRequest, AdminCreateUserResponse, UserType
from doorward.wire.errors import (
    InternalErrorException,
    UnsupportedUserStateException,
    UsernameExistsException,
)

INVITED: Final = "FORCE_CHANGE_PASSWORD"

_DRAWS: Final = 8
"""How often a generated password is drawn anew before it is the corpus that cannot be right."""

_ADDRESS_OF: Final[dict[Medium, str]] = {"SMS": "phone_number", "EMAIL": "email"}


def admin_create_user(call: Call, request: AdminCreateUserRequest) -> AdminCreateUserResponse:
    """Make a user with a temporary password and invite him by mail or SMS.

    The password is generated where none is given; a user who can sign in with a code to a verified address gets
    none then, and is confirmed at once. MessageAction SUPPRESS sends nothing; RESEND invites an
    existing user again, with a new temporary password. Without DesiredDeliveryMediums the invitation goes to
    the phone number, or to the e-mail address where there is none.

    A password that the administrator chose is checked as a sign-up is, under the pool's configuration; a
    generated one that turns out to be known is drawn again.

    Raises ResourceNotFoundException for an unknown pool; UsernameExistsException where the name, or an
    address that signs in, is another user's (an alias passes to the new user with ForceAliasCreation);
    InvalidParameterException and InvalidPasswordException where something breaks a rule, or the password is
    known from breaches; NotAuthorizedException where the corpus cannot be read and the settings would rather
    refuse. RESEND raises UserNotFoundException, and UnsupportedUserStateException where the user has chosen
    his password already.
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
        attempt = assessed.begin_by_administrator(tx, call, pool, "SignUp", request.username, None)
    password = ""
    if request.temporary_password or not _needs_no_password(pool, user):
        password, kept = _password(attempt, pool, user, request.temporary_password)
        user = msgspec.structs.replace(user, password=kept)
    else:
        user = msgspec.structs.replace(user, status="CONFIRMED")
    with call.writing() as tx:
        if attempt.refusal is None:
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
        assessed.record_find(tx, attempt, user=user if attempt.refusal is None else None)
    assessed.settle(attempt)
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
        attempt = assessed.begin_by_administrator(tx, call, pool, "SignUp", user.username, user)
    password, kept = _password(attempt, pool, user, request.temporary_password)
    with call.writing() as tx:
        if attempt.refusal is None:
            pool = user_pools.require(tx, request.user_pool_id)
            user = msgspec.structs.replace(
                _require_invited(tx, pool, request.username), password=kept, modified_at=call.now
            )
            users.change_password(tx, user)
            _invite(tx, call, pool, user, password, request.desired_delivery_mediums)
        assessed.record_find(tx, attempt)
    assessed.settle(attempt)
    return AdminCreateUserResponse(user=to_wire(user))


def _require_free(tx: Connection, pool: UserPool, username: str) -> None:
    name_claims.require_free_username(tx, pool, username, "User account already exists")


def _require_invited(tx: Connection, pool: UserPool, username: str) -> User:
    user = users.require(tx, pool, username)
    if user.status != INVITED:
        raise UnsupportedUserStateException(f"Resend not possible. {username} status is not {INVITED}")
    return user


def _needs_no_password(pool: UserPool, user: User) -> bool:
    """Say whether the user could sign in with a code alone, as soon as he is confirmed."""
    confirmed = msgspec.structs.replace(user, status="CONFIRMED")
    return any(
        can_begin_with_code(pool, Chooser(confirmed, has_password=False), factor) for factor in CODE_ADDRESS
    )


def _password(
    attempt: Assessed, pool: UserPool, user: User, chosen: str | None
) -> tuple[str, StoredPassword | None]:
    """Return the temporary password and what is kept of it: nothing where the attempt is refused for it."""
    if chosen:
        passwords.check_policy(pool, chosen)
        assessed.look_up(attempt, chosen, "SIGN_UP")
        return chosen, _kept(attempt, pool, user, chosen) if attempt.refusal is None else None
    for _ in range(_DRAWS):
        drawn = temporary_password(passwords.policy(pool))
        kept = _kept(attempt, pool, user, drawn)
        if not kept.compromised:
            return drawn, kept
    raise InternalErrorException("The corpus knows every password that is drawn.")


def _kept(attempt: Assessed, pool: UserPool, user: User, password: str) -> StoredPassword:
    return passwords.prepare(
        attempt.call,
        pool,
        user.username,
        password,
        earlier=user.password,
        expires_at=temporary_password_expiry(passwords.policy(pool), attempt.call.now),
        compromised=attempt.compromised,
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
            kind="invitation" if password else "welcome",
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
