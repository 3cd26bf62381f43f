"""Registering a passkey, by whoever has signed in.

It is two calls. Between them the challenge waits as a digest, once and for some minutes. Whatever an authenticator
answers uses it up, so `refusal` returns its error instead of raising it: the operation raises it once its transaction
is committed.
"""

import hashlib
import hmac
from typing import Any, Final

from sqlalchemy import Connection

from doorward.call import Call
from doorward.clock import random_bytes
from doorward.directory.attributes import readable
from doorward.directory.passkey import PASSKEYS_PER_USER, Passkey
from doorward.directory.queries import passkeys
from doorward.directory.relying_party import RelyingParty, relying_party
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.network import user_agent
from doorward.signin import sessions
from doorward.signin.first_factors import allowed
from doorward.signin.passkeys import registration_queries as registrations
from doorward.signin.passkeys.answers import (
    CeremonyError,
    Flaw,
    RegistrationAnswer,
    attachment_of,
    transports_of,
    verify_registration,
)
from doorward.signin.passkeys.held import bound_to, user_handle
from doorward.signin.passkeys.options import CHALLENGE_BYTES, creation_options
from doorward.signin.passkeys.registration_queries import StartedRegistration
from doorward.signin.refusals import RESET_REQUIRED
from doorward.tokens.issuer import Bearer
from doorward.wire.errors import (
    CognitoError,
    InvalidParameterException,
    LimitExceededException,
    PasswordResetRequiredException,
    WebAuthnChallengeNotFoundException,
    WebAuthnClientMismatchException,
    WebAuthnConfigurationMissingException,
    WebAuthnCredentialNotSupportedException,
    WebAuthnNotEnabledException,
    WebAuthnOriginNotAllowedException,
    WebAuthnRelyingPartyMismatchException,
)

_TOO_MANY: Final = f"A user has at most {PASSKEYS_PER_USER} passkeys."
_REFUSALS: Final[dict[Flaw, tuple[type[CognitoError], str]]] = {
    "origin": (WebAuthnOriginNotAllowedException, "The origin of the credential is not allowed."),
    "relying party": (
        WebAuthnRelyingPartyMismatchException,
        "The credential is bound to another relying party.",
    ),
    "user verification": (
        WebAuthnCredentialNotSupportedException,
        "The authenticator did not verify its user, which the user pool requires.",
    ),
    "key": (WebAuthnCredentialNotSupportedException, "The credential's key is not supported."),
}
_INVALID: Final = (InvalidParameterException, "The credential is not valid.")


def start(tx: Connection, call: Call, bearer: Bearer) -> dict[str, Any]:
    """Begin to register a passkey, in place of a registration that still waits; return what to ask the browser.

    Raises WebAuthnNotEnabledException, WebAuthnConfigurationMissingException, PasswordResetRequiredException, and
    LimitExceededException for one too many.
    """
    pool, user = bearer.pool, bearer.user
    _check_enabled(pool, user)
    party = relying_party(pool.factors.passkeys)
    if party is None:
        raise WebAuthnConfigurationMissingException("The user pool has no relying party id.")
    held = passkeys.of_user(tx, pool.id, user.sub)
    if len(held) >= PASSKEYS_PER_USER:
        raise LimitExceededException(_TOO_MANY)
    challenge = random_bytes(CHALLENGE_BYTES)
    expires_at = sessions.expiry(call, bearer.client)
    registrations.keep(
        tx,
        StartedRegistration(
            pool_id=pool.id,
            sub=user.sub,
            challenge_digest=_digest(challenge),
            client_id=bearer.client.id,
            relying_party_id=party.id,
            expires_at=expires_at,
        ),
    )
    seen = readable(pool, bearer.client, user.attributes)
    signs_in_as = next((seen[name] for name in pool.username_attributes if seen.get(name)), user.username)
    return creation_options(
        party,
        user_handle(user),
        signs_in_as,
        seen.get("name") or signs_in_as,
        bound_to(party, held),
        challenge,
        int(expires_at - call.now),
    )


def refusal(tx: Connection, call: Call, bearer: Bearer, answer: RegistrationAnswer) -> CognitoError | None:
    """Register the passkey that an authenticator has made, or say why not; its challenge is used up either way.

    The user has room for it: that was seen when he was asked, and one challenge alone waits for him.

    Raises WebAuthnNotEnabledException and PasswordResetRequiredException. Returns
    WebAuthnChallengeNotFoundException where the challenge is none that waits for the user, and
    WebAuthnClientMismatchException where another client began the registration, which leave the one that waits as it
    is; else the error of the flaw.
    """
    pool, user = bearer.pool, bearer.user
    _check_enabled(pool, user)
    started = registrations.of_user(tx, pool.id, user.sub)
    if (
        started is None
        or started.expires_at <= call.now
        or not hmac.compare_digest(started.challenge_digest, _digest(answer.client.challenge))
    ):
        return WebAuthnChallengeNotFoundException("The challenge of the registration was not found.")
    if started.client_id != bearer.client.id:
        return WebAuthnClientMismatchException("The registration was begun with another app client.")
    registrations.remove(tx, started)
    party = relying_party(pool.factors.passkeys)
    if party is None or started.relying_party_id != party.id:
        return _refused("relying party")
    try:
        passkeys.add(tx, _made(tx, call, bearer, party, answer))
    except CognitoError as problem:
        return problem
    return None


def _check_enabled(pool: UserPool, user: User) -> None:
    if "WEB_AUTHN" not in allowed(pool):
        raise WebAuthnNotEnabledException("Passkeys are not enabled for the user pool.")
    if user.status == "RESET_REQUIRED":
        raise PasswordResetRequiredException(RESET_REQUIRED)


def _made(
    tx: Connection, call: Call, bearer: Bearer, party: RelyingParty, answer: RegistrationAnswer
) -> Passkey:
    """Return the passkey that was made. Raises the error of the flaw."""
    pool, user = bearer.pool, bearer.user
    try:
        verified = verify_registration(answer, party, call.services.settings.passkey_origins)
    except CeremonyError as problem:
        raise _refused(problem.flaw) from None
    if passkeys.exists(tx, pool.id, answer.credential.id):
        raise InvalidParameterException("The credential is registered already.")
    made_by = user_agent.parse(call.user_agent).device_name
    return Passkey(
        pool_id=pool.id,
        id=answer.credential.id,
        sub=user.sub,
        relying_party_id=party.id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        backup_eligible=answer.authenticator.flags.be,
        backed_up=answer.authenticator.flags.bs,
        aaguid=verified.aaguid,
        name="Passkey" if made_by == user_agent.UNKNOWN.device_name else made_by,
        attachment=attachment_of(answer),
        transports=transports_of(answer),
        created_at=call.now,
    )


def _refused(flaw: Flaw) -> CognitoError:
    error, sentence = _REFUSALS.get(flaw, _INVALID)
    return error(sentence)


def _digest(challenge: bytes) -> bytes:
    return hashlib.sha256(challenge).digest()
