"""Who a forgotten password's code goes to, and whom it lets choose a new one."""

from dataclasses import dataclass

import msgspec

from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin.choice_of_nobody import nobody
from doorward.signin.codes import recovery_attribute
from doorward.signin.first_factors import CODE_ADDRESS, allowed
from doorward.signin.stand_in import stand_in
from doorward.wire.errors import (
    CognitoError,
    InvalidParameterException,
    NotAuthorizedException,
    UserNotFoundException,
)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Whose password it is: the user's or, where his state must not show, his stand-in's.

    `attribute` is where the code goes; `refusal` why there is none.
    """

    user: User
    attribute: str
    refusal: CognitoError | None


def recovery(call: Call, pool: UserPool, client: AppClient, name: str, user: User | None) -> Recovery:
    """Return who answers for a name that asks for its password back.

    Whoever cannot get it back (unknown, disabled, with a temporary password, without a verified address)
    is refused with the reason or, where the client hides who exists, gets the answers of a stand-in.
    """
    refusal = why_not(pool, user)
    if user is not None and refusal is None:
        return Recovery(user, recovery_attribute(pool, user) or "", None)
    seeming = _seeming(call, pool, name)
    attribute = recovery_attribute(pool, seeming) or (
        "email" if seeming.verified("email") else "phone_number"
    )
    return Recovery(seeming, attribute, None if client.hides_who_exists else refusal)


def _seeming(call: Call, pool: UserPool, name: str) -> User:
    """Return a name's stand-in, whose addresses are verified to which it seems to be sent first factors.

    A user's code goes to the first of his in the pool's order; so must this one, or the two answers would not agree.
    """
    keyring = call.services.keyring
    seeming, chooser = stand_in(keyring, pool, name), nobody(keyring, pool, name)
    seen = {
        f"{address}_verified": "true"
        for factor, address in CODE_ADDRESS.items()
        if factor in allowed(pool) and chooser.user.verified(address)
    }
    return msgspec.structs.replace(seeming, attributes=seeming.attributes | seen)


def why_not(pool: UserPool, user: User | None) -> CognitoError | None:
    """Return why a user cannot have his password back, or None where he can."""
    if user is None:
        return UserNotFoundException("User does not exist.")
    if not user.enabled:
        return NotAuthorizedException("User is disabled.")
    if user.status == "FORCE_CHANGE_PASSWORD":
        return NotAuthorizedException("User password cannot be reset in the current state.")
    if recovery_attribute(pool, user) is None:
        return InvalidParameterException(
            "Cannot reset password for the user as there is no registered/verified email or phone_number"
        )
    return None


def only_by_administrator(pool: UserPool) -> bool:
    """Whether users of the pool cannot recover by themselves (AccountRecoverySetting `admin_only`)."""
    setting = pool.configuration.account_recovery_setting
    mechanisms = setting.recovery_mechanisms if setting else None
    return bool(mechanisms) and all(mechanism.name == "admin_only" for mechanism in mechanisms or [])
