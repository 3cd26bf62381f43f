"""Signing in without showing the password: USER_SRP_AUTH, or where it is chosen; and PASSWORD_VERIFIER."""

from typing import Final

from sqlalchemy import Connection

from doorward.clock import random_bytes
from doorward.directory.usernames import alias_form
from doorward.signin import sessions, srp
from doorward.signin.endings import end_answered
from doorward.signin.known_devices import claim_device
from doorward.signin.passwords import stored_verifier
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sign_in import Challenge, Granted, SignIn, settle, walk
from doorward.signin.steps import BEFORE_CREDENTIALS, FROM_CREDENTIALS, refuse_unknown_name
from doorward.wire.errors import NotAuthorizedException

CHALLENGE: Final = "PASSWORD_VERIFIER"


def begin_srp(request: SignInRequest) -> Challenge | Granted:
    """Answer SRP_A with a challenge; for a name that leads to nobody with one that looks no different."""
    name, client_public = request.username(), request.parameter("SRP_A")
    request.check_client(name)
    with request.call.reading() as tx:
        sign_in = identify(tx, request, name)
        claim_device(tx, sign_in, request.parameters.get("DEVICE_KEY"))
    return go_on_with_srp(sign_in, client_public)


def go_on_with_srp(sign_in: SignIn, client_public: str) -> Challenge | Granted:
    """Put the challenge that answers SRP_A to a sign-in that has begun."""
    call, client, pool, name = sign_in.call, sign_in.client, sign_in.pool, sign_in.name
    if sign_in.user is None and not client.hides_who_exists:
        with call.writing() as tx:
            answer = walk(tx, sign_in, (*BEFORE_CREDENTIALS, refuse_unknown_name))
        return settle(sign_in, answer)
    user_id = sign_in.user.username if sign_in.user else _simulated_user_id(sign_in)
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
        )
        end_answered(tx, sign_in)
        # Clients answer with the secret block and not all of them with the session: the block is the handle.
        handle = sessions.open_session(tx, call, client, state, parameters["SECRET_BLOCK"])
        return Challenge(CHALLENGE, handle, parameters)

    with call.writing() as tx:
        answer = walk(tx, sign_in, (*BEFORE_CREDENTIALS, challenge))
    return settle(sign_in, answer)


def answer_srp(request: SignInRequest) -> Challenge | Granted:
    """Check the claim, then take the same steps as any other sign-in."""
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
        raise NotAuthorizedException("Invalid session for the user.")
    with call.reading() as tx:
        state = sessions.read_session(tx, call, client, CHALLENGE, handle)
        if request.pool.key(user_id) != request.pool.key(state.user_id) or state.srp is None:
            raise NotAuthorizedException("Invalid session for the user.")
        sign_in = identify(tx, request, state.name, state.sub)
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
    with call.writing() as tx:
        sessions.end_session(tx, client, handle)
        answer = walk(tx, sign_in, FROM_CREDENTIALS)
    return settle(sign_in, answer)


def _verifier(sign_in: SignIn) -> srp.Verifier:
    """The user's verifier, or one that no password opens."""
    user = sign_in.user
    if user is None or user.password is None:
        return srp.simulated_verifier(_simulation_secret(sign_in), sign_in.pool.key(sign_in.name))
    return stored_verifier(sign_in.call.services.keyring, user, user.password)


def _simulated_user_id(sign_in: SignIn) -> str:
    """What USER_ID_FOR_SRP says of a name that leads to nobody: always the same, shaped like a real one.

    Where case does not count a known name comes back as it is kept, whatever was typed; so does this one.
    An address that is an alias comes back as a user name, which cannot look like an address.
    """
    pool, name = sign_in.pool, sign_in.name
    if not pool.username_attributes and alias_form(pool, name) is None:
        return pool.key(name)
    return srp.simulated_user_id(_simulation_secret(sign_in), pool.key(name))


def _simulation_secret(sign_in: SignIn) -> bytes:
    # Of the oldest key, so that a new key changes no simulated answer.
    return sign_in.call.services.keyring.digests("simulated users", sign_in.pool.id.encode())[-1]
