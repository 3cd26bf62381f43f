"""`kill -9` in the middle of a burst: what was acknowledged is there after the restart, and nothing half."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from tests.people import ALL_FLOWS, PASSWORD, App
from tests.robustness.burst import Acknowledged, Burst
from tests.robustness.load import ask
from tests.robustness.process import Process

from doorward.history.auth_event import AuthEvent

CHANGERS = ["changer-1", "changer-2"]
OTHERS = ["other-1", "other-2", "other-3"]


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(tmp_path: Path) -> None:
    """Four lives, each ended in mid-burst after another number of acknowledgements."""
    data, log = tmp_path / "data", tmp_path / "log"
    acknowledged = Acknowledged(passwords={name: {PASSWORD} for name in CHANGERS})
    app: App | None = None

    for life, count in enumerate((40, 125, 75, 98)):
        with killed_in_the_end(data, log) as process:
            admin = process.administrator()
            app = app or set_up(admin)
            everything_is_there(process, app, acknowledged)
            burst = Burst(process.endpoint, app, acknowledged, life)
            acknowledged.want(count)
            burst.start(admin, CHANGERS, OTHERS)
            assert acknowledged.enough.wait(60)
        burst.join()
        assert burst.unexpected == []
        nothing_is_half_there(data)
        every_event_is_there(data, acknowledged)

    with killed_in_the_end(data, log) as process:
        everything_is_there(process, app or set_up(process.administrator()), acknowledged)
    assert len(acknowledged.signed_up) >= 10
    assert acknowledged.revoked
    assert acknowledged.feedback
    assert "Traceback" not in log.read_text(encoding="utf-8")


@contextmanager
def killed_in_the_end(data: Path, log: Path) -> Iterator[Process]:
    """Run a server and take it away when the block ends, whatever it is doing."""
    process = Process(data, log)
    try:
        yield process
    finally:
        process.kill()


def set_up(admin: CognitoIdentityProviderClient) -> App:
    """Make the pool, the app client and the users of the burst."""
    pool_id = admin.create_user_pool(
        PoolName="burst",
        AutoVerifiedAttributes=["email"],
        UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"},
    )["UserPool"]["Id"]
    client = admin.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=ALL_FLOWS)
    for name in CHANGERS + OTHERS:
        admin.admin_create_user(UserPoolId=pool_id, Username=name, MessageAction="SUPPRESS")
        admin.admin_set_user_password(UserPoolId=pool_id, Username=name, Password=PASSWORD, Permanent=True)
    return App(pool_id, client["UserPoolClient"]["ClientId"])


def nothing_is_half_there(data: Path) -> None:
    """Look into the file that the kill has left: it is whole, and so is everyone in it."""
    with closing(sqlite3.connect(data / "doorward.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert (
            database.execute(
                "SELECT username FROM users WHERE password_digest IS NULL OR srp_salt IS NULL"
                " OR sealed_srp_verifier IS NULL OR username_key IS NULL"
            ).fetchall()
            == []
        )
        # Whoever signed up has his code, and the message with it.
        for table, condition in (
            ("verification_codes", "purpose = 'sign-up'"),
            ("outbox", "kind = 'sign-up'"),
        ):
            assert (
                database.execute(
                    "SELECT username FROM users WHERE status = 'UNCONFIRMED' AND sub NOT IN"
                    f" (SELECT sub FROM {table} WHERE {condition})"
                ).fetchall()
                == []
            )
            assert (
                database.execute(
                    f"SELECT sub FROM {table} WHERE sub NOT IN (SELECT sub FROM users)"
                ).fetchall()
                == []
            )
        # Nobody is deleted in the burst, so whatever belongs to a user finds him.
        for table in ("auth_events", "token_families", "risk_profiles"):
            assert (
                database.execute(
                    f"SELECT sub FROM {table} WHERE sub IS NOT NULL AND sub NOT IN (SELECT sub FROM users)"
                ).fetchall()
                == []
            )
        # A sign-up, its user and its event are one transaction; so are a sign-in, its tokens and its event.
        users = database.execute("SELECT sub FROM users WHERE status = 'UNCONFIRMED'").fetchall()
        signed_up = database.execute("SELECT sub FROM auth_events WHERE event_type = 'SignUp'").fetchall()
        assert sorted(users) == sorted(signed_up)
        (families,) = database.execute("SELECT count(*) FROM token_families").fetchone()
        passed = [
            event for event in kept_events(data) if event.event_type == "SignIn" and event.response == "Pass"
        ]
        assert families == len(passed)


def every_event_is_there(data: Path, acknowledged: Acknowledged) -> None:
    """Each acknowledged attempt has exactly one event, and feedback stands where it was given."""
    kept = kept_events(data)
    by_request = Counter(event.request_id for event in kept)
    assert {request for request in acknowledged.requests if by_request[request] != 1} == set()
    said = {event.event_id: event.feedback.value for event in kept if event.feedback is not None}
    assert acknowledged.feedback.items() <= said.items()


def everything_is_there(process: Process, app: App, acknowledged: Acknowledged) -> None:
    """Ask the server that has come back for everything that the one before had acknowledged."""
    admin = process.administrator()
    listed = {
        user["Username"]: {one["Name"]: one.get("Value") for one in user["Attributes"]}
        for page in admin.get_paginator("list_users").paginate(UserPoolId=app.pool_id)
        for user in page["Users"]
    }
    for name, sub in acknowledged.signed_up.items():
        assert listed[name]["sub"] == sub
        assert listed[name]["email"] == f"{name}@example.org"

    for name, candidates in acknowledged.passwords.items():
        right = {one for one in candidates if can_sign_in(process, app, name, one)}
        assert len(right) == 1, f"{name}: {len(right)} of {len(candidates)} passwords are right"
        acknowledged.passwords[name] = right

    assert {refresh(process, app, token) for token in acknowledged.revoked} <= {
        "Refresh Token has been revoked"
    }
    assert {refresh(process, app, token) for token in acknowledged.tokens} <= {""}


def can_sign_in(process: Process, app: App, name: str, password: str) -> bool:
    """Whether a password is a user's."""
    body = {
        "ClientId": app.client_id,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": name, "PASSWORD": password},
    }
    return ask(process.endpoint, "InitiateAuth", body).status == 200


def refresh(process: Process, app: App, token: str) -> str:
    """Return what is said to a refresh token, nothing where it is good."""
    body = {
        "ClientId": app.client_id,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": token},
    }
    return ask(process.endpoint, "InitiateAuth", body).message


def kept_events(data: Path) -> list[AuthEvent]:
    """Return every event in the file."""
    with closing(sqlite3.connect(data / "doorward.db")) as database:
        rows = database.execute("SELECT event FROM auth_events").fetchall()
    return [msgspec.json.decode(event, type=AuthEvent) for (event,) in rows]
