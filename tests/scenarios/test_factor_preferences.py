"""SetUserMFAPreference, SetUserSettings and their administrators' forms, and where it all is told."""

from typing import Any

import pytest
from tests.conftest import ClockedServer
from tests.scenarios.factors import (
    OFF,
    ON,
    SMS,
    TOKEN,
    enrol,
    offer,
    offering,
    settings,
    with_token,
)
from tests.scenarios.people import PASSWORD, People, attributes
from tests.scenarios.refusals import refused
from tests.server import RunningServer

REACHABLE = {"phone_number": "+15550100", "email": "ann@example.org"}
ENABLED = {"Enabled": True}
DELIVERY = "User does not have delivery config set to turn on"


def prefer(pool: People, token: str, **wishes: Any) -> None:
    pool.server.anonymous.set_user_mfa_preference(AccessToken=token, **wishes)


def admin_prefer(pool: People, username: str, **wishes: Any) -> None:
    pool.server.administrator.admin_set_user_mfa_preference(
        UserPoolId=pool.pool_id, Username=username, **wishes
    )


def test_factors_are_turned_on_preferred_and_turned_off(server: RunningServer) -> None:
    pool = offering(server)
    token = pool.settled("ann", **REACHABLE)
    prefer(pool, token, SMSMfaSettings=ON, EmailMfaSettings=ENABLED)
    assert settings(pool, "ann") == (["SMS_MFA", "EMAIL_OTP"], "SMS_MFA")
    prefer(pool, token, EmailMfaSettings={"PreferredMfa": True})
    assert settings(pool, "ann") == (["SMS_MFA", "EMAIL_OTP"], "EMAIL_OTP")
    prefer(pool, token, SMSMfaSettings={"PreferredMfa": False})
    assert settings(pool, "ann") == (["SMS_MFA", "EMAIL_OTP"], "EMAIL_OTP")
    prefer(pool, token, EmailMfaSettings={"PreferredMfa": False})
    assert settings(pool, "ann") == (["SMS_MFA", "EMAIL_OTP"], None)
    admin_prefer(pool, "ann", EmailMfaSettings=ON, SMSMfaSettings=OFF)
    assert settings(pool, "ann") == (["EMAIL_OTP"], "EMAIL_OTP")
    prefer(pool, token)
    assert settings(pool, "ann") == (["EMAIL_OTP"], "EMAIL_OTP")
    admin_prefer(pool, "ann", EmailMfaSettings={"Enabled": False})
    assert settings(pool, "ann") == ([], None)
    prefer(pool, token, SMSMfaSettings=OFF, SoftwareTokenMfaSettings=OFF, EmailMfaSettings=OFF)
    assert settings(pool, "ann") == ([], None)


@pytest.mark.parametrize(
    ("has", "wishes", "part"),
    [
        ({}, {"SMSMfaSettings": ENABLED}, f"{DELIVERY} SMS_MFA"),
        ({"email": "ann@example.org"}, {"SMSMfaSettings": ENABLED}, f"{DELIVERY} SMS_MFA"),
        ({"phone_number": "+15550100"}, {"EmailMfaSettings": ENABLED}, f"{DELIVERY} EMAIL_OTP"),
        (REACHABLE, {"SMSMfaSettings": ON, "EmailMfaSettings": ON}, "Only one MFA method"),
        (REACHABLE, {"SMSMfaSettings": {"PreferredMfa": True}}, "SMS_MFA cannot be preferred"),
        (
            REACHABLE,
            {"SMSMfaSettings": {"Enabled": False, "PreferredMfa": True}},
            "SMS_MFA cannot be preferred",
        ),
        (REACHABLE, {"WebAuthnMfaSettings": ENABLED}, "does not offer passkeys"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    server: RunningServer, has: dict[str, str], wishes: dict[str, Any], part: str
) -> None:
    pool = offering(server)
    token = pool.settled("ann", **has)
    with refused("InvalidParameterException", part):
        prefer(pool, token, **wishes)
    with refused("InvalidParameterException", part):
        admin_prefer(pool, "ann", **wishes)
    assert settings(pool, "ann") == ([], None)


def test_an_app_must_be_verified_before_it_is_turned_on(server: RunningServer) -> None:
    pool = offering(server)
    token = pool.settled("ann")
    server.anonymous.associate_software_token(AccessToken=token)
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        prefer(pool, token, SoftwareTokenMfaSettings=ENABLED)
    with refused("InvalidParameterException", f"{DELIVERY} SOFTWARE_TOKEN_MFA"):
        admin_prefer(pool, "ann", SoftwareTokenMfaSettings=ENABLED)


def test_who_may_set_a_preference(server: RunningServer) -> None:
    pool = offering(server)
    pool.settled("ann", **REACHABLE)
    with refused("NotAuthorizedException", "Invalid Access Token"):
        prefer(pool, "a.b.c", SMSMfaSettings=ON)
    with refused("UserNotFoundException"):
        admin_prefer(pool, "bob", SMSMfaSettings=ON)
    with refused("MissingAuthenticationTokenException"):
        server.anonymous.admin_set_user_mfa_preference(
            UserPoolId=pool.pool_id, Username="ann", SMSMfaSettings=ON
        )
    assert settings(pool, "ann") == ([], None)


def test_a_user_cannot_turn_off_the_last_factor_that_his_pool_requires(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token, _ = with_token(clocked, pool, "ann", email="ann@example.org")
    offer(pool, "ON", SoftwareTokenMfaConfiguration=ENABLED)
    with refused("InvalidParameterException", "the last factor cannot be turned off"):
        prefer(pool, token, SoftwareTokenMfaSettings=OFF)
    assert settings(pool, "ann") == ([TOKEN], TOKEN)
    # Where mail is a factor too, it takes the app's place without being chosen.
    offer(pool, "ON")
    prefer(pool, token, SoftwareTokenMfaSettings=OFF)
    assert settings(pool, "ann") == ([], None)
    enrol(clocked, token)
    offer(pool, "ON", SoftwareTokenMfaConfiguration=ENABLED)
    admin_prefer(pool, "ann", SoftwareTokenMfaSettings=OFF)
    assert settings(pool, "ann") == ([], None)


def test_a_user_cannot_delete_the_address_of_his_last_required_factor(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token = pool.settled("ann", phone_number="+15550100")
    offer(pool, "ON", SmsMfaConfiguration=SMS)
    for forget in (
        lambda: clocked.anonymous.delete_user_attributes(
            AccessToken=token, UserAttributeNames=["phone_number"]
        ),
        lambda: clocked.anonymous.update_user_attributes(
            AccessToken=token, UserAttributes=attributes(phone_number="")
        ),
    ):
        with refused("InvalidParameterException", "last second factor"):
            forget()
    assert pool.attributes_of("ann")["phone_number"] == "+15550100"
    clocked.anonymous.update_user_attributes(
        AccessToken=token, UserAttributes=attributes(phone_number="+15550199")
    )
    clocked.administrator.admin_delete_user_attributes(
        UserPoolId=pool.pool_id, Username="ann", UserAttributeNames=["phone_number"]
    )
    assert "phone_number" not in pool.attributes_of("ann")


def test_a_factor_is_gone_with_its_address_and_follows_a_new_one(server: RunningServer) -> None:
    pool = offering(server)
    token = pool.settled("ann", **REACHABLE)
    prefer(pool, token, SMSMfaSettings=ON, EmailMfaSettings=ENABLED)
    server.anonymous.update_user_attributes(
        AccessToken=token, UserAttributes=attributes(phone_number="+15550199")
    )
    assert settings(pool, "ann") == (["SMS_MFA", "EMAIL_OTP"], "SMS_MFA")
    server.anonymous.delete_user_attributes(AccessToken=token, UserAttributeNames=["phone_number"])
    assert settings(pool, "ann") == (["EMAIL_OTP"], None)
    server.anonymous.update_user_attributes(
        AccessToken=token, UserAttributes=attributes(phone_number="+15550100")
    )
    assert settings(pool, "ann") == (["EMAIL_OTP"], None)
    server.administrator.admin_update_user_attributes(
        UserPoolId=pool.pool_id, Username="ann", UserAttributes=attributes(email="")
    )
    assert settings(pool, "ann") == ([], None)


def test_a_factor_that_the_pool_drops_is_kept_and_no_other_user_can_begin_it(server: RunningServer) -> None:
    pool = offering(server)
    token, other = pool.settled("ann", **REACHABLE), pool.settled("bob", phone_number="+15550101")
    prefer(pool, token, SMSMfaSettings=ON)
    offer(pool, "OPTIONAL", SoftwareTokenMfaConfiguration=ENABLED)
    assert settings(pool, "ann") == (["SMS_MFA"], "SMS_MFA")
    prefer(pool, token, SMSMfaSettings=ON)
    with refused("InvalidParameterException", "The user pool does not offer SMS_MFA"):
        prefer(pool, other, SMSMfaSettings=ON)
    with refused("InvalidParameterException", "The user pool does not offer SMS_MFA"):
        admin_prefer(pool, "bob", SMSMfaSettings=ON)
    with refused("InvalidParameterException", "The user pool does not offer EMAIL_OTP"):
        prefer(pool, token, EmailMfaSettings=ON)
    prefer(pool, token, SMSMfaSettings=OFF)
    assert settings(pool, "ann") == ([], None)
    offer(pool, "OFF")
    with refused("InvalidParameterException", "The user pool does not offer SMS_MFA"):
        prefer(pool, token, SMSMfaSettings=ON)


def test_the_old_settings_turn_sms_on_and_off(server: RunningServer) -> None:
    pool = offering(server)
    token = pool.settled("ann", **REACHABLE)
    sms: Any = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    server.anonymous.set_user_settings(AccessToken=token, MFAOptions=sms)
    assert settings(pool, "ann") == (["SMS_MFA"], None)
    assert server.anonymous.get_user(AccessToken=token)["MFAOptions"] == sms
    listed = server.administrator.list_users(UserPoolId=pool.pool_id)["Users"]
    assert [one.get("MFAOptions") for one in listed] == [sms]
    server.administrator.admin_set_user_settings(UserPoolId=pool.pool_id, Username="ann", MFAOptions=[])
    assert settings(pool, "ann") == ([], None)
    assert "MFAOptions" not in pool.user("ann")
    server.administrator.admin_set_user_settings(UserPoolId=pool.pool_id, Username="ann", MFAOptions=sms)
    assert pool.user("ann")["MFAOptions"] == sms
    server.anonymous.set_user_settings(AccessToken=token, MFAOptions=[])
    assert settings(pool, "ann") == ([], None)
    wrong: Any
    for wrong in (
        [{"DeliveryMedium": "EMAIL", "AttributeName": "email"}],
        [{"DeliveryMedium": "SMS", "AttributeName": "email"}],
    ):
        with refused("InvalidParameterException", "SMS to phone_number"):
            server.anonymous.set_user_settings(AccessToken=token, MFAOptions=wrong)
        with refused("InvalidParameterException", "SMS to phone_number"):
            server.administrator.admin_set_user_settings(
                UserPoolId=pool.pool_id, Username="ann", MFAOptions=wrong
            )
    other = pool.settled("bob")
    with refused("InvalidParameterException", f"{DELIVERY} SMS_MFA"):
        server.anonymous.set_user_settings(AccessToken=other, MFAOptions=sms)


def test_the_factors_are_told_to_the_user_and_the_administrator(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token, _ = with_token(clocked, pool, "ann", **REACHABLE)
    prefer(pool, token, EmailMfaSettings=ENABLED)
    expected = {
        "UserMFASettingList": [TOKEN, "EMAIL_OTP"],
        "PreferredMfaSetting": TOKEN,
    }
    for answer in (
        clocked.anonymous.get_user(AccessToken=token),
        pool.user("ann"),
        clocked.anonymous.get_user_auth_factors(AccessToken=token),
        clocked.administrator.admin_get_user_auth_factors(UserPoolId=pool.pool_id, Username="ann"),
    ):
        assert {name: answer.get(name) for name in expected} == expected
        assert answer["Username"] == "ann"


def test_what_a_sign_in_can_begin_with(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token, _ = with_token(
        clocked, pool, "ann", **REACHABLE, email_verified="true", phone_number_verified="false"
    )

    def factors() -> list[str]:
        told = clocked.anonymous.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"]
        admin = clocked.administrator.admin_get_user_auth_factors(UserPoolId=pool.pool_id, Username="ann")
        assert admin["ConfiguredUserAuthFactors"] == told
        return list(told)

    assert factors() == ["PASSWORD", "SOFTWARE_TOKEN"]
    with refused("UserNotFoundException"):
        clocked.administrator.admin_get_user_auth_factors(UserPoolId=pool.pool_id, Username="bob")
    with refused("NotAuthorizedException"):
        clocked.anonymous.get_user_auth_factors(AccessToken="a.b.c")
    choice = offering_choice(clocked)
    token = choice.settled("ann", **REACHABLE, email_verified="true", phone_number_verified="false")
    pool = choice
    assert factors() == ["PASSWORD", "EMAIL_OTP"]
    clocked.administrator.admin_update_user_attributes(
        UserPoolId=pool.pool_id, Username="ann", UserAttributes=attributes(phone_number_verified="true")
    )
    assert factors() == ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]


def offering_choice(server: RunningServer) -> People:
    """A pool whose sign-ins may begin with a code or a passkey."""
    made = server.administrator.create_user_pool(
        PoolName="choice",
        SmsConfiguration=SMS["SmsConfiguration"],
        Policies={
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]}
        },
    )["UserPool"]
    client = server.administrator.create_user_pool_client(
        UserPoolId=made["Id"],
        ClientName="c",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    return People(server, made["Id"], client["ClientId"])


def test_passkeys_count_as_both_factors_beside_another(server: RunningServer) -> None:
    pool = offering(server)
    server.administrator.set_user_pool_mfa_config(
        UserPoolId=pool.pool_id,
        WebAuthnConfiguration={
            "RelyingPartyId": "id.example.org",
            "UserVerification": "required",
            "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION",
        },
    )
    token = pool.settled("ann", **REACHABLE)
    with refused("InvalidParameterException", "another MFA method"):
        prefer(pool, token, WebAuthnMfaSettings=ENABLED)
    prefer(pool, token, WebAuthnMfaSettings=ENABLED, SMSMfaSettings=ENABLED)
    assert settings(pool, "ann") == (["SMS_MFA"], None)
    prefer(pool, token, WebAuthnMfaSettings={"Enabled": False})
    admin_prefer(pool, "ann", WebAuthnMfaSettings=ENABLED)


def test_a_new_user_has_no_factor_and_a_password_says_nothing_of_it(server: RunningServer) -> None:
    pool = offering(server)
    invited = pool.invite("ann", UserAttributes=attributes(**REACHABLE), MessageAction="SUPPRESS")
    assert "MFAOptions" not in invited
    user = pool.user("ann")
    assert not user.keys() & {"MFAOptions", "UserMFASettingList", "PreferredMfaSetting"}
    assert PASSWORD not in str(user)
