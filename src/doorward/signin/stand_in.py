"""Somebody who answers for a name that leads to nobody.

Where a client hides who exists (PreventUserExistenceErrors), an unknown name walks through the same steps as
a known one: its attempts are counted, a code is kept for it that nobody was sent, and the answer tells of an
address, always the same for the same name. Nothing of the name itself is stored.
"""

from typing import Final

from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.directory.usernames import alias_form
from doorward.signin import srp
from doorward.store.sealing import Keyring

_PREFIX: Final = "nobody:"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def subject(keyring: Keyring, pool: UserPool, user: User | None, name: str) -> str:
    """Return by what attempts are counted: a user's `sub`, or the digest of a name that leads to nobody."""
    if user is not None:
        return user.sub
    return _PREFIX + _digest(keyring, pool, name).hex()[-48:]


def known_as(keyring: Keyring, pool: UserPool, user: User | None, name: str) -> str:
    """Return the name that an event bears: the user's own, or the digest of one that leads to nobody.

    What leads to nobody may be a password, typed into the wrong field.
    """
    return user.username if user else subject(keyring, pool, None, name)


def stand_in(keyring: Keyring, pool: UserPool, name: str) -> User:
    """Return the user who answers for a name that leads to nobody, or to one whose state must not show.

    He has the verified addresses that somebody of that name would likely have in this pool: the name itself
    where it looks like an address, else made-up ones of the kinds that the pool verifies.
    """
    digest = _digest(keyring, pool, name)
    letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[-8:])
    digits = f"{int.from_bytes(digest[-12:-8]) % 10_000:04}"
    if "@" in name:
        kinds = ["email"]
    elif name.startswith("+") and name[1:].isdigit():
        kinds = ["phone_number"]
    else:
        kinds = pool.auto_verified_attributes or ["email", "phone_number"]
    return User(
        pool_id=pool.id,
        sub=subject(keyring, pool, None, name),
        username=name,
        status="CONFIRMED",
        enabled=True,
        created_at=0.0,
        modified_at=0.0,
        attributes={
            "email": name if "@" in name else f"{letters[:4]}@{letters[4:]}.com",
            "phone_number": name if name.startswith("+") else f"+1555000{digits}",
            **{f"{kind}_verified": "true" for kind in kinds},
        },
    )


def user_id(keyring: Keyring, pool: UserPool, name: str) -> str:
    """Return the user name that a client is told of a name that leads to nobody: always the same, like a real one.

    Where case does not count a known name comes back as it is kept, whatever was typed; so does this one.
    An address that is an alias comes back as a user name, which cannot look like an address.
    """
    if not pool.username_attributes and alias_form(pool, name) is None:
        return pool.key(name)
    return srp.simulated_user_id(simulation_secret(keyring, pool), pool.key(name))


def simulation_secret(keyring: Keyring, pool: UserPool) -> bytes:
    """Return what a pool's simulated answers are made from: of the oldest key, so that a new key changes none."""
    return keyring.digests("simulated users", pool.id.encode())[-1]


def seed(keyring: Keyring, pool: UserPool, name: str, purpose: str) -> bytes:
    """Return what a simulated answer to one name is made from: of the oldest key, so that a new key changes none."""
    return keyring.digests(purpose, _named(pool, name))[-1]


def is_stand_in(user: User) -> bool:
    """Whether this is nobody, to whom nothing is sent."""
    return user.sub.startswith(_PREFIX)


def _digest(keyring: Keyring, pool: UserPool, name: str) -> bytes:
    return keyring.digest("unknown name", _named(pool, name))


def _named(pool: UserPool, name: str) -> bytes:
    return f"{pool.id}\x00{pool.key(name)}".encode("utf-8", "surrogatepass")
