"""What a sweep could not test waits for the user's next sign-in, when the password itself is in hand.

A leaked word is not kept: in its place stands a keyed digest of pool, user and word, which says nothing
without the server's keys. One that is of no user (`sub` empty) is of every user of the pool.
"""

from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.store.sealing import Keyring
from doorward.sweep import queries

_PURPOSE = "leaked passwords"
EVERYONE = ""


def defer(
    tx: Connection, keyring: Keyring, pool_id: str, sub: str, password: str, *, leak: str, until: Instant
) -> None:
    """Keep a leaked password for a user's next sign-in, or for everyone's (EVERYONE)."""
    queries.defer(tx, pool_id, keyring.digest(_PURPOSE, _what(pool_id, sub, password)), sub, leak, until)


def waiting(
    tx: Connection, keyring: Keyring, pool_id: str, sub: str, password: str, now: Instant
) -> tuple[bool, str | None]:
    """Say whether anything waits for a user's sign-in, and name the leak that holds this very password."""
    own, everyones = (keyring.digests(_PURPOSE, _what(pool_id, whose, password)) for whose in (sub, EVERYONE))
    found = queries.deferred(tx, pool_id, sub, everyones, now)
    leaks = [row.leak for row in found if row.password_digest in own or row.password_digest in everyones]
    return any(row.sub == sub for row in found), leaks[0] if leaks else None


def _what(pool_id: str, sub: str, password: str) -> bytes:
    return "\x00".join((pool_id, sub, password)).encode("utf-8", "surrogatepass")
