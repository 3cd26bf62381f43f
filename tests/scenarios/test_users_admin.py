"""Users in an administrator's hands."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import ClockedServer
from tests.scenarios.people import PASSWORD, attributes, by_name, people, refusal
from tests.server import RunningServer

DAY = 86_400.0


def test_an_invited_user_has_a_temporary_password_in_the_mail(server: RunningServer) -> None:
    pool = people(server)
    made = pool.invite("ann", UserAttributes=attributes(email="ann@example.com", name="Ann"))
    assert (made["Username"], made["UserStatus"], made["Enabled"]) == ("ann", "FORCE_CHANGE_PASSWORD", True)
    assert by_name(made["Attributes"]) == {
        "email": "ann@example.com",
        "name": "Ann",
        "email_verified": "false",
    }
    (message,) = server.messages(pool.pool_id)
    assert (message.kind, message.medium, message.destination, message.username) == (
        "invitation",
        "EMAIL",
        "ann@example.com",
        "ann",
    )
    challenge = server.anonymous.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": message.code},
    )
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert message.code not in repr(made)


@pytest.mark.parametrize(
    ("members", "media"),
    [
        ({}, ["SMS"]),
        ({"DesiredDeliveryMediums": ["EMAIL"]}, ["EMAIL"]),
        ({"DesiredDeliveryMediums": ["SMS", "EMAIL"]}, ["SMS", "EMAIL"]),
        ({"MessageAction": "SUPPRESS"}, []),
    ],
)
def test_an_invitation_goes_by_the_desired_media(
    server: RunningServer, members: dict[str, Any], media: list[str]
) -> None:
    pool = people(server)
    reachable = attributes(email="ann@example.com", phone_number="+12025550100")
    pool.invite("ann", UserAttributes=reachable, **members)
    assert [message.medium for message in server.messages(pool.pool_id)] == media


def test_a_user_whom_nothing_reaches_is_made_all_the_same(server: RunningServer) -> None:
    pool = people(server)
    pool.invite("ann", DesiredDeliveryMediums=["SMS"], UserAttributes=attributes(email="ann@example.com"))
    assert server.messages(pool.pool_id) == []
    assert pool.user("ann")["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_an_invitation_is_sent_again_with_a_new_password(clocked: ClockedServer) -> None:
    pool = people(clocked)
    pool.invite("ann", UserAttributes=attributes(email="ann@example.com"))
    clocked.clock.advance(8 * DAY)
    with pytest.raises(ClientError) as caught:
        pool.sign_in("ann", clocked.last_code(pool.pool_id))
    assert refusal(caught)[0] == "NotAuthorizedException"
    pool.invite("ann", MessageAction="RESEND")
    first, second = clocked.messages(pool.pool_id)
    assert first.code != second.code
    challenge = clocked.anonymous.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": second.code},
    )
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_an_invitation_is_not_sent_to_who_has_come_or_is_unknown(server: RunningServer) -> None:
    pool = people(server)
    pool.settled("ann", email="ann@example.com")
    with pytest.raises(ClientError) as caught:
        pool.invite("ann", MessageAction="RESEND")
    assert refusal(caught) == (
        "UnsupportedUserStateException",
        "Resend not possible. ann status is not FORCE_CHANGE_PASSWORD",
    )
    with pytest.raises(ClientError) as caught:
        pool.invite("bea", MessageAction="RESEND")
    assert refusal(caught) == ("UserNotFoundException", "User does not exist.")
    assert server.messages(pool.pool_id) == []


@pytest.mark.parametrize(
    ("members", "error"),
    [
        (
            {"TemporaryPassword": "short"},
            ("InvalidPasswordException", "Password did not conform with policy: Password not long enough"),
        ),
        (
            {"UserAttributes": attributes(email="nowhere")},
            ("InvalidParameterException", "Invalid email address format."),
        ),
        (
            {"UserAttributes": attributes(sub="me")},
            ("InvalidParameterException", "Cannot modify the non-mutable attribute sub"),
        ),
    ],
)
def test_a_user_who_breaks_a_rule_is_not_made(
    server: RunningServer, members: dict[str, Any], error: tuple[str, str]
) -> None:
    pool = people(server)
    with pytest.raises(ClientError) as caught:
        pool.invite("ann", **members)
    assert refusal(caught) == error
    with pytest.raises(server.administrator.exceptions.UserNotFoundException):
        pool.user("ann")
    assert server.messages(pool.pool_id) == []


def test_a_name_is_one_users(server: RunningServer) -> None:
    pool = people(server, UsernameConfiguration={"CaseSensitive": False})
    ann = pool.invite("ann", MessageAction="SUPPRESS")
    sub = next(one["Value"] for one in ann["Attributes"] if one["Name"] == "sub")
    for taken in ("ann", "ANN", sub):
        with pytest.raises(ClientError) as caught:
            pool.invite(taken)
        assert refusal(caught) == ("UsernameExistsException", "User account already exists")


def test_in_a_pool_of_addresses_the_user_is_known_by_his_address(server: RunningServer) -> None:
    pool = people(server, UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    made = pool.invite("ann@example.com")
    sub = next(one["Value"] for one in made["Attributes"] if one["Name"] == "sub")
    assert made["Username"] == sub
    assert pool.attributes_of("ANN@example.com") == {"email": "ann@example.com", "email_verified": "false"}
    assert pool.user(sub)["Username"] == sub
    assert server.messages(pool.pool_id)[0].username == "ann@example.com"
    with pytest.raises(server.administrator.exceptions.UsernameExistsException):
        pool.invite("Ann@Example.com")
    with pytest.raises(ClientError) as caught:
        pool.invite("bea")
    assert refusal(caught) == ("InvalidParameterException", "Username should be an email.")


def test_an_alias_passes_to_a_new_user_by_force_alone(server: RunningServer) -> None:
    pool = people(server, AliasAttributes=["email"])
    proven = attributes(email="ann@example.com", email_verified="true")
    pool.invite("old", MessageAction="SUPPRESS", UserAttributes=proven)
    with pytest.raises(ClientError) as caught:
        pool.invite("new", MessageAction="SUPPRESS", UserAttributes=proven)
    assert refusal(caught) == (
        "UsernameExistsException",
        "An account with the given email already exists.",
    )
    pool.invite("new", MessageAction="SUPPRESS", UserAttributes=proven, ForceAliasCreation=True)
    assert pool.user("ann@example.com")["Username"] == "new"
    assert pool.attributes_of("old")["email_verified"] == "false"
    with pytest.raises(ClientError) as caught:
        pool.invite("bea@example.com")
    assert refusal(caught)[1] == (
        "Username cannot be of email format, since user pool is configured for email alias."
    )


def test_a_disabled_user_is_out_at_once_and_back_when_enabled(clocked: ClockedServer) -> None:
    pool = people(clocked)
    token = pool.settled("ann")
    named = {"UserPoolId": pool.pool_id, "Username": "ann"}
    before = pool.user("ann")["UserLastModifiedDate"]
    clocked.clock.advance(60)
    clocked.administrator.admin_disable_user(**named)
    assert pool.user("ann")["Enabled"] is False
    assert pool.user("ann")["UserLastModifiedDate"] > before
    with pytest.raises(clocked.anonymous.exceptions.NotAuthorizedException):
        clocked.anonymous.get_user(AccessToken=token)
    with pytest.raises(clocked.anonymous.exceptions.NotAuthorizedException):
        pool.sign_in("ann")
    clocked.administrator.admin_enable_user(**named)
    assert pool.user("ann")["Enabled"] is True
    # What was ended stays ended.
    with pytest.raises(clocked.anonymous.exceptions.NotAuthorizedException):
        clocked.anonymous.get_user(AccessToken=token)
    clocked.anonymous.get_user(AccessToken=pool.sign_in("ann"))


@pytest.mark.parametrize("by_administrator", [True, False])
def test_a_global_sign_out_ends_every_sign_in(server: RunningServer, by_administrator: bool) -> None:
    pool = people(server)
    tokens = [pool.settled("ann"), pool.sign_in("ann")]
    other = pool.settled("bea")
    if by_administrator:
        server.administrator.admin_user_global_sign_out(UserPoolId=pool.pool_id, Username="ann")
    else:
        server.anonymous.global_sign_out(AccessToken=tokens[0])
    for token in tokens:
        with pytest.raises(ClientError) as caught:
            server.anonymous.get_user(AccessToken=token)
        assert refusal(caught) == ("NotAuthorizedException", "Access Token has been revoked")
    assert server.anonymous.get_user(AccessToken=other)["Username"] == "bea"


@pytest.mark.parametrize("by_administrator", [True, False])
def test_a_deleted_user_is_gone_and_his_name_free(server: RunningServer, by_administrator: bool) -> None:
    pool = people(server, AliasAttributes=["email"])
    token = pool.settled("ann", email="ann@example.com", email_verified="true")
    if by_administrator:
        server.administrator.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    else:
        server.anonymous.delete_user(AccessToken=token)
    for name in ("ann", "ann@example.com"):
        with pytest.raises(server.administrator.exceptions.UserNotFoundException):
            pool.user(name)
    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException):
        server.anonymous.get_user(AccessToken=token)
    fresh = pool.settled("ann", email="ann@example.com", email_verified="true")
    assert server.anonymous.get_user(AccessToken=fresh)["Username"] == "ann"


@pytest.mark.parametrize(
    "operation",
    [
        "admin_get_user",
        "admin_delete_user",
        "admin_enable_user",
        "admin_disable_user",
        "admin_user_global_sign_out",
    ],
)
def test_who_is_unknown_is_said_to_the_administrator(server: RunningServer, operation: str) -> None:
    pool = people(server)
    call = getattr(server.administrator, operation)
    with pytest.raises(ClientError) as caught:
        call(UserPoolId=pool.pool_id, Username="nobody")
    assert refusal(caught) == ("UserNotFoundException", "User does not exist.")
    with pytest.raises(ClientError) as caught:
        call(UserPoolId="eu-west-1_nothing00", Username="nobody")
    assert refusal(caught)[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("operation", ["get_user", "global_sign_out", "delete_user"])
def test_a_token_of_nobody_opens_nothing(server: RunningServer, operation: str) -> None:
    for token in ("x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        with pytest.raises(server.anonymous.exceptions.NotAuthorizedException):
            getattr(server.anonymous, operation)(AccessToken=token)


def test_a_user_sees_what_his_client_may_read(server: RunningServer) -> None:
    pool = people(server, client={"ReadAttributes": ["email"]})
    token = pool.settled("ann", email="ann@example.com", name="Ann")
    seen = server.anonymous.get_user(AccessToken=token)["UserAttributes"]
    assert {one["Name"] for one in seen} == {"sub", "email"}
    assert by_name(seen) == {"email": "ann@example.com"}
    assert PASSWORD not in repr(pool.user("ann"))
