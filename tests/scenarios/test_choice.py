"""USER_AUTH: what a user can begin with, and how he goes on with it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from tests import srp
from tests.conftest import ClockedServer
from tests.people import PASSWORD, make_user, told
from tests.scenarios.challenged import respond
from tests.scenarios.choosing import PASSWORDS, begin, choosing
from tests.scenarios.refusals import BAD_SESSION, WRONG, refused
from tests.server import RunningServer, running


def test_a_user_is_told_what_he_can_begin_with(server: RunningServer) -> None:
    app = choosing(server, ["PASSWORD"])
    make_user(server, app.pool_id, "anna")
    asked = begin(server, app, "anna")
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert asked["AvailableChallenges"] == PASSWORDS
    assert asked["ChallengeParameters"] == {}
    assert 20 <= len(asked["Session"]) <= 2048


def test_a_password_is_chosen_and_given_at_once(server: RunningServer) -> None:
    app = choosing(server)
    make_user(server, app.pool_id, "anna")
    asked = begin(server, app, "anna")
    answer = respond(server, app, asked, "anna", ANSWER="PASSWORD", PASSWORD=PASSWORD)
    assert "AuthenticationResult" in answer
    with refused(*BAD_SESSION):
        respond(server, app, asked, "anna", ANSWER="PASSWORD", PASSWORD=PASSWORD)


def test_a_password_is_chosen_and_then_given(server: RunningServer) -> None:
    app = choosing(server)
    make_user(server, app.pool_id, "anna")
    asked = respond(server, app, begin(server, app, "anna"), "anna", ANSWER="PASSWORD")
    assert asked["ChallengeName"] == "PASSWORD"
    assert "AuthenticationResult" in respond(server, app, asked, "anna", PASSWORD=PASSWORD)


def test_a_preferred_password_is_taken_at_once_or_asked_for(server: RunningServer) -> None:
    app = choosing(server)
    make_user(server, app.pool_id, "anna")
    assert "AuthenticationResult" in begin(server, app, "anna", "PASSWORD", PASSWORD=PASSWORD)
    asked = begin(server, app, "anna", "PASSWORD")
    assert asked["ChallengeName"] == "PASSWORD"
    with refused(*WRONG):
        respond(server, app, asked, "anna", PASSWORD=PASSWORD + "!")
    with refused(*BAD_SESSION):
        respond(server, app, asked, "anna", PASSWORD=PASSWORD)


def test_srp_is_preferred_chosen_or_begun_later(server: RunningServer) -> None:
    app = choosing(server)
    make_user(server, app.pool_id, "anna")
    exchange = srp.prepare(server, app, "anna")
    parameters = exchange.get_auth_params()
    public = {"SRP_A": parameters["SRP_A"]}
    selected = begin(server, app, "anna")
    bare = respond(server, app, begin(server, app, "anna"), "anna", ANSWER="PASSWORD_SRP")
    assert bare["ChallengeName"] == "PASSWORD_SRP"
    for asked in (
        begin(server, app, "anna", "PASSWORD_SRP", **public),
        respond(server, app, selected, "anna", ANSWER="PASSWORD_SRP", **public),
        respond(server, app, bare, "anna", **public),
    ):
        assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
        proof = exchange.process_challenge(asked["ChallengeParameters"], parameters)
        assert "AuthenticationResult" in respond(server, app, asked, "anna", **proof)
    for used in (selected, bare):
        with refused(*BAD_SESSION):
            respond(server, app, used, "anna", ANSWER="PASSWORD_SRP", **public)


def test_what_the_user_lacks_is_not_among_the_choices(server: ClockedServer) -> None:
    app = choosing(server)
    make_user(server, app.pool_id, "anna")
    asked = begin(server, app, "anna", "WEB_AUTHN")
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    with refused("InvalidParameterException", "ANSWER"):
        respond(server, app, asked, "anna", ANSWER="WEB_AUTHN")
    # The session goes on waiting for a better answer.
    assert "AuthenticationResult" in respond(server, app, asked, "anna", ANSWER="PASSWORD", PASSWORD=PASSWORD)


def test_a_client_must_allow_the_choice(server: RunningServer) -> None:
    app = choosing(server, client={"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]})
    make_user(server, app.pool_id, "anna")
    with refused("InvalidParameterException", "USER_AUTH flow not enabled for this client"):
        begin(server, app, "anna")


@pytest.mark.parametrize("parameter", ["ACCESS_TOKEN", "TARGET_ACR_VALUES"])
def test_who_asks_for_a_level_gets_no_other(server: RunningServer, parameter: str) -> None:
    app = choosing(server)
    make_user(server, app.pool_id, "anna")
    with refused("InvalidParameterException", "step-up"):
        begin(server, app, "anna", "PASSWORD", **{"PASSWORD": PASSWORD, parameter: "2fa"})


class Meddling:
    """A corpus that knows nothing, and does something each time it is asked."""

    version = "none"

    def __init__(self) -> None:
        self.meddle: Callable[[], None] = lambda: None

    def lookup(self, password: str) -> int:
        self.meddle()
        return 0


@pytest.mark.parametrize("chosen", [True, False], ids=["with the choice", "behind it"])
def test_no_other_request_takes_the_session_away_from_a_password(tmp_path: Path, chosen: bool) -> None:
    """Else the guess would be undone and not counted, and how long its refusal took would tell whether it was right."""
    corpus = Meddling()
    with running(tmp_path, corpus=corpus) as server:
        app = choosing(server, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
        make_user(server, app.pool_id, "anna")
        asked = begin(server, app, "anna", None if chosen else "PASSWORD")
        responses = {"ANSWER": "PASSWORD"} if chosen else {}
        seen: list[tuple[str, str]] = []

        def answer_too() -> None:
            try:
                respond(server, app, asked, "anna", **responses, PASSWORD="" if chosen else PASSWORD + "!")
                seen.append(("", "answered"))
            except ClientError as error:
                seen.append(told(error))

        corpus.meddle = answer_too
        assert "AuthenticationResult" in respond(server, app, asked, "anna", **responses, PASSWORD=PASSWORD)
        assert seen == [BAD_SESSION]
