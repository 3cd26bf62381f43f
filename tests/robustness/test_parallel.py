"""Many at once: each gets his own answer, limits are exact, and of those who race for one thing one wins."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

import pytest
from sqlalchemy import Table, select
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_pool, make_user
from tests.robustness.load import Answer, ask, at_once
from tests.server import RunningServer

from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.store.tables import sign_in_sessions, token_families, verification_codes

WRONG = "Incorrect username or password."
LOCKED = "Password attempts exceeded"
AUDITED = {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}


def test_two_hundred_users_sign_in_at_once(server: RunningServer) -> None:
    """Each gets tokens of his own, and each leaves one event."""
    app = make_app(server, make_pool(server, **AUDITED))
    subs = {f"user-{number}": make_user(server, app.pool_id, f"user-{number}") for number in range(200)}

    answers = dict(zip(subs, at_once(attempt(server, app, name, PASSWORD) for name in subs), strict=True))

    for name, sub in subs.items():
        assert answers[name].status == 200, answers[name].raw
        tokens = answers[name].body["AuthenticationResult"]
        assert claims(tokens["AccessToken"])["username"] == name
        assert claims(tokens["IdToken"])["sub"] == sub
    assert len({answer.body["AuthenticationResult"]["RefreshToken"] for answer in answers.values()}) == 200
    kept = sign_in_events(server, app)
    assert Counter(event.sub for event in kept) == Counter(subs.values())
    assert {event.request_id for event in kept} == {answer.request_id for answer in answers.values()}
    assert {event.response for event in kept} == {"Pass"}


@pytest.mark.parametrize("known", [True, False], ids=["known user", "unknown name"])
def test_fifty_wrong_passwords_at_once(clocked: ClockedServer, known: bool) -> None:
    """Five are looked at and the rest meet the lock; a lock that ended lets one through, and doubles."""
    app = make_app(clocked, make_pool(clocked, **AUDITED))
    if known:
        make_user(clocked, app.pool_id, "alice")

    def burst(count: int) -> Counter[str]:
        return told(at_once([attempt(clocked, app, "alice", f"Wrong-Horse-{one}") for one in range(count)]))

    assert burst(50) == {WRONG: 5, LOCKED: 45}
    asked = 50
    for lock in (1.0, 2.0, 4.0):
        clocked.clock.advance(lock - 0.001)
        assert burst(10) == {LOCKED: 10}
        clocked.clock.advance(0.001)
        assert burst(10) == {WRONG: 1, LOCKED: 9}
        asked += 20
    assert len(sign_in_events(clocked, app)) == asked


def test_the_right_password_does_not_slip_through_a_lock(clocked: ClockedServer) -> None:
    """During a lock the right password is refused like the fifty wrong ones around it."""
    app = make_app(clocked, make_pool(clocked, **AUDITED))
    make_user(clocked, app.pool_id, "alice")
    at_once([attempt(clocked, app, "alice", f"Wrong-Horse-{one}") for one in range(5)])

    tries = [attempt(clocked, app, "alice", f"Wrong-Horse-{one}") for one in range(50)]
    tries.insert(25, attempt(clocked, app, "alice", PASSWORD))
    assert told(at_once(tries)) == {LOCKED: 51}

    clocked.clock.advance(1.0)
    assert attempt(clocked, app, "alice", PASSWORD)().status == 200


def test_the_right_password_races_fifty_wrong_ones(clocked: ClockedServer) -> None:
    """Whenever it arrives, the count is as if all had come one after the other."""
    app = make_app(clocked, make_pool(clocked, **AUDITED))
    for name in ("alice", "bob", "carol", "dave"):
        make_user(clocked, app.pool_id, name)
        # Once he has signed in from here, his failures here are counted as one known network's.
        assert attempt(clocked, app, name, PASSWORD)().status == 200
        tries = [attempt(clocked, app, name, f"Wrong-Horse-{one}") for one in range(50)]
        tries.insert(1, attempt(clocked, app, name, PASSWORD))
        answers = at_once(tries)
        outcome = told(answers)
        if answers[1].status == 200:
            # Up to four failures may have come before it, which it made forgotten.
            assert 5 <= outcome[WRONG] <= 9
            assert outcome[WRONG] + outcome[LOCKED] == 50
        else:
            assert outcome == {WRONG: 5, LOCKED: 46}
    assert len(sign_in_events(clocked, app)) == 4 * 52


def test_one_session_is_answered_once(server: RunningServer) -> None:
    """Twenty answers to one NEW_PASSWORD_REQUIRED: one sets its password, and only that one opens."""
    app = make_app(server, make_pool(server))
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username="alice", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    session = attempt(server, app, "alice", PASSWORD)().body["Session"]
    passwords = [f"New-Horse-{number}-Battery" for number in range(20)]

    answers = at_once(
        partial(
            ask,
            server.endpoint,
            "RespondToAuthChallenge",
            {
                "ClientId": app.client_id,
                "ChallengeName": "NEW_PASSWORD_REQUIRED",
                "Session": session,
                "ChallengeResponses": {"USERNAME": "alice", "NEW_PASSWORD": password},
            },
        )
        for password in passwords
    )

    (winner,) = winners(answers)
    assert {(one.code, one.message) for one in answers if one is not answers[winner]} == {
        ("NotAuthorizedException", "Invalid session for the user.")
    }
    opened = [attempt(server, app, "alice", password)().status == 200 for password in passwords[:5]]
    assert opened == [number == winner for number in range(5)]
    assert count(server, sign_in_sessions, app) == 0


def test_one_reset_code_serves_once(server: RunningServer) -> None:
    """Fifteen hold the same code: one sets his password, and that is the user's."""
    app = make_app(server, make_pool(server))
    make_user(server, app.pool_id, "alice")
    before = attempt(server, app, "alice", PASSWORD)().body["AuthenticationResult"]
    server.anonymous.forgot_password(ClientId=app.client_id, Username="alice")
    code = server.last_code(app.pool_id)
    passwords = [f"New-Horse-{number}-Battery" for number in range(15)]

    answers = at_once(
        partial(
            ask,
            server.endpoint,
            "ConfirmForgotPassword",
            {
                "ClientId": app.client_id,
                "Username": "alice",
                "ConfirmationCode": code,
                "Password": password,
            },
        )
        for password in passwords
    )

    (winner,) = winners(answers)
    assert {one.code for one in answers if one is not answers[winner]} == {"ExpiredCodeException"}
    assert attempt(server, app, "alice", passwords[winner])().status == 200
    revoked = ask(server.endpoint, "GetUser", {"AccessToken": before["AccessToken"]})
    assert revoked.message == "Access Token has been revoked"
    assert count(server, verification_codes, app) == 0


def test_one_name_goes_to_one_user(server: RunningServer) -> None:
    """Twenty sign up under the same name; then everybody confirms the same address, which one may keep."""
    app = make_app(server, make_pool(server, AliasAttributes=["email"]))

    def sign_up(name: str, number: int) -> Callable[[], Answer]:
        return partial(
            ask,
            server.endpoint,
            "SignUp",
            {
                "ClientId": app.client_id,
                "Username": name,
                "Password": f"New-Horse-{number}-Battery",
                "UserAttributes": [{"Name": "email", "Value": "shared@example.org"}],
            },
        )

    answers = at_once(sign_up("alice", number) for number in range(20))
    winners_of_the_name = winners(answers)
    assert len(winners_of_the_name) == 1
    assert {one.code for one in answers if one.status != 200} == {"UsernameExistsException"}

    others = [sign_up(f"user-{number}", number)() for number in range(9)]
    assert [one.status for one in others] == [200] * 9
    codes = {message.username: message.code for message in server.messages(app.pool_id)}
    confirmed = at_once(
        partial(
            ask,
            server.endpoint,
            "ConfirmSignUp",
            {"ClientId": app.client_id, "Username": name, "ConfirmationCode": code},
        )
        for name, code in codes.items()
    )
    assert len(codes) == 10
    (winner,) = winners(confirmed)
    assert {one.code for one in confirmed if one.status != 200} == {"AliasExistsException"}
    shown = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="shared@example.org")
    assert shown["Username"] == list(codes)[winner]


def test_one_old_password_is_changed_once(server: RunningServer) -> None:
    """Five change the same password at once: one does, and no answer is a lie."""
    app = make_app(server, make_pool(server))
    make_user(server, app.pool_id, "alice")
    token = attempt(server, app, "alice", PASSWORD)().body["AuthenticationResult"]["AccessToken"]
    passwords = [f"New-Horse-{number}-Battery" for number in range(5)]
    answers = at_once(
        partial(
            ask,
            server.endpoint,
            "ChangePassword",
            {"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": password},
        )
        for password in passwords
    )
    (winner,) = winners(answers)
    assert {one.code for one in answers if one.status != 200} <= {
        "NotAuthorizedException",
        "TooManyRequestsException",
    }
    assert attempt(server, app, "alice", passwords[winner])().status == 200


def test_signing_in_out_and_refreshing_at_once(server: RunningServer) -> None:
    """No deadlock, no failure of the server; once all is quiet, a global sign-out has ended everything."""
    app = make_app(server, make_pool(server, **AUDITED))
    make_user(server, app.pool_id, "alice")
    begun = [attempt(server, app, "alice", PASSWORD)().body["AuthenticationResult"] for _ in range(10)]

    def refresh(token: str) -> Callable[[], Answer]:
        body = {
            "ClientId": app.client_id,
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": {"REFRESH_TOKEN": token},
        }
        return partial(ask, server.endpoint, "InitiateAuth", body)

    actions: list[Callable[[], Answer]] = []
    for tokens in begun:
        actions += [
            attempt(server, app, "alice", PASSWORD),
            refresh(tokens["RefreshToken"]),
            partial(ask, server.endpoint, "GetUser", {"AccessToken": tokens["AccessToken"]}),
            partial(
                ask,
                server.endpoint,
                "RevokeToken",
                {"ClientId": app.client_id, "Token": tokens["RefreshToken"]},
            ),
        ]
    answers = at_once(actions)
    assert {one.status for one in answers} <= {200, 400}
    assert {one.code for one in answers} <= {"", "NotAuthorizedException"}
    assert all(one.status == 200 for one in answers[0::4] + answers[3::4])

    server.administrator.admin_user_global_sign_out(UserPoolId=app.pool_id, Username="alice")
    every = begun + [one.body["AuthenticationResult"] for one in answers[0::4]]
    assert {refresh(one["RefreshToken"])().message for one in every} == {"Refresh Token has been revoked"}
    assert count(server, token_families, app) == 20


def attempt(server: RunningServer, app: App, username: str, password: str) -> Callable[[], Answer]:
    """Return one password sign-in, to be made later."""
    body = {
        "ClientId": app.client_id,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": username, "PASSWORD": password},
    }
    return partial(ask, server.endpoint, "InitiateAuth", body)


def told(answers: Iterable[Answer]) -> Counter[str]:
    """Count the messages of refusals; a success counts as none."""
    return Counter(answer.message for answer in answers if answer.status != 200)


def winners(answers: list[Answer]) -> list[int]:
    """Return which answers are successes."""
    return [number for number, answer in enumerate(answers) if answer.status == 200]


def claims(token: str) -> dict[str, str]:
    """Return what a token says, unverified."""
    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def sign_in_events(server: RunningServer, app: App) -> list[AuthEvent]:
    """Return every sign-in that the pool remembers."""
    with server.services.store.reading() as tx:
        return [
            event
            for event in events.of_pool_since(tx, app.pool_id, 0.0, 100_000)
            if event.event_type == "SignIn"
        ]


def count(server: RunningServer, table: Table, app: App) -> int:
    """Return how many rows of a table belong to the pool."""
    with server.services.store.reading() as tx:
        return len(tx.execute(select(table).where(table.c.pool_id == app.pool_id)).all())
