"""Signing in by challenges that the pool's own functions put and judge: CUSTOM_AUTH and CUSTOM_CHALLENGE."""

from typing import Final

from sqlalchemy import Connection

from doorward.signin import sessions
from doorward.signin.attempts import spend_attempt
from doorward.signin.custom_rounds import (
    BEGINNING,
    CHALLENGE,
    SRP_BEGUN,
    conclude,
    decide,
    go_on_from_answer,
    guessing,
    subject_of,
)
from doorward.signin.endings import refuse
from doorward.signin.known_devices import claim_device
from doorward.signin.refusals import INVALID
from doorward.signin.request import SignInRequest, identify
from doorward.signin.resuming import refuse_changed_user, resumed
from doorward.signin.sessions import CustomRounds
from doorward.signin.sign_in import Answer, Challenge, Granted, Refusal, SignIn, settle, take
from doorward.signin.srp_flow import begin_srp
from doorward.signin.steps import (
    BEFORE_CREDENTIALS,
    refuse_blocked_address,
    refuse_reported,
    refuse_unknown_name,
)
from doorward.triggers.auth_challenge import check_configured
from doorward.wire.errors import (
    InvalidParameterException,
    NotAuthorizedException,
    TooManyRequestsException,
)

WITH_PASSWORD: Final = "SRP_A"
"""CHALLENGE_NAME of a sign-in that begins with the password."""
TOO_MANY_BEGUN: Final = "Too many sign-ins were begun for the user. Try again later."


def begin_custom(request: SignInRequest) -> Challenge | Granted:
    """Begin with the functions' first challenge, or with the password where CHALLENGE_NAME is SRP_A.

    A name that leads to nobody takes the same way, and the functions are told so. Raises InvalidParameterException
    where the pool has no functions for it, TooManyRequestsException where the hour's share is begun, and as calls of
    functions do (`doorward.triggers.auth_challenge`).
    """
    name = request.username()
    first = request.parameters.get("CHALLENGE_NAME") or CHALLENGE
    if first not in {CHALLENGE, WITH_PASSWORD}:
        raise InvalidParameterException(f"CHALLENGE_NAME is neither {CHALLENGE} nor {WITH_PASSWORD}.")
    if first == WITH_PASSWORD:
        request.parameter("SRP_A")
    request.check_client(name)
    check_configured(request.pool)
    answered = (SRP_BEGUN,) if first == WITH_PASSWORD else ()
    rounds = CustomRounds(answered=answered)
    with request.call.reading() as tx:
        sign_in = identify(tx, request, name, custom=rounds)
        claim_device(tx, sign_in, request.parameters.get("DEVICE_KEY"))
    with request.call.writing() as tx:
        refused = take(tx, sign_in, (*BEFORE_CREDENTIALS, refuse_unknown_name, count_beginning))
    if refused is not None:
        return settle(sign_in, refused)
    decided = decide(subject_of(request, sign_in), answered)
    if decided.password:
        return begin_srp(request, rounds)
    return conclude(request, sign_in, answered, decided)


def answer_custom(request: SignInRequest) -> Challenge | Granted:
    """Have an answer judged by the functions, and do what they decide next.

    The session ends before they are asked: of answers that come at once, one is looked at. Raises
    NotAuthorizedException for a session that is not that of this challenge, client and user, or has ended; while
    wrong answers lock the user, and where the functions fail the sign-in.
    """
    answer = request.parameter("ANSWER")
    with request.call.reading() as tx:
        sign_in = resumed(tx, request, CHALLENGE)
    with request.call.writing() as tx:
        refused = take(
            tx, sign_in, (refuse_blocked_address, refuse_reported, hold_while_guessing, take_session)
        )
    if refused is not None:
        return settle(sign_in, refused)
    return go_on_from_answer(request, sign_in, answer)


def count_beginning(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Was the sign-in begun too often within the hour? Each beginning calls functions, which may send messages."""
    if spend_attempt(tx, sign_in.pool.id, sign_in.lockout_subject, BEGINNING, sign_in.call.now):
        return None
    return refuse(tx, sign_in, TooManyRequestsException(TOO_MANY_BEGUN))


def hold_while_guessing(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Did too many wrong answers come before? The session waits, as the user must."""
    problem = guessing(tx, sign_in)
    return Refusal(problem) if problem else None


def take_session(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Does the session still wait, and is the user the one it was opened for? Then this answer ends it."""
    waiting = sign_in.answers
    if waiting is None:
        raise LookupError("no step before this one ends the session")
    if waiting.state.sub is None and sign_in.user is not None:
        # Somebody has got the name since: it is not he who is asked.
        return Refusal(NotAuthorizedException(INVALID))
    refused = refuse_changed_user(tx, sign_in) if waiting.state.sub else None
    if refused is not None:
        return refused
    sessions.end_session(tx, sign_in.client, waiting.handle)
    sign_in.answers = None
    return None
