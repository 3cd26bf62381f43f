"""Answering NEW_PASSWORD_REQUIRED: the user replaces the temporary password that an administrator chose."""

import msgspec
from sqlalchemy import Connection

from doorward.breach.check import CompromisedCheck
from doorward.directory import attributes
from doorward.directory.name_claims import claim_aliases
from doorward.directory.queries import users
from doorward.directory.user import StoredPassword, User
from doorward.signin import sessions
from doorward.signin.new_password_challenge import ATTRIBUTE_PREFIX, CHALLENGE
from doorward.signin.passwords import UNCHECKED, prepare
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sessions import SessionState
from doorward.signin.sign_in import Answer, Challenge, Granted, SignIn, settle, walk
from doorward.signin.steps import refuse_blocked_address
from doorward.wire.contract import AttributeType
from doorward.wire.errors import InvalidParameterException, NotAuthorizedException


def answer_new_password(request: SignInRequest) -> Challenge | Granted:
    """Set the new password and the attributes that came with it, and grant the tokens.

    A new password that may not be ends neither session nor sign-in: the client asks for another one. Raises
    InvalidPasswordException for it, InvalidParameterException for an attribute that is missing or wrong,
    AliasExistsException for an address by which another user signs in.
    """
    name, password = request.username(), request.parameter("NEW_PASSWORD")
    request.check_client(name)
    call, client, pool = request.call, request.client, request.pool
    handle = request.session or ""
    with call.reading() as tx:
        state = sessions.read_session(tx, call, client, CHALLENGE, handle)
        sign_in = identify(tx, request, state.name, state.sub)
    user = _waiting(sign_in.user, state)
    if pool.key(name) not in {pool.key(user.username), pool.key(state.name)}:
        raise NotAuthorizedException("Invalid session for the user.")
    compromised = call.services.guard.check_password(sign_in.screening, password, "PASSWORD_CHANGE")
    if compromised.block or compromised.refuse:
        _note(request, state, compromised)
    if compromised.refuse:
        raise NotAuthorizedException(UNCHECKED)
    stored = prepare(call, pool, user.username, password, earlier=user.password, compromised=compromised)

    def set_password(tx: Connection, sign_in: SignIn) -> Answer:
        sessions.end_session(tx, client, handle)
        present = _waiting(users.find_by_sub(tx, pool.id, user.sub), state)
        sign_in.user = _with_password(tx, request, present, stored)
        if state.event_id is not None:
            guard = call.services.guard
            sign_in.event = guard.complete(tx, pool.id, state.event_id, "Pass", compromised)
        issuer = call.services.issuer
        return Granted(issuer.grant(tx, pool, client, sign_in.user, event_id=state.event_id, now=call.now))

    with call.writing() as tx:
        answer = walk(tx, sign_in, (refuse_blocked_address, set_password))
    return settle(sign_in, answer)


def _waiting(user: User | None, state: SessionState) -> User:
    """Return the user, where the temporary password that the session began with is still his."""
    if (
        user is None
        or user.password is None
        or not user.enabled
        or user.status != "FORCE_CHANGE_PASSWORD"
        or user.password.digest != state.password_digest
    ):
        raise NotAuthorizedException("Invalid session for the user.")
    return user


def _note(request: SignInRequest, state: SessionState, compromised: CompromisedCheck) -> None:
    """Write into the event what kept a new password from being taken; the sign-in goes on waiting."""
    if state.event_id is not None:
        with request.call.writing() as tx:
            guard = request.call.services.guard
            guard.complete(tx, request.pool.id, state.event_id, "InProgress", compromised)


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
