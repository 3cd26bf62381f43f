"""Choice-based sign-in: USER_AUTH and its challenges SELECT_CHALLENGE, PASSWORD and PASSWORD_SRP.

The user says his name, is told what he can begin with (AvailableChallenges), and chooses; or the client names a
preference (PREFERRED_CHALLENGE) and skips the choice. Behind the first factor all sign-ins take the same steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection

from doorward.directory.user_pool import UserPool
from doorward.signin import passkeys
from doorward.signin.choosing import nobody, put, resumed_choice
from doorward.signin.endings import refuse
from doorward.signin.first_code_flow import ask_email, ask_sms
from doorward.signin.first_factors import (
    Chooser,
    FirstCode,
    allowed,
    can_begin_with_code,
    can_begin_with_passkey,
)
from doorward.signin.known_devices import claim_device
from doorward.signin.passkey_flow import ask_passkey
from doorward.signin.password_flow import go_on_with_password
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sign_in import Answer, Challenge, ChallengeName, Granted, SignIn, settle, walk
from doorward.signin.signed_up import begin_signed_up
from doorward.signin.srp_flow import go_on_with_srp
from doorward.signin.steps import BEFORE_CREDENTIALS, refuse_unknown_name, refuse_unusable_user
from doorward.wire.contract import AuthFactorType
from doorward.wire.errors import InvalidParameterException, NotAuthorizedException

SELECT: Final = "SELECT_CHALLENGE"


@dataclass(frozen=True)
class FirstFactor:
    """One way to begin.

    `allowed_as` is what AllowedFirstAuthFactors calls it, `is_held` whether the chooser could answer for it. `ask`
    puts its challenge to a sign-in that has begun, or takes the answer where the request brings it already.
    """

    allowed_as: AuthFactorType
    is_held: Callable[[Connection, UserPool, Chooser], bool]
    ask: Callable[[SignInRequest, SignIn], Challenge | Granted]


def begin_choice(request: SignInRequest) -> Challenge | Granted:
    """Begin with the preferred factor where the user has it, and let him choose otherwise.

    A name that leads to nobody, or to somebody who has nothing to begin with, gets the answers of a user where the
    client hides who exists. Elsewhere UserNotFoundException is raised for the one, and for the other what stands in
    his way, or NotAuthorizedException.

    With a session that ConfirmSignUp returned, the first factor has been shown. Raises InvalidParameterException for
    a request to step up: whoever asks for a level shall not get tokens of another.
    """
    for parameter in ("ACCESS_TOKEN", "TARGET_ACR_VALUES"):
        if request.parameters.get(parameter):
            raise InvalidParameterException(
                f"Doorward does not have step-up authentication ({parameter}) yet."
            )
    if request.session is not None:
        return begin_signed_up(request)
    name = request.username()
    request.check_client(name)
    with request.call.reading() as tx:
        sign_in = identify(tx, request, name)
        claim_device(tx, sign_in, request.parameters.get("DEVICE_KEY"))
        available = _available(tx, sign_in)
    preferred = request.parameters.get("PREFERRED_CHALLENGE")
    for challenge in available:
        if challenge == preferred:
            return FIRST_FACTORS[challenge].ask(request, sign_in)

    def select(tx: Connection, sign_in: SignIn) -> Answer:
        if not available:
            return refuse(tx, sign_in, NotAuthorizedException("Incorrect username or password."))
        return put(tx, sign_in, SELECT, {}, available=available)

    steps = [*BEFORE_CREDENTIALS, refuse_unknown_name]
    if not available and sign_in.user is not None:
        steps.append(refuse_unusable_user)
    with request.call.writing() as tx:
        answer = walk(tx, sign_in, (*steps, select))
    return settle(sign_in, answer)


def answer_choice(request: SignInRequest) -> Challenge | Granted:
    """Take the user's choice, and the answer to what he chose where the request brings it.

    Raises InvalidParameterException for a factor that is not among the available ones; the session goes on waiting.
    """
    chosen = request.parameter("ANSWER")
    with request.call.reading() as tx:
        sign_in = resumed_choice(tx, request, SELECT)
        available = _available(tx, sign_in)
    for challenge in available:
        if challenge == chosen:
            return FIRST_FACTORS[challenge].ask(request, sign_in)
    raise InvalidParameterException("ANSWER is none of the available challenges.")


def answer_password(request: SignInRequest) -> Challenge | Granted:
    """Take the password of the challenge PASSWORD."""
    password = request.parameter("PASSWORD")
    with request.call.reading() as tx:
        sign_in = resumed_choice(tx, request, "PASSWORD")
    return go_on_with_password(sign_in, password)


def answer_password_srp(request: SignInRequest) -> Challenge | Granted:
    """Take SRP_A of the challenge PASSWORD_SRP; PASSWORD_VERIFIER follows."""
    client_public = request.parameter("SRP_A")
    with request.call.reading() as tx:
        sign_in = resumed_choice(tx, request, "PASSWORD_SRP")
    return go_on_with_srp(sign_in, client_public)


def _available(tx: Connection, sign_in: SignIn) -> tuple[ChallengeName, ...]:
    """Return what can be begun with. Whoever has nothing is nobody from here on, where that must not show."""
    pool, user = sign_in.pool, sign_in.user
    if user is not None:
        available = _offered(tx, pool, passkeys.chooser(tx, pool, user))
        if available or not sign_in.client.hides_who_exists:
            return available
        sign_in.user = None
    chooser = nobody(sign_in.call.services.keyring, pool, sign_in.name)
    return _offered(tx, pool, chooser) or _offered(tx, pool, Chooser(chooser.user, has_password=True))


def _offered(tx: Connection, pool: UserPool, chooser: Chooser) -> tuple[ChallengeName, ...]:
    permitted = allowed(pool)
    return tuple(
        challenge
        for challenge, factor in FIRST_FACTORS.items()
        if factor.allowed_as in permitted and factor.is_held(tx, pool, chooser)
    )


def _has_password(_tx: Connection, _pool: UserPool, chooser: Chooser) -> bool:
    return chooser.has_password


def _can_receive(_tx: Connection, pool: UserPool, chooser: Chooser, *, factor: FirstCode) -> bool:
    return can_begin_with_code(pool, chooser, factor)


def _has_passkey(_tx: Connection, pool: UserPool, chooser: Chooser) -> bool:
    return can_begin_with_passkey(pool, chooser)


def _ask_password(request: SignInRequest, sign_in: SignIn) -> Challenge | Granted:
    password = request.parameters.get("PASSWORD")
    return go_on_with_password(sign_in, password) if password else _put_bare("PASSWORD", sign_in)


def _ask_password_srp(request: SignInRequest, sign_in: SignIn) -> Challenge | Granted:
    client_public = request.parameters.get("SRP_A")
    return go_on_with_srp(sign_in, client_public) if client_public else _put_bare("PASSWORD_SRP", sign_in)


def _put_bare(challenge: ChallengeName, sign_in: SignIn) -> Challenge | Granted:
    """Put a challenge that tells nothing."""
    step = partial(put, challenge=challenge, parameters={})
    with sign_in.call.writing() as tx:
        answer = walk(tx, sign_in, (*BEFORE_CREDENTIALS, refuse_unknown_name, step))
    return settle(sign_in, answer)


FIRST_FACTORS: Final[dict[ChallengeName, FirstFactor]] = {
    "PASSWORD": FirstFactor("PASSWORD", _has_password, _ask_password),
    "PASSWORD_SRP": FirstFactor("PASSWORD", _has_password, _ask_password_srp),
    "EMAIL_OTP": FirstFactor("EMAIL_OTP", partial(_can_receive, factor="EMAIL_OTP"), ask_email),
    "SMS_OTP": FirstFactor("SMS_OTP", partial(_can_receive, factor="SMS_OTP"), ask_sms),
    "WEB_AUTHN": FirstFactor("WEB_AUTHN", _has_passkey, ask_passkey),
}
"""Every first factor by the name of its challenge, in the order in which they are told."""
