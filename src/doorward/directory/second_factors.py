"""Which second factors a pool offers, and how (SetUserPoolMfaConfig)."""

import msgspec

from doorward.directory import pool_rules
from doorward.directory.relying_party import is_domain, is_multi_factor
from doorward.wire.contract import (
    EmailMfaConfigType,
    GetUserPoolMfaConfigResponse,
    SetUserPoolMfaConfigRequest,
    SmsMfaConfigType,
    SoftwareTokenMfaConfigType,
    UserPoolType,
    WebAuthnConfigurationType,
)
from doorward.wire.errors import FeatureUnavailableInTierException, InvalidParameterException

NONE_LEFT = (
    "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration."
)

_SINGLE_FACTOR_SET = (
    "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed"
    " first auth factor"
)
_SINGLE_FACTOR_BEFORE = (
    "WEB_AUTHN cannot be used as an auth factor when MFA is enabled if not configured for MFA."
)


class SecondFactors(msgspec.Struct, frozen=True, kw_only=True):
    """The factors a pool offers. `email` is None where it offers none by e-mail.

    `passkeys` is kept beside them; it is no factor of its own and survives MFA being turned off.
    """

    sms: bool = False
    software_token: bool = False
    email: EmailMfaConfigType | None = None
    passkeys: WebAuthnConfigurationType | None = None

    @property
    def any(self) -> bool:
        """Whether there is a factor at all."""
        return self.sms or self.software_token or self.email is not None


def reconciled(before: SecondFactors, configuration: UserPoolType) -> SecondFactors:
    """Return a pool's factors after its configuration was made or replaced.

    CreateUserPool and UpdateUserPool can bring in SMS only: an SmsConfiguration makes it a factor where MFA
    is OPTIONAL or ON and the pool has no other. MFA being OFF turns every factor off.

    Raises InvalidParameterException where MFA is OPTIONAL or ON and no factor is left, or is ON and a passkey alone
    could begin a sign-in; FeatureUnavailableInTierException where the tier lacks a factor.
    """
    if configuration.mfa_configuration == "OFF":
        return SecondFactors(passkeys=before.passkeys)
    deliverable = configuration.sms_configuration is not None
    factors = msgspec.structs.replace(before, sms=deliverable and (before.sms or not before.any))
    if not factors.any:
        raise InvalidParameterException(NONE_LEFT)
    if _passkey_is_too_little(factors, configuration):
        raise InvalidParameterException(_SINGLE_FACTOR_BEFORE)
    _check_tier(factors, configuration)
    return factors


def replaced(
    before: SecondFactors, configuration: UserPoolType, request: SetUserPoolMfaConfigRequest
) -> tuple[SecondFactors, UserPoolType]:
    """Return the factors and the configuration that SetUserPoolMfaConfig leaves behind.

    The request names every factor that the pool offers from now on; one that concerns passkeys alone leaves
    the factors as they are.

    Raises InvalidParameterException where MFA is OFF and a factor is configured, where it is OPTIONAL or ON
    and none is, where it is ON and a passkey alone could begin a sign-in, where SMS has no way out that works, or
    where the relying party is no domain; FeatureUnavailableInTierException where the tier lacks a factor.
    """
    passkeys = request.web_authn_configuration or before.passkeys
    if passkeys and passkeys.relying_party_id is not None and not is_domain(passkeys.relying_party_id):
        raise InvalidParameterException("RelyingPartyId must be a domain, in lower case and without a port.")
    software_token = request.software_token_mfa_configuration
    sms, email = request.sms_mfa_configuration, request.email_mfa_configuration
    if request.mfa_configuration is None and sms is None and email is None and software_token is None:
        factors = msgspec.structs.replace(before, passkeys=passkeys)
        _check_passkeys(factors, configuration)
        _check_tier(factors, configuration)
        return factors, configuration
    mode = request.mfa_configuration or configuration.mfa_configuration or "OFF"
    factors = SecondFactors(
        sms=sms is not None,
        software_token=bool(software_token and software_token.enabled),
        email=email,
        passkeys=passkeys,
    )
    if mode == "OFF" and factors.any:
        raise InvalidParameterException(
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."
        )
    if mode != "OFF" and not factors.any:
        raise InvalidParameterException(NONE_LEFT)
    if sms is not None:
        configuration = msgspec.structs.replace(
            configuration,
            sms_configuration=sms.sms_configuration or configuration.sms_configuration,
            sms_authentication_message=sms.sms_authentication_message
            or configuration.sms_authentication_message,
        )
        if configuration.sms_configuration is None:
            raise InvalidParameterException("SMS configuration is required when SMS MFA is configured.")
        pool_rules.check(configuration)
    configuration = msgspec.structs.replace(configuration, mfa_configuration=mode)
    _check_passkeys(factors, configuration)
    _check_tier(factors, configuration)
    return factors, configuration


def described(factors: SecondFactors, configuration: UserPoolType) -> GetUserPoolMfaConfigResponse:
    """Return the factors as GetUserPoolMfaConfig tells them; what is off is left out."""
    return GetUserPoolMfaConfigResponse(
        mfa_configuration=configuration.mfa_configuration,
        sms_mfa_configuration=SmsMfaConfigType(
            sms_authentication_message=configuration.sms_authentication_message,
            sms_configuration=configuration.sms_configuration,
        )
        if factors.sms
        else None,
        software_token_mfa_configuration=SoftwareTokenMfaConfigType(enabled=True)
        if factors.software_token
        else None,
        email_mfa_configuration=factors.email,
        web_authn_configuration=factors.passkeys,
    )


def _check_passkeys(factors: SecondFactors, configuration: UserPoolType) -> None:
    if _passkey_is_too_little(factors, configuration):
        raise InvalidParameterException(_SINGLE_FACTOR_SET)


def _passkey_is_too_little(factors: SecondFactors, configuration: UserPoolType) -> bool:
    """Say whether MFA is required and a sign-in may begin with a passkey that counts as one factor."""
    sign_in = configuration.policies.sign_in_policy if configuration.policies else None
    first = (sign_in and sign_in.allowed_first_auth_factors) or []
    required = configuration.mfa_configuration == "ON"
    return required and "WEB_AUTHN" in first and not is_multi_factor(factors.passkeys)


def _check_tier(factors: SecondFactors, configuration: UserPoolType) -> None:
    as_factor = is_multi_factor(factors.passkeys)
    if configuration.user_pool_tier == "LITE" and (factors.email is not None or as_factor):
        raise FeatureUnavailableInTierException(
            "The following features need to be disabled for the LITE pricing tier configured:"
            f" {'Email MFA' if factors.email is not None else 'Passkey MFA'}"
        )
