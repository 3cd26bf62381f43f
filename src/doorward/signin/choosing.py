"""Sessions of a choice-based sign-in before anything was proven, and who it is that is offered the choice."""

from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.directory.relying_party import relying_party
from doorward.directory.user_pool import UserPool
from doorward.signin import sessions, stand_in
from doorward.signin.endings import end_answered
from doorward.signin.first_factors import CODE_ADDRESS, Chooser, allowed
from doorward.signin.known_devices import claim_device
from doorward.signin.request import SignInRequest
from doorward.signin.resuming import resumed
from doorward.signin.session_codes import SentCode
from doorward.signin.sessions import SessionState
from doorward.signin.sign_in import Challenge, ChallengeName, SignIn
from doorward.store.sealing import Keyring

_VERIFIED: Final = ("email_verified", "phone_number_verified")
_KINDS: Final = ((True, 0), (True, 1), (True, 1), (True, 2), (False, 1), (False, 2))
"""What names that lead to nobody seem to have: a password or none, and so many addresses that codes can go to. Whatever
a user may have occurs here too, and tells nobody that he exists."""
_PASSKEYS: Final = 2
"""And one of so many a passkey besides."""


def put(
    tx: Connection,
    sign_in: SignIn,
    challenge: ChallengeName,
    parameters: dict[str, str],
    *,
    available: tuple[ChallengeName, ...] = (),
    waits_for: str | None = None,
    code: SentCode | None = None,
    passkey_challenge: bytes | None = None,
) -> Challenge:
    """Put a challenge to whoever has only said his name; the session that was answered ends.

    No event is written: nothing has been tried. `waits_for` is what the session waits for where another challenge
    has the same name, `code` what was sent for it, `passkey_challenge` what an authenticator is to sign.
    """
    user = sign_in.user
    end_answered(tx, sign_in)
    state = SessionState(
        challenge=waits_for or challenge,
        pool_id=sign_in.pool.id,
        client_id=sign_in.client.id,
        name=sign_in.name,
        sub=user.sub if user else None,
        user_id=user.username if user else sign_in.name,
        device_key=sign_in.device_key,
        code=code,
        passkey_challenge=passkey_challenge,
    )
    handle = sessions.open_session(tx, sign_in.call, sign_in.client, state)
    return Challenge(challenge, handle, parameters, available)


def resumed_choice(tx: Connection, request: SignInRequest, waits_for: str) -> SignIn:
    """Return the sign-in that a session of `put` has come to.

    Raises NotAuthorizedException where the session is not that of this challenge, client and user, was used
    already or has expired; ResourceNotFoundException for a device that the user does not have.
    """
    sign_in = resumed(tx, request, waits_for)
    state = sign_in.answers.state if sign_in.answers else None
    if state is None or state.sub is None:
        # Whoever takes the name meanwhile is not the one who was asked.
        sign_in.user = None
    claimed = request.parameters.get("DEVICE_KEY") or (state.device_key if state else None)
    claim_device(tx, sign_in, claimed)
    return sign_in


def nobody(keyring: Keyring, pool: UserPool, name: str) -> Chooser:
    """Return who seems to choose where the name leads to nobody: always the same, with what a user might have."""
    user = stand_in.stand_in(keyring, pool, name)
    named = f"{pool.id}\x00{pool.key(name)}".encode("utf-8", "surrogatepass")
    # Of the oldest key, so that a new key changes no simulated answer.
    *_, chance, seed = keyring.digests("simulated choice", named)[-1]
    has_password, addresses = _KINDS[seed % len(_KINDS)]
    verified = {name: value for name, value in user.attributes.items() if addresses or name not in _VERIFIED}
    if addresses > 1:
        verified |= dict.fromkeys(_VERIFIED, "true")
    # Users without a password are those who signed up with a code: where there are none, a passkey alone would tell.
    by_code = bool(CODE_ADDRESS.keys() & set(allowed(pool)))
    return Chooser(
        msgspec.structs.replace(user, attributes=verified),
        has_password=has_password or not by_code,
        has_passkey=relying_party(pool.factors.passkeys) is not None and chance % _PASSKEYS == 0,
    )
