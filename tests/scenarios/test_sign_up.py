"""Signing up, confirming, and asking for another code, as an application does it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.scenarios.pools import ANY_PASSWORD, BREACHED, PASSWORD, make_pool
from tests.server import RunningServer

from doorward.signin.secret_hash import compute


def error_of(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_a_user_signs_up_confirms_and_signs_in(server: RunningServer) -> None:
    pool = make_pool(server)
    answer = pool.sign_up("alice", email="alice@example.org")
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "a***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    (message,) = server.messages(pool.id)
    assert (message.kind, message.destination) == ("sign-up", "alice@example.org")
    assert len(message.code) == 6
    assert message.code.isdigit()

    with pytest.raises(server.anonymous.exceptions.UserNotConfirmedException):
        pool.sign_in("alice")
    pool.confirm("alice", message.code)

    user = pool.user("alice")
    assert user["UserStatus"] == "CONFIRMED"
    assert user["Attributes"]["email_verified"] == "true"
    assert user["Attributes"]["sub"] == answer["UserSub"]
    assert "AccessToken" in pool.sign_in("alice")


def test_a_code_goes_to_the_phone_first(server: RunningServer) -> None:
    pool = make_pool(server, AutoVerifiedAttributes=["email", "phone_number"])
    answer = pool.sign_up("alice", email="alice@example.org", phone_number="+442079460123")
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "+*******0123",
        "DeliveryMedium": "SMS",
        "AttributeName": "phone_number",
    }
    pool.confirm("alice")
    attributes = pool.user("alice")["Attributes"]
    assert (attributes["phone_number_verified"], attributes["email_verified"]) == ("true", "false")


def test_a_pool_that_verifies_nothing_sends_nothing(server: RunningServer) -> None:
    pool = make_pool(server, AutoVerifiedAttributes=[])
    assert "CodeDeliveryDetails" not in pool.sign_up("alice")
    assert server.messages(pool.id) == []
    with pytest.raises(server.anonymous.exceptions.InvalidParameterException, match="Auto verification"):
        server.anonymous.resend_confirmation_code(ClientId=pool.client_id, Username="alice")


def test_a_name_is_given_once(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.sign_up("alice")
    with pytest.raises(server.anonymous.exceptions.UsernameExistsException, match="User already exists"):
        pool.sign_up("alice")


def test_an_address_that_is_the_user_name_is_given_once(server: RunningServer) -> None:
    pool = make_pool(server, UsernameAttributes=["email"])
    pool.sign_up("alice@example.org", email="alice@example.org")
    with pytest.raises(server.anonymous.exceptions.UsernameExistsException):
        pool.sign_up("alice@example.org", email="alice@example.org")
    pool.confirm("alice@example.org")
    assert pool.user("alice@example.org")["UserStatus"] == "CONFIRMED"


def test_an_alias_belongs_to_who_verified_it_unless_it_is_forced(server: RunningServer) -> None:
    pool = make_pool(server, AliasAttributes=["email"])
    pool.confirmed("alice", email="shared@example.org")
    pool.sign_up("bob", email="shared@example.org")
    code = server.last_code(pool.id)
    with pytest.raises(server.anonymous.exceptions.AliasExistsException):
        pool.confirm("bob", code)
    assert pool.user("bob")["UserStatus"] == "UNCONFIRMED"
    server.anonymous.confirm_sign_up(
        ClientId=pool.client_id, Username="bob", ConfirmationCode=code, ForceAliasCreation=True
    )
    assert pool.user("shared@example.org")["Username"] == "bob"
    assert pool.user("alice")["Attributes"]["email_verified"] == "false"


@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("Aa1!xyz", "not long enough"),
        ("lowercase-only-1", "uppercase"),
        ("No-numbers-at-all", "numeric"),
    ],
)
def test_a_weak_password_makes_no_user(server: RunningServer, password: str, complaint: str) -> None:
    pool = make_pool(server)
    with pytest.raises(server.anonymous.exceptions.InvalidPasswordException, match=complaint):
        pool.sign_up("alice", password)
    with pytest.raises(server.administrator.exceptions.UserNotFoundException):
        pool.user("alice")


def test_only_administrators_make_users_where_the_pool_says_so(server: RunningServer) -> None:
    pool = make_pool(server, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    with pytest.raises(ClientError) as caught:
        pool.sign_up("alice")
    assert error_of(caught) == ("NotAuthorizedException", "SignUp is not permitted for this user pool")


def test_signing_up_without_a_password_is_refused(server: RunningServer) -> None:
    pool = make_pool(server)
    with pytest.raises(server.anonymous.exceptions.InvalidParameterException):
        server.anonymous.sign_up(ClientId=pool.client_id, Username="alice")


def test_a_client_with_a_secret_must_prove_it(server: RunningServer) -> None:
    pool = make_pool(server, client={"GenerateSecret": True})
    assert pool.client_secret is not None
    whole: dict[str, Any] = {"ClientId": pool.client_id, "Username": "alice", "Password": PASSWORD}
    with pytest.raises(ClientError) as caught:
        server.anonymous.sign_up(**whole)
    assert error_of(caught) == (
        "NotAuthorizedException",
        f"Client {pool.client_id} is configured with secret but SECRET_HASH was not received",
    )
    with pytest.raises(ClientError) as caught:
        server.anonymous.sign_up(**whole, SecretHash=compute("bob", pool.client_id, pool.client_secret))
    assert error_of(caught) == (
        "NotAuthorizedException",
        f"Unable to verify secret hash for client {pool.client_id}",
    )
    server.anonymous.sign_up(**whole, SecretHash=compute("alice", pool.client_id, pool.client_secret))


def test_a_client_without_a_secret_cannot_prove_one(server: RunningServer) -> None:
    pool = make_pool(server)
    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException):
        server.anonymous.sign_up(
            ClientId=pool.client_id, Username="alice", Password=PASSWORD, SecretHash="c2VjcmV0"
        )


def test_an_administrator_confirms_without_a_code(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.sign_up("alice")
    server.administrator.admin_confirm_sign_up(UserPoolId=pool.id, Username="alice")
    user = pool.user("alice")
    assert user["UserStatus"] == "CONFIRMED"
    assert user["Attributes"]["email_verified"] == "false"
    for again in (
        lambda: server.administrator.admin_confirm_sign_up(UserPoolId=pool.id, Username="alice"),
        lambda: pool.confirm("alice"),
    ):
        with pytest.raises(ClientError) as caught:
            again()
        assert error_of(caught) == (
            "NotAuthorizedException",
            "User cannot be confirmed. Current status is CONFIRMED",
        )


def test_a_new_code_replaces_the_old_one(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.sign_up("alice")
    first = server.last_code(pool.id)
    answer = server.anonymous.resend_confirmation_code(ClientId=pool.client_id, Username="alice")
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    assert server.messages(pool.id)[-1].kind == "resend"
    second = server.last_code(pool.id)
    if first != second:
        with pytest.raises(server.anonymous.exceptions.CodeMismatchException):
            pool.confirm("alice", first)
    pool.confirm("alice", second)
    with pytest.raises(server.anonymous.exceptions.InvalidParameterException, match="already confirmed"):
        server.anonymous.resend_confirmation_code(ClientId=pool.client_id, Username="alice")


def test_a_breached_password_is_refused_and_recorded(server: RunningServer) -> None:
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}, Policies=ANY_PASSWORD)
    with pytest.raises(ClientError) as caught:
        pool.sign_up("alice", BREACHED)
    assert error_of(caught) == (
        "InvalidPasswordException",
        "Provided password cannot be used for security reasons.",
    )
    with pytest.raises(server.administrator.exceptions.UserNotFoundException):
        pool.user("alice")
    assert server.messages(pool.id) == []


def test_an_observing_pool_lets_a_breached_password_pass(server: RunningServer) -> None:
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, Policies=ANY_PASSWORD)
    pool.sign_up("alice", BREACHED)
    events = server.administrator.admin_list_user_auth_events(UserPoolId=pool.id, Username="alice")
    (event,) = events["AuthEvents"]
    assert (event["EventType"], event["EventResponse"]) == ("SignUp", "Pass")
    assert event["EventRisk"]["CompromisedCredentialsDetected"] is True


def test_an_always_blocked_address_may_not_sign_up(server: RunningServer) -> None:
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    server.administrator.set_risk_configuration(
        UserPoolId=pool.id, RiskExceptionConfiguration={"BlockedIPRangeList": ["127.0.0.0/8", "::1/128"]}
    )
    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException, match="security reasons"):
        pool.sign_up("alice")
    with pytest.raises(server.administrator.exceptions.UserNotFoundException):
        pool.user("alice")


@pytest.mark.parametrize("hides", ["ENABLED", "LEGACY"])
def test_an_unknown_name_asks_for_a_code(server: RunningServer, hides: str) -> None:
    pool = make_pool(server, client={"PreventUserExistenceErrors": hides})
    ask: dict[str, Any] = {"ClientId": pool.client_id, "Username": "nobody"}
    if hides == "LEGACY":
        with pytest.raises(server.anonymous.exceptions.UserNotFoundException):
            server.anonymous.resend_confirmation_code(**ask)
        with pytest.raises(server.anonymous.exceptions.UserNotFoundException):
            server.anonymous.confirm_sign_up(**ask, ConfirmationCode="123456")
        return
    answers = [server.anonymous.resend_confirmation_code(**ask)["CodeDeliveryDetails"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["DeliveryMedium"] == "EMAIL"
    with pytest.raises(server.anonymous.exceptions.CodeMismatchException):
        server.anonymous.confirm_sign_up(**ask, ConfirmationCode="abcdef")
    assert server.messages(pool.id) == []


def test_where_only_administrators_make_users_confirming_tells_of_none(server: RunningServer) -> None:
    pool = make_pool(
        server,
        client={"PreventUserExistenceErrors": "ENABLED"},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )
    admin, anonymous = server.administrator, server.anonymous
    admin.admin_create_user(UserPoolId=pool.id, Username="alice", MessageAction="SUPPRESS")
    asked: list[tuple[object, object]] = []
    for username in ("alice", "nobody"):
        ask: dict[str, Any] = {"ClientId": pool.client_id, "Username": username}
        with pytest.raises(ClientError) as caught:
            anonymous.confirm_sign_up(**ask, ConfirmationCode="123456")
        sent = anonymous.resend_confirmation_code(**ask)["CodeDeliveryDetails"]
        asked.append((caught.value.response["Error"], sent["AttributeName"]))
    assert asked[0] == asked[1]
    assert not server.messages(pool.id)
