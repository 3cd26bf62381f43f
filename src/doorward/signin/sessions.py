"""Sessions: what a sign-in has come to when a challenge is put to the client.

A session is opened once, taken once, and valid for a few minutes (AuthSessionValidity). The client holds an
unpredictable handle; the state is sealed in the database under the handle's digest, bound to pool and client.
"""

import hashlib

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.clock import random_token
from doorward.directory.app_client import AppClient
from doorward.directory.user import Factor
from doorward.signin import queries
from doorward.signin.srp import ServerChallenge
from doorward.wire.errors import NotAuthorizedException

_DEFAULT_MINUTES = 3
_HANDLE_BYTES = 48


class SessionState(msgspec.Struct, frozen=True, kw_only=True):
    """What was so far: which challenge is put, to whom, where, under which event.

    `name` is the user name as the client gave it, `user_id` the one it was told to answer with; `sub` is None
    where the challenge is simulated for a name that leads to nobody. `set_up` is the factor that was set up in
    the challenge MFA_SETUP. `password_digest` is the stored digest of
    the password that opened the session, where its answer must not outlive that password.
    """

    challenge: str
    pool_id: str
    client_id: str
    name: str
    sub: str | None
    set_up: Factor | None = None
    user_id: str = ""
    event_id: str | None = None
    password_digest: str | None = None
    srp: ServerChallenge | None = None


_decoder = msgspec.msgpack.Decoder(SessionState)


def open_session(
    tx: Connection, call: Call, client: AppClient, state: SessionState, handle: str | None = None
) -> str:
    """Keep a state and return the handle by which the client resumes it; an SRP exchange brings its own."""
    handle = handle or random_token(_HANDLE_BYTES)
    minutes = client.configuration.auth_session_validity or _DEFAULT_MINUTES
    digest = _digest(handle)
    queries.keep_session(
        tx,
        state.pool_id,
        digest,
        call.services.keyring.seal(msgspec.msgpack.encode(state), digest),
        call.now + minutes * 60,
    )
    return handle


def read_session(tx: Connection, call: Call, client: AppClient, challenge: str, handle: str) -> SessionState:
    """Return the state of a session without ending it.

    Raises NotAuthorizedException where there is none, it has expired, or it is another client's or
    challenge's.
    """
    digest = _digest(handle)
    found = queries.session(tx, client.pool_id, digest)
    if found is None:
        raise NotAuthorizedException("Invalid session for the user.")
    sealed, expires_at = found
    if expires_at <= call.now:
        raise NotAuthorizedException("Invalid session for the user, session is expired.")
    state = _decoder.decode(call.services.keyring.open(sealed, digest))
    if state.client_id != client.id or state.challenge != challenge:
        raise NotAuthorizedException("Invalid session for the user.")
    return state


def find_session(tx: Connection, call: Call, challenge: str, handle: str) -> SessionState:
    """Return the state of a session for an operation that names no client: the handle alone leads to it.

    Raises NotAuthorizedException where there is none, it has expired, or it is another challenge's.
    """
    found = queries.session_of_any_pool(tx, _digest(handle))
    if found is None:
        raise NotAuthorizedException("Invalid session for the user.")
    sealed, expires_at = found
    if expires_at <= call.now:
        raise NotAuthorizedException("Invalid session for the user, session is expired.")
    state = _decoder.decode(call.services.keyring.open(sealed, _digest(handle)))
    if state.challenge != challenge:
        raise NotAuthorizedException("Invalid session for the user.")
    return state


def end_session(tx: Connection, client: AppClient, handle: str) -> None:
    """End a session: of two callers who answer at once, the second is refused.

    Raises NotAuthorizedException where it has ended already.
    """
    if not queries.remove_session(tx, client.pool_id, _digest(handle)):
        raise NotAuthorizedException("Invalid session for the user.")


def _digest(handle: str) -> bytes:
    return hashlib.sha256(handle.encode("utf-8", "surrogatepass")).digest()
