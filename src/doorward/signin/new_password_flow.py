"""Answering NEW_PASSWORD_REQUIRED: the user replaces the temporary password that an administrator chose."""

import msgspec
from sqlalchemy import Connection

from doorward.directory import attributes
from doorward.directory.name_claims import claim_aliases
from doorward.directory.queries import users
from doorward.directory.user import StoredPassword, User
from doorward.signin.endings import note
from doorward.signin.new_password_challenge import ATTRIBUTE_PREFIX, CHALLENGE
from doorward.signin.passwords import UNCHECKED, prepare
from doorward.signin.refusals import INVALID
from doorward.signin.request import SignInRequest
from doorward.signin.resuming import MAY_GO_ON, resumed
from doorward.signin.sign_in import Challenge, Granted, SignIn, settle, walk
from doorward.signin.steps import FROM_NEW_PASSWORD
from doorward.wire.contract import AttributeType
from doorward.wire.errors import InvalidParameterException, NotAuthorizedException


def answer_new_password(request: SignInRequest) -> Challenge | Granted:
    """Set the new password and the attributes that came with it, and go on: a second factor may follow.

    A new password that may not be ends neither session nor sign-in: the client asks for another one. Raises
    InvalidPasswordException for it, InvalidParameterException for an attribute that is missing or wrong,
    AliasExistsException for an address by which another user signs in.
    """
    password = request.parameter("NEW_PASSWORD")
    call, pool = request.call, request.pool
    with call.reading() as tx:
        sign_in = resumed(tx, request, CHALLENGE)
    user = _waiting(sign_in.user, sign_in.password_digest)
    compromised = call.services.known_passwords.check(sign_in.screening, password, "PASSWORD_CHANGE")
    sign_in.compromised = compromised
    if compromised.block or compromised.refuse:
        with call.writing() as tx:
            note(tx, sign_in)
    if compromised.refuse:
        raise NotAuthorizedException(UNCHECKED)
    stored = prepare(call, pool, user.username, password, earlier=user.password, compromised=compromised)

    def set_password(tx: Connection, sign_in: SignIn) -> None:
        present = _waiting(sign_in.user, sign_in.password_digest)
        sign_in.user = _with_password(tx, request, present, stored)
        sign_in.password_digest = stored.digest

    with call.writing() as tx:
        answer = walk(tx, sign_in, (*MAY_GO_ON, set_password, *FROM_NEW_PASSWORD))
    return settle(sign_in, answer)


def _waiting(user: User | None, password_digest: str | None) -> User:
    """Return the user, where the temporary password that the session began with is still his."""
    if (
        user is None
        or user.password is None
        or not user.enabled
        or user.status != "FORCE_CHANGE_PASSWORD"
        or user.password.digest != password_digest
    ):
        raise NotAuthorizedException(INVALID)
    return user


def _with_password(tx: Connection, request: SignInRequest, user: User, stored: StoredPassword) -> User:
    changed = msgspec.structs.replace(
        user.with_attributes(_with_answers(request, user)),
        password=stored,
        status="CONFIRMED",
        modified_at=request.call.now,
    )
    claim_aliases(tx, request.pool, changed, request.call.now)
    users.change(tx, request.pool, changed)
    return changed


def _with_answers(request: SignInRequest, user: User) -> dict[str, str]:
    given = [
        AttributeType(name=name.removeprefix(ATTRIBUTE_PREFIX), value=value)
        for name, value in request.parameters.items()
        if name.startswith(ATTRIBUTE_PREFIX)
    ]
    answered = attributes.after_update(request.pool, request.client, user.attributes, given)
    if lacking := attributes.missing(request.pool, answered):
        raise InvalidParameterException(
            "Invalid attributes given, " + ", ".join(f"{name} is missing" for name in lacking)
        )
    return answered
