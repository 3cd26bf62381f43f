"""Sessions: what a sign-in has come to when a challenge is put to the client.

A session is opened once, taken once, and valid for a few minutes (AuthSessionValidity). The client holds an
unpredictable handle; the state is sealed in the database under the handle's digest, bound to pool and client.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.clock import Instant, random_token
from doorward.directory.app_client import AppClient
from doorward.directory.queries import passkeys
from doorward.directory.user import Factor
from doorward.signin import queries
from doorward.signin.proofs import Pending, Proof
from doorward.signin.refusals import INVALID
from doorward.signin.session_codes import SentCode
from doorward.signin.srp import ServerChallenge
from doorward.triggers.auth_challenge import ChallengeResult
from doorward.wire.errors import NotAuthorizedException

WRONG_ANSWERS: Final = 5
"""So many wrong codes end one session."""

_DEFAULT_MINUTES = 3
_HANDLE_BYTES = 48
_POINTER = "found elsewhere"


class CustomRounds(msgspec.Struct, frozen=True, kw_only=True):
    """What a custom sign-in has come to: the challenges that were answered, and the one that waits.

    `private` is what its function needs to judge the answer, `metadata` the challenge's own name.
    """

    answered: tuple[ChallengeResult, ...] = ()
    private: dict[str, str] = {}
    metadata: str | None = None


class SessionState(msgspec.Struct, frozen=True, kw_only=True):
    """What was so far: which challenge is put, to whom, where, under which event, and what comes behind it.

    `name` is the user name as the client gave it, `user_id` the one it was told to answer with; `sub` is None
    where the challenge is simulated for a name that leads to nobody. `proven` says what the user has shown
    already. `password_digest` is the stored digest of the password that opened the session, which must not
    outlive that password. `pending` is what was decided at the risk of the sign-in and is not fulfilled yet, `let_in`
    that a block was lifted for it.
    `device_key` is the device that the client says it is, which may owe the proof of it.
    `set_up` is the factor that was set up on the way, `set_up_until` by when that has to be done, `code` what was sent
    for this session alone, and `wrong_answers` how often it was guessed at; `passkey_challenge` is what an
    authenticator is to sign, `passkey_id` the passkey that has been shown, which must not be deleted meanwhile.
    `custom` is what a custom sign-in has come to, None in any other.
    """

    challenge: str
    pool_id: str
    client_id: str
    name: str
    sub: str | None
    user_id: str = ""
    event_id: str | None = None
    proven: tuple[Proof, ...] = ()
    password_digest: str | None = None
    pending: Pending = "allow"
    let_in: bool = False
    device_key: str | None = None
    owes_device_proof: bool = False
    srp: ServerChallenge | None = None
    set_up: Factor | None = None
    set_up_until: Instant | None = None
    code: SentCode | None = None
    wrong_answers: int = 0
    passkey_challenge: bytes | None = None
    passkey_id: str | None = None
    custom: CustomRounds | None = None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that waits for its answer: the client's handle, and the state."""

    handle: str
    state: SessionState


_decoder = msgspec.msgpack.Decoder(SessionState)


def open_session(
    tx: Connection, call: Call, client: AppClient, state: SessionState, handle: str | None = None
) -> str:
    """Keep a state and return the handle by which the client resumes it; an SRP exchange brings its own."""
    handle = handle or random_token(_HANDLE_BYTES)
    digest = _digest(handle)
    queries.keep_session(
        tx,
        state.pool_id,
        digest,
        call.services.keyring.seal(msgspec.msgpack.encode(state), digest),
        expiry(call, client),
    )
    return handle


def expiry(call: Call, client: AppClient) -> Instant:
    """Return until when a session that is opened now can be answered."""
    return call.now + 60 * (client.configuration.auth_session_validity or _DEFAULT_MINUTES)


def point_to_session(tx: Connection, call: Call, client: AppClient, place: str, handle: str) -> None:
    """Let a session be found at a place too, for clients that do not send its handle; it replaces the one there.

    What is kept there is no session that could be answered.
    """
    queries.remove_session(tx, client.pool_id, _digest(place))
    state = SessionState(
        challenge=_POINTER, pool_id=client.pool_id, client_id=client.id, name=handle, sub=None
    )
    open_session(tx, call, client, state, place)


def pointed_session(tx: Connection, call: Call, client: AppClient, place: str) -> str:
    """Return the handle of the session that is found at a place. Raises as `read_session` does."""
    return read_session(tx, call, client, _POINTER, place).name


def change_session(tx: Connection, call: Call, client: AppClient, state: SessionState, handle: str) -> None:
    """Keep another state under a handle that goes on being valid, and no longer than before."""
    digest = _digest(handle)
    sealed = call.services.keyring.seal(msgspec.msgpack.encode(state), digest)
    queries.change_session(tx, client.pool_id, digest, sealed)


def wait_on(tx: Connection, call: Call, client: AppClient, waiting: OpenSession) -> bool:
    """Count a wrong code in a session, which goes on under its handle; False where it was one too many for that."""
    wrong_answers = waiting.state.wrong_answers + 1
    if wrong_answers >= WRONG_ANSWERS:
        return False
    state = msgspec.structs.replace(waiting.state, wrong_answers=wrong_answers)
    change_session(tx, call, client, state, waiting.handle)
    return True


def read_session(tx: Connection, call: Call, client: AppClient, challenge: str, handle: str) -> SessionState:
    """Return the state of a session without ending it.

    Raises NotAuthorizedException where there is none, it has expired, or it is another client's or
    challenge's.
    """
    digest = _digest(handle)
    state = _waiting(call, queries.session(tx, client.pool_id, digest), digest)
    if state.client_id != client.id or state.challenge != challenge:
        raise NotAuthorizedException(INVALID)
    return state


def challenge_of(tx: Connection, call: Call, client: AppClient, handle: str) -> str | None:
    """Return the challenge that a session waits for, None where there is none that could be answered."""
    digest = _digest(handle)
    try:
        state = _waiting(call, queries.session(tx, client.pool_id, digest), digest)
    except NotAuthorizedException:
        return None
    return state.challenge if state.client_id == client.id else None


def find_session(tx: Connection, call: Call, challenge: str, handle: str) -> SessionState:
    """Return the state of a session for an operation that names no client: the handle alone leads to it.

    Raises NotAuthorizedException where there is none, it has expired, or it is another challenge's.
    """
    digest = _digest(handle)
    state = _waiting(call, queries.session_of_any_pool(tx, digest), digest)
    if state.challenge != challenge:
        raise NotAuthorizedException(INVALID)
    return state


def end_session(tx: Connection, client: AppClient, handle: str) -> None:
    """End a session: of two callers who answer at once, the second is refused.

    Raises NotAuthorizedException where it has ended already.
    """
    if not queries.remove_session(tx, client.pool_id, _digest(handle)):
        raise NotAuthorizedException(INVALID)


def has_lost_passkey(tx: Connection, state: SessionState) -> bool:
    """Say whether a session began with a passkey that has been deleted since: the authenticator was lost, perhaps."""
    if state.passkey_id is None:
        return False
    return passkeys.find(tx, state.pool_id, state.sub or "", state.passkey_id) is None


def _waiting(call: Call, found: tuple[bytes, Instant] | None, digest: bytes) -> SessionState:
    """Open what was found under a handle's digest. Raises NotAuthorizedException where it is nothing, or expired."""
    if found is None:
        raise NotAuthorizedException(INVALID)
    sealed, expires_at = found
    if expires_at <= call.now:
        raise NotAuthorizedException("Invalid session for the user, session is expired.")
    return _decoder.decode(call.services.keyring.open(sealed, digest))


def _digest(handle: str) -> bytes:
    return hashlib.sha256(handle.encode("utf-8", "surrogatepass")).digest()
