"""Custom sign-ins that are begun and not gone on with: each calls the operator's functions, which may send messages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.circumstances import sign_in_from
from tests.lambda_emulator import Emulator
from tests.people import PASSWORD, App, told
from tests.scenarios.custom import (
    answer,
    answer_from,
    assessed,
    begin,
    begin_from,
    begin_with_password,
    custom,
)
from tests.scenarios.refusals import refused
from tests.server import RunningServer, running

from doorward.clock import SetClock, SystemClock

TOO_MANY_BEGUN = (
    "TooManyRequestsException",
    "Too many sign-ins were begun for the user. Try again later.",
)
AN_HOUR = 20
"""Beginnings, as docs/triggers.md says."""


@pytest.fixture
def clock() -> SetClock:
    return SetClock(SystemClock().now())


@pytest.fixture
def server(tmp_path: Any, emulator: Emulator, clock: SetClock) -> Iterator[RunningServer]:
    emulator.reset()
    with running(tmp_path, clock, lambda_endpoint=emulator.url) as one:
        yield one


@pytest.fixture
def app(server: RunningServer) -> App:
    return custom(server)


@pytest.mark.parametrize("username", ["anna", "nobody"])
def test_no_function_is_called_beyond_the_hours_share(
    server: RunningServer, emulator: Emulator, clock: SetClock, app: App, username: str
) -> None:
    """Whether the name leads to somebody or not: it would tell which otherwise."""
    for _ in range(AN_HOUR):
        begin(server, app, username)
    called = len(emulator.events)
    assert called == 2 * AN_HOUR
    clock.advance(3599)
    with refused(*TOO_MANY_BEGUN):
        begin(server, app, username)
    assert len(emulator.events) == called
    clock.advance(2)
    assert begin(server, app, username)["ChallengeName"] == "CUSTOM_CHALLENGE"


def test_beginnings_with_the_password_count_with_those_without(server: RunningServer, app: App) -> None:
    for _ in range(AN_HOUR - 1):
        begin(server, app)
    assert begin_with_password(server, app).challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    with refused(*TOO_MANY_BEGUN):
        begin_with_password(server, app)
    with refused(*TOO_MANY_BEGUN):
        begin(server, app)


def test_every_way_to_name_the_user_counts_for_the_same(server: RunningServer, app: App) -> None:
    of_anna = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="anna")
    (sub,) = [one["Value"] for one in of_anna["UserAttributes"] if one["Name"] == "sub"]
    for _ in range(AN_HOUR):
        begin(server, app, sub)
    with refused(*TOO_MANY_BEGUN):
        begin(server, app, "anna")


def test_other_users_begin_as_before(server: RunningServer, app: App) -> None:
    for _ in range(AN_HOUR):
        begin(server, app, "nobody")
    assert "AuthenticationResult" in answer(server, app, begin(server, app))


def test_tokens_forget_what_was_begun(server: RunningServer, app: App) -> None:
    for _ in range(AN_HOUR - 1):
        begin(server, app)
    assert "AuthenticationResult" in answer(server, app, begin(server, app))
    assert "AuthenticationResult" in answer(server, app, begin(server, app))


def test_a_password_forgets_nothing(server: RunningServer, app: App) -> None:
    """What holds a flood of messages back is no lock on the account: signing in with the password goes on."""
    for _ in range(AN_HOUR):
        begin(server, app)
    signed_in = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD, **app.proof_parameter("anna")},
    )
    assert "AuthenticationResult" in signed_in
    with refused(*TOO_MANY_BEGUN):
        begin(server, app)


def test_of_beginnings_at_once_no_more_are_taken(server: RunningServer, emulator: Emulator, app: App) -> None:
    def attempt(_: int) -> str:
        try:
            begin(server, app)
        except ClientError as problem:
            return told(problem)[0]
        return "begun"

    with ThreadPoolExecutor(8) as several:
        outcomes = list(several.map(attempt, range(AN_HOUR + 12)))
    assert outcomes.count("begun") == AN_HOUR
    assert outcomes.count("TooManyRequestsException") == 12
    assert len(emulator.events) == 2 * AN_HOUR


def test_what_strangers_begin_leaves_the_user_at_home_his_own(server: RunningServer) -> None:
    app = assessed(server, "AUDIT")
    sign_in_from(server, app, "anna")
    for _ in range(AN_HOUR):
        begin(server, app)
    with refused(*TOO_MANY_BEGUN):
        begin(server, app)
    assert "AuthenticationResult" in answer_from(server, app, begin_from(server, app))
    with refused(*TOO_MANY_BEGUN):
        begin(server, app)
