"""Verification codes: six digits that prove that somebody reads the mail or the SMS of an address.

A code is kept as a keyed digest bound to pool, user, purpose and the address that it went to, so that it
proves nothing for another. A new one replaces the old; it serves once; it dies of age or of wrong guesses.
Because guesses are counted even though the operation fails, `check_code` returns the error instead of
raising it: the operation raises it once its transaction is committed.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from doorward.call import Call
from doorward.clock import random_digits
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.messages import outbox
from doorward.messages.compose import compose
from doorward.messages.outbox import Medium, MessageKind
from doorward.signin import queries
from doorward.signin.attempts import forget_attempts, has_attempt_left, limit_exceeded, spend_attempt
from doorward.signin.first_factors import CODE_ADDRESS, allowed
from doorward.signin.queries import StoredCode
from doorward.signin.stand_in import is_stand_in
from doorward.store.sealing import Keyring
from doorward.wire.contract import CodeDeliveryDetailsType
from doorward.wire.errors import (
    CodeDeliveryFailureException,
    CodeMismatchException,
    CognitoError,
    ExpiredCodeException,
)

SIGN_UP: Final = "sign-up"
RESET: Final = "reset"
"""Purposes besides these are attribute names: the code verifies that attribute."""

DIGITS: Final = 6
_DAY: Final = 86_400.0
_HOUR: Final = 3_600.0
WRONG_GUESSES: Final = 20
"""So many wrong guesses end one code, however slowly they come: one chance in 50,000 over its whole life."""

GUESSES_PER_ADDRESS: Final = 20
"""Codes tried within an hour for one address, over all the accounts that name it: else a stranger could sign up
again and again with another's address and multiply his guesses."""
SENDING: Final = "codes sent"
GUESSING: Final = "codes tried"

MEDIA: Final[dict[str, Medium]] = {"email": "EMAIL", "phone_number": "SMS"}


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What came of a code: an error to raise after the commit, or what the code has proved.

    `attribute` is where the code went, and `pending_value` the new value of it that waited for the code.
    """

    refusal: CognitoError | None
    attribute: str = ""
    pending_value: str | None = None


def lifetime(purpose: str) -> float:
    """Return how long a code serves, in seconds: an hour for a forgotten password, else a day."""
    return _HOUR if purpose == RESET else _DAY


def send_code(
    tx: Connection,
    call: Call,
    pool: UserPool,
    user: User,
    purpose: str,
    attribute: str,
    *,
    kind: MessageKind | None = None,
    pending_value: str | None = None,
) -> CodeDeliveryDetailsType:
    """Make a code in place of the one before, put it into the outbox, and tell where it goes.

    It goes to the user's `attribute`, or to `pending_value` where that is given. To a stand-in nothing goes.
    Raises CodeDeliveryFailureException where the address has had its share of the hour, whoever asked for it.
    """
    destination = pending_value if pending_value is not None else user.attributes[attribute]
    keyring = call.services.keyring
    code = dispatch_code(tx, call, pool, user, kind or _kind(purpose), attribute, destination)
    queries.keep_code(
        tx,
        StoredCode(
            pool_id=pool.id,
            subject=user.sub,
            purpose=purpose,
            digest=keyring.digest("verification code", _proof(user, purpose, destination, code)),
            attribute=attribute,
            pending_value=pending_value,
            expires_at=call.now + lifetime(purpose),
            failures=0,
        ),
    )
    return delivery_details(attribute, destination)


def dispatch_code(
    tx: Connection,
    call: Call,
    pool: UserPool,
    user: User,
    kind: MessageKind,
    attribute: str,
    destination: str,
    *,
    to_owner: bool = False,
) -> str:
    """Make a code and put it into the outbox, to an address of the attribute's kind; return it to be kept hashed.

    `to_owner`: no stranger can have it sent, and it goes to the verified address of who asks for it. Half as many
    again are sent then: whoever knows a name could else use up the hour's codes (ForgotPassword) and keep the user from
    signing in. To a stand-in nothing goes. Raises CodeDeliveryFailureException where the address has had its share of
    the hour, whoever asked for it.
    """
    keyring = call.services.keyring
    limit = call.services.settings.messages_per_address
    if to_owner:
        limit += (limit + 1) // 2
    if not spend_attempt(tx, pool.id, _subject(keyring, pool, destination), SENDING, call.now, limit):
        raise CodeDeliveryFailureException("Too many codes were sent to this address. Try again later.")
    code = random_digits(DIGITS)
    message = compose(
        pool,
        user,
        kind=kind,
        medium=MEDIA[attribute],
        destination=destination,
        code=code,
        now=call.now,
    )
    outbox.put(tx, keyring, message, discard=is_stand_in(user))
    return code


def check_code(
    tx: Connection,
    call: Call,
    pool: UserPool,
    user: User,
    purpose: str,
    code: str,
    *,
    limit: int | None = None,
) -> CodeCheck:
    """Check a code and, if it is right, use it up.

    Every try counts against the operation's attempts per hour (`limit`, or the operation's own); a right code
    forgets them. The result's `refusal` is LimitExceededException, ExpiredCodeException (none was sent, or it
    is too old or was guessed at too often) or CodeMismatchException.
    """
    if not spend_attempt(tx, pool.id, user.sub, call.operation, call.now, limit):
        return CodeCheck(limit_exceeded())
    stored = queries.code(tx, pool.id, user.sub, purpose)
    if stored is None or stored.expires_at <= call.now:
        return CodeCheck(ExpiredCodeException("Invalid code provided, please request a code again."))
    guessing = _subject(call.services.keyring, pool, _destination(user, stored))
    if not spend_attempt(tx, pool.id, guessing, GUESSING, call.now, GUESSES_PER_ADDRESS):
        return CodeCheck(limit_exceeded())
    if not _fits(call.services.keyring, user, stored, code):
        if stored.failures + 1 >= WRONG_GUESSES:
            queries.remove_code(tx, pool.id, user.sub, purpose)
        else:
            queries.count_code_failure(tx, stored)
        return CodeCheck(CodeMismatchException("Invalid verification code provided, please try again."))
    queries.remove_code(tx, pool.id, user.sub, purpose)
    forget_attempts(tx, pool.id, user.sub, call.operation)
    forget_attempts(tx, pool.id, guessing, GUESSING)
    return CodeCheck(None, attribute=stored.attribute, pending_value=stored.pending_value)


def is_right(tx: Connection, call: Call, pool: UserPool, user: User, purpose: str, code: str) -> bool:
    """Say whether a code is right, without counting or using it up.

    For work that only the code's holder shall cost; the answer is still `check_code`'s to give.
    """
    stored = queries.code(tx, pool.id, user.sub, purpose)
    if stored is None or stored.expires_at <= call.now:
        return False
    guessing = _subject(call.services.keyring, pool, _destination(user, stored))
    may_guess = has_attempt_left(tx, pool.id, guessing, GUESSING, call.now, GUESSES_PER_ADDRESS)
    return may_guess and _fits(call.services.keyring, user, stored, code)


def delivery_details(attribute: str, destination: str) -> CodeDeliveryDetailsType:
    """Tell where a code goes without giving the address away."""
    return CodeDeliveryDetailsType(
        destination=masked(attribute, destination),
        delivery_medium=MEDIA[attribute],
        attribute_name=attribute,
    )


def masked(attribute: str, destination: str) -> str:
    """Return an address with all but a hint of it hidden: `a***@e***`, `+*******1234`."""
    if attribute == "phone_number":
        # The number of stars does not follow the number's length.
        return "+*******" + destination[-4:]
    local, _, domain = destination.rpartition("@")
    return f"{local[:1]}***@{domain[:1]}***"


def sign_up_attribute(pool: UserPool, user: User) -> str | None:
    """Return where a sign-up's code goes: the phone where the pool verifies it, else the e-mail address.

    Without a password it goes where the user can be sent his first factors: he could not sign in otherwise.
    """
    verified = [
        attribute
        for attribute in ("phone_number", "email")
        if attribute in pool.auto_verified_attributes and user.attributes.get(attribute)
    ]
    if user.password is None and not is_stand_in(user):
        signs_in = [CODE_ADDRESS[factor] for factor in CODE_ADDRESS if factor in allowed(pool)]
        verified = [attribute for attribute in verified if attribute in signs_in] or verified
    return next(iter(verified), None)


def recovery_attribute(pool: UserPool, user: User) -> str | None:
    """Return where a forgotten password's code goes: the first verified address in the pool's order.

    The order is AccountRecoverySetting's. Without one it is the phone before the e-mail address, and the
    phone does not count where it is the user's second factor. None where there is no verified address, or
    only an administrator may recover (`admin_only`).
    """
    setting = pool.configuration.account_recovery_setting
    if setting is None or not setting.recovery_mechanisms:
        second_factor = "SMS_MFA" in user.factors
        order = ["email"] if second_factor else ["phone_number", "email"]
    else:
        mechanisms = sorted(setting.recovery_mechanisms, key=lambda mechanism: mechanism.priority)
        order = [mechanism.name.removeprefix("verified_") for mechanism in mechanisms]
    return next((attribute for attribute in order if attribute in MEDIA and user.verified(attribute)), None)


def _fits(keyring: Keyring, user: User, stored: StoredCode, code: str) -> bool:
    """Compare in constant time; the address must still be the one that the code was sent to."""
    proof = _proof(user, stored.purpose, _destination(user, stored), code)
    return keyring.matches("verification code", proof, stored.digest)


def _destination(user: User, stored: StoredCode) -> str:
    if stored.pending_value is not None:
        return stored.pending_value
    return user.attributes.get(stored.attribute, "")


def _subject(keyring: Keyring, pool: UserPool, destination: str) -> str:
    """By what an address's codes are counted: a digest, so that nobody's address is kept for it."""
    named = f"{pool.id}\x00{destination.casefold()}".encode("utf-8", "surrogatepass")
    return "address:" + keyring.digest("address of codes", named).hex()[-48:]


def _proof(user: User, purpose: str, destination: str, code: str) -> bytes:
    parts = (user.pool_id, user.sub, purpose, destination, code)
    return "\x00".join(parts).encode("utf-8", "surrogatepass")


def _kind(purpose: str) -> MessageKind:
    if purpose == SIGN_UP:
        return "sign-up"
    return "forgot-password" if purpose == RESET else "verify-attribute"
