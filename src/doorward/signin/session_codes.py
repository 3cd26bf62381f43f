"""Codes that belong to one sign-in: sent by SMS or e-mail, kept in its session, and valid there alone.

A code dies with its session: of age, of use and of wrong guesses. Somebody else's prompt therefore never replaces
the code that a user is just typing.
"""

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin.codes import dispatch_code
from doorward.store.sealing import Keyring

_PURPOSE = "sign-in code"


class SentCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that was sent: to which address (the user's `attribute`), and its keyed digest."""

    attribute: str
    destination: str
    digest: bytes

    def __repr__(self) -> str:
        """Show nothing: a repr ends up in tracebacks."""
        return "SentCode()"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return []


def send(
    tx: Connection,
    call: Call,
    pool: UserPool,
    user: User,
    attribute: str,
    destination: str,
    *,
    to_owner: bool,
) -> SentCode:
    """Put a new code into the outbox, to `destination`, and return what the session keeps of it.

    `to_owner` says that no stranger can have it sent there (`codes.dispatch_code`). Raises CodeDeliveryFailureException
    where the address has had its share of the hour, whoever asked for it.
    """
    code = dispatch_code(tx, call, pool, user, "authentication", attribute, destination, to_owner=to_owner)
    digest = call.services.keyring.digest(_PURPOSE, _proof(user, destination, code))
    return SentCode(attribute=attribute, destination=destination, digest=digest)


def fits(keyring: Keyring, user: User, sent: SentCode, code: str) -> bool:
    """Say in constant time whether this is the code."""
    return keyring.matches(_PURPOSE, _proof(user, sent.destination, code), sent.digest)


def _proof(user: User, destination: str, code: str) -> bytes:
    parts = (user.pool_id, user.sub, destination, code)
    return "\x00".join(parts).encode("utf-8", "surrogatepass")
