"""Going on with a sign-in that waits for an answer: whose it is, and whether it still may."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from doorward.directory.queries import users
from doorward.signin import sessions
from doorward.signin.endings import refuse
from doorward.signin.refusals import INVALID
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sessions import OpenSession, SessionState, has_lost_passkey
from doorward.signin.sign_in import Answer, Challenge, Granted, SignIn, Step, settle, walk
from doorward.signin.steps import (
    refuse_blocked_address,
    refuse_closed_way,
    refuse_reported,
    refuse_unusable_user,
)
from doorward.wire.errors import NotAuthorizedException

BEGINNINGS: Final = frozenset(
    {"password", "email", "phone_number", "passkey", "passkey as both factors", "custom"}
)
"""First factors behind which a sign-in does not outlive the password that the user had: he may have replaced it
because somebody else is at his account, in his mailbox, or at his device."""


def go_on(request: SignInRequest, challenge: str, steps: Iterable[Step]) -> Challenge | Granted:
    """Take the steps of an answer to a challenge, in one transaction.

    Raises NotAuthorizedException where the session is not that of this challenge, client and user, was used
    already, has expired, or began with a password that is no longer the user's; where the sign-in was reported as
    somebody else's, for a blocked address, and where a block was lifted for one sign-in and another was that one.
    """
    with request.call.reading() as tx:
        sign_in = resumed(tx, request, challenge)
    with request.call.writing() as tx:
        answer = walk(tx, sign_in, (*MAY_GO_ON, refuse_unusable_user, *steps))
    return settle(sign_in, answer)


def resumed(tx: Connection, request: SignInRequest, challenge: str) -> SignIn:
    """Return the sign-in that a session has come to. Raises as `go_on` does."""
    name = request.username()
    request.check_client(name)
    handle = request.session or ""
    state = sessions.read_session(tx, request.call, request.client, challenge, handle)
    if request.pool.key(name) not in {request.pool.key(state.user_id), request.pool.key(state.name)}:
        raise NotAuthorizedException(INVALID)
    sign_in = identify(tx, request, state.name, state.sub, custom=state.custom)
    sign_in.answers = OpenSession(handle, state)
    sign_in.event_id = state.event_id
    sign_in.proofs = state.proven
    sign_in.pending, sign_in.let_in = state.pending, state.let_in
    sign_in.device_key, sign_in.owes_device_proof = state.device_key, state.owes_device_proof
    sign_in.passkey_id, sign_in.password_digest = state.passkey_id, state.password_digest
    return sign_in


def refuse_changed_user(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Does the session still wait, and is the user still the one it was opened for, with what he has shown?"""
    state = read_again(tx, sign_in)
    user = sign_in.user
    if (
        user is None
        or (user.password_digest != state.password_digest and BEGINNINGS.intersection(state.proven))
        or has_lost_passkey(tx, state)
    ):
        return refuse(tx, sign_in, NotAuthorizedException(INVALID))
    return None


def read_again(tx: Connection, sign_in: SignIn) -> SessionState:
    """See the session that is answered, and its user, as they are now; return the session's state.

    What is read here, inside the writing transaction, is what counts: of two who answer at once, one is refused.
    Raises NotAuthorizedException where the session has ended.
    """
    waiting = sign_in.answers
    if waiting is None:
        raise LookupError("no step before this one ends the session")
    state = sessions.read_session(tx, sign_in.call, sign_in.client, waiting.state.challenge, waiting.handle)
    sign_in.answers = OpenSession(waiting.handle, state)
    sign_in.user = users.find_by_sub(tx, sign_in.pool.id, state.sub) if state.sub else None
    return state


STILL_HIS: Final[tuple[Step, ...]] = (refuse_blocked_address, refuse_changed_user, refuse_reported)
"""What is asked of every sign-in that has waited, before its answer is looked at."""

MAY_GO_ON: Final[tuple[Step, ...]] = (*STILL_HIS, refuse_closed_way)
"""The same of one that is not judged anew by its answer, as one with a device is."""
