"""The proof of a device's secret: answering DEVICE_SRP_AUTH, then DEVICE_PASSWORD_VERIFIER."""

import dataclasses
from typing import Final

from sqlalchemy import Connection

from doorward.clock import random_bytes
from doorward.directory.device import Device
from doorward.directory.queries import devices, users
from doorward.signin import device_secret, device_steps, sessions, srp
from doorward.signin.device_steps import judge_anew, place_of
from doorward.signin.endings import ask, refuse
from doorward.signin.held_factors import held_factors
from doorward.signin.known_devices import NO_DEVICE
from doorward.signin.refusals import INCORRECT, INVALID
from doorward.signin.request import SignInRequest
from doorward.signin.resuming import STILL_HIS, resumed
from doorward.signin.second_factor_steps import FACTOR_WRONG
from doorward.signin.sign_in import Answer, Challenge, Granted, SignIn, Step, settle, walk
from doorward.signin.steps import (
    FROM_NEW_PASSWORD,
    act_on,
    refuse_unusable_user,
)
from doorward.wire.errors import NotAuthorizedException, ResourceNotFoundException

CHALLENGE: Final = "DEVICE_PASSWORD_VERIFIER"

_GOING_ON: Final[tuple[Step, ...]] = (*STILL_HIS, refuse_unusable_user)


def begin_device_srp(request: SignInRequest) -> Challenge | Granted:
    """Answer a device's SRP_A with a challenge.

    Raises InvalidParameterException for an SRP_A that is no number of the group or leads to zero, and
    ResourceNotFoundException where the device was forgotten meanwhile.
    """
    key, client_public = request.parameter("DEVICE_KEY"), request.parameter("SRP_A")
    call = request.call
    with call.reading() as tx:
        request = _with_session(tx, request, key)
        sign_in = resumed(tx, request, device_steps.CHALLENGE)
        device = _claimed(tx, sign_in, key)
    asked = srp.challenge(
        device_secret.identity(device),
        device_secret.stored_verifier(call.services.keyring, device),
        client_public,
        random_bytes(srp.PRIVATE_BYTES),
        random_bytes(srp.SECRET_BLOCK_BYTES),
    )
    parameters = asked.parameters(device.key, sign_in.known_user.username)
    del parameters["USER_ID_FOR_SRP"]

    def challenge(tx: Connection, sign_in: SignIn) -> Challenge:
        # The secret block is the handle, as with a password: every client sends it back.
        handle = parameters["SECRET_BLOCK"]
        return ask(tx, sign_in, CHALLENGE, parameters | {"DEVICE_KEY": device.key}, handle=handle, srp=asked)

    with call.writing() as tx:
        answer = walk(tx, sign_in, (*_GOING_ON, challenge))
    return settle(sign_in, answer)


def answer_device_srp(request: SignInRequest) -> Challenge | Granted:
    """Check the device's claim, judge the sign-in by it, and grant the tokens.

    Raises NotAuthorizedException for a claim that proves nothing, which ends the sign-in, and where the risk is
    such that even a remembered device is refused; ResourceNotFoundException for a forgotten device.
    """
    key, handle = request.parameter("DEVICE_KEY"), request.parameter("PASSWORD_CLAIM_SECRET_BLOCK")
    claim = srp.PasswordClaim(
        secret_block=handle,
        signature=request.parameter("PASSWORD_CLAIM_SIGNATURE"),
        timestamp=request.parameter("TIMESTAMP"),
    )
    srp.parse_timestamp(claim.timestamp)
    if request.session is not None and request.session != handle:
        raise NotAuthorizedException(INVALID)
    call = request.call
    with call.reading() as tx:
        sign_in = resumed(tx, dataclasses.replace(request, session=handle), CHALLENGE)
        device = _claimed(tx, sign_in, key)
    asked = sign_in.answers.state.srp if sign_in.answers else None
    if asked is None:
        raise NotAuthorizedException(INVALID)
    verifier = device_secret.stored_verifier(call.services.keyring, device)
    right = srp.check_claim(asked, verifier, claim, call.now)

    def check_proof(tx: Connection, sign_in: SignIn) -> Answer | None:
        present = devices.find(tx, sign_in.pool.id, sign_in.known_user.sub, device.key)
        if present is None:
            return refuse(tx, sign_in, ResourceNotFoundException(NO_DEVICE))
        if not right or present.sealed_srp_verifier != device.sealed_srp_verifier:
            if len(sign_in.proofs) == 1:
                sign_in.answered.append(FACTOR_WRONG)
            return refuse(tx, sign_in, NotAuthorizedException(INCORRECT))
        sign_in.owes_device_proof = False
        sign_in.proofs = (*sign_in.proofs, "device")
        held = held_factors(sign_in.pool, sign_in.known_user, sign_in.proofs)
        # Whoever stopped remembering it meanwhile wants no more said of it than that it is known.
        verdict = judge_anew(tx, sign_in, held, remembered=present.remembered)
        return act_on(tx, sign_in, verdict.demand)

    with call.writing() as tx:
        answer = walk(tx, sign_in, (*_GOING_ON, check_proof, *FROM_NEW_PASSWORD))
    return settle(sign_in, answer)


def _with_session(tx: Connection, request: SignInRequest, key: str) -> SignInRequest:
    """Return the request with the session that it did not send: the one that waits for this user's device."""
    if request.session is not None:
        return request
    user = users.find(tx, request.pool, request.username())
    place = place_of(request.client, user, key) if user else ""
    return dataclasses.replace(
        request, session=sessions.pointed_session(tx, request.call, request.client, place)
    )


def _claimed(tx: Connection, sign_in: SignIn, key: str) -> Device:
    """Return the device that the sign-in began with. Raises as the answers to the challenges do."""
    if sign_in.user is None or key != sign_in.device_key:
        raise NotAuthorizedException(INVALID)
    return devices.require(tx, sign_in.pool.id, sign_in.user.sub, key)
