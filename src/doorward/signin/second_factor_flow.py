"""Answering for a second factor: a code by SMS or e-mail, a code of an authenticator app, the choice among them."""

from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.directory.name_claims import claim_aliases
from doorward.directory.queries import users
from doorward.directory.user import Factor, User
from doorward.signin import (
    factor_guesses,
    mfa_setup,
    second_factors,
    session_codes,
    sessions,
    software_tokens,
)
from doorward.signin.endings import note, refuse
from doorward.signin.refusals import INVALID, TOO_MANY_GUESSES, WRONG_CODE
from doorward.signin.request import SignInRequest
from doorward.signin.resuming import go_on
from doorward.signin.second_factor_steps import (
    FACTOR_RIGHT,
    FACTOR_WRONG,
    ask_for,
)
from doorward.signin.session_codes import SentCode
from doorward.signin.sign_in import Answer, Challenge, Granted, Refusal, SignIn, Step
from doorward.signin.steps import grant_tokens
from doorward.wire.errors import (
    AliasExistsException,
    CodeMismatchException,
    CognitoError,
    InvalidParameterException,
    NotAuthorizedException,
)

LONGEST_CODE: Final = 64

_ANSWERS: Final[dict[Factor, str]] = {
    "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
}
"""The parameter that answers for a factor."""


def answer_sms(request: SignInRequest) -> Challenge | Granted:
    """Take the code that was sent by SMS."""
    return _answer(request, "SMS_MFA")


def answer_email(request: SignInRequest) -> Challenge | Granted:
    """Take the code that was sent by e-mail."""
    return _answer(request, "EMAIL_OTP")


def answer_software_token(request: SignInRequest) -> Challenge | Granted:
    """Take the code that an authenticator app shows."""
    return _answer(request, "SOFTWARE_TOKEN_MFA")


def answer_selection(request: SignInRequest) -> Challenge | Granted:
    """Take the user's choice among his factors, and put the challenge of that one.

    Raises InvalidParameterException for one that is not among them; the session goes on waiting.
    """
    chosen = request.parameter("ANSWER")

    def ask_for_chosen(tx: Connection, sign_in: SignIn) -> Answer:
        usable = second_factors.usable(sign_in.pool, sign_in.known_user)
        for factor in second_factors.of_other_channel(usable, sign_in.proofs):
            if factor == chosen:
                return ask_for(tx, sign_in, factor)
        raise InvalidParameterException("ANSWER is none of the factors that the user can choose.")

    return go_on(request, "SELECT_MFA_TYPE", (ask_for_chosen,))


def _answer(request: SignInRequest, factor: Factor) -> Challenge | Granted:
    """Check a code, and grant the tokens where it is right.

    A wrong one is counted and refused with CodeMismatchException, and the session goes on waiting under the same
    handle; too many end it. Raises ExpiredCodeException for a code of an app that was used already, and
    NotAuthorizedException beyond the limits.
    """
    code = request.parameter(_ANSWERS[factor])
    if len(code) > LONGEST_CODE:
        raise InvalidParameterException(f"{_ANSWERS[factor]} has more than {LONGEST_CODE} characters.")

    def check_code(tx: Connection, sign_in: SignIn) -> Answer | None:
        problem = _problem(tx, sign_in, factor, code)
        if problem is not None:
            return _wrong(tx, sign_in, problem)
        factor_guesses.forget(tx, sign_in.pool.id, sign_in.lockout_subject)
        sign_in.answered.append(FACTOR_RIGHT)
        sign_in.proofs = (*sign_in.proofs, factor)
        sign_in.pending = "allow"
        return None

    steps: tuple[Step, ...] = (check_code, grant_tokens)
    return go_on(request, factor, steps)


def _problem(tx: Connection, sign_in: SignIn, factor: Factor, code: str) -> CognitoError | None:
    """Return what is wrong with a code; None where it is right and has been used up."""
    pool, user, call = sign_in.pool, sign_in.known_user, sign_in.call
    state = sign_in.answers.state if sign_in.answers else None
    setting_up = state is not None and state.set_up == factor
    offered = second_factors.can_set_up(pool, user) if setting_up else second_factors.usable(pool, user)
    if state is None or factor not in second_factors.of_other_channel(offered, sign_in.proofs):
        return NotAuthorizedException(INVALID)
    if not factor_guesses.may_guess(tx, pool.id, sign_in.lockout_subject, call.now):
        return NotAuthorizedException(TOO_MANY_GUESSES)
    if factor == "SOFTWARE_TOKEN_MFA":
        return software_tokens.refusal(tx, call, pool, user, code)
    sent = state.code
    if sent is None or not (setting_up or user.attributes.get(sent.attribute) == sent.destination):
        # The address was changed since, and whoever reads the code there has no part in the account any more.
        return NotAuthorizedException(INVALID)
    if not session_codes.fits(call.services.keyring, user, sent, code):
        return CodeMismatchException(WRONG_CODE)
    if setting_up:
        _set_up(tx, sign_in, factor, sent)
    else:
        _verify_address(tx, sign_in, sent)
    return None


def _wrong(tx: Connection, sign_in: SignIn, problem: CognitoError) -> Answer:
    """Count a wrong code. What is no mere mistake, or one too many, ends the sign-in."""
    sign_in.answered.append(FACTOR_WRONG)
    waiting = sign_in.answers
    if waiting is None or isinstance(problem, NotAuthorizedException):
        return refuse(tx, sign_in, problem)
    factor_guesses.count_wrong(tx, sign_in.pool.id, sign_in.lockout_subject, sign_in.call.now)
    if not sessions.wait_on(tx, sign_in.call, sign_in.client, waiting):
        return refuse(tx, sign_in, NotAuthorizedException(TOO_MANY_GUESSES))
    note(tx, sign_in)
    return Refusal(problem)


def _set_up(tx: Connection, sign_in: SignIn, factor: Factor, sent: SentCode) -> None:
    """Make the address the user's and the factor active. Raises AliasExistsException where it is another's."""
    owner = _with_address(sign_in, sent)
    claim_aliases(tx, sign_in.pool, owner, sign_in.call.now)
    sign_in.user = mfa_setup.activate(tx, sign_in.call, sign_in.pool, owner, factor)


def _verify_address(tx: Connection, sign_in: SignIn, sent: SentCode) -> None:
    """Mark the address as verified: its owner has just read a code there.

    It stays as it is where another user signs in with the same one.
    """
    if sign_in.known_user.verified(sent.attribute):
        return
    verified = _with_address(sign_in, sent)
    try:
        claim_aliases(tx, sign_in.pool, verified, sign_in.call.now)
    except AliasExistsException:
        return
    users.change(tx, sign_in.pool, verified)
    sign_in.user = verified


def _with_address(sign_in: SignIn, sent: SentCode) -> User:
    user = sign_in.known_user
    proven = {sent.attribute: sent.destination, f"{sent.attribute}_verified": "true"}
    return msgspec.structs.replace(user, attributes=user.attributes | proven, modified_at=sign_in.call.now)
