"""Which second factors a pool offers, and how (SetUserPoolMfaConfig)."""

import msgspec

from doorward.directory import pool_rules
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

    Raises InvalidParameterException where MFA is OPTIONAL or ON and no factor is left, and
    FeatureUnavailableInTierException where the tier lacks one.
    """
    if configuration.mfa_configuration == "OFF":
        return SecondFactors(passkeys=before.passkeys)
    deliverable = configuration.sms_configuration is not None
    factors = msgspec.structs.replace(before, sms=deliverable and (before.sms or not before.any))
    if not factors.any:
        raise InvalidParameterException(NONE_LEFT)
    _check_tier(factors, configuration)
    return factors


def replaced(
    before: SecondFactors, configuration: UserPoolType, request: SetUserPoolMfaConfigRequest
) -> tuple[SecondFactors, UserPoolType]:
    """Return the factors and the configuration that SetUserPoolMfaConfig leaves behind.

    The request names every factor that the pool offers from now on; one that concerns passkeys alone leaves
    the factors as they are.

    Raises InvalidParameterException where MFA is OFF and a factor is configured, where it is OPTIONAL or ON
    and none is, or where SMS has no way out that works; FeatureUnavailableInTierException where the tier
    lacks a factor.
    """
    passkeys = request.web_authn_configuration or before.passkeys
    software_token = request.software_token_mfa_configuration
    sms, email = request.sms_mfa_configuration, request.email_mfa_configuration
    if request.mfa_configuration is None and sms is None and email is None and software_token is None:
        factors = msgspec.structs.replace(before, passkeys=passkeys)
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
    _check_tier(factors, configuration)
    return factors, msgspec.structs.replace(configuration, mfa_configuration=mode)


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


def _check_tier(factors: SecondFactors, configuration: UserPoolType) -> None:
    passkeys = factors.passkeys
    as_factor = (
        passkeys is not None and passkeys.factor_configuration == "MULTI_FACTOR_WITH_USER_VERIFICATION"
    )
    if configuration.user_pool_tier == "LITE" and (factors.email is not None or as_factor):
        raise FeatureUnavailableInTierException(
            "The following features need to be disabled for the LITE pricing tier configured:"
            f" {'Email MFA' if factors.email is not None else 'Passkey MFA'}"
        )
