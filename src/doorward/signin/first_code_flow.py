"""A code by e-mail or SMS as the first factor: EMAIL_OTP and SMS_OTP where nothing was proven before.

Anybody can ask for one who knows a name, so sending and guessing are counted by where it is tried from, as wrong
passwords are, and apart from all other codes.
"""

from typing import Final

from sqlalchemy import Connection

from doorward.directory.user import User
from doorward.signin import factor_guesses, second_factor_flow, session_codes, sessions, stand_in
from doorward.signin.attempts import forget_attempts, spend_attempt
from doorward.signin.choice_sessions import put, resumed_choice
from doorward.signin.codes import MEDIA, masked
from doorward.signin.endings import refuse
from doorward.signin.factor_guesses import FIRST
from doorward.signin.first_factors import CODE_ADDRESS, Chooser, FirstCode, can_begin_with_code
from doorward.signin.refusals import TOO_MANY_GUESSES, WRONG_CODE
from doorward.signin.request import SignInRequest
from doorward.signin.resuming import read_again
from doorward.signin.second_factor_flow import LONGEST_CODE
from doorward.signin.sign_in import Answer, Challenge, Granted, SignIn, settle, walk
from doorward.signin.steps import (
    BEFORE_CREDENTIALS,
    FROM_FIRST_FACTOR,
    PASSWORD_RIGHT,
    PASSWORD_WRONG,
    refuse_unknown_name,
)
from doorward.wire.errors import (
    CodeDeliveryFailureException,
    CodeMismatchException,
    InvalidParameterException,
    NotAuthorizedException,
    TooManyRequestsException,
)

SENDING: Final = "codes of first factors"
TOO_MANY_SENT: Final = "Too many codes were sent to this address. Try again later."

_WAITS_FOR: Final[dict[FirstCode, str]] = {
    "EMAIL_OTP": "EMAIL_OTP as the first factor",
    "SMS_OTP": "SMS_OTP as the first factor",
}
"""What sessions wait for: EMAIL_OTP is also the challenge of a second factor, which leads straight to the tokens."""


def ask_email(_request: SignInRequest, sign_in: SignIn) -> Challenge | Granted:
    """Send a code by e-mail and ask for it."""
    return _send_and_ask(sign_in, "EMAIL_OTP")


def ask_sms(_request: SignInRequest, sign_in: SignIn) -> Challenge | Granted:
    """Send a code by SMS and ask for it."""
    return _send_and_ask(sign_in, "SMS_OTP")


def answer_email(request: SignInRequest) -> Challenge | Granted:
    """Take the code that was sent by e-mail, as the first factor or the second: the session knows which."""
    call = request.call
    with call.reading() as tx:
        waits_for = sessions.challenge_of(tx, call, request.client, request.session or "")
    first = waits_for == _WAITS_FOR["EMAIL_OTP"]
    return _answer(request, "EMAIL_OTP") if first else second_factor_flow.answer_email(request)


def answer_sms(request: SignInRequest) -> Challenge | Granted:
    """Take the code that was sent by SMS; as a second factor it has a challenge of its own (SMS_MFA)."""
    return _answer(request, "SMS_OTP")


def _send_and_ask(sign_in: SignIn, factor: FirstCode) -> Challenge | Granted:
    """Send a code and ask for it; where the name leads to nobody, act as if.

    Raises TooManyRequestsException where the address, or whoever asks, has had the hour's share.
    """

    def send(tx: Connection, sign_in: SignIn) -> Answer:
        call, pool, attribute = sign_in.call, sign_in.pool, CODE_ADDRESS[factor]
        user = _addressee(sign_in, factor)
        destination = user.attributes[attribute]
        if not spend_attempt(tx, pool.id, sign_in.lockout_subject, SENDING, call.now):
            return refuse(tx, sign_in, TooManyRequestsException(TOO_MANY_SENT))
        # From a place that is known to be his it is counted apart, and it is no stranger who asks.
        at_home = sign_in.lockout_subject != user.sub and user is sign_in.user
        try:
            code = session_codes.send(tx, call, pool, user, attribute, destination, to_owner=at_home)
        except CodeDeliveryFailureException as problem:
            return refuse(tx, sign_in, TooManyRequestsException(problem.message))
        told = {
            "CODE_DELIVERY_DELIVERY_MEDIUM": MEDIA[attribute],
            "CODE_DELIVERY_DESTINATION": masked(attribute, destination),
        }
        return put(tx, sign_in, factor, told, waits_for=_WAITS_FOR[factor], code=code)

    with sign_in.call.writing() as tx:
        answer = walk(tx, sign_in, (*BEFORE_CREDENTIALS, refuse_unknown_name, send))
    return settle(sign_in, answer)


def _answer(request: SignInRequest, factor: FirstCode) -> Challenge | Granted:
    """Check a code and, where it is right, take the same steps as behind a password.

    A wrong one is counted and refused with CodeMismatchException, and the session goes on waiting under the same
    handle; too many end it. Raises NotAuthorizedException beyond the limits.
    """
    code = request.parameter(f"{factor}_CODE")
    if len(code) > LONGEST_CODE:
        raise InvalidParameterException(f"{factor}_CODE has more than {LONGEST_CODE} characters.")
    with request.call.reading() as tx:
        sign_in = resumed_choice(tx, request, _WAITS_FOR[factor])

    def check_code(tx: Connection, sign_in: SignIn) -> Answer | None:
        pool_id, subject, now = sign_in.pool.id, sign_in.lockout_subject, sign_in.call.now
        read_again(tx, sign_in)
        if not factor_guesses.may_guess(tx, pool_id, subject, now, FIRST):
            return refuse(tx, sign_in, NotAuthorizedException(TOO_MANY_GUESSES))
        if not _is_right(sign_in, factor, code):
            return _wrong(tx, sign_in)
        factor_guesses.forget(tx, pool_id, subject, FIRST)
        forget_attempts(tx, pool_id, subject, SENDING)
        sign_in.password_digest = sign_in.known_user.password_digest
        sign_in.proofs = (CODE_ADDRESS[factor],)
        sign_in.answered.append(PASSWORD_RIGHT)
        return None

    with request.call.writing() as tx:
        answer = walk(tx, sign_in, (*BEFORE_CREDENTIALS, check_code, *FROM_FIRST_FACTOR))
    return settle(sign_in, answer)


def _is_right(sign_in: SignIn, factor: FirstCode, code: str) -> bool:
    """Compare a code with the one that was sent. What leads to nobody is compared too, and never right."""
    user = _addressee(sign_in, factor)
    sent = sign_in.answers.state.code if sign_in.answers else None
    if sent is None:
        return False
    # The address must still be the user's: else whoever reads the code there has no part in the account any more.
    still_there = user.attributes.get(sent.attribute) == sent.destination
    return (
        session_codes.fits(sign_in.call.services.keyring, user, sent, code)
        and still_there
        and not stand_in.is_stand_in(user)
    )


def _wrong(tx: Connection, sign_in: SignIn) -> Answer:
    """Count a wrong code: an attempt that failed, like a wrong password. The session waits on, a few times."""
    sign_in.answered.append(PASSWORD_WRONG)
    waiting = sign_in.answers
    factor_guesses.count_wrong(tx, sign_in.pool.id, sign_in.lockout_subject, sign_in.call.now, FIRST)
    if waiting is None or not sessions.wait_on(tx, sign_in.call, sign_in.client, waiting):
        return refuse(tx, sign_in, NotAuthorizedException(TOO_MANY_GUESSES))
    sign_in.answers = None
    return refuse(tx, sign_in, CodeMismatchException(WRONG_CODE))


def _addressee(sign_in: SignIn, factor: FirstCode) -> User:
    """Return the user where a code can be his first factor now, or the stand-in of his name."""
    user = sign_in.user
    if user is not None and can_begin_with_code(sign_in.pool, Chooser.of(user), factor):
        return user
    return stand_in.stand_in(sign_in.call.services.keyring, sign_in.pool, sign_in.name)
