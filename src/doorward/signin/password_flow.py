"""Signing in with the plain password: USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH, or where it is chosen."""

from doorward.signin import lockout, queries
from doorward.signin.endings import end_answered
from doorward.signin.known_devices import claim_device
from doorward.signin.password_check import check_proven
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sign_in import Challenge, Granted, SignIn, settle, walk
from doorward.signin.steps import FROM_CREDENTIALS


def sign_in_with_password(request: SignInRequest) -> Challenge | Granted:
    """Look at the password, then take the steps."""
    name, password = request.username(), request.parameter("PASSWORD")
    request.check_client(name)
    with request.call.reading() as tx:
        sign_in = identify(tx, request, name)
        claim_device(tx, sign_in, request.parameters.get("DEVICE_KEY"))
    return go_on_with_password(sign_in, password)


def go_on_with_password(sign_in: SignIn, password: str) -> Challenge | Granted:
    """Look at the password of a sign-in that has begun, then take the steps.

    Argon2 is slow by design, so it runs before the writing transaction and not inside it; the steps see to
    it that what it proved still holds. A session that is answered ends before: were it ended by another request
    meanwhile, the guess would be undone with all that the steps write, and count for nothing.
    """
    call = sign_in.call
    with call.reading() as tx:
        locked = lockout.is_locked(queries.lockout(tx, sign_in.pool.id, sign_in.lockout_subject), call.now)
    if not locked and not sign_in.screening.blocked:
        if sign_in.answers is not None:
            with call.writing() as tx:
                end_answered(tx, sign_in)
        _prove(sign_in, password)
    with call.writing() as tx:
        answer = walk(tx, sign_in, FROM_CREDENTIALS)
    return settle(sign_in, answer)


def _prove(sign_in: SignIn, password: str) -> None:
    """Compare the password with the stored one; a name that leads to nobody costs the same time."""
    hashing = sign_in.call.services.password_hash
    stored = sign_in.user.password if sign_in.user else None
    if stored is None:
        hashing.verify_against_nothing(password)
        return
    sign_in.password_digest = stored.digest
    sign_in.proven = hashing.verify(stored.digest, password)
    if sign_in.proven:
        asked = check_proven(sign_in, stored, password)
        sign_in.compromised, sign_in.waited, sign_in.checked = asked.compromised, asked.waited, True
        if hashing.needs_rehash(stored.digest):
            sign_in.replacement_digest = hashing.hash(password)
