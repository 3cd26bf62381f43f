"""Which second factors are active for a user and which one he prefers: the rules for changing it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from doorward.directory.relying_party import is_multi_factor
from doorward.directory.user import ADDRESS_OF, Factor, User
from doorward.directory.user_pool import UserPool
from doorward.signin.second_factors import FACTORS, loses_last, offers
from doorward.wire.contract import WebAuthnMfaSettingsType
from doorward.wire.errors import InvalidParameterException

UNVERIFIED_TOKEN: Final = "User has not verified software token mfa"


class Wish(msgspec.Struct, frozen=True):
    """What is asked for one factor (SMSMfaSettings and its like); None: as it is."""

    enabled: bool | None = None
    preferred: bool | None = None


def with_wishes(
    pool: UserPool,
    user: User,
    wishes: Mapping[Factor, Wish],
    passkeys: WebAuthnMfaSettingsType | None,
    *,
    holds_token: bool,
    administrator: bool,
) -> User:
    """Return the user as the wishes make him. Factors that are not named stay as they are.

    Raises InvalidParameterException where a factor is turned on that the user has no address or verified token
    for or that the pool does not offer, where one is preferred that is off, or two are, and where a user turns
    off the last factor that his pool requires. An administrator may: the user is then asked to set one up.
    """
    active = set(user.factors)
    preferred = user.preferred_factor
    if sum(wish.preferred is True for wish in wishes.values()) > 1:
        raise InvalidParameterException("Only one MFA method can be preferred.")
    for factor, wish in wishes.items():
        if wish.enabled and factor not in active:
            _check_can_be_on(pool, user, factor, holds_token=holds_token, administrator=administrator)
            active.add(factor)
        elif wish.enabled is False:
            active.discard(factor)
        if wish.preferred and factor not in active:
            raise InvalidParameterException(f"{factor} cannot be preferred while it is not enabled.")
        if wish.preferred:
            preferred = factor
        elif wish.preferred is False and preferred == factor:
            preferred = None
    changed = user.with_factors((factor for factor in FACTORS if factor in active), preferred)
    if passkeys is not None and passkeys.enabled is not None:
        changed = _with_passkeys(pool, changed, enabled=passkeys.enabled)
    if not administrator and loses_last(pool, user, changed):
        raise InvalidParameterException("The pool requires MFA: the last factor cannot be turned off.")
    return changed


def _check_can_be_on(
    pool: UserPool, user: User, factor: Factor, *, holds_token: bool, administrator: bool
) -> None:
    deliverable = bool(user.attributes.get(ADDRESS_OF[factor])) if factor in ADDRESS_OF else holds_token
    if not deliverable and factor == "SOFTWARE_TOKEN_MFA" and not administrator:
        raise InvalidParameterException(UNVERIFIED_TOKEN)
    if not deliverable:
        raise InvalidParameterException(f"User does not have delivery config set to turn on {factor}")
    if not offers(pool, factor):
        raise InvalidParameterException(f"The user pool does not offer {factor}.")


def _with_passkeys(pool: UserPool, user: User, *, enabled: bool) -> User:
    if enabled and not is_multi_factor(pool.factors.passkeys):
        raise InvalidParameterException("The user pool does not offer passkeys as a second factor.")
    if enabled and not user.factors:
        raise InvalidParameterException("Passkey MFA needs another MFA method to be enabled beside it.")
    return msgspec.structs.replace(user, passkey_factor=enabled)
