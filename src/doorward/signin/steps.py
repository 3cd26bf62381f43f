"""The steps of a sign-in, each with one question. Their order is in `FROM_CREDENTIALS`.

A step answers, or returns None: go on. Steps run inside the operation's one writing transaction, so that
what one of them decides cannot have changed when the next one acts on it.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.directory.queries import users
from doorward.history.auth_event import ChallengeResponse
from doorward.protection.learning import is_reported
from doorward.protection.screening import Demand
from doorward.protection.unblocking import is_still_open
from doorward.signin import lockout, queries
from doorward.signin.device_steps import ask_device_proof, demand_with_device
from doorward.signin.endings import ask, grant, refuse
from doorward.signin.held_factors import held_factors
from doorward.signin.new_password_challenge import new_password_parameters
from doorward.signin.password_check import keep_password_check
from doorward.signin.passwords import NEVER_CHECKED, UNCHECKED
from doorward.signin.refusals import (
    BLOCKED,
    INCORRECT,
    INVALID,
    LOCKED,
    RESET_FOR_SECURITY,
    reset_required,
)
from doorward.signin.second_factor_steps import ask_second_factor
from doorward.signin.second_factors import FACTORS
from doorward.signin.sign_in import Answer, SignIn, Step
from doorward.wire.errors import (
    CognitoError,
    NotAuthorizedException,
    PasswordResetRequiredException,
    UserNotConfirmedException,
    UserNotFoundException,
)

WAY_CLOSED: Final = "the way out was another sign-in's meanwhile, or its time was over"
REPORTED: Final = "it was reported as somebody else's while it waited"
NO_FACTOR: Final = "The user pool requires a second factor, and the user holds none."

PASSWORD_RIGHT: Final = ChallengeResponse("Password", "Success")
PASSWORD_WRONG: Final = ChallengeResponse("Password", "Failure")


def refuse_blocked_address(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Does the pool refuse this address whatever else is true?"""
    if not sign_in.screening.blocked:
        return None
    sign_in.verdict = sign_in.call.services.guard.block(sign_in.screening)
    # Whoever answers a challenge from here may have stolen the session: it stays its owner's, and so does his event.
    sign_in.answers, sign_in.event_id = None, None
    return refuse(tx, sign_in, NotAuthorizedException(BLOCKED))


def refuse_while_locked(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Did too many wrong passwords come just before? Then even the right one is not looked at."""
    state = queries.lockout(tx, sign_in.pool.id, sign_in.lockout_subject)
    if not lockout.is_locked(state, sign_in.call.now):
        return None
    return refuse(tx, sign_in, NotAuthorizedException(LOCKED))


def refuse_unknown_name(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Does the name lead to nobody, and may the client know that before a password is shown (SRP)?"""
    if sign_in.user is not None or sign_in.client.hides_who_exists:
        return None
    return refuse(tx, sign_in, UserNotFoundException("User does not exist."))


def check_credential(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Were the credentials right, and are they still the user's?"""
    _read_again(tx, sign_in)
    pool_id, subject, now = sign_in.pool.id, sign_in.lockout_subject, sign_in.call.now
    if sign_in.proven:
        queries.forget_lockout(tx, pool_id, subject)
        sign_in.proofs = ("password",)
        sign_in.answered.append(PASSWORD_RIGHT)
        return None
    failures = lockout.after_failure(queries.lockout(tx, pool_id, subject), now)
    queries.keep_lockout(tx, pool_id, subject, failures)
    sign_in.answered.append(PASSWORD_WRONG)
    error: CognitoError = NotAuthorizedException(INCORRECT)
    if sign_in.user is None and not sign_in.client.hides_who_exists:
        error = UserNotFoundException("User does not exist.")
    return refuse(tx, sign_in, error)


def refuse_unusable_user(tx: Connection, sign_in: SignIn) -> Answer | None:
    """May this user sign in at all, now that he has shown who he is?"""
    user, now = sign_in.known_user, sign_in.call.now
    if not user.enabled:
        return refuse(tx, sign_in, NotAuthorizedException("User is disabled."))
    if user.status == "UNCONFIRMED":
        return refuse(tx, sign_in, UserNotConfirmedException("User is not confirmed."))
    if must_reset := reset_required(user):
        return refuse(tx, sign_in, must_reset)
    # Whoever shows something else than the password may do so when a temporary one has expired.
    expires_at = user.password.expires_at if user.password and "password" in sign_in.proofs else None
    if expires_at is not None and expires_at <= now:
        error = NotAuthorizedException(
            "Temporary password has expired and must be reset by an administrator."
        )
        return refuse(tx, sign_in, error)
    return None


def refuse_compromised_password(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Is the password known from breaches, and does the pool act on that?

    The user must then choose another one: ForgotPassword and ConfirmForgotPassword are the way out.
    """
    if sign_in.compromised.refuse:
        why = UNCHECKED if sign_in.checked else NEVER_CHECKED
        return refuse(tx, sign_in, NotAuthorizedException(why))
    if not sign_in.compromised.block:
        return None
    sign_in.user = msgspec.structs.replace(
        sign_in.known_user, status="RESET_REQUIRED", modified_at=sign_in.call.now
    )
    users.change_password(tx, sign_in.user)
    return refuse(tx, sign_in, PasswordResetRequiredException(RESET_FOR_SECURITY))


def respond_to_risk(tx: Connection, sign_in: SignIn) -> Answer | None:
    """How risky is the attempt, what does the pool do at that level, and what of every user at any?

    A block and a refusal look the same. What else is asked of the user is pending from here on.
    """
    held = held_factors(sign_in.pool, sign_in.known_user, sign_in.proofs)
    sign_in.verdict = verdict = sign_in.call.services.guard.assess(tx, sign_in.screening, held)
    # A claimed device proves itself at the end. What is asked before is what is asked if it does; what is written
    # down is what is known now.
    owes = sign_in.owes_device_proof
    return act_on(tx, sign_in, demand_with_device(tx, sign_in, held) if owes else verdict.demand)


def act_on(tx: Connection, sign_in: SignIn, demand: Demand) -> Answer | None:
    """Do what the verdict demands; what is asked of the user, and not shown yet, is pending."""
    sign_in.let_in = sign_in.verdict is not None and sign_in.verdict.let_in
    match demand:
        case "refuse" | "block":
            risky = sign_in.verdict is not None and sign_in.verdict.risky
            return refuse(tx, sign_in, NotAuthorizedException(BLOCKED if risky else NO_FACTOR))
        case "mfa" if any(factor in sign_in.proofs for factor in FACTORS):
            sign_in.pending = "allow"
        case _:
            sign_in.pending = demand
    return None


def refuse_closed_way(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Was a block lifted for the sign-in, by a way out that another one has used since, or whose time is over?

    It is asked before the answer to a challenge is looked at, so that nothing is set or set up by who is not let in.
    """
    if not sign_in.let_in or is_still_open(tx, sign_in.screening):
        return None
    return refuse(tx, sign_in, NotAuthorizedException(BLOCKED), WAY_CLOSED)


def refuse_reported(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Has the user, or an administrator, said while it waited that this is somebody else's sign-in?

    It is asked before the answer to a challenge is looked at, in every mode: a session that had begun would have ended.
    """
    if not is_reported(tx, sign_in.pool.id, sign_in.event_id):
        return None
    return refuse(tx, sign_in, NotAuthorizedException(INVALID), REPORTED)


def demand_new_password(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Is the password that was shown a temporary one, which an administrator chose?"""
    if sign_in.known_user.status != "FORCE_CHANGE_PASSWORD" or "password" not in sign_in.proofs:
        return None
    parameters = new_password_parameters(sign_in.pool, sign_in.known_user)
    return ask(tx, sign_in, "NEW_PASSWORD_REQUIRED", parameters)


def grant_tokens(tx: Connection, sign_in: SignIn) -> Answer:
    """All is well: here are the tokens, unless the device owes the proof of its secret."""
    return ask_device_proof(tx, sign_in) if sign_in.owes_device_proof else grant(tx, sign_in)


BEFORE_CREDENTIALS: tuple[Step, ...] = (refuse_blocked_address, refuse_while_locked)
"""What needs no proof of who it is."""

FROM_NEW_PASSWORD: tuple[Step, ...] = (ask_second_factor, grant_tokens)
"""A sign-in whose password is the user's own."""

FROM_FIRST_FACTOR: tuple[Step, ...] = (refuse_unusable_user, respond_to_risk, *FROM_NEW_PASSWORD)
"""A sign-in without a password, from the moment its first factor was right."""

PROVE_PASSWORD: tuple[Step, ...] = (
    *BEFORE_CREDENTIALS,
    check_credential,
    keep_password_check,
    refuse_unusable_user,
    refuse_compromised_password,
)
"""Whether the password that was shown is good for anything."""

FROM_CREDENTIALS: tuple[Step, ...] = (
    *PROVE_PASSWORD,
    respond_to_risk,
    demand_new_password,
    *FROM_NEW_PASSWORD,
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
