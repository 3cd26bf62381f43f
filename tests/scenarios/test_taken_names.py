"""Nobody signs up under a name that already leads to somebody else."""

import pytest
from tests.scenarios.pools import make_pool
from tests.server import RunningServer

ANY_CASE = {"UsernameConfiguration": {"CaseSensitive": False}}


def test_another_users_sub_is_no_name_in_any_case(server: RunningServer) -> None:
    pool = make_pool(server, **ANY_CASE)
    sub = pool.confirmed("alice")
    for name in (sub, sub.upper()):
        with pytest.raises(server.anonymous.exceptions.UsernameExistsException):
            pool.sign_up(name, email="mallory@example.org")
    assert pool.user(sub)["Username"] == "alice"
    assert pool.user(sub.upper())["Username"] == "alice"


def test_another_users_sub_is_no_preferred_name_in_any_case(server: RunningServer) -> None:
    pool = make_pool(server, AliasAttributes=["preferred_username"], **ANY_CASE)
    sub = pool.confirmed("alice")
    pool.confirmed("mallory")
    with pytest.raises(server.anonymous.exceptions.AliasExistsException):
        server.anonymous.update_user_attributes(
            AccessToken=pool.sign_in("mallory")["AccessToken"],
            UserAttributes=[{"Name": "preferred_username", "Value": sub.upper()}],
        )
    assert pool.user(sub)["Username"] == "alice"
