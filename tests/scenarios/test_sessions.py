"""A sign-in's session is bound to its pool, client, user and challenge, and dies of use and of age."""

from typing import Any

import pytest
from mypy_boto3_cognito_idp.literals import ChallengeNameTypeType
from tests import srp
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_pool, make_user
from tests.scenarios.refusals import BAD_SESSION, refused
from tests.server import RunningServer, running

TEMPORARY = "Only-For-Now-1"
EXPIRED = ("NotAuthorizedException", "Invalid session for the user, session is expired.")


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return make_app(server, make_pool(server))


def opened(server: RunningServer, app: App, username: str) -> str:
    """Return the session of an invited user's sign-in."""
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username=username, TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
    )
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": TEMPORARY},
    )["Session"]


def answer(
    server: RunningServer,
    app: App,
    session: str,
    username: str,
    challenge: ChallengeNameTypeType = "NEW_PASSWORD_REQUIRED",
) -> Any:
    return server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id,
        ChallengeName=challenge,
        Session=session,
        ChallengeResponses={"USERNAME": username, "NEW_PASSWORD": PASSWORD},
    )


def test_another_client_of_the_pool_cannot_use_it(server: RunningServer, app: App) -> None:
    session = opened(server, app, "anna")
    with refused(*BAD_SESSION):
        answer(server, make_app(server, app.pool_id), session, "anna")
    assert answer(server, app, session, "anna")["AuthenticationResult"]


def test_a_client_of_another_pool_cannot_use_it(server: RunningServer, app: App) -> None:
    session = opened(server, app, "berta")
    elsewhere = make_app(server, make_pool(server))
    make_user(server, elsewhere.pool_id, "berta")
    with refused(*BAD_SESSION):
        answer(server, elsewhere, session, "berta")


def test_a_server_of_another_pool_cannot_use_it(server: RunningServer, app: App) -> None:
    session = opened(server, app, "carla")
    elsewhere = make_app(server, make_pool(server))
    with refused(*BAD_SESSION):
        server.administrator.admin_respond_to_auth_challenge(
            UserPoolId=elsewhere.pool_id,
            ClientId=elsewhere.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=session,
            ChallengeResponses={"USERNAME": "carla", "NEW_PASSWORD": PASSWORD},
        )


def test_it_is_no_other_users(server: RunningServer, app: App) -> None:
    session = opened(server, app, "dora")
    opened(server, app, "other")
    with refused(*BAD_SESSION):
        answer(server, app, session, "other")


def test_a_new_passwords_session_is_no_srp_exchange(server: RunningServer, app: App) -> None:
    session = opened(server, app, "emma")
    make_user(server, app.pool_id, "emma.known")
    responses = srp.begin(server, app, "emma.known").answer(PASSWORD_CLAIM_SECRET_BLOCK=session)
    with refused(*BAD_SESSION):
        server.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
        )


def test_an_srp_exchange_is_no_new_passwords_session(server: RunningServer, app: App) -> None:
    opened(server, app, "frida")
    session = srp.begin(server, app, "frida", TEMPORARY).challenge["Session"]
    with refused(*BAD_SESSION):
        answer(server, app, session, "frida")


def test_an_srp_exchange_is_no_other_users(server: RunningServer, app: App) -> None:
    for name in ("gerda", "hanna"):
        make_user(server, app.pool_id, name)
    responses = srp.begin(server, app, "gerda").answer(USERNAME="hanna")
    with refused(*BAD_SESSION):
        server.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
        )


@pytest.mark.parametrize("session", ["a" * 64, "ü" * 20, "=" * 2048])
def test_one_that_was_never_opened_is_refused(server: RunningServer, app: App, session: str) -> None:
    opened_for = f"user{len(session)}"
    opened(server, app, opened_for)
    with refused(*BAD_SESSION):
        answer(server, app, session, opened_for)


def test_one_that_was_changed_is_refused(server: RunningServer, app: App) -> None:
    session = opened(server, app, "ida")
    changed = ("B" if session[0] == "A" else "A") + session[1:]
    with refused(*BAD_SESSION):
        answer(server, app, changed, "ida")


def test_an_answer_without_one_is_refused(server: RunningServer, app: App) -> None:
    opened(server, app, "jana")
    with refused(*BAD_SESSION):
        server.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            ChallengeResponses={"USERNAME": "jana", "NEW_PASSWORD": PASSWORD},
        )


@pytest.mark.parametrize("challenge", ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "CUSTOM_CHALLENGE", "WEB_AUTHN"])
def test_a_challenge_that_was_not_put_is_refused(
    server: RunningServer, app: App, challenge: ChallengeNameTypeType
) -> None:
    with refused("InvalidParameterException"):
        answer(server, app, "s" * 64, "anna", challenge)


@pytest.mark.parametrize("minutes", [3, 15])
def test_it_expires(clocked: ClockedServer, minutes: int) -> None:
    app = make_app(clocked, make_pool(clocked), AuthSessionValidity=minutes)
    session = opened(clocked, app, "anna")
    clocked.clock.advance(minutes * 60)
    with refused(*EXPIRED):
        answer(clocked, app, session, "anna")


def test_it_serves_until_it_expires(clocked: ClockedServer) -> None:
    app = make_app(clocked, make_pool(clocked))
    session = opened(clocked, app, "anna")
    clocked.clock.advance(3 * 60 - 0.001)
    assert answer(clocked, app, session, "anna")["AuthenticationResult"]


def test_a_restart_does_not_end_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = tmp_path_factory.mktemp("doorward")
    with running(data) as server:
        app = make_app(server, make_pool(server))
        session = opened(server, app, "anna")
    with running(data) as server:
        assert answer(server, app, session, "anna")["AuthenticationResult"]
