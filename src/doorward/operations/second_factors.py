"""A user's second factors: which are active, which one is preferred, and what he can sign in with."""

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory.queries import user_pools, users
from doorward.directory.user import Factor, User
from doorward.directory.user_pool import UserPool
from doorward.signin.factor_preference import Wish, with_wishes
from doorward.signin.first_factors import configured
from doorward.signin.passkeys.held import usable_passkeys
from doorward.signin.software_tokens import has_token
from doorward.wire.contract import (
    AdminGetUserAuthFactorsRequest,
    AdminGetUserAuthFactorsResponse,
    AdminSetUserMFAPreferenceRequest,
    AdminSetUserMFAPreferenceResponse,
    AdminSetUserSettingsRequest,
    AdminSetUserSettingsResponse,
    GetUserAuthFactorsRequest,
    GetUserAuthFactorsResponse,
    MFAOptionType,
    SetUserMFAPreferenceRequest,
    SetUserMFAPreferenceResponse,
    SetUserSettingsRequest,
    SetUserSettingsResponse,
    WebAuthnMfaSettingsType,
)
from doorward.wire.errors import InvalidParameterException


def set_user_mfa_preference(call: Call, request: SetUserMFAPreferenceRequest) -> SetUserMFAPreferenceResponse:
    """Turn second factors on and off for the user whose access token it is, and prefer one.

    Raises NotAuthorizedException where the token is not good; InvalidParameterException where a factor cannot
    be on or preferred, or the last one is turned off where the pool requires MFA.
    """
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        wishes = _wishes(request)
        passkeys = request.web_authn_mfa_settings
        _set(tx, call, bearer.pool, bearer.user, wishes, passkeys, administrator=False)
    return SetUserMFAPreferenceResponse()


def admin_set_user_mfa_preference(
    call: Call, request: AdminSetUserMFAPreferenceRequest
) -> AdminSetUserMFAPreferenceResponse:
    """Turn second factors on and off for a user, and prefer one.

    Raises ResourceNotFoundException, UserNotFoundException; InvalidParameterException where a factor cannot be
    on or preferred.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        _set(tx, call, pool, user, _wishes(request), request.web_authn_mfa_settings, administrator=True)
    return AdminSetUserMFAPreferenceResponse()


def set_user_settings(call: Call, request: SetUserSettingsRequest) -> SetUserSettingsResponse:
    """Turn SMS on as a second factor, or off by an empty list, for the user whose access token it is.

    The old form of SetUserMFAPreference, which it raises the errors of; InvalidParameterException also for
    anything but SMS to the phone number.
    """
    wish = _sms_wish(request.mfa_options)
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        _set(tx, call, bearer.pool, bearer.user, wish, None, administrator=False)
    return SetUserSettingsResponse()


def admin_set_user_settings(call: Call, request: AdminSetUserSettingsRequest) -> AdminSetUserSettingsResponse:
    """Turn SMS on as a user's second factor, or off by an empty list.

    The old form of AdminSetUserMFAPreference, which it raises the errors of; InvalidParameterException also
    for anything but SMS to the phone number.
    """
    wish = _sms_wish(request.mfa_options)
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        _set(tx, call, pool, user, wish, None, administrator=True)
    return AdminSetUserSettingsResponse()


def get_user_auth_factors(call: Call, request: GetUserAuthFactorsRequest) -> GetUserAuthFactorsResponse:
    """Return what the user whose access token it is can sign in with, and his second factors.

    Raises NotAuthorizedException where the token is not good.
    """
    with call.reading() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        user = bearer.user
        holds_passkey = bool(usable_passkeys(tx, bearer.pool, user))
    return GetUserAuthFactorsResponse(
        username=user.username,
        preferred_mfa_setting=user.preferred_factor,
        user_mfa_setting_list=setting_list(user),
        configured_user_auth_factors=configured(bearer.pool, user, holds_passkey=holds_passkey),
    )


def admin_get_user_auth_factors(
    call: Call, request: AdminGetUserAuthFactorsRequest
) -> AdminGetUserAuthFactorsResponse:
    """Return what a user can sign in with, and his second factors.

    Raises ResourceNotFoundException for an unknown pool, UserNotFoundException for an unknown user.
    """
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        holds_passkey = bool(usable_passkeys(tx, pool, user))
    return AdminGetUserAuthFactorsResponse(
        username=user.username,
        preferred_mfa_setting=user.preferred_factor,
        user_mfa_setting_list=setting_list(user),
        configured_user_auth_factors=configured(pool, user, holds_passkey=holds_passkey),
    )


def setting_list(user: User) -> list[str] | None:
    """Return UserMFASettingList: the factors that are active, None where none is."""
    return list(user.factors) or None


def mfa_options(user: User) -> list[MFAOptionType] | None:
    """Return MFAOptions, the old form in which only SMS is told, None where it is off."""
    if "SMS_MFA" not in user.factors:
        return None
    return [MFAOptionType(delivery_medium="SMS", attribute_name="phone_number")]


def _set(
    tx: Connection,
    call: Call,
    pool: UserPool,
    user: User,
    wishes: dict[Factor, Wish],
    passkeys: WebAuthnMfaSettingsType | None,
    *,
    administrator: bool,
) -> None:
    changed = with_wishes(
        pool, user, wishes, passkeys, holds_token=has_token(tx, pool, user), administrator=administrator
    )
    users.change(tx, pool, msgspec.structs.replace(changed, modified_at=call.now))


def _wishes(request: SetUserMFAPreferenceRequest | AdminSetUserMFAPreferenceRequest) -> dict[Factor, Wish]:
    settings: dict[Factor, object] = {
        "SMS_MFA": request.sms_mfa_settings,
        "SOFTWARE_TOKEN_MFA": request.software_token_mfa_settings,
        "EMAIL_OTP": request.email_mfa_settings,
    }
    return {
        factor: Wish(getattr(given, "enabled", None), getattr(given, "preferred_mfa", None))
        for factor, given in settings.items()
        if given is not None
    }


def _sms_wish(options: list[MFAOptionType]) -> dict[Factor, Wish]:
    if any(
        option.delivery_medium not in {"SMS", None} or option.attribute_name not in {"phone_number", None}
        for option in options
    ):
        raise InvalidParameterException("MFAOptions can only have SMS to phone_number.")
    return {"SMS_MFA": Wish(enabled=bool(options))}
