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
    """Say whether something waits for a user's sign-in that is done now, and name the leak that holds his password.

    Nothing is done where a digest is of a key that this process does not know yet: it waits for another sign-in.
    """
    own, everyones = (keyring.digests(_PURPOSE, _what(pool_id, whose, password)) for whose in (sub, EVERYONE))
    found = queries.deferred(tx, pool_id, sub, everyones, now)
    leaks = [row.leak for row in found if row.password_digest in own or row.password_digest in everyones]
    for_him = [row.password_digest for row in found if row.sub == sub]
    return bool(for_him) and all(map(keyring.knows, for_him)), leaks[0] if leaks else None


def _what(pool_id: str, sub: str, password: str) -> bytes:
    return "\x00".join((pool_id, sub, password)).encode("utf-8", "surrogatepass")
