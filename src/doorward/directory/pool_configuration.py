"""A pool's configuration: from what CreateUserPool and UpdateUserPool say to a complete UserPoolType.

What a request leaves out has Cognito's default, on an update too: there only the schema, the alias and user
name attributes, case sensitivity, the name and dynamic client registration outlive it (UpdateUserPool).
"""

from typing import Final

import msgspec

from doorward.clock import Instant, random_text
from doorward.directory import pool_rules
from doorward.directory.schema import new_schema
from doorward.wire.contract import (
    AdminCreateUserConfigType,
    CreateUserPoolRequest,
    DcrConfigurationType,
    DeviceConfigurationType,
    EmailConfigurationType,
    LambdaConfigType,
    PasswordPolicyType,
    PreTokenGenerationVersionConfigType,
    SignInPolicyType,
    UpdateUserPoolRequest,
    UserAttributeUpdateSettingsType,
    UserPoolPolicyType,
    UserPoolTierType,
    UserPoolType,
    VerificationMessageTemplateType,
)
from doorward.wire.errors import InvalidParameterException

DEFAULT_TEMPORARY_PASSWORD_DAYS: Final = 7
_DEFAULT_PASSWORD_POLICY: Final = PasswordPolicyType(
    minimum_length=8,
    require_uppercase=True,
    require_lowercase=True,
    require_numbers=True,
    require_symbols=True,
    temporary_password_validity_days=DEFAULT_TEMPORARY_PASSWORD_DAYS,
)

_Request = CreateUserPoolRequest | UpdateUserPoolRequest


def new_pool_id(region: str) -> str:
    """Return an unused pool id: the region and nine random letters and digits."""
    return f"{region}_{random_text(9)}"


def pool_arn(region: str, account: str, pool_id: str) -> str:
    """Return a pool's Amazon resource name."""
    return f"arn:aws:cognito-idp:{region}:{account}:userpool/{pool_id}"


def new_configuration(
    request: CreateUserPoolRequest, *, pool_id: str, arn: str, now: Instant
) -> UserPoolType:
    """Return the configuration of a new pool.

    Raises InvalidParameterException where members contradict each other, FeatureUnavailableInTierException
    where the tier that the request names lacks a feature it asks for.
    """
    configuration = msgspec.structs.replace(
        _settings(request),
        id=pool_id,
        arn=arn,
        name=request.pool_name,
        creation_date=now,
        last_modified_date=now,
        schema_attributes=new_schema(request.schema),
        alias_attributes=request.alias_attributes or None,
        username_attributes=request.username_attributes or None,
        username_configuration=request.username_configuration,
        dcr_configuration=_client_registration(request.dcr_configuration),
    )
    pool_rules.check(configuration)
    return configuration


def updated_configuration(
    current: UserPoolType, request: UpdateUserPoolRequest, now: Instant
) -> UserPoolType:
    """Return what UpdateUserPool makes of a pool's configuration.

    Raises as `new_configuration` does, and where the update would turn MFA on, which
    SetUserPoolMfaConfig does.
    """
    if request.mfa_configuration == "ON" and current.mfa_configuration != "ON":
        raise InvalidParameterException(
            "Cannot turn MFA functionality ON, once the user pool has been created."
        )
    configuration = msgspec.structs.replace(
        _settings(request),
        id=current.id,
        arn=current.arn,
        name=request.pool_name or current.name,
        creation_date=current.creation_date,
        last_modified_date=now,
        schema_attributes=current.schema_attributes,
        alias_attributes=current.alias_attributes,
        username_attributes=current.username_attributes,
        username_configuration=current.username_configuration,
        dcr_configuration=_client_registration(request.dcr_configuration) or current.dcr_configuration,
    )
    pool_rules.check(configuration)
    return configuration


def _settings(request: _Request) -> UserPoolType:
    """Return what both calls can say, with the defaults of what this one leaves out."""
    policies = _policies(request)
    template = _verification_messages(request)
    update_settings = request.user_attribute_update_settings or UserAttributeUpdateSettingsType()
    email = request.email_configuration or EmailConfigurationType()
    return UserPoolType(
        policies=policies,
        deletion_protection=request.deletion_protection or "INACTIVE",
        lambda_config=_triggers(request.lambda_config or LambdaConfigType()),
        auto_verified_attributes=request.auto_verified_attributes or None,
        sms_verification_message=template.sms_message,
        email_verification_message=template.email_message,
        email_verification_subject=template.email_subject,
        verification_message_template=template,
        sms_authentication_message=request.sms_authentication_message,
        user_attribute_update_settings=msgspec.structs.replace(
            update_settings,
            attributes_require_verification_before_update=(
                update_settings.attributes_require_verification_before_update or []
            ),
        ),
        mfa_configuration=request.mfa_configuration or "OFF",
        device_configuration=_devices(request.device_configuration),
        email_configuration=msgspec.structs.replace(
            email, email_sending_account=email.email_sending_account or "COGNITO_DEFAULT"
        ),
        sms_configuration=request.sms_configuration,
        admin_create_user_config=_invitations(request, policies),
        user_pool_add_ons=request.user_pool_add_ons,
        account_recovery_setting=request.account_recovery_setting,
        user_pool_tier=_tier(request),
        key_configuration=request.key_configuration,
        issuer_configuration=request.issuer_configuration,
        acr_configuration=request.acr_configuration,
    )


def _policies(request: _Request) -> UserPoolPolicyType:
    given = request.policies or UserPoolPolicyType()
    invitations = request.admin_create_user_config
    legacy_days = (invitations.unused_account_validity_days if invitations else None) or None
    policy = given.password_policy
    days = (policy.temporary_password_validity_days if policy else None) or None
    if days and legacy_days:
        raise InvalidParameterException(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"
        )
    if policy is None:
        policy = _DEFAULT_PASSWORD_POLICY
    return UserPoolPolicyType(
        password_policy=PasswordPolicyType(
            minimum_length=policy.minimum_length or _DEFAULT_PASSWORD_POLICY.minimum_length,
            require_uppercase=bool(policy.require_uppercase),
            require_lowercase=bool(policy.require_lowercase),
            require_numbers=bool(policy.require_numbers),
            require_symbols=bool(policy.require_symbols),
            password_history_size=policy.password_history_size,
            temporary_password_validity_days=days or legacy_days or DEFAULT_TEMPORARY_PASSWORD_DAYS,
        ),
        sign_in_policy=given.sign_in_policy
        if given.sign_in_policy and given.sign_in_policy.allowed_first_auth_factors
        else SignInPolicyType(allowed_first_auth_factors=["PASSWORD"]),
    )


def _invitations(request: _Request, policies: UserPoolPolicyType) -> AdminCreateUserConfigType:
    given = request.admin_create_user_config or AdminCreateUserConfigType()
    policy = policies.password_policy or _DEFAULT_PASSWORD_POLICY
    return AdminCreateUserConfigType(
        allow_admin_create_user_only=bool(given.allow_admin_create_user_only),
        # Where it is read, the old member says the same as the new one.
        unused_account_validity_days=policy.temporary_password_validity_days,
        invite_message_template=given.invite_message_template,
    )


def _verification_messages(request: _Request) -> VerificationMessageTemplateType:
    """Return the template, with the three members that say the same in the old way."""
    template = request.verification_message_template or VerificationMessageTemplateType()
    pairs = (
        ("SmsVerificationMessage", request.sms_verification_message, template.sms_message),
        ("EmailVerificationMessage", request.email_verification_message, template.email_message),
        ("EmailVerificationSubject", request.email_verification_subject, template.email_subject),
    )
    for name, old, new in pairs:
        if old is not None and new is not None and old != new:
            raise InvalidParameterException(f"{name} and VerificationMessageTemplate say different things.")
    sms, message, subject = (new if new is not None else old for _, old, new in pairs)
    return msgspec.structs.replace(
        template,
        sms_message=sms,
        email_message=message,
        email_subject=subject,
        default_email_option=template.default_email_option or "CONFIRM_WITH_CODE",
    )


def _triggers(triggers: LambdaConfigType) -> LambdaConfigType:
    """Return the triggers, with the two members that name the trigger before token generation alike."""
    plain, detailed = triggers.pre_token_generation, triggers.pre_token_generation_config
    if plain is not None and detailed is not None and plain != detailed.lambda_arn:
        raise InvalidParameterException(
            "PreTokenGeneration and the LambdaArn of PreTokenGenerationConfig must be the same."
        )
    if detailed is not None:
        return msgspec.structs.replace(triggers, pre_token_generation=detailed.lambda_arn)
    if plain is not None:
        return msgspec.structs.replace(
            triggers,
            pre_token_generation_config=PreTokenGenerationVersionConfigType(
                lambda_version="V1_0", lambda_arn=plain
            ),
        )
    return triggers


def _devices(given: DeviceConfigurationType | None) -> DeviceConfigurationType | None:
    """Return how devices are remembered: any value of the member turns that on."""
    return given and DeviceConfigurationType(
        challenge_required_on_new_device=bool(given.challenge_required_on_new_device),
        device_only_remembered_on_user_prompt=bool(given.device_only_remembered_on_user_prompt),
    )


def _client_registration(given: DcrConfigurationType | None) -> DcrConfigurationType | None:
    return given and msgspec.structs.replace(
        given,
        enable_status=given.enable_status or "Enabled",
        open_dcr_enabled=bool(given.open_dcr_enabled),
    )


def _tier(request: _Request) -> UserPoolTierType:
    """Return the tier named; else ESSENTIALS, or PLUS where threat protection, which needs it, is on."""
    if request.user_pool_tier is not None:
        return request.user_pool_tier
    return "PLUS" if pool_rules.threat_protection(request.user_pool_add_ons) else "ESSENTIALS"
