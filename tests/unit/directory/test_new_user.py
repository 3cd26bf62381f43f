"""New users and their names."""

from typing import Any

import pytest
from tests.unit.directory.pools import client, given, pool

from doorward.directory.new_user import new_user
from doorward.directory.user import User
from doorward.directory.usernames import known_as
from doorward.wire.errors import InvalidParameterException

SUB = "0b7a8a5e-4a3c-4f0e-9a53-0f2a3a1f6f11"


def signed_up(pool_members: dict[str, Any], username: str, **values: str) -> User:
    return new_user(
        pool(**pool_members),
        username,
        given(**values),
        client=client(),
        status="UNCONFIRMED",
        now=5.0,
        sub=SUB,
    )


def test_a_new_user_bears_his_name_and_a_sub() -> None:
    user = signed_up({}, "ann@work", name="Ann")
    assert (user.username, user.sub, user.attributes) == ("ann@work", SUB, {"sub": SUB, "name": "Ann"})
    assert (user.status, user.enabled, user.created_at, user.modified_at) == ("UNCONFIRMED", True, 5.0, 5.0)


@pytest.mark.parametrize(
    ("kinds", "username", "attribute"),
    [
        (["email"], "ann@example.com", "email"),
        (["phone_number"], "+12025550100", "phone_number"),
        (["email", "phone_number"], "ann@example.com", "email"),
        (["email", "phone_number"], "+12025550100", "phone_number"),
    ],
)
def test_an_address_in_place_of_the_name_becomes_the_attribute(
    kinds: list[str], username: str, attribute: str
) -> None:
    user = signed_up({"username_attributes": kinds}, username, name="Ann")
    assert user.username == SUB
    assert user.attributes[attribute] == username
    assert user.attributes[f"{attribute}_verified"] == "false"
    assert known_as(pool(username_attributes=kinds), user) == username


def test_the_address_may_be_given_twice_if_it_is_the_same() -> None:
    kinds = {"username_attributes": ["email"]}
    assert signed_up(kinds, "a@example.com", email="a@example.com").attributes["email"] == "a@example.com"
    with pytest.raises(InvalidParameterException):
        signed_up(kinds, "a@example.com", email="b@example.com")


@pytest.mark.parametrize(
    ("members", "username", "sentence"),
    [
        ({"username_attributes": ["email"]}, "ann", "Username should be an email."),
        ({"username_attributes": ["email"]}, "+12025550100", "Username should be an email."),
        ({"username_attributes": ["phone_number"]}, "ann", "Username should be a phone number."),
        (
            {"username_attributes": ["email", "phone_number"]},
            "ann",
            "Username should be either an email or a phone number.",
        ),
        (
            {"alias_attributes": ["email"]},
            "ann@example.com",
            "Username cannot be of email format, since user pool is configured for email alias.",
        ),
        (
            {"alias_attributes": ["phone_number"]},
            "+12025550100",
            "Username cannot be of phone number format,"
            " since user pool is configured for phone number alias.",
        ),
    ],
)
def test_a_name_has_the_form_that_the_pool_asks_for(
    members: dict[str, list[str]], username: str, sentence: str
) -> None:
    with pytest.raises(InvalidParameterException) as refused:
        signed_up(members, username)
    assert refused.value.message == sentence


def test_a_phone_number_is_a_name_where_only_the_email_is_an_alias() -> None:
    assert signed_up({"alias_attributes": ["email"]}, "+12025550100").username == "+12025550100"


def test_a_preferred_name_that_signs_in_waits_for_the_confirmation() -> None:
    with pytest.raises(InvalidParameterException):
        signed_up({"alias_attributes": ["preferred_username"]}, "ann", preferred_username="fox")
    assert signed_up({}, "ann", preferred_username="fox").attributes["preferred_username"] == "fox"


def test_a_preferred_name_is_not_somebody_elses_address() -> None:
    with pytest.raises(InvalidParameterException):
        new_user(
            pool(alias_attributes=["email", "preferred_username"]),
            "ann",
            given(preferred_username="bea@example.com"),
            client=None,
            status="FORCE_CHANGE_PASSWORD",
            now=5.0,
            sub=SUB,
        )
