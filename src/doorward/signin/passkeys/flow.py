"""A passkey as the first factor: the challenge WEB_AUTHN.

A passkey cannot be guessed: wrong passwords lock nobody out of it, and what is wrong with an answer ends the sign-in.
Whoever tries it with a name that leads to nobody is asked for a passkey that does not exist.
"""

import base64
from typing import Final

import msgspec
import structlog
from sqlalchemy import Connection

from doorward.clock import random_bytes
from doorward.directory.passkey import Passkey
from doorward.directory.queries import passkeys as stored
from doorward.directory.relying_party import RelyingParty, relying_party
from doorward.history.auth_event import ChallengeResponse
from doorward.signin import sessions, stand_in
from doorward.signin.choice_sessions import put, resumed_choice
from doorward.signin.endings import refuse
from doorward.signin.first_factors import can_begin_with_passkey
from doorward.signin.passkeys.answers import (
    KEY_OF_NOBODY,
    AuthenticationAnswer,
    CeremonyError,
    read_authentication,
    verify_authentication,
)
from doorward.signin.passkeys.held import as_chooser, usable_passkeys, user_handle
from doorward.signin.passkeys.options import CHALLENGE_BYTES, request_options
from doorward.signin.request import SignInRequest
from doorward.signin.resuming import read_again
from doorward.signin.second_factors import passkey_is_both
from doorward.signin.sign_in import Answer, Challenge, Granted, SignIn, settle, walk
from doorward.signin.steps import FROM_FIRST_FACTOR, refuse_blocked_address, refuse_unknown_name
from doorward.wire.errors import InvalidParameterException, NotAuthorizedException

CHALLENGE: Final = "WEB_AUTHN"
LONGEST_CREDENTIAL: Final = 16_384

PASSKEY_RIGHT: Final = ChallengeResponse("Password", "Success", by="passkey")
PASSKEY_WRONG: Final = ChallengeResponse("Password", "Failure", by="passkey")
BOTH_RIGHT: Final = ChallengeResponse("Mfa", "Success", by="passkey")

_WRONG: Final = "The passkey could not be verified."
_ID_LENGTHS: Final = (16, 20, 32)
"""How long the ids of usual authenticators' passkeys are, in bytes."""

_log = structlog.get_logger(__name__)


def ask_passkey(_request: SignInRequest, sign_in: SignIn) -> Challenge | Granted:
    """Ask the browser for one of the user's passkeys (CREDENTIAL_REQUEST_OPTIONS)."""
    call, challenge = sign_in.call, random_bytes(CHALLENGE_BYTES)
    seconds = int(sessions.expiry(call, sign_in.client) - call.now)

    def ask(tx: Connection, sign_in: SignIn) -> Challenge:
        party, held = _party(sign_in), [_of_nobody(sign_in)]
        if sign_in.user is not None:
            held = usable_passkeys(tx, sign_in.pool, sign_in.user)
        told = {"CREDENTIAL_REQUEST_OPTIONS": request_options(party, held, challenge, seconds)}
        return put(tx, sign_in, CHALLENGE, told, passkey_challenge=challenge)

    with call.writing() as tx:
        answer = walk(tx, sign_in, (refuse_blocked_address, refuse_unknown_name, ask))
    return settle(sign_in, answer)


def answer_passkey(request: SignInRequest) -> Challenge | Granted:
    """Check what the authenticator has signed and, where it is right, take the same steps as behind a password.

    Raises InvalidParameterException for what is no AuthenticationResponseJSON, which leaves the session waiting, and
    NotAuthorizedException for one that proves nothing, which ends it.
    """
    text = request.parameter("CREDENTIAL")
    if len(text) > LONGEST_CREDENTIAL:
        raise InvalidParameterException(f"CREDENTIAL has more than {LONGEST_CREDENTIAL} characters.")
    try:
        given = read_authentication(text)
    except CeremonyError:
        raise InvalidParameterException("CREDENTIAL is not an AuthenticationResponseJSON.") from None
    with request.call.reading() as tx:
        sign_in = resumed_choice(tx, request, CHALLENGE)

    def check_passkey(tx: Connection, sign_in: SignIn) -> Answer | None:
        read_again(tx, sign_in)
        used = _used(tx, sign_in, given)
        if used is None:
            sign_in.answered.append(PASSKEY_WRONG)
            return refuse(tx, sign_in, NotAuthorizedException(_WRONG))
        stored.remember_use(tx, used)
        user = sign_in.known_user
        both = passkey_is_both(sign_in.pool, user)
        sign_in.passkey_id, sign_in.password_digest = used.id, user.password_digest
        sign_in.proofs = ("passkey as both factors" if both else "passkey",)
        sign_in.answered += [PASSKEY_RIGHT, BOTH_RIGHT] if both else [PASSKEY_RIGHT]
        return None

    with request.call.writing() as tx:
        answer = walk(tx, sign_in, (refuse_blocked_address, check_passkey, *FROM_FIRST_FACTOR))
    return settle(sign_in, answer)


def _used(tx: Connection, sign_in: SignIn, given: AuthenticationAnswer) -> Passkey | None:
    """Return the passkey that was used, as its use has changed it; None where nothing was proven.

    What leads to nobody is verified too, so that it takes as long, and is never right.
    """
    call, pool, user = sign_in.call, sign_in.pool, sign_in.user
    challenge = sign_in.answers.state.passkey_challenge if sign_in.answers else None
    party = relying_party(pool.factors.passkeys)
    if challenge is None or party is None:
        return None
    found = stored.find(tx, pool.id, user.sub, given.credential.id) if user else None
    passkey = found or _of_nobody(sign_in)
    handle = user_handle(user) if user else b""
    try:
        verified = verify_authentication(
            given, passkey, handle, challenge, party, call.services.settings.passkey_origins
        )
    except CeremonyError as problem:
        if found is not None and problem.flaw == "counter":
            _log.warning("passkey counter went back", pool_id=pool.id, sub=found.sub, passkey=found.id)
        elif found is not None:
            _log.info("passkey not verified", pool_id=pool.id, sub=found.sub, flaw=problem.flaw)
        return None
    if found is None or user is None or not can_begin_with_passkey(pool, as_chooser(tx, pool, user)):
        return None
    return msgspec.structs.replace(
        found,
        sign_count=verified.new_sign_count,
        backed_up=verified.credential_backed_up,
        used_at=call.now,
    )


def _party(sign_in: SignIn) -> RelyingParty:
    party = relying_party(sign_in.pool.factors.passkeys)
    if party is None:
        raise LookupError("nobody is offered a passkey where there is no relying party")
    return party


def _of_nobody(sign_in: SignIn) -> Passkey:
    """Return the passkey that is asked of a name which leads to nobody: always the same for the same name."""
    pool = sign_in.pool
    seed = stand_in.seed(sign_in.call.services.keyring, pool, sign_in.name, "simulated passkey")
    length = _ID_LENGTHS[seed[-1] % len(_ID_LENGTHS)]
    party = relying_party(pool.factors.passkeys)
    return Passkey(
        pool_id=pool.id,
        id=base64.urlsafe_b64encode(seed[-length:]).decode().rstrip("="),
        sub="",
        relying_party_id=party.id if party else "",
        public_key=KEY_OF_NOBODY,
        sign_count=0,
        backup_eligible=False,
        backed_up=False,
        aaguid="",
        name="",
        attachment=None,
        transports=["hybrid", "internal"] if seed[-2] % 2 else ["internal"],
        created_at=0.0,
    )
