"""The passkeys that a user holds: those he can sign in with, and what authenticators know him by."""

from sqlalchemy import Connection

from doorward.directory.passkey import Passkey
from doorward.directory.queries import passkeys
from doorward.directory.relying_party import RelyingParty, relying_party
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin.first_factors import Chooser


def usable_passkeys(tx: Connection, pool: UserPool, user: User) -> list[Passkey]:
    """Return the passkeys that a user can sign in with now: those of the pool's present relying party."""
    party = relying_party(pool.factors.passkeys)
    return bound_to(party, passkeys.of_user(tx, pool.id, user.sub)) if party else []


def as_chooser(tx: Connection, pool: UserPool, user: User) -> Chooser:
    """Return a user as one who is to choose his first factor."""
    return Chooser.of(user, has_passkey=bool(usable_passkeys(tx, pool, user)))


def bound_to(party: RelyingParty, held: list[Passkey]) -> list[Passkey]:
    """Return those of the passkeys that a relying party can ask for."""
    return [passkey for passkey in held if passkey.relying_party_id == party.id]


def user_handle(user: User) -> bytes:
    """Return what authenticators know a user by: his `sub`, which tells nothing of him."""
    return user.sub.encode()
