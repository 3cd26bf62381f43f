"""Ways out of a block by risk: one sign-in is let in that would be blocked, with the password and all that MFA asks.

A way is opened by a user's own code, where his pool allows that; by an administrator who resets his password, once
the code of that has come; or by an administrator's word alone. It is for one user, one at a time, for a short while,
and for the circumstance that the code came from. An address that is always blocked stays so.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.directory.user import User
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.protection import queries
from doorward.protection.profiles import read_profile
from doorward.protection.queries import Unblock
from doorward.protection.screening import Screening
from doorward.risk.circumstance import Circumstance
from doorward.risk.policy import Mode
from doorward.risk.traits import client_key, keys_of, network_key

OPEN_SECONDS: Final = 3600.0
"""How long the next sign-in is let in."""
AWAITING_SECONDS: Final = 86_400.0
"""How long an administrator's reset waits for the user's code."""
BLOCKED_WITHIN: Final = 86_400.0
"""How long ago the block was, at most, that a user may lift by a code."""
LOOKED_THROUGH: Final = 500
"""Events of the user among which it is looked for."""

BY_CODE: Final = "a code"

_DAY: Final = 86_400.0
_circumstance = msgspec.json.Decoder(Circumstance)


def is_let_in(tx: Connection, screening: Screening) -> bool:
    """Say whether a way is open to an attempt from where it comes."""
    way = _open_way(tx, screening)
    if way is None:
        return False
    return way.network is None or (way.network, way.client) == _place(screening.surroundings.circumstance)


def is_still_open(tx: Connection, screening: Screening) -> bool:
    """Say whether the way is open yet to a sign-in that was let in, and that has answered challenges since.

    Where nobody is blocked, it is.
    """
    return screening.mode is not Mode.ENFORCED or _open_way(tx, screening) is not None


def open_to_all(tx: Connection, user: User, by: str, until: Instant) -> None:
    """Let a user's next sign-in in, wherever it comes from: an administrator vouches for him."""
    queries.keep_unblock(tx, Unblock(user.pool_id, user.sub, None, None, False, by, until))


def open_to_his_code(tx: Connection, user: User, by: str, now: Instant) -> None:
    """Let a user's next sign-in in from where he will show the code that an administrator has him sent."""
    queries.keep_unblock(tx, Unblock(user.pool_id, user.sub, None, None, True, by, now + AWAITING_SECONDS))


def open_by_code(
    tx: Connection, screening: Screening, user: User, attribute: str, address_days: float
) -> str | None:
    """Open the way that a right code for a new password opens, if any; return who opened it.

    `attribute` is where the code went. Where no administrator has asked for it, the pool must allow it, the user must
    have been blocked in this very circumstance within a day, and the address must have been verified, unchanged, for
    `address_days`: who could change it is not who had it.
    """
    place, now = _place(screening.surroundings.circumstance), screening.attempt.now
    if place == (0, 0):
        return None
    asked = queries.unblock(tx, user.pool_id, user.sub)
    if asked is not None and asked.awaits_code and now < asked.expires_at:
        by = asked.by
    elif _may_by_himself(tx, screening, user, attribute, address_days):
        by = BY_CODE
    else:
        return None
    queries.keep_unblock(tx, Unblock(user.pool_id, user.sub, *place, False, by, now + OPEN_SECONDS))
    return by


def close(tx: Connection, screening: Screening) -> None:
    """Let nobody in any more: the user has signed in."""
    user = screening.attempt.user
    if user is not None and screening.mode is Mode.ENFORCED:
        queries.remove_unblock(tx, user.pool_id, user.sub)


def close_there(tx: Connection, pool_id: str, sub: str, circumstance: Circumstance) -> None:
    """Let nobody in from where somebody else came from; a way that is open to all stays."""
    way = queries.unblock(tx, pool_id, sub)
    if way is not None and (way.network, way.client) == _place(circumstance):
        queries.remove_unblock(tx, pool_id, sub)


def _open_way(tx: Connection, screening: Screening) -> Unblock | None:
    attempt = screening.attempt
    if attempt.user is None or not attempt.is_sign_in:
        return None
    way = queries.unblock(tx, attempt.pool.id, attempt.user.sub)
    return None if way is None or way.awaits_code or way.expires_at <= attempt.now else way


def _may_by_himself(
    tx: Connection, screening: Screening, user: User, attribute: str, address_days: float
) -> bool:
    pool, now = screening.attempt.pool, screening.attempt.now
    if not pool.unblocks_by_code or screening.mode is not Mode.ENFORCED:
        return False
    since = user.verified_since.get(attribute)
    if since is None or now - since < address_days * _DAY:
        return False
    place = _place(screening.surroundings.circumstance)
    reported = read_profile(tx, pool.id, user.sub).distrusted
    if any((mark.network, mark.client) == place for mark in reported):
        return False
    return any(
        _was_blocked(event) and _place(_circumstance.decode(event.circumstance)) == place
        for event in events.of_user(tx, pool.id, user.sub, LOOKED_THROUGH, None)
        if now - event.created_at < BLOCKED_WITHIN
    )


def _was_blocked(event: AuthEvent) -> bool:
    """Whether risk has blocked a sign-in whose password was right."""
    return event.is_sign_in and event.risk.response == "block" and event.risk.level is not None


def _place(circumstance: Circumstance) -> tuple[int, int]:
    """The keys of a circumstance: its network and its client, 0 where that is not known."""
    keys = keys_of(circumstance)
    return network_key(keys), client_key(keys)
