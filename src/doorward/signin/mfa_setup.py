"""MFA_SETUP: setting up a second factor within a sign-in, by the session of the challenge.

AssociateSoftwareToken and VerifySoftwareToken take the session and give a new one; the last one answers the
challenge. A factor becomes active with that answer alone, and only while the user still has none: a session that
somebody else opened with the same password, and kept, sets up nothing beside what the user has set up himself.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.queries import app_clients, user_pools, users
from doorward.directory.user import Factor, User
from doorward.directory.user_pool import UserPool
from doorward.protection.learning import is_reported
from doorward.protection.screening import Waiting
from doorward.signin import sessions, software_tokens
from doorward.signin.refusals import INVALID
from doorward.signin.second_factors import FACTORS, of_other_channel, usable
from doorward.signin.sessions import SessionState
from doorward.wire.errors import NotAuthorizedException

CHALLENGE: Final = "MFA_SETUP"

LONGEST: Final = 3600.0
"""Seconds that setting up may take from its first step on, however often its session is renewed: who got here by
something that is the user's no more shall not wait here for ever."""


@dataclass(frozen=True)
class SettingUp:
    """A sign-in that waits for a second factor to be set up. `handle` is its session's."""

    pool: UserPool
    client: AppClient
    user: User
    state: SessionState
    handle: str


def resume(tx: Connection, call: Call, handle: str) -> SettingUp:
    """Return the sign-in that a session of MFA_SETUP belongs to; the session goes on being valid.

    Raises NotAuthorizedException where there is no such session, it has expired or is another challenge's, or
    its user is gone or disabled, has changed his password, has a factor by now, took too long (`LONGEST`), has
    reported the sign-in as somebody else's, or has no more the passkey that it began with.
    """
    state = sessions.find_session(tx, call, CHALLENGE, handle)
    pool = user_pools.find(tx, state.pool_id)
    client = app_clients.find(tx, state.client_id)
    user = users.find_by_sub(tx, state.pool_id, state.sub) if state.sub else None
    if pool is None or client is None or user is None or not _may_set_up(call, pool, user, state):
        raise NotAuthorizedException(INVALID)
    if sessions.has_lost_passkey(tx, state) or is_reported(tx, pool.id, state.event_id):
        raise NotAuthorizedException(INVALID)
    return SettingUp(pool, client, user, state, handle)


def renew(tx: Connection, call: Call, setting_up: SettingUp, set_up: Factor | None) -> str:
    """End the session and open the next one, in which `set_up` has been set up; return its handle.

    Raises NotAuthorizedException where another request has ended the session already.
    """
    sessions.end_session(tx, setting_up.client, setting_up.handle)
    if setting_up.state.event_id is not None:
        waiting = Waiting(sessions.expiry(call, setting_up.client))
        guard = call.services.guard
        guard.go_on(tx, setting_up.pool.id, setting_up.state.event_id, "InProgress", waiting=waiting)
    until = setting_up.state.set_up_until or call.now + LONGEST
    state = msgspec.structs.replace(setting_up.state, set_up=set_up, set_up_until=until)
    return sessions.open_session(tx, call, setting_up.client, state)


def complete(tx: Connection, call: Call, pool: UserPool, user: User, state: SessionState) -> User:
    """Make the factor that was set up in a session the user's, and return him with it.

    For the answer to MFA_SETUP, which has ended the session. Raises NotAuthorizedException where nothing was
    set up, or the user may not set up any more (see `resume`).
    """
    ready = state.set_up == "SOFTWARE_TOKEN_MFA" and software_tokens.has_token(tx, pool, user)
    if state.set_up is None or not ready or not _may_set_up(call, pool, user, state):
        raise NotAuthorizedException(INVALID)
    return activate(tx, call, pool, user, state.set_up)


def activate(tx: Connection, call: Call, pool: UserPool, user: User, factor: Factor) -> User:
    """Make a factor active for the user, and the preferred one where none is; return him with it."""
    active = (one for one in FACTORS if one in user.factors or one == factor)
    changed = msgspec.structs.replace(
        user.with_factors(active, user.preferred_factor or factor), modified_at=call.now
    )
    users.change(tx, pool, changed)
    return changed


def _may_set_up(call: Call, pool: UserPool, user: User, state: SessionState) -> bool:
    if state.set_up_until is not None and state.set_up_until <= call.now:
        return False
    unchanged = state.password_digest in {None, user.password_digest}
    return user.enabled and unchanged and not of_other_channel(usable(pool, user), state.proven)
