"""Attributes changed and verified, by an administrator and by the user himself."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import ClockedServer
from tests.scenarios.people import People, attributes, people, refusal
from tests.server import RunningServer

DAY = 86_400.0
HOUR = 3_600.0
VERIFIED_FIRST: dict[str, Any] = {
    "AutoVerifiedAttributes": ["email"],
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
}
PROVEN = {"email": "ann@example.com", "email_verified": "true"}


def update(pool: People, token: str, **values: str) -> list[dict[str, Any]]:
    answer = pool.server.anonymous.update_user_attributes(
        AccessToken=token, UserAttributes=attributes(**values)
    )
    return [dict(one) for one in answer["CodeDeliveryDetailsList"]]


def verify(pool: People, token: str, code: str, name: str = "email") -> None:
    pool.server.anonymous.verify_user_attribute(AccessToken=token, AttributeName=name, Code=code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_user_has_codes_sent_to_so_many_new_addresses_an_hour(clocked: ClockedServer) -> None:
    pool = people(clocked, AutoVerifiedAttributes=["email"])
    token = pool.settled("ann", **PROVEN)
    for number in range(10):
        update(pool, token, email=f"{number}@example.com")
    with pytest.raises(clocked.anonymous.exceptions.TooManyRequestsException):
        update(pool, token, email="10@example.com")
    assert pool.attributes_of("ann")["email"] == "9@example.com"
    assert len(clocked.messages(pool.pool_id)) == 10
    update(pool, token, name="Ann")
    clocked.administrator.admin_update_user_attributes(
        UserPoolId=pool.pool_id, Username="ann", UserAttributes=attributes(email="11@example.com")
    )
    clocked.clock.advance(HOUR)
    update(pool, pool.sign_in("ann"), email="12@example.com")


def test_a_new_address_is_verified_by_the_code_it_is_sent(server: RunningServer) -> None:
    pool = people(server, AutoVerifiedAttributes=["email"])
    token = pool.settled("ann", **PROVEN)
    assert update(pool, token, email="new@example.com", name="Ann") == [
        {"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    ]
    assert pool.attributes_of("ann") == {
        "email": "new@example.com",
        "email_verified": "false",
        "name": "Ann",
    }
    (message,) = server.messages(pool.pool_id)
    assert (message.kind, message.destination) == ("verify-attribute", "new@example.com")
    with pytest.raises(server.anonymous.exceptions.CodeMismatchException):
        verify(pool, token, wrong(message.code))
    verify(pool, token, message.code)
    assert pool.attributes_of("ann")["email_verified"] == "true"
    with pytest.raises(server.anonymous.exceptions.ExpiredCodeException):
        verify(pool, token, message.code)


def test_an_address_the_pool_does_not_verify_is_sent_nothing(server: RunningServer) -> None:
    pool = people(server, AutoVerifiedAttributes=["phone_number"])
    token = pool.settled("ann", **PROVEN)
    assert update(pool, token, email="new@example.com") == []
    assert update(pool, token, email="new@example.com") == []
    assert server.messages(pool.pool_id) == []


def test_the_old_address_stays_until_the_new_one_is_verified(server: RunningServer) -> None:
    pool = people(server, **VERIFIED_FIRST)
    token = pool.settled("ann", **PROVEN)
    assert update(pool, token, email="new@example.com")[0]["Destination"] == "n***@e***"
    assert pool.attributes_of("ann") == PROVEN
    assert server.messages(pool.pool_id)[-1].destination == "new@example.com"
    again = server.anonymous.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    assert again["CodeDeliveryDetails"]["Destination"] == "n***@e***"
    first, second = server.messages(pool.pool_id)
    assert second.destination == "new@example.com"
    if first.code != second.code:
        with pytest.raises(server.anonymous.exceptions.CodeMismatchException):
            verify(pool, token, first.code)
    verify(pool, token, second.code)
    assert pool.attributes_of("ann") == {"email": "new@example.com", "email_verified": "true"}


def test_who_goes_back_to_the_old_address_ends_the_waiting_one(server: RunningServer) -> None:
    pool = people(server, **VERIFIED_FIRST)
    token = pool.settled("ann", **PROVEN)
    update(pool, token, email="new@example.com")
    assert update(pool, token, email="ann@example.com") == []
    with pytest.raises(server.anonymous.exceptions.ExpiredCodeException):
        verify(pool, token, server.last_code(pool.pool_id))
    assert pool.attributes_of("ann") == PROVEN


def test_an_administrator_may_verify_where_users_have_to_wait(server: RunningServer) -> None:
    pool = people(server, **VERIFIED_FIRST)
    pool.settled("ann", **PROVEN)
    named: dict[str, Any] = {"UserPoolId": pool.pool_id, "Username": "ann"}
    change = server.administrator.admin_update_user_attributes
    change(**named, UserAttributes=attributes(email="new@example.com", email_verified="true"))
    assert pool.attributes_of("ann") == {"email": "new@example.com", "email_verified": "true"}
    assert server.messages(pool.pool_id) == []
    change(**named, UserAttributes=attributes(email="third@example.com"))
    assert pool.attributes_of("ann")["email"] == "new@example.com"
    assert server.messages(pool.pool_id)[-1].destination == "third@example.com"


def test_a_code_serves_a_day(clocked: ClockedServer) -> None:
    pool = people(clocked, AutoVerifiedAttributes=["email"])
    pool.settled("ann", **PROVEN)
    update(pool, pool.sign_in("ann"), email="new@example.com")
    clocked.clock.advance(DAY)
    with pytest.raises(clocked.anonymous.exceptions.ExpiredCodeException):
        verify(pool, pool.sign_in("ann"), clocked.last_code(pool.pool_id))


def test_codes_are_asked_for_five_times_and_tried_fifteen_times_an_hour(clocked: ClockedServer) -> None:
    pool = people(clocked)
    token = pool.settled("ann", **PROVEN)

    def ask() -> None:
        clocked.anonymous.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")

    for _ in range(5):
        ask()
    with pytest.raises(clocked.anonymous.exceptions.LimitExceededException):
        ask()
    code = clocked.last_code(pool.pool_id)
    for _ in range(15):
        with pytest.raises(clocked.anonymous.exceptions.CodeMismatchException):
            verify(pool, token, wrong(code))
    with pytest.raises(clocked.anonymous.exceptions.LimitExceededException):
        verify(pool, token, code)
    clocked.clock.advance(HOUR)
    verify(pool, pool.sign_in("ann"), code)


@pytest.mark.parametrize("name", ["sign-up", "reset", "name", "email_verified"])
def test_only_addresses_are_verified(server: RunningServer, name: str) -> None:
    pool = people(server)
    token = pool.settled("ann", name="Ann")
    with pytest.raises(server.anonymous.exceptions.InvalidParameterException):
        verify(pool, token, "123456", name)
    with pytest.raises(server.anonymous.exceptions.InvalidParameterException):
        server.anonymous.get_user_attribute_verification_code(AccessToken=token, AttributeName=name)


def test_who_has_no_address_is_sent_no_code(server: RunningServer) -> None:
    pool = people(server)
    token = pool.settled("ann")
    with pytest.raises(server.anonymous.exceptions.InvalidParameterException):
        server.anonymous.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    with pytest.raises(server.anonymous.exceptions.ExpiredCodeException):
        verify(pool, token, "123456")


def test_a_refused_update_changes_nothing(server: RunningServer) -> None:
    pool = people(server, client={"WriteAttributes": ["email", "name"]}, AutoVerifiedAttributes=["email"])
    token = pool.settled("ann", name="Ann", **PROVEN)
    for values, error in (
        (
            {"name": "Bea", "nickname": "B"},
            ("NotAuthorizedException", "A client attempted to write unauthorized attribute"),
        ),
        (
            {"name": "Bea", "email_verified": "true"},
            ("NotAuthorizedException", "A client attempted to write unauthorized attribute"),
        ),
        ({"name": "Bea", "email": "b"}, ("InvalidParameterException", "Invalid email address format.")),
    ):
        with pytest.raises(ClientError) as caught:
            update(pool, token, **values)
        assert refusal(caught) == error
    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException):
        server.anonymous.delete_user_attributes(AccessToken=token, UserAttributeNames=["name", "nickname"])
    assert pool.attributes_of("ann") == {"name": "Ann", **PROVEN}
    assert server.messages(pool.pool_id) == []


def test_custom_attributes_keep_to_their_schema(server: RunningServer) -> None:
    pool = people(
        server,
        Schema=[
            {"Name": "team", "AttributeDataType": "String", "Mutable": True},
            {"Name": "badge", "AttributeDataType": "String", "Mutable": False},
            {
                "Name": "age",
                "AttributeDataType": "Number",
                "Mutable": True,
                "NumberAttributeConstraints": {"MinValue": "0", "MaxValue": "130"},
            },
        ],
    )
    token = pool.settled("ann", custom_team="red", custom_badge="7")
    update(pool, token, custom_age="44", custom_team="")
    assert pool.attributes_of("ann") == {"custom:badge": "7", "custom:age": "44"}
    for values, message in (
        ({"custom_badge": "8"}, "user.custom:badge: Attribute cannot be updated."),
        ({"custom_hat": "8"}, "user.custom:hat: Attribute does not exist in the schema."),
        (
            {"custom_age": "131"},
            "Invalid user attributes: custom:age: Number must be no greater than 130",
        ),
    ):
        with pytest.raises(ClientError) as caught:
            update(pool, token, **values)
        assert refusal(caught) == ("InvalidParameterException", message)


@pytest.mark.parametrize("by_administrator", [True, False])
def test_attributes_are_taken_away(server: RunningServer, by_administrator: bool) -> None:
    pool = people(server)
    token = pool.settled("ann", name="Ann", **PROVEN)
    names = ["email", "nickname"]
    if by_administrator:
        server.administrator.admin_delete_user_attributes(
            UserPoolId=pool.pool_id, Username="ann", UserAttributeNames=names
        )
    else:
        server.anonymous.delete_user_attributes(AccessToken=token, UserAttributeNames=names)
    assert pool.attributes_of("ann") == {"name": "Ann"}


def test_an_address_that_signs_in_belongs_to_one_user(server: RunningServer) -> None:
    pool = people(server, UsernameAttributes=["email"])
    pool.settled("ann@example.com")
    token = pool.settled("bea@example.com")
    with pytest.raises(ClientError) as caught:
        update(pool, token, email="ann@example.com")
    assert refusal(caught) == ("AliasExistsException", "An account with the given email already exists.")
    update(pool, token, email="new@example.com")
    pool.sign_in("new@example.com")
    with pytest.raises(server.administrator.exceptions.UserNotFoundException):
        pool.user("bea@example.com")


def test_an_alias_is_claimed_when_it_is_verified(server: RunningServer) -> None:
    pool = people(server, AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    pool.settled("ann", **PROVEN)
    token = pool.settled("bea")
    update(pool, token, email="ann@example.com")
    with pytest.raises(ClientError) as caught:
        verify(pool, token, server.last_code(pool.pool_id))
    assert refusal(caught)[0] == "AliasExistsException"
    assert pool.attributes_of("bea")["email_verified"] == "false"
    assert pool.user("ann@example.com")["Username"] == "ann"
    with pytest.raises(server.administrator.exceptions.AliasExistsException):
        server.administrator.admin_update_user_attributes(
            UserPoolId=pool.pool_id, Username="bea", UserAttributes=attributes(email_verified="true")
        )


def test_a_preferred_name_signs_in_and_takes_nobodys_place(server: RunningServer) -> None:
    pool = people(server, AliasAttributes=["preferred_username", "email"])
    pool.settled("ann", **PROVEN)
    token = pool.settled("bea")
    update(pool, token, preferred_username="fox")
    pool.sign_in("fox")
    for taken in ("ann", "ann@example.com"):
        with pytest.raises(ClientError):
            update(pool, token, preferred_username=taken)
    update(pool, token, preferred_username="")
    with pytest.raises(server.anonymous.exceptions.UserNotFoundException):
        pool.sign_in("fox")
