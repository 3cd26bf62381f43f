"""Choice-based sign-in by the aws command: every first factor, named at once or chosen."""

import json
from typing import Any

import pytest
from tests import srp
from tests.clients.commands import Command, answer, responded
from tests.people import PASSWORD, App, make_user
from tests.scenarios.challenged import phone_of
from tests.scenarios.choosing import PASSWORDS, choosing
from tests.server import RunningServer


def begun(aws: Command, app: App, *parameters: str, signed: bool = False, session: str = "") -> Any:
    """`aws cognito-idp initiate-auth --auth-flow USER_AUTH`, or an administrator's."""
    return answer(
        aws(
            "admin-initiate-auth" if signed else "initiate-auth",
            *(("--user-pool-id", app.pool_id) if signed else ()),
            "--client-id",
            app.client_id,
            "--auth-flow",
            "USER_AUTH",
            "--auth-parameters",
            ",".join(("USERNAME=anna", *parameters)),
            *(("--session", session) if session else ()),
        )
    )


@pytest.fixture
def app(server: RunningServer) -> App:
    """A pool with every first factor, and anna, who has them all."""
    made = choosing(server)
    number = {"phone_number": phone_of("anna"), "phone_number_verified": "true"}
    make_user(server, made.pool_id, "anna", attributes=number)
    return made


@pytest.mark.parametrize("signed", [False, True], ids=["public", "administrator"])
def test_every_first_factor_is_chosen(aws: Command, server: RunningServer, app: App, signed: bool) -> None:
    """SELECT_CHALLENGE, PASSWORD, PASSWORD_SRP, PASSWORD_VERIFIER, EMAIL_OTP and SMS_OTP."""
    asked = begun(aws, app, signed=signed)
    assert asked["AvailableChallenges"] == [*PASSWORDS, "EMAIL_OTP", "SMS_OTP"]
    asked = responded(aws, app, asked, "anna", "ANSWER=PASSWORD", signed=signed)
    assert asked["ChallengeName"] == "PASSWORD"
    assert responded(aws, app, asked, "anna", f"PASSWORD={PASSWORD}", signed=signed)["AuthenticationResult"]
    for code in ("EMAIL_OTP", "SMS_OTP"):
        asked = responded(aws, app, begun(aws, app, signed=signed), "anna", f"ANSWER={code}", signed=signed)
        sent = server.last_code(app.pool_id)
        assert responded(aws, app, asked, "anna", f"{code}_CODE={sent}", signed=signed)[
            "AuthenticationResult"
        ]
    exchange = srp.prepare(server, app, "anna")
    public = exchange.get_auth_params()
    asked = responded(aws, app, begun(aws, app, signed=signed), "anna", "ANSWER=PASSWORD_SRP", signed=signed)
    asked = responded(aws, app, asked, "anna", f"SRP_A={public['SRP_A']}", signed=signed)
    proof = exchange.process_challenge(asked["ChallengeParameters"], public)
    done = answer(
        aws(
            "respond-to-auth-challenge",
            "--client-id",
            app.client_id,
            "--challenge-name",
            "PASSWORD_VERIFIER",
            "--session",
            asked["Session"],
            "--challenge-responses",
            json.dumps(proof),
        )
    )
    assert done["AuthenticationResult"]


def test_every_first_factor_is_preferred(aws: Command, server: RunningServer, app: App) -> None:
    assert begun(aws, app, "PREFERRED_CHALLENGE=PASSWORD", f"PASSWORD={PASSWORD}")["AuthenticationResult"]
    for challenge in ("PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"):
        assert begun(aws, app, f"PREFERRED_CHALLENGE={challenge}")["ChallengeName"] == challenge
    asked = begun(aws, app, "PREFERRED_CHALLENGE=SMS_OTP")
    sent = server.last_code(app.pool_id)
    assert responded(aws, app, asked, "anna", f"SMS_OTP_CODE={sent}")["AuthenticationResult"]


def test_a_sign_up_without_a_password(aws: Command, server: RunningServer) -> None:
    """sign-up, confirm-sign-up and initiate-auth, each with the session of the one before."""
    app = choosing(server)
    anna = ("--client-id", app.client_id, "--username", "anna")
    signed_up = answer(aws("sign-up", *anna, "--user-attributes", "Name=email,Value=anna@example.org"))
    code = server.last_code(app.pool_id)
    confirmed = answer(
        aws("confirm-sign-up", *anna, "--confirmation-code", code, "--session", signed_up["Session"])
    )
    assert begun(aws, app, session=confirmed["Session"])["AuthenticationResult"]
