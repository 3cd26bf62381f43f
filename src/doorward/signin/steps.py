"""The steps of a sign-in, each with one question. Their order is in `FROM_CREDENTIALS`.

A step answers, or returns None: go on. Steps run inside the operation's one writing transaction, so that
what one of them decides cannot have changed when the next one acts on it.
"""

import msgspec
from sqlalchemy import Connection

from doorward.directory.queries import users
from doorward.history.auth_event import ChallengeResponse, EventResponse
from doorward.signin import lockout, queries, sessions
from doorward.signin.new_password_challenge import new_password_parameters
from doorward.signin.password_check import keep_password_check
from doorward.signin.passwords import UNCHECKED
from doorward.signin.sign_in import Answer, Challenge, Granted, Refusal, SignIn, Step
from doorward.wire.errors import (
    CognitoError,
    NotAuthorizedException,
    PasswordResetRequiredException,
    UserNotConfirmedException,
    UserNotFoundException,
)

RESET_FOR_SECURITY = "Password reset required for user due to security reasons"

PASSWORD_RIGHT = ChallengeResponse("Password", "Success")
PASSWORD_WRONG = ChallengeResponse("Password", "Failure")


def refuse_blocked_address(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Does the pool refuse this address whatever else is true?"""
    if not sign_in.screening.blocked:
        return None
    sign_in.verdict = sign_in.call.services.guard.block(sign_in.screening)
    return _refuse(tx, sign_in, NotAuthorizedException("Unable to login because of security reasons"), [])


def refuse_while_locked(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Did too many wrong passwords come just before? Then even the right one is not looked at."""
    state = queries.lockout(tx, sign_in.pool.id, sign_in.lockout_subject)
    if not lockout.is_locked(state, sign_in.call.now):
        return None
    return _refuse(tx, sign_in, NotAuthorizedException("Password attempts exceeded"), [])


def refuse_unknown_name(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Does the name lead to nobody, and may the client know that before a password is shown (SRP)?"""
    if sign_in.user is not None or sign_in.client.hides_who_exists:
        return None
    return _refuse(tx, sign_in, UserNotFoundException("User does not exist."), [])


def check_credential(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Were the credentials right, and are they still the user's?"""
    _read_again(tx, sign_in)
    pool_id, subject, now = sign_in.pool.id, sign_in.lockout_subject, sign_in.call.now
    if sign_in.proven:
        queries.forget_lockout(tx, pool_id, subject)
        return None
    failures = lockout.after_failure(queries.lockout(tx, pool_id, subject), now)
    queries.keep_lockout(tx, pool_id, subject, failures)
    error: CognitoError = NotAuthorizedException("Incorrect username or password.")
    if sign_in.user is None and not sign_in.client.hides_who_exists:
        error = UserNotFoundException("User does not exist.")
    return _refuse(tx, sign_in, error, [PASSWORD_WRONG])


def refuse_unusable_user(tx: Connection, sign_in: SignIn) -> Answer | None:
    """May this user sign in at all, now that he has shown who he is?"""
    user, now = sign_in.known_user, sign_in.call.now
    if not user.enabled:
        return _refuse(tx, sign_in, NotAuthorizedException("User is disabled."), [PASSWORD_RIGHT])
    if user.status == "UNCONFIRMED":
        return _refuse(tx, sign_in, UserNotConfirmedException("User is not confirmed."), [PASSWORD_RIGHT])
    if user.status == "RESET_REQUIRED":
        leaked = user.password is not None and user.password.compromised
        why = RESET_FOR_SECURITY if leaked else "Password reset required for the user"
        return _refuse(tx, sign_in, PasswordResetRequiredException(why), [PASSWORD_RIGHT])
    expires_at = user.password.expires_at if user.password else None
    if expires_at is not None and expires_at <= now:
        error = NotAuthorizedException(
            "Temporary password has expired and must be reset by an administrator."
        )
        return _refuse(tx, sign_in, error, [PASSWORD_RIGHT])
    return None


def refuse_compromised_password(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Is the password known from breaches, and does the pool act on that?

    The user must then choose another one: ForgotPassword and ConfirmForgotPassword are the way out.
    """
    if sign_in.compromised.refuse:
        return _refuse(tx, sign_in, NotAuthorizedException(UNCHECKED), [PASSWORD_RIGHT])
    if not sign_in.compromised.block:
        return None
    sign_in.user = msgspec.structs.replace(
        sign_in.known_user, status="RESET_REQUIRED", modified_at=sign_in.call.now
    )
    users.change_password(tx, sign_in.user)
    return _refuse(tx, sign_in, PasswordResetRequiredException(RESET_FOR_SECURITY), [PASSWORD_RIGHT])


def respond_to_risk(tx: Connection, sign_in: SignIn) -> Answer | None:
    """How risky is the attempt, and what does the pool do at that level?"""
    guard = sign_in.call.services.guard
    sign_in.verdict = guard.assess(tx, sign_in.screening)
    if sign_in.verdict.allows:
        return None
    error = NotAuthorizedException("Unable to login because of security reasons")
    return _refuse(tx, sign_in, error, [PASSWORD_RIGHT])


def refuse_without_second_factor(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Does the pool demand a second factor of everybody? No user can hold one yet."""
    if sign_in.pool.mfa_configuration != "ON":
        return None
    error = NotAuthorizedException("The user pool requires a second factor, and the user holds none.")
    return _refuse(tx, sign_in, error, [PASSWORD_RIGHT])


def demand_new_password(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Is the password a temporary one, which an administrator chose?"""
    if sign_in.known_user.status != "FORCE_CHANGE_PASSWORD":
        return None
    _record(tx, sign_in, "InProgress", [PASSWORD_RIGHT])
    password = sign_in.known_user.password
    session = sessions.open_session(
        tx,
        sign_in.call,
        sign_in.client,
        sessions.SessionState(
            challenge="NEW_PASSWORD_REQUIRED",
            pool_id=sign_in.pool.id,
            client_id=sign_in.client.id,
            name=sign_in.name,
            sub=sign_in.known_user.sub,
            event_id=sign_in.event.event_id if sign_in.event else None,
            password_digest=password.digest if password else None,
        ),
    )
    parameters = new_password_parameters(sign_in.pool, sign_in.known_user)
    return Challenge("NEW_PASSWORD_REQUIRED", session, parameters)


def grant_tokens(tx: Connection, sign_in: SignIn) -> Answer:
    """All is well: here are the tokens."""
    _record(tx, sign_in, "Pass", [PASSWORD_RIGHT])
    tokens = sign_in.call.services.issuer.grant(
        tx,
        sign_in.pool,
        sign_in.client,
        sign_in.known_user,
        event_id=sign_in.event.event_id if sign_in.event else None,
        now=sign_in.call.now,
    )
    return Granted(tokens)


BEFORE_CREDENTIALS: tuple[Step, ...] = (refuse_blocked_address, refuse_while_locked)
"""What needs no proof of who it is."""

FROM_CREDENTIALS: tuple[Step, ...] = (
    *BEFORE_CREDENTIALS,
    check_credential,
    keep_password_check,
    refuse_unusable_user,
    refuse_compromised_password,
    respond_to_risk,
    refuse_without_second_factor,
    demand_new_password,
    grant_tokens,
)
"""A sign-in from the moment its credentials have been looked at."""


def _read_again(tx: Connection, sign_in: SignIn) -> None:
    """See the user as he is now: between the proof and this transaction his password may have changed."""
    if sign_in.user is None:
        return
    sign_in.user = users.find_by_sub(tx, sign_in.pool.id, sign_in.user.sub)
    password = sign_in.user.password if sign_in.user else None
    if password is None or password.digest != sign_in.password_digest:
        sign_in.proven = False
    if sign_in.proven and sign_in.user and password and sign_in.replacement_digest:
        sign_in.user = msgspec.structs.replace(
            sign_in.user, password=msgspec.structs.replace(password, digest=sign_in.replacement_digest)
        )
        users.change_password(tx, sign_in.user)


def _refuse(
    tx: Connection, sign_in: SignIn, error: CognitoError, challenges: list[ChallengeResponse]
) -> Refusal:
    _record(tx, sign_in, "Fail", challenges)
    return Refusal(error)


def _record(
    tx: Connection, sign_in: SignIn, response: EventResponse, challenges: list[ChallengeResponse]
) -> None:
    sign_in.event = sign_in.call.services.guard.record(
        tx,
        sign_in.screening,
        response=response,
        challenges=challenges,
        verdict=sign_in.verdict,
        compromised=sign_in.compromised,
    )
