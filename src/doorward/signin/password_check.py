"""Whether a password that has just been proven is known: to the corpus, to a sweep, or to what a sweep left.

And what is kept of the answer: against which corpus the stored password was checked, and what it said.
"""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from doorward.breach.check import LEAK, NOT_ASKED, CompromisedCheck
from doorward.directory.queries import users
from doorward.directory.user import StoredPassword
from doorward.signin.sign_in import Answer, SignIn
from doorward.sweep import deferred
from doorward.sweep.queries import forget_deferred


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """What came of it. `waited`: a sweep had left something for this user, which is done now."""

    compromised: CompromisedCheck
    waited: bool = False


def check_proven(sign_in: SignIn, stored: StoredPassword, password: str) -> PasswordCheck:
    """Ask everyone who may know the password; not inside a transaction."""
    call, screening = sign_in.call, sign_in.screening
    known_passwords = call.services.known_passwords
    if screening.mode.value == "OFF":
        return PasswordCheck(NOT_ASKED)
    with call.reading() as tx:
        waited, leak = deferred.waiting(
            tx, call.services.keyring, sign_in.pool.id, sign_in.known_user.sub, password, call.now
        )
    found = known_passwords.check(screening, password, "SIGN_IN")
    if found.block or found.refuse:
        return PasswordCheck(found, waited)
    if leak is not None:
        return PasswordCheck(known_passwords.found_in_leak(screening, leak), waited)
    if not found.found and _found_by_sweep(stored):
        return PasswordCheck(known_passwords.check_stored(screening, stored), waited)
    return PasswordCheck(found, waited)


def keep_password_check(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Is there anything new to keep about the stored password? A step that refuses nobody.

    What a sweep has found stays until the password changes: no corpus need know it.
    """
    if sign_in.waited:
        forget_deferred(tx, sign_in.pool.id, sign_in.known_user.sub)
    check, user = sign_in.compromised, sign_in.known_user
    stored = user.password
    if not sign_in.checked or check.outcome != "checked" or stored is None:
        return None
    kept = (stored.compromised, stored.corpus_version)
    if kept == (check.found, check.corpus_version) or (check.found and _found_by_sweep(stored)):
        return None
    sign_in.user = msgspec.structs.replace(
        user,
        password=msgspec.structs.replace(
            stored, compromised=check.found, corpus_version=check.corpus_version
        ),
    )
    users.change_password(tx, sign_in.user)
    return None


def _found_by_sweep(stored: StoredPassword) -> bool:
    return bool(stored.compromised) and (stored.corpus_version or "").startswith(LEAK)
