"""Signing in right behind the sign-up: the code that confirmed the user is his first factor.

SignUp opens a session, ConfirmSignUp takes it and opens the next, and InitiateAuth with USER_AUTH takes that one. So
only who signed up, and not everybody who knows the code, is signed in by it.
"""

from typing import Final

from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin import sessions
from doorward.signin.endings import refuse
from doorward.signin.first_factors import CODE_ADDRESS, Chooser, allowed, can_begin_with_code
from doorward.signin.known_devices import claim_device
from doorward.signin.proofs import Proof
from doorward.signin.refusals import INVALID
from doorward.signin.request import SignInRequest
from doorward.signin.resuming import refuse_changed_user, resumed
from doorward.signin.sessions import SessionState
from doorward.signin.sign_in import Answer, Challenge, Granted, SignIn, settle, walk
from doorward.signin.steps import BEFORE_CREDENTIALS, FROM_FIRST_FACTOR, PASSWORD_RIGHT
from doorward.wire.errors import NotAuthorizedException

_SIGNED_UP: Final = "signed up"
_CONFIRMED: Final = "confirmed"
"""What the sessions wait for: the code of the sign-up, and the sign-in."""


def can_do_without_password(pool: UserPool, client: AppClient, user: User) -> bool:
    """Say whether a user may sign up without a password.

    The client must let users choose how they sign in, and he must have an address to which the pool sends first
    factors and which it verifies at sign-up (developer guide, Signing up and confirming user accounts).
    """
    return "ALLOW_USER_AUTH" in client.explicit_auth_flows and any(
        factor in allowed(pool)
        and attribute in pool.auto_verified_attributes
        and user.attributes.get(attribute)
        for factor, attribute in CODE_ADDRESS.items()
    )


def open_for_code(tx: Connection, call: Call, client: AppClient, user: User, name: str) -> str | None:
    """Return a session for ConfirmSignUp, where the client lets its users choose how they sign in."""
    if "ALLOW_USER_AUTH" not in client.explicit_auth_flows:
        return None
    return sessions.open_session(tx, call, client, _state(client, user, name, _SIGNED_UP))


def open_for_sign_in(
    tx: Connection, call: Call, pool: UserPool, client: AppClient, user: User, handle: str, attribute: str
) -> str | None:
    """Return a session for InitiateAuth in place of that of the sign-up, whose code came to `attribute` of the user.

    None where that one is not the user's and the client's, or over, and where a code to the address is none of his
    first factors: he is confirmed all the same, and signs in by himself.
    """
    if sessions.challenge_of(tx, call, client, handle) != _SIGNED_UP:
        return None
    before = sessions.read_session(tx, call, client, _SIGNED_UP, handle)
    if before.sub != user.sub:
        return None
    sessions.end_session(tx, client, handle)
    proof = _first_factor(pool, user, attribute)
    if proof is None:
        return None
    return sessions.open_session(tx, call, client, _state(client, user, before.name, _CONFIRMED, proof))


def begin_signed_up(request: SignInRequest) -> Challenge | Granted:
    """Sign in a user who has just confirmed his sign-up, by the session that ConfirmSignUp returned.

    Raises NotAuthorizedException where the session is not that of this client and user, was used already, has
    expired, or the code would not be a first factor of the user any more.
    """
    with request.call.reading() as tx:
        sign_in = resumed(tx, request, _CONFIRMED)
        claim_device(tx, sign_in, request.parameters.get("DEVICE_KEY"))

    def check_address(tx: Connection, sign_in: SignIn) -> Answer | None:
        if not all(_first_factor(sign_in.pool, sign_in.known_user, proof) for proof in sign_in.proofs):
            return refuse(tx, sign_in, NotAuthorizedException(INVALID))
        sign_in.answered.append(PASSWORD_RIGHT)
        return None

    with request.call.writing() as tx:
        answer = walk(
            tx, sign_in, (*BEFORE_CREDENTIALS, refuse_changed_user, check_address, *FROM_FIRST_FACTOR)
        )
    return settle(sign_in, answer)


def _first_factor(pool: UserPool, user: User, attribute: str) -> Proof | None:
    """Return what a code to the attribute proves, where it can be a first factor of the user."""
    chooser = Chooser.of(user)
    for factor, address in CODE_ADDRESS.items():
        if address == attribute and can_begin_with_code(pool, chooser, factor):
            return address
    return None


def _state(client: AppClient, user: User, name: str, waits_for: str, *proven: Proof) -> SessionState:
    return SessionState(
        challenge=waits_for,
        pool_id=client.pool_id,
        client_id=client.id,
        name=name,
        sub=user.sub,
        user_id=user.username,
        proven=proven,
        password_digest=user.password_digest,
    )
