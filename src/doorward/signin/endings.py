"""What one request of a sign-in can come to: refused, asked for more, or granted.

Each writes the event down, carries the one on that began with the sign-in, and ends the session that was answered,
all in the operation's transaction.
"""

import msgspec
from sqlalchemy import Connection

from doorward.directory.user import Factor
from doorward.history.auth_event import EventResponse
from doorward.protection import unblocking
from doorward.protection.screening import Waiting
from doorward.signin import sessions
from doorward.signin.known_devices import bind_device
from doorward.signin.session_codes import SentCode
from doorward.signin.sessions import SessionState
from doorward.signin.sign_in import Challenge, ChallengeName, Granted, Refusal, SignIn
from doorward.signin.srp import ServerChallenge
from doorward.wire.errors import CognitoError

PROMPTS = frozenset({"SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE"})
"""The challenges by which a second factor is asked for: many of them in a row wear a user down."""


def refuse(tx: Connection, sign_in: SignIn, error: CognitoError, note: str = "") -> Refusal:
    """End the sign-in: the event fails, and `note` says why where nothing else in it does."""
    end_answered(tx, sign_in)
    _write(tx, sign_in, "Fail", note=note)
    return Refusal(error)


def ask(
    tx: Connection,
    sign_in: SignIn,
    challenge: ChallengeName,
    parameters: dict[str, str],
    *,
    code: SentCode | None = None,
    srp: ServerChallenge | None = None,
    handle: str | None = None,
    set_up: Factor | None = None,
    noted: bool = True,
) -> Challenge:
    """Put a challenge to the client, in a new session; the event is in progress.

    What has been proven and what is still pending goes with it, and the `code` that was sent; `set_up` is the
    factor that a right answer makes active, `handle` the session's where the challenge brings its own. Nothing is
    `noted` where nobody has shown anything yet.
    """
    end_answered(tx, sign_in)
    waiting = Waiting(
        sessions.expiry(sign_in.call, sign_in.client), prompted=challenge in PROMPTS and set_up is None
    )
    if noted:
        _write(tx, sign_in, "InProgress", waiting)
    state = SessionState(
        challenge=challenge,
        pool_id=sign_in.pool.id,
        client_id=sign_in.client.id,
        name=sign_in.name,
        sub=sign_in.user.sub if sign_in.user else None,
        user_id=sign_in.user_id,
        event_id=sign_in.event_id,
        proven=sign_in.proofs,
        password_digest=sign_in.password_digest,
        pending=sign_in.pending,
        let_in=sign_in.let_in,
        passkey_id=sign_in.passkey_id,
        device_key=sign_in.device_key,
        owes_device_proof=sign_in.owes_device_proof,
        srp=srp,
        code=code,
        set_up=set_up,
        custom=sign_in.custom,
    )
    handle = sessions.open_session(tx, sign_in.call, sign_in.client, state, handle)
    return Challenge(challenge, handle, parameters)


def grant(tx: Connection, sign_in: SignIn) -> Granted:
    """Hand out the tokens: the event passes, and teaches. They are bound to the device they go to."""
    end_answered(tx, sign_in)
    _write(tx, sign_in, "Pass")
    unblocking.close(tx, sign_in.screening)
    device_key, new_device = bind_device(tx, sign_in)
    tokens = sign_in.call.services.issuer.grant(
        tx,
        sign_in.pool,
        sign_in.client,
        sign_in.known_user,
        event_id=sign_in.event_id,
        now=sign_in.call.now,
        device_key=device_key,
    )
    return Granted(msgspec.structs.replace(tokens, new_device_metadata=new_device))


def note(tx: Connection, sign_in: SignIn) -> None:
    """Write into the event how a challenge was answered; the session goes on waiting for a better answer."""
    if sign_in.event_id is not None:
        _write(tx, sign_in, "InProgress")


def end_answered(tx: Connection, sign_in: SignIn) -> None:
    """End the session that the request answers; of two who answer at once, the second is refused."""
    if sign_in.answers is not None:
        sessions.end_session(tx, sign_in.client, sign_in.answers.handle)
        sign_in.answers = None


def _write(
    tx: Connection,
    sign_in: SignIn,
    response: EventResponse,
    waiting: Waiting | None = None,
    note: str = "",
) -> None:
    guard = sign_in.call.services.guard
    if sign_in.event_id is not None:
        sign_in.event = guard.go_on(
            tx,
            sign_in.pool.id,
            sign_in.event_id,
            response,
            answered=sign_in.answered,
            compromised=sign_in.compromised,
            waiting=waiting,
            judged_anew=(sign_in.screening, sign_in.verdict)
            if sign_in.judged_anew and sign_in.verdict
            else None,
            note=note,
        )
        return
    sign_in.event = guard.record(
        tx,
        sign_in.screening,
        response=response,
        challenges=sign_in.answered,
        verdict=sign_in.verdict,
        compromised=sign_in.compromised,
        waiting=waiting,
        note=note,
    )
    sign_in.event_id = sign_in.event.event_id if sign_in.event else None
