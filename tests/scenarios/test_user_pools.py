"""User pools over the wire: created, described, updated, listed, deleted."""

from typing import Any

import pytest
from tests.scenarios.refusals import refused
from tests.server import RunningServer

_ROLE = "arn:aws:iam::123456789012:role/sms"
_LAMBDA = "arn:aws:lambda:eu-west-1:123456789012:function:one"
_OTHER_LAMBDA = "arn:aws:lambda:eu-west-1:123456789012:function:two"
_SMS: Any = {"SnsCallerArn": _ROLE, "ExternalId": "x"}


def _create(server: RunningServer, **members: Any) -> str:
    return server.administrator.create_user_pool(PoolName="Pool", **members)["UserPool"]["Id"]


def _describe(server: RunningServer, pool_id: str) -> dict[str, Any]:
    return dict(server.administrator.describe_user_pool(UserPoolId=pool_id)["UserPool"])


def test_a_pool_that_only_has_a_name_has_cognitos_defaults(server: RunningServer) -> None:
    told = _describe(server, _create(server))
    region, _, rest = told.pop("Id").partition("_")
    assert (region, len(rest), rest.isalnum()) == ("eu-west-1", 9, True)
    assert told.pop("Arn") == f"arn:aws:cognito-idp:eu-west-1:000000000000:userpool/{region}_{rest}"
    assert told.pop("CreationDate") == told.pop("LastModifiedDate")
    attributes = told.pop("SchemaAttributes")
    assert [attribute["Name"] for attribute in attributes if attribute["Required"]] == ["sub"]
    assert len(attributes) == 20
    assert told == {
        "Name": "Pool",
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 8,
                "RequireUppercase": True,
                "RequireLowercase": True,
                "RequireNumbers": True,
                "RequireSymbols": True,
                "TemporaryPasswordValidityDays": 7,
            },
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        },
        "DeletionProtection": "INACTIVE",
        "LambdaConfig": {},
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []},
        "MfaConfiguration": "OFF",
        "EstimatedNumberOfUsers": 0,
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
        "UserPoolTags": {},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
        "UserPoolTier": "ESSENTIALS",
    }


def test_an_update_returns_what_it_leaves_out_to_the_default_and_keeps_what_cannot_change(
    server: RunningServer,
) -> None:
    pool_id = _create(
        server,
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        Schema=[{"Name": "team", "AttributeDataType": "String"}, {"Name": "email", "Required": True}],
        DcrConfiguration={"OpenDcrEnabled": True},
        DeletionProtection="ACTIVE",
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": {"MinimumLength": 20, "TemporaryPasswordValidityDays": 3}},
        UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
        MfaConfiguration="OPTIONAL",
        SmsConfiguration=_SMS,
        UserPoolTags={"a": "b"},
    )
    before = _describe(server, pool_id)
    assert before["UserPoolTier"] == "PLUS"
    assert before["AdminCreateUserConfig"]["UnusedAccountValidityDays"] == 3

    server.administrator.update_user_pool(UserPoolId=pool_id, AutoVerifiedAttributes=["email"])

    after = _describe(server, pool_id)
    for kept in (
        "Name",
        "Arn",
        "CreationDate",
        "SchemaAttributes",
        "UsernameAttributes",
        "UsernameConfiguration",
        "DcrConfiguration",
        "AutoVerifiedAttributes",
    ):
        assert after[kept] == before[kept], kept
    assert after["DcrConfiguration"] == {"EnableStatus": "Enabled", "OpenDcrEnabled": True}
    assert after["LastModifiedDate"] > before["LastModifiedDate"]
    assert "UserPoolAddOns" not in after
    assert "SmsConfiguration" not in after
    assert after["UserPoolTags"] == {}
    assert (after["MfaConfiguration"], after["DeletionProtection"]) == ("OFF", "INACTIVE")
    assert after["Policies"]["PasswordPolicy"]["MinimumLength"] == 8


def test_a_password_policy_that_is_given_demands_only_what_it_says(server: RunningServer) -> None:
    told = _describe(server, _create(server, Policies={"PasswordPolicy": {"RequireNumbers": True}}))
    assert told["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 8,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": True,
        "RequireSymbols": False,
        "TemporaryPasswordValidityDays": 7,
    }


def test_the_old_and_the_new_members_for_messages_say_the_same(server: RunningServer) -> None:
    told = _describe(
        server,
        _create(
            server,
            EmailVerificationMessage="Old way: {####}",
            VerificationMessageTemplate={"SmsMessage": "New way: {####}", "EmailSubject": "Hello"},
        ),
    )
    template = told["VerificationMessageTemplate"]
    assert told["EmailVerificationMessage"] == template["EmailMessage"] == "Old way: {####}"
    assert told["SmsVerificationMessage"] == template["SmsMessage"] == "New way: {####}"
    assert told["EmailVerificationSubject"] == template["EmailSubject"] == "Hello"


@pytest.mark.parametrize(
    ("error", "part", "members"),
    [
        (
            "InvalidParameterException",
            "Only one of the aliasAttributes or usernameAttributes",
            {"AliasAttributes": ["email"], "UsernameAttributes": ["email"]},
        ),
        ("InvalidParameterException", "can't disable all MFAs", {"MfaConfiguration": "ON"}),
        ("InvalidParameterException", "can't disable all MFAs", {"MfaConfiguration": "OPTIONAL"}),
        (
            "InvalidParameterException",
            "Please use TemporaryPasswordValidityDays",
            {
                "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 5}},
                "AdminCreateUserConfig": {"UnusedAccountValidityDays": 5},
            },
        ),
        ("InvalidParameterException", "SnsCallerArn", {"SmsConfiguration": {"ExternalId": "x"}}),
        (
            "InvalidParameterException",
            "SnsCallerArn",
            {"SmsConfiguration": {**_SMS, "EumsSms": {"CallerArn": _ROLE}}},
        ),
        (
            "InvalidParameterException",
            "SourceArn",
            {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}},
        ),
        (
            "InvalidParameterException",
            "passwordHistorySize",
            {"Policies": {"PasswordPolicy": {"PasswordHistorySize": 25}}},
        ),
        (
            "InvalidParameterException",
            "AutoVerifiedAttributes",
            {
                "UserAttributeUpdateSettings": {
                    "AttributesRequireVerificationBeforeUpdate": ["phone_number"]
                },
                "AutoVerifiedAttributes": ["email"],
            },
        ),
        (
            "InvalidParameterException",
            "different",
            {"SmsVerificationMessage": "a {####}", "VerificationMessageTemplate": {"SmsMessage": "b {####}"}},
        ),
        (
            "InvalidParameterException",
            "must be the same",
            {
                "LambdaConfig": {
                    "PreTokenGeneration": _LAMBDA,
                    "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": _OTHER_LAMBDA},
                }
            },
        ),
        (
            "InvalidParameterException",
            "KMSKeyID",
            {"LambdaConfig": {"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": _LAMBDA}}},
        ),
        (
            "InvalidParameterException",
            "admin_only",
            {
                "AccountRecoverySetting": {
                    "RecoveryMechanisms": [
                        {"Priority": 1, "Name": "admin_only"},
                        {"Priority": 2, "Name": "verified_email"},
                    ]
                }
            },
        ),
        (
            "InvalidParameterException",
            "same priority",
            {
                "AccountRecoverySetting": {
                    "RecoveryMechanisms": [
                        {"Priority": 1, "Name": "verified_phone_number"},
                        {"Priority": 1, "Name": "verified_email"},
                    ]
                }
            },
        ),
        (
            "InvalidParameterException",
            "PASSWORD",
            {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["EMAIL_OTP"]}}},
        ),
        (
            "InvalidParameterException",
            "SOFTWARE_TOKEN",
            {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "SOFTWARE_TOKEN"]}}},
        ),
        ("InvalidParameterException", "KmsKeyArn", {"KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY"}}),
        (
            "InvalidParameterException",
            "same name",
            {"AcrConfiguration": {"Level1": {"AcrValue": "urn:cognito:loa:3"}}},
        ),
        ("UserPoolTaggingException", "aws:", {"UserPoolTags": {"aws:team": "x"}}),
        (
            "FeatureUnavailableInTierException",
            "Threat Protection",
            {"UserPoolTier": "ESSENTIALS", "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}},
        ),
        (
            "FeatureUnavailableInTierException",
            "Password History",
            {"UserPoolTier": "LITE", "Policies": {"PasswordPolicy": {"PasswordHistorySize": 3}}},
        ),
    ],
)
def test_members_that_contradict_each_other_are_refused_and_change_nothing(
    server: RunningServer, error: str, part: str, members: dict[str, Any]
) -> None:
    with refused(error, part):
        server.administrator.create_user_pool(PoolName="Refused", **members)
    assert "Refused" not in [pool["Name"] for pool in _all_pools(server, 60)]
    if members.keys() & {"AliasAttributes"} or members.get("MfaConfiguration") == "ON":
        return
    pool_id = _create(server)
    before = _describe(server, pool_id)
    with refused(error, part):
        server.administrator.update_user_pool(UserPoolId=pool_id, **members)
    assert _describe(server, pool_id) == before


def test_a_pool_that_is_not_there(server: RunningServer) -> None:
    cognito, pool_id = server.administrator, "eu-west-1_AAAAAAAAA"
    sentence = "User pool eu-west-1_AAAAAAAAA does not exist."
    with refused("ResourceNotFoundException", sentence):
        cognito.describe_user_pool(UserPoolId=pool_id)
    with refused("ResourceNotFoundException", sentence):
        cognito.update_user_pool(UserPoolId=pool_id)
    with refused("ResourceNotFoundException", sentence):
        cognito.delete_user_pool(UserPoolId=pool_id)
    with refused("ResourceNotFoundException", sentence):
        cognito.get_user_pool_mfa_config(UserPoolId=pool_id)
    with refused("ResourceNotFoundException", sentence):
        cognito.add_custom_attributes(
            UserPoolId=pool_id, CustomAttributes=[{"Name": "a", "AttributeDataType": "String"}]
        )


def test_deletion_protection_holds_until_it_is_taken_off(server: RunningServer) -> None:
    pool_id = _create(server, DeletionProtection="ACTIVE")
    with refused("InvalidParameterException", "deletion protection is activated"):
        server.administrator.delete_user_pool(UserPoolId=pool_id)
    server.administrator.update_user_pool(UserPoolId=pool_id, DeletionProtection="INACTIVE")
    server.administrator.create_user_pool_client(UserPoolId=pool_id, ClientName="goes with the pool")
    server.administrator.delete_user_pool(UserPoolId=pool_id)
    with refused("ResourceNotFoundException"):
        server.administrator.describe_user_pool(UserPoolId=pool_id)


def _all_pools(server: RunningServer, page: int) -> list[dict[str, Any]]:
    pages = server.administrator.get_paginator("list_user_pools").paginate(
        PaginationConfig={"PageSize": page}
    )
    return [dict(pool) for one in pages for pool in one["UserPools"]]


def test_the_list_shows_each_pool_once_whatever_the_page(server: RunningServer) -> None:
    made = {_create(server, LambdaConfig={"PreSignUp": _LAMBDA}) for _ in range(3)}
    by_one, by_sixty = _all_pools(server, 1), _all_pools(server, 60)
    assert by_one == by_sixty
    listed = [pool["Id"] for pool in by_one]
    assert len(set(listed)) == len(listed)
    assert made <= set(listed)
    assert all(
        pool["LambdaConfig"] == {"PreSignUp": _LAMBDA} and pool["Name"] == "Pool"
        for pool in by_one
        if pool["Id"] in made
    )


def test_a_page_token_of_another_list_is_refused(server: RunningServer) -> None:
    first, second = _create(server), _create(server)
    token = server.administrator.list_user_pools(MaxResults=1)["NextToken"]
    for wrong in (token[:-4] + "AAAA", "nonsense", "é", "A" * 5000, "=", "eu-west-1_AAAAAAAAA"):
        with refused("InvalidParameterException", "NextToken"):
            server.administrator.list_user_pools(MaxResults=1, NextToken=wrong)
    with refused("InvalidParameterException", "NextToken"):
        server.administrator.list_user_pool_clients(UserPoolId=first, NextToken=token)
    for name in ("a", "b"):
        server.administrator.create_user_pool_client(UserPoolId=first, ClientName=name)
    token = server.administrator.list_user_pool_clients(UserPoolId=first, MaxResults=1)["NextToken"]
    with refused("InvalidParameterException", "NextToken"):
        server.administrator.list_user_pool_clients(UserPoolId=second, NextToken=token)


def test_a_page_has_at_most_sixty_pools(server: RunningServer) -> None:
    with refused("InvalidParameterException", "maxResults"):
        server.administrator.list_user_pools(MaxResults=61)


def test_a_pool_with_all_the_custom_attributes_it_can_have(server: RunningServer) -> None:
    cognito = server.administrator
    names = [f"{number:02}-a-name-of-20-char" for number in range(50)]
    entries: list[Any] = [{"Name": name, "AttributeDataType": "String"} for name in names]
    pool_id = _create(server, Schema=entries[:25])
    cognito.add_custom_attributes(UserPoolId=pool_id, CustomAttributes=entries[25:])
    told = [attribute["Name"] for attribute in _describe(server, pool_id)["SchemaAttributes"]]
    assert told[20:] == [f"custom:{name}" for name in names]
    for one_more, part in (("new", "at most 50"), (names[0], "Existing attribute already has name")):
        with refused("InvalidParameterException", part):
            cognito.add_custom_attributes(
                UserPoolId=pool_id, CustomAttributes=[{"Name": one_more, "AttributeDataType": "String"}]
            )
    assert len(_describe(server, pool_id)["SchemaAttributes"]) == 70


def test_mfa_factors(server: RunningServer) -> None:
    cognito, pool_id = server.administrator, _create(server)
    assert _mfa(cognito.get_user_pool_mfa_config(UserPoolId=pool_id)) == {"MfaConfiguration": "OFF"}

    wanted: dict[str, Any] = {
        "MfaConfiguration": "ON",
        "SmsMfaConfiguration": {
            "SmsAuthenticationMessage": "{####} it is",
            "SmsConfiguration": {**_SMS, "SnsRegion": "eu-west-1"},
        },
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "EmailMfaConfiguration": {"Message": "{####} it is", "Subject": "Code"},
        "WebAuthnConfiguration": {
            "RelyingPartyId": "id.example.org",
            "UserVerification": "required",
            "FactorConfiguration": "SINGLE_FACTOR",
        },
    }
    assert _mfa(cognito.set_user_pool_mfa_config(UserPoolId=pool_id, **wanted)) == wanted
    assert _mfa(cognito.get_user_pool_mfa_config(UserPoolId=pool_id)) == wanted
    told = _describe(server, pool_id)
    assert told["MfaConfiguration"] == "ON"
    assert told["SmsConfiguration"] == wanted["SmsMfaConfiguration"]["SmsConfiguration"]
    assert told["SmsAuthenticationMessage"] == "{####} it is"

    cognito.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    assert _mfa(cognito.get_user_pool_mfa_config(UserPoolId=pool_id)) == {
        "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "WebAuthnConfiguration": wanted["WebAuthnConfiguration"],
    }
    cognito.update_user_pool(UserPoolId=pool_id, MfaConfiguration="OPTIONAL")
    assert "SoftwareTokenMfaConfiguration" in cognito.get_user_pool_mfa_config(UserPoolId=pool_id)
    cognito.update_user_pool(UserPoolId=pool_id)
    assert _mfa(cognito.get_user_pool_mfa_config(UserPoolId=pool_id)) == {
        "MfaConfiguration": "OFF",
        "WebAuthnConfiguration": wanted["WebAuthnConfiguration"],
    }


@pytest.mark.parametrize(
    ("error", "part", "members"),
    [
        ("InvalidParameterException", "can't disable all MFAs", {"MfaConfiguration": "OPTIONAL"}),
        (
            "InvalidParameterException",
            "can't disable all MFAs",
            {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": False}},
        ),
        (
            "InvalidParameterException",
            "can't turn off MFA and configure an MFA together",
            {"MfaConfiguration": "OFF", "EmailMfaConfiguration": {}},
        ),
        (
            "InvalidParameterException",
            "SMS configuration is required",
            {"MfaConfiguration": "ON", "SmsMfaConfiguration": {}},
        ),
        (
            "InvalidParameterException",
            "SnsCallerArn",
            {"MfaConfiguration": "ON", "SmsMfaConfiguration": {"SmsConfiguration": {"ExternalId": "x"}}},
        ),
        (
            "FeatureUnavailableInTierException",
            "Email MFA",
            {"MfaConfiguration": "ON", "EmailMfaConfiguration": {}},
        ),
    ],
)
def test_factors_that_contradict_the_mode_are_refused(
    server: RunningServer, error: str, part: str, members: dict[str, Any]
) -> None:
    pool_id = _create(server, UserPoolTier="LITE")
    with refused(error, part):
        server.administrator.set_user_pool_mfa_config(UserPoolId=pool_id, **members)
    assert _mfa(server.administrator.get_user_pool_mfa_config(UserPoolId=pool_id)) == {
        "MfaConfiguration": "OFF"
    }


def test_passkeys_are_set_apart_from_the_factors(server: RunningServer) -> None:
    cognito, pool_id = server.administrator, _create(server)
    token: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    cognito.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration="ON", **token)
    passkeys: Any = {
        "RelyingPartyId": "id.example.org",
        "UserVerification": "preferred",
        "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION",
    }
    cognito.set_user_pool_mfa_config(UserPoolId=pool_id, WebAuthnConfiguration=passkeys)
    wanted = {"MfaConfiguration": "ON", **token, "WebAuthnConfiguration": passkeys}
    assert _mfa(cognito.get_user_pool_mfa_config(UserPoolId=pool_id)) == wanted
    lite = _create(server, UserPoolTier="LITE")
    with refused("FeatureUnavailableInTierException", "Passkey MFA"):
        cognito.set_user_pool_mfa_config(UserPoolId=lite, WebAuthnConfiguration=passkeys)
    single: Any = {**passkeys, "FactorConfiguration": "SINGLE_FACTOR"}
    cognito.set_user_pool_mfa_config(UserPoolId=lite, WebAuthnConfiguration=single)
    assert _mfa(cognito.get_user_pool_mfa_config(UserPoolId=lite))["WebAuthnConfiguration"] == single


def test_an_update_does_not_turn_mfa_on(server: RunningServer) -> None:
    pool_id = _create(server)
    with refused("InvalidParameterException", "Cannot turn MFA functionality ON"):
        server.administrator.update_user_pool(
            UserPoolId=pool_id, MfaConfiguration="ON", SmsConfiguration=_SMS
        )
    required = _create(server, MfaConfiguration="ON", SmsConfiguration=_SMS)
    server.administrator.update_user_pool(UserPoolId=required, MfaConfiguration="ON", SmsConfiguration=_SMS)
    assert _describe(server, required)["MfaConfiguration"] == "ON"


def _mfa(response: Any) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def test_a_key_confined_to_a_pool_reaches_that_pool_alone(server: RunningServer) -> None:
    own, other = _create(server), _create(server)
    confined = server.signed_by("administrator", own)
    assert confined.describe_user_pool(UserPoolId=own)["UserPool"]["Id"] == own
    for call in (
        lambda: confined.describe_user_pool(UserPoolId=other),
        lambda: confined.list_user_pools(MaxResults=1),
        lambda: confined.create_user_pool(PoolName="another"),
    ):
        with refused("AccessDeniedException"):
            call()
