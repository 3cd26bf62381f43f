"""Whatever a pool or client call accepts, Describe gives back: no member is silently dropped."""

from typing import Any

import pytest
from tests.scenarios.filled import filled, paths, paths_set
from tests.server import RunningServer

_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:example"
_POOL: dict[str, Any] = {
    "PoolName": "Everything",
    "AliasAttributes": ["email", "preferred_username"],
    "UsernameAttributes": None,
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate": ["email"],
    "AccountRecoverySetting.RecoveryMechanisms": [
        {"Priority": 2, "Name": "verified_phone_number"},
        {"Priority": 1, "Name": "verified_email"},
    ],
    "Policies.SignInPolicy.AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
    "AdminCreateUserConfig.UnusedAccountValidityDays": None,
    "SmsConfiguration.EumsSms": None,
    "MfaConfiguration": "OPTIONAL",
    "UserPoolTier": "PLUS",
    "UserPoolTags": {"team": "identity"},
}
_OTHER_POOL: dict[str, Any] = {
    **_POOL,
    "AliasAttributes": None,
    "UsernameAttributes": ["email"],
    "Policies.PasswordPolicy.TemporaryPasswordValidityDays": None,
    "AdminCreateUserConfig.UnusedAccountValidityDays": 30,
    "SmsConfiguration.SnsCallerArn": None,
    "SmsConfiguration.EumsSms": {
        "CallerArn": _ARN,
        "ExternalId": "e",
        "OriginationIdentity": "o",
        "ConfigurationSetName": "c",
        "InEntityId": "i",
        "InTemplateId": "t",
        "Region": "eu-west-1",
    },
}
_SCHEMA = [
    {
        "Name": "tall",
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": False,
        "Required": False,
        "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "9"},
    },
    {
        "Name": "height",
        "AttributeDataType": "Number",
        "DeveloperOnlyAttribute": True,
        "Mutable": True,
        "Required": False,
        "NumberAttributeConstraints": {"MinValue": "-2", "MaxValue": "9"},
    },
]
_CLIENT: dict[str, Any] = {
    "ClientName": "Everything",
    "ClientSecret": None,
    "AccessTokenValidity": 10,
    "IdTokenValidity": 600,
    "RefreshTokenValidity": 2,
    "TokenValidityUnits": {"AccessToken": "hours", "IdToken": "seconds", "RefreshToken": "days"},
    "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
    "AllowedOAuthFlows": ["code", "implicit"],
    "AnalyticsConfiguration.ApplicationId": None,
    "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
}
_OTHER_CLIENT: dict[str, Any] = {
    **_CLIENT,
    "AllowedOAuthFlows": ["client_credentials"],
    "GenerateSecret": None,
    "ClientSecret": "abcdefghijklmnopqrstuvwxyz0123",
    "AnalyticsConfiguration.ApplicationId": "0123abcd",
    "AnalyticsConfiguration.ApplicationArn": None,
}


def _assert_holds(told: Any, sent: Any, path: str) -> None:
    """Check that what is told holds all that was sent; it may hold more members."""
    if isinstance(sent, dict):
        for name, value in sent.items():
            assert name in told, f"{path}.{name} is missing"
            _assert_holds(told[name], value, f"{path}.{name}")
    else:
        assert told == sent, path


@pytest.mark.parametrize("choices", [_POOL, _OTHER_POOL], ids=["alias", "username"])
def test_create_user_pool(server: RunningServer, choices: dict[str, Any]) -> None:
    cognito = server.administrator
    request = filled("CreateUserPool", {**choices, "Schema": _SCHEMA})
    created = cognito.create_user_pool(**request)["UserPool"]
    told = cognito.describe_user_pool(UserPoolId=created["Id"])["UserPool"]
    assert told == created
    assert told["Name"] == request.pop("PoolName")
    (tall, height) = request.pop("Schema")
    attributes = {attribute["Name"]: attribute for attribute in told["SchemaAttributes"]}
    _assert_holds(attributes["custom:tall"], {**tall, "Name": "custom:tall"}, "tall")
    _assert_holds(attributes["dev:custom:height"], {**height, "Name": "dev:custom:height"}, "height")
    assert len(attributes) == 22
    _assert_holds(told, request, "UserPool")


@pytest.mark.parametrize("choices", [_POOL, _OTHER_POOL], ids=["alias", "username"])
def test_update_user_pool(server: RunningServer, choices: dict[str, Any]) -> None:
    cognito = server.administrator
    pool_id = cognito.create_user_pool(PoolName="Before")["UserPool"]["Id"]
    request = filled("UpdateUserPool", {**choices, "UserPoolId": pool_id})
    cognito.update_user_pool(**request)
    told = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    assert told["Id"] == request.pop("UserPoolId")
    assert told["Name"] == request.pop("PoolName")
    _assert_holds(told, request, "UserPool")


@pytest.mark.parametrize("choices", [_CLIENT, _OTHER_CLIENT], ids=["code", "client credentials"])
def test_user_pool_client(server: RunningServer, choices: dict[str, Any]) -> None:
    cognito = server.administrator
    pool_id = cognito.create_user_pool(PoolName="Clients")["UserPool"]["Id"]
    request = filled("CreateUserPoolClient", {**choices, "UserPoolId": pool_id})
    created = cognito.create_user_pool_client(**request)["UserPoolClient"]
    client_id = created["ClientId"]
    assert (
        cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)["UserPoolClient"] == created
    )
    if request.pop("GenerateSecret", False):
        assert len(created["ClientSecret"]) == 51
    _assert_holds(created, request, "UserPoolClient")

    plain = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="Plain", GenerateSecret=True)
    client_id, secret = plain["UserPoolClient"]["ClientId"], plain["UserPoolClient"]["ClientSecret"]
    request = filled("UpdateUserPoolClient", {**choices, "UserPoolId": pool_id, "ClientId": client_id})
    updated = cognito.update_user_pool_client(**request)["UserPoolClient"]
    assert (
        cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)["UserPoolClient"] == updated
    )
    assert updated["ClientSecret"] == secret
    _assert_holds(updated, request, "UserPoolClient")


@pytest.mark.parametrize(
    ("operation", "variants"),
    [
        ("CreateUserPool", [{**_POOL, "Schema": _SCHEMA}, _OTHER_POOL]),
        ("UpdateUserPool", [_POOL, _OTHER_POOL]),
        ("CreateUserPoolClient", [_CLIENT, _OTHER_CLIENT]),
        ("UpdateUserPoolClient", [_CLIENT, _OTHER_CLIENT]),
    ],
)
def test_the_requests_above_leave_no_member_out(operation: str, variants: list[dict[str, Any]]) -> None:
    sent = set().union(*(paths_set(operation, filled(operation, variant)) for variant in variants))
    assert sent == paths(operation)
