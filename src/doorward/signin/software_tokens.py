"""Software tokens: authenticator apps whose codes are time-based one-time passwords (TOTP).

RFC 6238 with SHA-1, 30-second steps and six digits, which is what every app understands. A code of the step
before or after the present one is taken too, since clocks drift; each token takes a step once and none before
it, so that a code that was looked over a shoulder is worth nothing.

A new secret waits beside the confirmed tokens until a code proves that the app has it. Guesses are counted
though the operation fails: `refusal` and `refusal_of_new` return the error instead of raising it, and the
operation raises it once its transaction is committed.
"""

import base64
import hmac
from typing import Final

import msgspec
import pyotp
from sqlalchemy import Connection

from doorward.call import Call
from doorward.clock import Instant, random_bytes
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin import software_token_queries as queries
from doorward.signin.attempts import forget_attempts, spend_attempt
from doorward.signin.software_token_queries import StoredToken
from doorward.store.sealing import Keyring
from doorward.wire.errors import (
    CodeMismatchException,
    CognitoError,
    EnableSoftwareTokenMFAException,
    ExpiredCodeException,
    TooManyRequestsException,
)

STEP: Final = 30
"""Seconds that a code is shown for."""
DRIFT: Final = 1
"""Steps by which an app's clock may be early or late."""
SEED_BYTES: Final = 20
"""As long as SHA-1's output (RFC 4226, section 4, R6)."""
MOST_TOKENS: Final = 5
"""Confirmed tokens of one user; a further one takes the place of the oldest."""

ENROLLING: Final = "VerifySoftwareToken"
LIMIT: Final = "Attempt limit exceeded, please try after some time."

_NEVER: Final = -1


def associate(tx: Connection, call: Call, pool: UserPool, sub: str) -> str:
    """Make a new secret for the user, in place of one that still waits, and return it in base32.

    His confirmed tokens stay as they are until a code of the new one has been verified.
    """
    seed = random_bytes(SEED_BYTES)
    queries.keep(
        tx,
        StoredToken(
            pool_id=pool.id,
            sub=sub,
            name="",
            sealed_seed=call.services.keyring.seal(seed, _context(pool.id, sub)),
            confirmed=False,
            last_step=_NEVER,
            created_at=call.now,
        ),
    )
    return base64.b32encode(seed).decode("ascii")


def refusal_of_new(
    tx: Connection, call: Call, pool: UserPool, user: User, code: str, name: str
) -> CognitoError | None:
    """Confirm the secret that waits, under a name (may be empty), if the code is its; else say why not.

    A token of the same name is replaced; all are where the factor is not active for the user, since then no
    token of his is in use. Returns TooManyRequestsException, or EnableSoftwareTokenMFAException where the code
    is wrong or no secret waits.
    """
    if not spend_attempt(tx, pool.id, user.sub, ENROLLING, call.now):
        return TooManyRequestsException(LIMIT)
    waiting = queries.of_user(tx, pool.id, user.sub, confirmed=False)
    step = _fitting_step(call.services.keyring, waiting[0], code, call.now) if waiting else None
    if step is None:
        return EnableSoftwareTokenMFAException("Code mismatch")
    forget_attempts(tx, pool.id, user.sub, ENROLLING)
    if "SOFTWARE_TOKEN_MFA" not in user.factors:
        queries.remove_of_user(tx, pool.id, user.sub)
    queries.remove(tx, waiting[0])
    queries.keep(
        tx,
        msgspec.structs.replace(waiting[0], name=name, confirmed=True, last_step=step, created_at=call.now),
    )
    for oldest in queries.of_user(tx, pool.id, user.sub, confirmed=True)[:-MOST_TOKENS]:
        queries.remove(tx, oldest)
    return None


def refusal(tx: Connection, call: Call, pool: UserPool, user: User, code: str) -> CognitoError | None:
    """Use up a code of one of the user's confirmed tokens, or say why it does not serve.

    Returns ExpiredCodeException for a code that was used already, or CodeMismatchException. Wrong ones are counted
    by the sign-in (`factor_guesses`), with those of the other factors.
    """
    keyring = call.services.keyring
    fitting = [
        (token, step)
        for token in queries.of_user(tx, pool.id, user.sub, confirmed=True)
        if (step := _fitting_step(keyring, token, code, call.now)) is not None
    ]
    if not fitting:
        return CodeMismatchException("Invalid code received for user")
    token, step = fitting[0]
    if step <= token.last_step:
        return ExpiredCodeException("Your software token has already been used once.")
    queries.remember_step(tx, token, step)
    return None


def has_token(tx: Connection, pool: UserPool, user: User) -> bool:
    """Say whether the user has a confirmed token."""
    return bool(queries.of_user(tx, pool.id, user.sub, confirmed=True))


def latest_name(tx: Connection, pool: UserPool, user: User) -> str:
    """Return the name of the token that was confirmed last; empty where it has none."""
    tokens = queries.of_user(tx, pool.id, user.sub, confirmed=True)
    return tokens[-1].name if tokens else ""


def _fitting_step(keyring: Keyring, token: StoredToken, code: str, now: Instant) -> int | None:
    """Return the latest step within the drift that a code is of, or None. Every step is compared."""
    seed = keyring.open(token.sealed_seed, _context(token.pool_id, token.sub))
    generator = pyotp.HOTP(base64.b32encode(seed).decode("ascii"))
    given = code.encode("utf-8", "surrogatepass")
    present = int(now // STEP)
    fitting = [
        step
        for step in range(present - DRIFT, present + DRIFT + 1)
        if hmac.compare_digest(generator.at(step).encode("ascii"), given)
    ]
    return max(fitting, default=None)


def _context(pool_id: str, sub: str) -> bytes:
    return f"software token\x00{pool_id}\x00{sub}".encode()
