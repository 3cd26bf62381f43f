"""Asking a remembered device for the proof of its secret, and judging the sign-in by what it has proven."""

import dataclasses
from typing import Final

from sqlalchemy import Connection

from doorward.directory.app_client import AppClient
from doorward.directory.queries import devices
from doorward.directory.user import User
from doorward.protection.screening import Demand, HeldFactors, Verdict
from doorward.signin import sessions
from doorward.signin.endings import ask, refuse
from doorward.signin.known_devices import NO_DEVICE
from doorward.signin.sign_in import Answer, SignIn
from doorward.wire.errors import ResourceNotFoundException

CHALLENGE: Final = "DEVICE_SRP_AUTH"


def ask_device_proof(tx: Connection, sign_in: SignIn) -> Answer:
    """Put DEVICE_SRP_AUTH, the last challenge before the tokens: libraries take no other behind it.

    Two of them do not send the session back that they were given. Where a second factor was answered just
    before, amazon-cognito-identity-js still has that session, so the handle stays; pycognito sends none, so
    the session is also found by client, user and device.
    """
    user, key = sign_in.known_user, sign_in.device_key or ""
    if devices.find(tx, sign_in.pool.id, user.sub, key) is None:
        # What was decided counted on the proof of a device that has been forgotten meanwhile.
        return refuse(tx, sign_in, ResourceNotFoundException(NO_DEVICE))
    handle = sign_in.answers.handle if sign_in.answers else None
    told = {"USERNAME": user.username, "DEVICE_KEY": key}
    challenge = ask(tx, sign_in, CHALLENGE, told, handle=handle)
    place = place_of(sign_in.client, user, key)
    sessions.point_to_session(tx, sign_in.call, sign_in.client, place, challenge.session)
    return challenge


def place_of(client: AppClient, user: User, device_key: str) -> str:
    """Return where a session is found that waits for a device and whose handle the client does not send."""
    return f"{CHALLENGE} {client.id} {user.sub} {device_key}"


def demand_with_device(tx: Connection, sign_in: SignIn, held: HeldFactors) -> Demand:
    """What would be done with the sign-in, if its device proves what it claims: what to ask for before the proof."""
    guard = sign_in.call.services.guard
    screening = guard.with_remembered_device(tx, sign_in.screening, None)
    return guard.assess(tx, screening, _with_device(sign_in, held)).demand


def judge_anew(tx: Connection, sign_in: SignIn, held: HeldFactors, *, remembered: bool) -> Verdict:
    """Judge the sign-in by the circumstance that it began in and the device that has now proven its secret.

    `remembered` says whether the device still is.
    """
    guard = sign_in.call.services.guard
    if remembered:
        sign_in.screening = guard.with_remembered_device(tx, sign_in.screening, sign_in.event_id)
        held = _with_device(sign_in, held)
    sign_in.verdict = verdict = guard.assess(tx, sign_in.screening, held)
    sign_in.judged_anew = True
    return verdict


def _with_device(sign_in: SignIn, held: HeldFactors) -> HeldFactors:
    return dataclasses.replace(held, device_stands=sign_in.pool.device_replaces_mfa)
