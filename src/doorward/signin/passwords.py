"""From a new password to what is kept of it.

Argon2id and SRP take time that no transaction should hold: prepare first, then write.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.breach.check import CompromisedCheck
from doorward.call import Call
from doorward.clock import Instant, random_bytes
from doorward.directory.password_hash import PasswordHashing
from doorward.directory.password_policy import DEFAULT_POLICY, PasswordPolicy, violation
from doorward.directory.queries import users
from doorward.directory.user import StoredPassword, User
from doorward.directory.user_pool import UserPool
from doorward.signin import codes, queries, srp
from doorward.signin.srp import Verifier
from doorward.store.sealing import Keyring
from doorward.wire.errors import (
    InvalidPasswordException,
    PasswordHistoryPolicyViolationException,
    TooManyRequestsException,
)

COMPROMISED: Final = "Provided password cannot be used for security reasons."
UNCHECKED: Final = "The password could not be checked for known breaches. Try again later."
"""What is answered where the corpus cannot be read and the settings would rather refuse than let pass."""
NEVER_CHECKED: Final = (
    "The password has not been checked for known breaches. Reset it, or sign in with a flow that shows it."
)
"""The same where no password is in hand, so that trying again would change nothing."""


def policy(pool: UserPool) -> PasswordPolicy:
    """Return the pool's password policy; a requirement that it leaves out is not required."""
    policies = pool.configuration.policies
    own = policies.password_policy if policies else None
    if own is None:
        return DEFAULT_POLICY
    return PasswordPolicy(
        minimum_length=own.minimum_length or DEFAULT_POLICY.minimum_length,
        require_uppercase=own.require_uppercase or False,
        require_lowercase=own.require_lowercase or False,
        require_numbers=own.require_numbers or False,
        require_symbols=own.require_symbols or False,
        temporary_password_validity_days=own.temporary_password_validity_days or 0,
        password_history_size=own.password_history_size or 0,
    )


def check_policy(pool: UserPool, password: str) -> None:
    """Raise InvalidPasswordException where a password does not conform to the pool's policy."""
    complaint = violation(policy(pool), password)
    if complaint is not None:
        raise InvalidPasswordException(complaint)


def prepare(
    call: Call,
    pool: UserPool,
    username: str,
    password: str,
    *,
    earlier: StoredPassword | None,
    expires_at: Instant | None = None,
    compromised: CompromisedCheck | None = None,
) -> StoredPassword:
    """Return what is kept of a new password. Takes some tens of milliseconds: not inside a transaction.

    `username` is the user's own name, not an alias: SRP hashes it. `earlier` is what the user has had,
    `expires_at` the end of a temporary password, `compromised` what the look-up in the corpus came to.
    Raises InvalidPasswordException (policy, known from breaches) and PasswordHistoryPolicyViolationException.
    """
    check_policy(pool, password)
    if compromised is not None and compromised.block:
        raise InvalidPasswordException(COMPROMISED)
    hashing = call.services.password_hash
    remembered = policy(pool).password_history_size
    used = [earlier.digest, *earlier.history] if earlier else []
    _check_history(hashing, used[:remembered], password)
    known, corpus_version = _known(call, password, compromised)
    verifier = srp.make_verifier(pool.id, username, password, random_bytes(srp.SALT_BYTES))
    return StoredPassword(
        digest=hashing.hash(password),
        history=used[: max(0, remembered - 1)],
        set_at=call.now,
        expires_at=expires_at,
        srp_salt=verifier.salt,
        sealed_srp_verifier=call.services.keyring.seal(verifier.verifier, _srp_context(pool.id, username)),
        corpus_version=corpus_version,
        compromised=known,
    )


def replace(
    tx: Connection,
    call: Call,
    pool: UserPool,
    seen: User,
    stored: StoredPassword | None,
    status: str,
) -> User:
    """Keep a new password in place of the one that was seen before the transaction; return the user with it.

    Raises TooManyRequestsException where another one has been set meanwhile, or the code was sent only after
    it had been looked at: what was proved, and the history, no longer hold.
    """
    user = users.find_by_sub(tx, pool.id, seen.sub)
    if user is None or stored is None or user.password_digest != seen.password_digest:
        raise TooManyRequestsException("The user was changed by another request. Try again.")
    user = msgspec.structs.replace(user, status=status, password=stored, modified_at=call.now)
    users.change_password(tx, user)
    queries.remove_code(tx, pool.id, user.sub, codes.RESET)
    queries.forget_lockouts_of_user(tx, pool.id, user.sub)
    return user


def stored_verifier(keyring: Keyring, user: User, password: StoredPassword) -> Verifier:
    """Unseal the SRP verifier of a user's password. Raises SealError."""
    context = _srp_context(user.pool_id, user.username)
    return Verifier(salt=password.srp_salt, verifier=keyring.open(password.sealed_srp_verifier, context))


def _known(call: Call, password: str, compromised: CompromisedCheck | None) -> tuple[bool | None, str | None]:
    """What is kept of the look-up; also where mode or filter asked for none, for the day they do."""
    if compromised is None or compromised.outcome == "not-asked":
        return call.services.known_passwords.look_up(password)
    if compromised.outcome == "unchecked":
        return None, None
    return compromised.found, compromised.corpus_version


def _check_history(hashing: PasswordHashing, digests: list[str], password: str) -> None:
    for digest in digests:
        if hashing.verify(digest, password):
            raise PasswordHistoryPolicyViolationException("Password has previously been used.")


def _srp_context(pool_id: str, username: str) -> bytes:
    return f"srp verifier:{pool_id}:{username}".encode("utf-8", "surrogatepass")
