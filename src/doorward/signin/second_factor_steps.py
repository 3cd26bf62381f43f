"""Asking for a second factor: which one, how, and what the client is told about it."""

import msgspec
from sqlalchemy import Connection

from doorward.directory.user import ADDRESS_OF, Factor, User
from doorward.history.auth_event import ChallengeResponse
from doorward.signin import factor_guesses, second_factors, session_codes, software_tokens
from doorward.signin.codes import MEDIA, masked
from doorward.signin.endings import ask, refuse
from doorward.signin.held_factors import held_factors
from doorward.signin.refusals import INVALID, TOO_MANY_GUESSES
from doorward.signin.session_codes import SentCode
from doorward.signin.sign_in import Answer, SignIn
from doorward.wire.errors import (
    CodeDeliveryFailureException,
    NotAuthorizedException,
    TooManyRequestsException,
)

FACTOR_RIGHT = ChallengeResponse("Mfa", "Success")
FACTOR_WRONG = ChallengeResponse("Mfa", "Failure")


def ask_second_factor(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Is a second factor still to be shown, or to be set up?

    One factor, or the preferred one, is asked for; among several the user chooses first.
    """
    if sign_in.pending == "allow":
        return None
    pool, user = sign_in.pool, sign_in.known_user
    factors = second_factors.of_other_channel(second_factors.usable(pool, user), sign_in.proofs)
    if not factors:
        return _ask_to_set_up(tx, sign_in)
    chosen = second_factors.preferred(user, factors)
    if chosen is not None:
        return ask_for(tx, sign_in, chosen)
    parameters = {"USER_ID_FOR_SRP": user.username, "MFAS_CAN_CHOOSE": _list(factors)}
    return ask(tx, sign_in, "SELECT_MFA_TYPE", parameters)


def ask_for(tx: Connection, sign_in: SignIn, factor: Factor) -> Answer:
    """Put one factor's challenge, and send the code where it is one that is sent."""
    pool, user, call = sign_in.pool, sign_in.known_user, sign_in.call
    if not factor_guesses.may_guess(tx, pool.id, sign_in.lockout_subject, call.now):
        sign_in.answered.append(FACTOR_WRONG)
        return refuse(tx, sign_in, NotAuthorizedException(TOO_MANY_GUESSES))
    if factor == "SOFTWARE_TOKEN_MFA":
        parameters = {
            "USER_ID_FOR_SRP": user.username,
            "FRIENDLY_DEVICE_NAME": software_tokens.latest_name(tx, pool, user),
        }
        return ask(tx, sign_in, factor, parameters)
    return send_and_ask(tx, sign_in, factor, user.attributes.get(ADDRESS_OF[factor], ""))


def send_and_ask(
    tx: Connection, sign_in: SignIn, factor: Factor, destination: str, *, set_up: bool = False
) -> Answer:
    """Send a code to an address and put the challenge that asks for it.

    `set_up`: the address becomes the user's, and the factor active, once the code comes back.
    """
    pool, user, attribute = sign_in.pool, sign_in.known_user, ADDRESS_OF[factor]
    owned = user.verified(attribute) and user.attributes[attribute] == destination
    try:
        code = session_codes.send(
            tx, sign_in.call, pool, user, attribute, destination, to_owner=owned and not set_up
        )
    except CodeDeliveryFailureException as problem:
        return refuse(tx, sign_in, TooManyRequestsException(problem.message))
    return ask(tx, sign_in, factor, _told(user, code), code=code, set_up=factor if set_up else None)


def _ask_to_set_up(tx: Connection, sign_in: SignIn) -> Answer:
    pool, user = sign_in.pool, sign_in.known_user
    offered = second_factors.of_other_channel(second_factors.can_set_up(pool, user), sign_in.proofs)
    if sign_in.pending != "mfa_setup" or not held_factors(pool, user, sign_in.proofs).can_set_up:
        # The factor was taken from the user, or the offer from the pool, while the sign-in was on its way.
        return refuse(tx, sign_in, NotAuthorizedException(INVALID))
    parameters = {"USER_ID_FOR_SRP": user.username, "MFAS_CAN_SETUP": _list(offered)}
    return ask(tx, sign_in, "MFA_SETUP", parameters)


def _told(user: User, code: SentCode) -> dict[str, str]:
    return {
        "USER_ID_FOR_SRP": user.username,
        "CODE_DELIVERY_DELIVERY_MEDIUM": MEDIA[code.attribute],
        "CODE_DELIVERY_DESTINATION": masked(code.attribute, code.destination),
    }


def _list(factors: tuple[Factor, ...]) -> str:
    return msgspec.json.encode(factors).decode()
