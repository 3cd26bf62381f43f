"""NEW_PASSWORD_REQUIRED: the user replaces the temporary password that an administrator chose."""

from typing import Final

import msgspec

from doorward.directory import attributes
from doorward.directory.name_claims import claim_aliases
from doorward.directory.queries import users
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin import sessions
from doorward.signin.passwords import prepare
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sign_in import Challenge, Granted, settle
from doorward.wire.contract import AttributeType
from doorward.wire.errors import InvalidParameterException, NotAuthorizedException

CHALLENGE: Final = "NEW_PASSWORD_REQUIRED"
_PREFIX: Final = "userAttributes."


def new_password_parameters(pool: UserPool, user: User) -> dict[str, str]:
    """Return what the client is told: the user's attributes and which required ones he lacks, as JSON."""
    known = {name: value for name, value in user.attributes.items() if name != "sub"}
    lacking = [f"{_PREFIX}{name}" for name in attributes.missing(pool, user.attributes)]
    return {
        "USER_ID_FOR_SRP": user.username,
        "requiredAttributes": msgspec.json.encode(lacking).decode(),
        "userAttributes": msgspec.json.encode(known).decode(),
    }


def answer_new_password(request: SignInRequest) -> Challenge | Granted:
    """Set the new password and the attributes that came with it, and grant the tokens.

    A new password that may not be ends neither session nor sign-in: the client asks for another one. Raises
    InvalidPasswordException for it, InvalidParameterException for an attribute that is missing or wrong,
    AliasExistsException for a name that leads to another user.
    """
    name, password = request.parameter("USERNAME"), request.parameter("NEW_PASSWORD")
    request.check_client(name)
    call, client, pool = request.call, request.client, request.pool
    guard = call.services.guard
    handle = request.session or ""
    with call.reading() as tx:
        state = sessions.read_session(tx, call, client, CHALLENGE, handle)
        sign_in = identify(tx, request, state.name, state.sub)
    user = sign_in.user
    if user is None or pool.key(name) not in {pool.key(user.username), pool.key(state.name)}:
        raise NotAuthorizedException("Invalid session for the user.")
    compromised = guard.check_password(sign_in.screening, password, "PASSWORD_CHANGE")
    stored = prepare(call, pool, user.username, password, earlier=user.password, compromised=compromised)
    with call.writing() as tx:
        sessions.end_session(tx, client, handle)
        user = users.find_by_sub(tx, pool.id, user.sub)
        if user is None or not user.enabled or user.status != "FORCE_CHANGE_PASSWORD":
            raise NotAuthorizedException("Invalid session for the user.")
        sign_in.user = msgspec.structs.replace(
            user,
            attributes=_with_answers(request, user),
            password=stored,
            status="CONFIRMED",
            modified_at=call.now,
        )
        claim_aliases(tx, pool, sign_in.user, call.now)
        users.change(tx, pool, sign_in.user)
        if state.event_id is not None:
            sign_in.event = guard.complete(tx, pool.id, state.event_id, "Pass")
        tokens = call.services.issuer.grant(
            tx, pool, client, sign_in.user, event_id=state.event_id, now=call.now
        )
    return settle(sign_in, Granted(tokens))


def _with_answers(request: SignInRequest, user: User) -> dict[str, str]:
    given = [
        AttributeType(name=name.removeprefix(_PREFIX), value=value)
        for name, value in request.parameters.items()
        if name.startswith(_PREFIX)
    ]
    answered = attributes.after_update(request.pool, request.client, user.attributes, given)
    if lacking := attributes.missing(request.pool, answered):
        raise InvalidParameterException(
            "Invalid attributes given, " + ", ".join(f"{name} is missing" for name in lacking)
        )
    return answered
