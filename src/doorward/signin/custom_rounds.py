"""A round of a custom sign-in: what the pool's functions decide, and what becomes of the sign-in then.

The functions are called between transactions: a session is ended before they see an answer, and what they have
decided is done in a transaction of its own, which looks at the user again. What is asked of every user (a new
password, a second factor, the proof of a device) comes when the functions have issued tokens.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.directory.queries import users
from doorward.history.auth_event import ChallengeResponse
from doorward.signin import factor_guesses, lockout, queries
from doorward.signin.attempts import forget_attempts
from doorward.signin.endings import ask, refuse
from doorward.signin.refusals import INCORRECT, INVALID, LOCKED, TOO_MANY_GUESSES
from doorward.signin.request import SignInRequest
from doorward.signin.sessions import CustomRounds
from doorward.signin.sign_in import Answer, Challenge, Granted, SignIn, Step, settle, walk
from doorward.signin.steps import (
    FROM_NEW_PASSWORD,
    demand_new_password,
    refuse_reported,
    refuse_unusable_user,
    respond_to_risk,
)
from doorward.triggers import auth_challenge
from doorward.triggers.auth_challenge import ChallengeResult, CustomChallenge, Subject
from doorward.wire.errors import (
    CognitoError,
    InvalidLambdaResponseException,
    NotAuthorizedException,
    UnexpectedLambdaException,
)

CHALLENGE: Final = "CUSTOM_CHALLENGE"
PASSWORD: Final = "PASSWORD_VERIFIER"
SRP_BEGUN: Final = ChallengeResult("SRP_A", True)
"""What the functions see of a sign-in that begins with the password, before it is shown."""

BEGINNING: Final = "beginnings of custom sign-ins"
"""Under what they are counted (`doorward.signin.attempts`)."""

MOST_ROUNDS: Final = 20
"""Challenges that one sign-in may put."""
WRONG_ANSWERS: Final = 5
"""So many wrong answers end one sign-in, whatever the functions want."""


ANSWER_RIGHT: Final = ChallengeResponse("Mfa", "Success")
ANSWER_WRONG: Final = ChallengeResponse("Mfa", "Failure")
"""A custom challenge in the history, whose shape knows `Password` and `Mfa` alone."""

FROM_ISSUED: tuple[Step, ...] = (
    refuse_unusable_user,
    respond_to_risk,
    demand_new_password,
    *FROM_NEW_PASSWORD,
)
"""A custom sign-in for which the functions have issued tokens."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the functions decided: tokens, another challenge, the password (after SRP_A), or the end."""

    tokens: bool = False
    password: bool = False
    challenge: CustomChallenge | None = None


def subject_of(request: SignInRequest, sign_in: SignIn) -> Subject:
    """Return whom the functions are told of."""
    return Subject(
        functions=request.call.services.functions,
        pool=request.pool,
        client_id=request.client.id,
        username=sign_in.user_id,
        user=sign_in.user,
        hides_who_exists=request.client.hides_who_exists,
        client_metadata=request.client_metadata,
    )


def decide(subject: Subject, answered: tuple[ChallengeResult, ...]) -> Decision:
    """Let the functions decide what comes next, and make the challenge where it is one.

    Tokens for SRP_A alone are not taken: a client sends it without knowing any password. Raises as the calls of
    `auth_challenge` do, and InvalidLambdaResponseException for a challenge that cannot be put.
    """
    following = auth_challenge.define(subject, answered)
    password_is_next = answered == (SRP_BEGUN,)
    if following.fail_authentication:
        return Decision()
    if following.issue_tokens:
        if password_is_next:
            raise InvalidLambdaResponseException(
                "DefineAuthChallenge issues tokens before anything was shown."
            )
        return Decision(tokens=True)
    if following.challenge_name == PASSWORD and password_is_next:
        return Decision(password=True)
    if following.challenge_name != CHALLENGE:
        raise InvalidLambdaResponseException(
            f"DefineAuthChallenge can ask for {CHALLENGE}, and for {PASSWORD} right after SRP_A."
        )
    if len(answered) >= MOST_ROUNDS:
        return Decision()
    return Decision(challenge=auth_challenge.create(subject, CHALLENGE, answered))


def go_on_from_password(request: SignInRequest, sign_in: SignIn) -> Challenge | Granted:
    """Go on with a custom sign-in whose password was right."""
    rounds = sign_in.custom or CustomRounds()
    answered = (*rounds.answered, ChallengeResult(PASSWORD, True))
    return conclude(request, sign_in, answered, _decision(request, sign_in, answered))


def go_on_from_answer(request: SignInRequest, sign_in: SignIn, answer: str) -> Challenge | Granted:
    """Have an answer judged and go on.

    One that the function ends with an error at is a wrong one; one that it could not be asked about is neither
    right nor wrong.
    """
    rounds = sign_in.custom or CustomRounds()
    try:
        right = auth_challenge.verify(subject_of(request, sign_in), rounds.private, answer)
    except CognitoError as problem:
        judged = None if isinstance(problem, UnexpectedLambdaException) else False
        return conclude(request, sign_in, rounds.answered, problem, right=judged)
    answered = (*rounds.answered, ChallengeResult(CHALLENGE, right, rounds.metadata))
    return conclude(request, sign_in, answered, _decision(request, sign_in, answered), right=right)


def conclude(
    request: SignInRequest,
    sign_in: SignIn,
    answered: tuple[ChallengeResult, ...],
    decided: Decision | CognitoError,
    *,
    right: bool | None = None,
) -> Challenge | Granted:
    """Do what was decided, in one transaction. `right` is how an answer was judged, None where none was."""

    def count(tx: Connection, sign_in: SignIn) -> Answer | None:
        if right is not None:
            sign_in.answered.append(ANSWER_RIGHT if right else ANSWER_WRONG)
        if right is False:
            _count_wrong(tx, sign_in)
        return None

    def act(tx: Connection, sign_in: SignIn) -> Answer | None:
        return _act(tx, sign_in, answered, decided)

    guesses: tuple[Step, ...] = () if right is None else (refuse_while_guessing, count)
    with request.call.writing() as tx:
        answer = walk(tx, sign_in, (refuse_other_user, refuse_reported, *guesses, act, *FROM_ISSUED))
    return settle(sign_in, answer)


def refuse_other_user(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Is the user still there, and his password the one that was shown? The functions took their time."""
    if sign_in.user is None:
        return None
    sub = sign_in.user.sub
    present = users.find_by_sub(tx, sign_in.pool.id, sub)
    if present is None:
        return refuse(tx, sign_in, NotAuthorizedException(INVALID))
    sign_in.user = present
    if "password" in sign_in.proofs and present.password_digest != sign_in.password_digest:
        return refuse(tx, sign_in, NotAuthorizedException(INVALID))
    return None


def refuse_while_guessing(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Did too many wrong answers come before, also in other sessions? Then even the right one does not count."""
    problem = guessing(tx, sign_in)
    return refuse(tx, sign_in, problem) if problem else None


def guessing(tx: Connection, sign_in: SignIn) -> CognitoError | None:
    """Return what is told to whoever has given too many wrong answers.

    Where the password was shown they are counted as the codes of second factors are, for each right password
    forgets the lockout; else as wrong passwords, and once more by themselves: whoever has the password could sign in
    with it between his guesses.
    """
    pool_id, subject, now = sign_in.pool.id, sign_in.lockout_subject, sign_in.call.now
    if "password" in sign_in.proofs:
        may = factor_guesses.may_guess(tx, pool_id, subject, now, factor_guesses.CUSTOM)
        return None if may else NotAuthorizedException(TOO_MANY_GUESSES)
    counted = (subject, _answers_of(subject))
    locked = any(lockout.is_locked(queries.lockout(tx, pool_id, one), now) for one in counted)
    return NotAuthorizedException(LOCKED) if locked else None


def _decision(
    request: SignInRequest, sign_in: SignIn, answered: tuple[ChallengeResult, ...]
) -> Decision | CognitoError:
    """Return what the functions decide, or what keeps them from it."""
    if sum(not one.challenge_result for one in answered) >= WRONG_ANSWERS:
        return NotAuthorizedException(TOO_MANY_GUESSES)
    try:
        return decide(subject_of(request, sign_in), answered)
    except CognitoError as problem:
        return problem


def _count_wrong(tx: Connection, sign_in: SignIn) -> None:
    pool_id, subject, now = sign_in.pool.id, sign_in.lockout_subject, sign_in.call.now
    if "password" in sign_in.proofs:
        factor_guesses.count_wrong(tx, pool_id, subject, now, factor_guesses.CUSTOM)
        return
    for counted in (subject, _answers_of(subject)):
        failures = lockout.after_failure(queries.lockout(tx, pool_id, counted), now)
        queries.keep_lockout(tx, pool_id, counted, failures)


def _answers_of(subject: str) -> str:
    """Return under what a subject's wrong answers are counted that no password forgives."""
    return f"{subject} {CHALLENGE}"


def _act(
    tx: Connection,
    sign_in: SignIn,
    answered: tuple[ChallengeResult, ...],
    decided: Decision | CognitoError,
) -> Answer | None:
    if isinstance(decided, CognitoError):
        return refuse(tx, sign_in, decided)
    if decided.challenge is not None:
        made = decided.challenge
        sign_in.custom = CustomRounds(answered=answered, private=made.private, metadata=made.metadata)
        told = made.public | {"USERNAME": sign_in.user_id}
        shown = any(one != SRP_BEGUN for one in answered)
        return ask(tx, sign_in, CHALLENGE, told, noted=shown)
    if not decided.tokens or sign_in.user is None:
        return refuse(tx, sign_in, NotAuthorizedException(INCORRECT))
    _issued(tx, sign_in)
    return None


def _issued(tx: Connection, sign_in: SignIn) -> None:
    """Forget wrong answers and beginnings, and let the verdict that follows stand in the event that has begun."""
    forget_attempts(tx, sign_in.pool.id, sign_in.lockout_subject, BEGINNING)
    if "password" in sign_in.proofs:
        factor_guesses.forget(tx, sign_in.pool.id, sign_in.lockout_subject, factor_guesses.CUSTOM)
    else:
        for counted in (sign_in.lockout_subject, _answers_of(sign_in.lockout_subject)):
            queries.forget_lockout(tx, sign_in.pool.id, counted)
        password = sign_in.known_user.password
        sign_in.password_digest = password.digest if password else None
    sign_in.proofs = (*sign_in.proofs, "custom")
    sign_in.custom = msgspec.structs.replace(sign_in.custom or CustomRounds(), private={}, metadata=None)
    sign_in.judged_anew = sign_in.event_id is not None
