"""ListUsers: filters, pages, and chosen attributes."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.scenarios.people import People, attributes, by_name, people, refusal
from tests.server import RunningServer


@pytest.fixture(scope="module")
def crowd(server: RunningServer) -> People:
    """Seven users that no test changes."""
    pool = people(server)
    for number in range(5):
        pool.invite(
            f"user{number}",
            MessageAction="SUPPRESS",
            UserAttributes=attributes(family_name="Reddy", given_name=f"G{4 - number}"),
        )
    pool.invite(
        "ann",
        MessageAction="SUPPRESS",
        UserAttributes=attributes(
            name='Ann "The Fox" Lee', email="Ann@example.com", phone_number="+13125550100"
        ),
    )
    pool.settled("bea", name="Bea")
    server.administrator.admin_disable_user(UserPoolId=pool.pool_id, Username="bea")
    return pool


def names(crowd: People, wanted: str = "") -> list[str]:
    answer = crowd.server.administrator.list_users(UserPoolId=crowd.pool_id, Filter=wanted)
    assert "PaginationToken" not in answer
    return [user["Username"] for user in answer["Users"]]


EVERYBODY = ["user0", "user1", "user2", "user3", "user4", "ann", "bea"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("", EVERYBODY),
        ('family_name = "reddy"', EVERYBODY[:5]),
        ('given_name ^= "g"', EVERYBODY[4::-1]),
        ('username ^= "user"', EVERYBODY[:5]),
        ('username = "User1"', []),
        ('email = "ann@EXAMPLE.com"', ["ann"]),
        ('phone_number ^= "+1312"', ["ann"]),
        (r'name = "Ann \"The Fox\" Lee"', ["ann"]),
        ('cognito:user_status = "Confirmed"', ["bea"]),
        ('cognito:user_status ^= "force"', EVERYBODY[:6]),
        ('status = "Disabled"', ["bea"]),
    ],
)
def test_a_filter_finds_whom_it_names(crowd: People, wanted: str, expected: list[str]) -> None:
    found = names(crowd, wanted)
    # Those who share a value follow each other in an order of the server's own.
    assert (found if "given_name" in wanted or not wanted else sorted(found)) == (
        expected if "given_name" in wanted or not wanted else sorted(expected)
    )


@pytest.mark.parametrize("wanted", ["", 'family_name ^= "R"', 'status = "Enabled"', 'username ^= ""'])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_the_pages_together_are_the_whole(crowd: People, wanted: str, limit: int) -> None:
    pages = crowd.server.administrator.get_paginator("list_users").paginate(
        UserPoolId=crowd.pool_id, Filter=wanted, PaginationConfig={"PageSize": limit}
    )
    walked = [[user["Username"] for user in part["Users"]] for part in pages]
    assert [name for part in walked for name in part] == names(crowd, wanted)
    assert all(len(part) == limit for part in walked[:-1])


def test_a_user_added_between_pages_disturbs_nobody(server: RunningServer) -> None:
    pool = people(server)
    for name in ("a", "c", "e"):
        pool.invite(name, MessageAction="SUPPRESS")
    first = server.administrator.list_users(UserPoolId=pool.pool_id, Filter='username ^= ""', Limit=2)
    for name in ("b", "d"):
        pool.invite(name, MessageAction="SUPPRESS")
    server.administrator.admin_delete_user(UserPoolId=pool.pool_id, Username="c")
    second = server.administrator.list_users(
        UserPoolId=pool.pool_id,
        Filter='username ^= ""',
        Limit=2,
        PaginationToken=first["PaginationToken"],
    )
    assert [user["Username"] for user in second["Users"]] == ["d", "e"]


def test_only_the_attributes_asked_for_come(crowd: People) -> None:
    (ann,) = crowd.server.administrator.list_users(
        UserPoolId=crowd.pool_id, Filter='username = "ann"', AttributesToGet=["email", "birthdate"]
    )["Users"]
    assert ann["Attributes"] == [{"Name": "email", "Value": "Ann@example.com"}]
    (whole,) = crowd.server.administrator.list_users(
        UserPoolId=crowd.pool_id, Filter='username = "ann"', AttributesToGet=[]
    )["Users"]
    assert by_name(whole["Attributes"])["phone_number"] == "+13125550100"
    assert whole["UserStatus"] == "FORCE_CHANGE_PASSWORD"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("ann", "Error while parsing filter."),
        ('email = "ann', "Error while parsing filter."),
        ('custom:team = "red"', "Invalid search attribute: custom:team"),
        ("' OR 1=1 --", "Error while parsing filter."),
    ],
)
def test_a_filter_that_does_not_parse_is_refused(crowd: People, wanted: str, message: str) -> None:
    with pytest.raises(ClientError) as caught:
        names(crowd, wanted)
    assert refusal(caught) == ("InvalidParameterException", message)


def test_an_unknown_attribute_is_refused(crowd: People) -> None:
    with pytest.raises(ClientError) as caught:
        crowd.server.administrator.list_users(UserPoolId=crowd.pool_id, AttributesToGet=["custom:hat"])
    assert refusal(caught) == (
        "InvalidParameterException",
        "One or more requested attributes do not exist.",
    )


def test_a_token_serves_its_own_search_only(crowd: People, server: RunningServer) -> None:
    list_users = server.administrator.list_users
    token = list_users(UserPoolId=crowd.pool_id, Filter='username ^= "user"', Limit=1)["PaginationToken"]
    other = people(server).pool_id
    searches: list[dict[str, Any]] = [
        {"UserPoolId": crowd.pool_id, "PaginationToken": token},
        {"UserPoolId": crowd.pool_id, "Filter": 'status ^= "E"', "PaginationToken": token},
        {"UserPoolId": other, "Filter": 'username ^= "user"', "PaginationToken": token},
        {"UserPoolId": crowd.pool_id, "PaginationToken": "bm90aGluZw"},
        {"UserPoolId": crowd.pool_id, "PaginationToken": "é"},
    ]
    for asked in searches:
        with pytest.raises(server.administrator.exceptions.InvalidParameterException):
            list_users(**asked)


def test_a_page_goes_on_after_the_longest_value(server: RunningServer) -> None:
    pool = people(server)
    for name in ("a", "b"):
        pool.invite(name, MessageAction="SUPPRESS", UserAttributes=attributes(name="\U0001f98a" * 2048))
    first = server.administrator.list_users(UserPoolId=pool.pool_id, Filter='name ^= ""', Limit=1)
    second = server.administrator.list_users(
        UserPoolId=pool.pool_id,
        Filter='name ^= ""',
        Limit=1,
        PaginationToken=first["PaginationToken"],
    )
    assert {user["Username"] for part in (first, second) for user in part["Users"]} == {"a", "b"}
    assert "PaginationToken" not in second


def test_an_unknown_pool_is_said(server: RunningServer) -> None:
    with pytest.raises(server.administrator.exceptions.ResourceNotFoundException):
        server.administrator.list_users(UserPoolId="eu-west-1_nothing00")
