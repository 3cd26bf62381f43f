"""Signing in without showing the password: USER_SRP_AUTH, or where it is chosen; and PASSWORD_VERIFIER."""

from typing import Final

from sqlalchemy import Connection

from doorward.clock import random_bytes
from doorward.signin import sessions, srp
from doorward.signin.custom_rounds import go_on_from_password, refuse_while_guessing
from doorward.signin.endings import end_answered
from doorward.signin.known_devices import claim_device
from doorward.signin.passwords import stored_verifier
from doorward.signin.refusals import INVALID
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sessions import CustomRounds
from doorward.signin.sign_in import Challenge, Granted, SignIn, settle, take, walk
from doorward.signin.stand_in import simulation_secret
from doorward.signin.steps import (
    BEFORE_CREDENTIALS,
    FROM_CREDENTIALS,
    PROVE_PASSWORD,
    refuse_unknown_name,
)
from doorward.wire.errors import NotAuthorizedException

CHALLENGE: Final = "PASSWORD_VERIFIER"


def begin_srp(request: SignInRequest, custom: CustomRounds | None = None) -> Challenge | Granted:
    """Answer SRP_A with a challenge; for a name that leads to nobody with one that looks no different.

    `custom` is what the custom sign-in has come to that the password is a part of.
    """
    name, client_public = request.username(), request.parameter("SRP_A")
    request.check_client(name)
    with request.call.reading() as tx:
        sign_in = identify(tx, request, name, custom=custom)
        claim_device(tx, sign_in, request.parameters.get("DEVICE_KEY"))
    return go_on_with_srp(sign_in, client_public)


def go_on_with_srp(sign_in: SignIn, client_public: str) -> Challenge | Granted:
    """Put the challenge that answers SRP_A to a sign-in that has begun."""
    call, client, pool, name = sign_in.call, sign_in.client, sign_in.pool, sign_in.name
    if sign_in.user is None and not client.hides_who_exists:
        with call.writing() as tx:
            answer = walk(tx, sign_in, (*BEFORE_CREDENTIALS, refuse_unknown_name))
        return settle(sign_in, answer)
    user_id = sign_in.user_id
    asked = srp.challenge(
        srp.identity(pool.id, user_id),
        _verifier(sign_in),
        client_public,
        random_bytes(srp.PRIVATE_BYTES),
        random_bytes(srp.SECRET_BLOCK_BYTES),
    )
    parameters = asked.parameters(user_id, user_id)

    def challenge(tx: Connection, sign_in: SignIn) -> Challenge:
        state = sessions.SessionState(
            challenge=CHALLENGE,
            pool_id=pool.id,
            client_id=client.id,
            name=name,
            sub=sign_in.user.sub if sign_in.user else None,
            user_id=user_id,
            device_key=sign_in.device_key,
            srp=asked,
            custom=sign_in.custom,
        )
        end_answered(tx, sign_in)
        # Clients answer with the secret block and not all of them with the session: the block is the handle.
        handle = sessions.open_session(tx, call, client, state, parameters["SECRET_BLOCK"])
        return Challenge(CHALLENGE, handle, parameters)

    with call.writing() as tx:
        answer = walk(tx, sign_in, (*BEFORE_CREDENTIALS, challenge))
    return settle(sign_in, answer)


def answer_srp(request: SignInRequest) -> Challenge | Granted:
    """Check the claim, then take the same steps as any other sign-in; in a custom one the functions come between."""
    user_id, handle = request.username(), request.parameter("PASSWORD_CLAIM_SECRET_BLOCK")
    claim = srp.PasswordClaim(
        secret_block=handle,
        signature=request.parameter("PASSWORD_CLAIM_SIGNATURE"),
        timestamp=request.parameter("TIMESTAMP"),
    )
    srp.parse_timestamp(claim.timestamp)
    request.check_client(user_id)
    call, client = request.call, request.client
    if request.session is not None and request.session != handle:
        raise NotAuthorizedException(INVALID)
    with call.reading() as tx:
        state = sessions.read_session(tx, call, client, CHALLENGE, handle)
        if request.pool.key(user_id) != request.pool.key(state.user_id) or state.srp is None:
            raise NotAuthorizedException(INVALID)
        sign_in = identify(tx, request, state.name, state.sub, custom=state.custom)
        claim_device(tx, sign_in, request.parameters.get("DEVICE_KEY") or state.device_key)
    right = srp.check_claim(
        state.srp,
        _verifier(sign_in),
        claim,
        call.now,
    )
    stored = sign_in.user.password if sign_in.user else None
    if stored is not None:
        sign_in.proven, sign_in.password_digest = right, stored.digest
        sign_in.compromised = call.services.known_passwords.check_stored(sign_in.screening, stored)
    if state.custom is not None:
        with call.writing() as tx:
            sessions.end_session(tx, client, handle)
            refused = take(tx, sign_in, (*PROVE_PASSWORD, refuse_while_guessing))
        return settle(sign_in, refused) if refused else go_on_from_password(request, sign_in)
    with call.writing() as tx:
        sessions.end_session(tx, client, handle)
        answer = walk(tx, sign_in, FROM_CREDENTIALS)
    return settle(sign_in, answer)


def _verifier(sign_in: SignIn) -> srp.Verifier:
    """The user's verifier, or one that no password opens."""
    user = sign_in.user
    if user is None or user.password is None:
        secret = simulation_secret(sign_in.call.services.keyring, sign_in.pool)
        return srp.simulated_verifier(secret, sign_in.pool.key(sign_in.name))
    return stored_verifier(sign_in.call.services.keyring, user, user.password)
