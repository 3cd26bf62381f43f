"""What the members of a pool's configuration demand of each other (CreateUserPool, UpdateUserPool).

Each rule is a function that returns the sentence of the InvalidParameterException, or None where it holds.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

from doorward.wire.contract import UserPoolAddOnsType, UserPoolType
from doorward.wire.errors import FeatureUnavailableInTierException, InvalidParameterException

_DEFAULT_ACR_NAMES: Final = {f"Level{level}": f"urn:cognito:loa:{level}" for level in range(1, 5)}


def check(configuration: UserPoolType) -> None:
    """Raise InvalidParameterException for the first rule that a configuration breaks.

    Raises FeatureUnavailableInTierException where the pool's tier lacks a feature that is configured.
    """
    for rule in _RULES:
        if sentence := rule(configuration):
            raise InvalidParameterException(sentence)
    _check_tier(configuration)


def threat_protection(add_ons: UserPoolAddOnsType | None) -> bool:
    """Whether advanced security is on in some way."""
    if add_ons is None:
        return False
    additional = add_ons.advanced_security_additional_flows
    return add_ons.advanced_security_mode != "OFF" or bool(additional and additional.custom_auth_mode)


def _names(pool: UserPoolType) -> str | None:
    if pool.alias_attributes and pool.username_attributes:
        return "Only one of the aliasAttributes or usernameAttributes can be set in a user pool."
    lists = {
        "AliasAttributes": pool.alias_attributes,
        "UsernameAttributes": pool.username_attributes,
        "AutoVerifiedAttributes": pool.auto_verified_attributes,
    }
    for member, values in lists.items():
        if values and len(set(values)) != len(values):
            return f"{member} names an attribute twice."
    return None


def _attribute_updates(pool: UserPoolType) -> str | None:
    settings = pool.user_attribute_update_settings
    before_update = (settings and settings.attributes_require_verification_before_update) or []
    if not set(before_update) <= set(pool.auto_verified_attributes or []):
        return (
            "Attributes in AttributesRequireVerificationBeforeUpdate must also be in AutoVerifiedAttributes."
        )
    return None


def _sms(pool: UserPoolType) -> str | None:
    sms = pool.sms_configuration
    if sms is not None and bool(sms.sns_caller_arn) == (sms.eums_sms is not None):
        return "SmsConfiguration needs either SnsCallerArn or EumsSms."
    return None


def _email(pool: UserPoolType) -> str | None:
    email = pool.email_configuration
    if email and email.email_sending_account == "DEVELOPER" and email.source_arn is None:
        return "SourceArn is required when EmailSendingAccount is DEVELOPER."
    return None


def _triggers(pool: UserPoolType) -> str | None:
    triggers = pool.lambda_config
    if triggers and (triggers.custom_email_sender or triggers.custom_sms_sender) and not triggers.kms_key_id:
        return "KMSKeyID is required when CustomEmailSender or CustomSMSSender is set."
    return None


def _recovery(pool: UserPoolType) -> str | None:
    setting = pool.account_recovery_setting
    mechanisms = (setting and setting.recovery_mechanisms) or []
    if any(count > 1 for count in Counter(mechanism.name for mechanism in mechanisms).values()):
        return "AccountRecoverySetting names a recovery mechanism twice."
    if any(count > 1 for count in Counter(mechanism.priority for mechanism in mechanisms).values()):
        return "AccountRecoverySetting gives two recovery mechanisms the same priority."
    if len(mechanisms) > 1 and any(mechanism.name == "admin_only" for mechanism in mechanisms):
        return "The recovery mechanism admin_only cannot be combined with another one."
    return None


def _first_factors(pool: UserPoolType) -> str | None:
    policy = pool.policies and pool.policies.sign_in_policy
    factors = (policy and policy.allowed_first_auth_factors) or ["PASSWORD"]
    if "PASSWORD" not in factors:
        return "AllowedFirstAuthFactors must include PASSWORD."
    if "SOFTWARE_TOKEN" in factors:
        return "SOFTWARE_TOKEN is not supported as a first authentication factor."
    if len(set(factors)) != len(factors):
        return "AllowedFirstAuthFactors names a factor twice."
    return None


def _key(pool: UserPoolType) -> str | None:
    key = pool.key_configuration
    if key is None:
        return None
    if key.key_type == "CUSTOMER_MANAGED_KEY" and key.kms_key_arn is None:
        return "KmsKeyArn is required when KeyType is CUSTOMER_MANAGED_KEY."
    if key.key_type == "AWS_OWNED_KEY" and key.kms_key_arn is not None:
        return "KmsKeyArn cannot be set when KeyType is AWS_OWNED_KEY."
    return None


def _acr_names(pool: UserPoolType) -> str | None:
    given = {level: entry.acr_value for level, entry in (pool.acr_configuration or {}).items()}
    if len(set((_DEFAULT_ACR_NAMES | given).values())) != len(_DEFAULT_ACR_NAMES):
        return "AcrConfiguration gives two levels the same name."
    return None


_RULES: Final[tuple[Callable[[UserPoolType], str | None], ...]] = (
    _names,
    _attribute_updates,
    _sms,
    _email,
    _triggers,
    _recovery,
    _first_factors,
    _key,
    _acr_names,
)


def _check_tier(pool: UserPoolType) -> None:
    """Refuse what Cognito sells in a higher tier only, so that a configuration means the same in both."""
    if pool.user_pool_tier == "PLUS":
        return
    features = []
    if threat_protection(pool.user_pool_add_ons):
        features.append("Threat Protection")
    if pool.user_pool_tier == "LITE":
        features.extend(_beyond_lite(pool))
    if features:
        raise FeatureUnavailableInTierException(
            f"The following features need to be disabled for the {pool.user_pool_tier} pricing tier"
            f" configured: {', '.join(features)}"
        )


def _beyond_lite(pool: UserPoolType) -> list[str]:
    policies = pool.policies
    password = policies and policies.password_policy
    sign_in = policies and policies.sign_in_policy
    registration = pool.dcr_configuration
    triggers = pool.lambda_config
    tokens = triggers and triggers.pre_token_generation_config
    configured = {
        "Password History": password and password.password_history_size,
        "Choice-based Sign-in": sign_in and sign_in.allowed_first_auth_factors != ["PASSWORD"],
        "Dynamic Client Registration": registration and registration.enable_status == "Enabled",
        "ACR Configuration": pool.acr_configuration,
        "Access Token Customization": tokens and tokens.lambda_version != "V1_0",
    }
    return [feature for feature, used in configured.items() if used]
