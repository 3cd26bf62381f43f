"""An app client that has a secret proves it at every step of a sign-in."""

from dataclasses import replace
from typing import Any

import pytest
from tests import srp
from tests.people import PASSWORD, App, make_app, make_pool, make_user, sign_in
from tests.scenarios.refusals import refused
from tests.server import RunningServer

TEMPORARY = "Only-For-Now-1"


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    pool = make_pool(server, AliasAttributes=["email"])
    make_user(server, pool, "anna")
    return make_app(server, pool, GenerateSecret=True)


@pytest.fixture(scope="module")
def without(app: App) -> App:
    """The same client, in the hands of somebody who does not know the secret."""
    return replace(app, secret=None)


@pytest.fixture(scope="module")
def wrong(app: App) -> App:
    return replace(app, secret="not the secret")


def unproven(app: App) -> Any:
    return refused("NotAuthorizedException", f"Unable to verify secret hash for client {app.client_id}")


def unasked(app: App) -> Any:
    return refused(
        "NotAuthorizedException",
        f"Client {app.client_id} is configured with secret but SECRET_HASH was not received",
    )


def test_a_password_sign_in_asks_for_it(server: RunningServer, app: App, without: App, wrong: App) -> None:
    assert sign_in(server, app, "anna")["AccessToken"]
    with unasked(app):
        sign_in(server, without, "anna")
    with unproven(app):
        sign_in(server, wrong, "anna")


def test_it_is_over_the_name_as_it_was_given(server: RunningServer, app: App) -> None:
    assert sign_in(server, app, "anna@example.org")["AccessToken"]
    with unproven(app):
        server.anonymous.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": "anna@example.org",
                "PASSWORD": PASSWORD,
                "SECRET_HASH": app.secret_hash("anna"),
            },
        )


def test_the_hash_of_another_client_proves_nothing(server: RunningServer, app: App) -> None:
    other = make_app(server, app.pool_id, GenerateSecret=True)
    with unproven(app):
        sign_in(server, replace(app, secret=other.secret), "anna")


def test_a_server_is_asked_for_it_too(server: RunningServer, app: App) -> None:
    with unasked(app):
        server.administrator.admin_initiate_auth(
            UserPoolId=app.pool_id,
            ClientId=app.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
        )


def test_srp_asks_for_it_at_the_beginning(server: RunningServer, app: App, without: App, wrong: App) -> None:
    with unasked(app):
        srp.begin(server, without, "anna")
    with unproven(app):
        srp.begin(server, wrong, "anna")


def test_srp_asks_for_it_at_the_end(server: RunningServer, app: App) -> None:
    assert srp.sign_in(server, app, "anna@example.org")["AuthenticationResult"]["AccessToken"]
    responses = srp.begin(server, app, "anna").answer()
    del responses["SECRET_HASH"]
    with unasked(app):
        server.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
        )


def test_a_new_password_asks_for_it(server: RunningServer, app: App) -> None:
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username="new", TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
    )
    session = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "new", "PASSWORD": TEMPORARY, **app.proof_parameter("new")},
    )["Session"]
    answer = {"USERNAME": "new", "NEW_PASSWORD": PASSWORD}
    with unasked(app):
        respond(server, app, session, answer)
    assert respond(server, app, session, answer | app.proof_parameter("new"))["AuthenticationResult"]


def test_a_refresh_asks_for_it(server: RunningServer, app: App) -> None:
    token = sign_in(server, app, "anna")["RefreshToken"]
    with unasked(app):
        refresh(server, app, {"REFRESH_TOKEN": token})
    with unproven(app):
        refresh(server, app, {"REFRESH_TOKEN": token, "SECRET_HASH": app.secret_hash("somebody else")})


@pytest.mark.parametrize("name", ["anna", "anna@example.org", "sub"])
def test_a_refresh_takes_it_over_any_of_the_users_names(server: RunningServer, app: App, name: str) -> None:
    tokens = sign_in(server, app, "anna")
    if name == "sub":
        user = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="anna")
        name = next(one["Value"] for one in user["UserAttributes"] if one["Name"] == "sub")
    answer = refresh(
        server, app, {"REFRESH_TOKEN": tokens["RefreshToken"], "SECRET_HASH": app.secret_hash(name)}
    )
    assert answer["AuthenticationResult"]["AccessToken"]


def test_a_client_without_a_secret_has_nothing_to_prove(server: RunningServer, app: App) -> None:
    public = make_app(server, app.pool_id)
    assert sign_in(server, public, "anna")["AccessToken"]
    with unproven(public):
        sign_in(server, replace(public, secret="made up"), "anna")


def test_no_user_is_looked_up_before_the_proof(server: RunningServer, app: App, wrong: App) -> None:
    legacy = make_app(server, app.pool_id, GenerateSecret=True, PreventUserExistenceErrors="LEGACY")
    with unproven(legacy):
        sign_in(server, replace(legacy, secret="not the secret"), "nobody")


def respond(server: RunningServer, app: App, session: str, responses: dict[str, str]) -> Any:
    return server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=session,
        ChallengeResponses=responses,
    )


def refresh(server: RunningServer, app: App, parameters: dict[str, str]) -> Any:
    return server.anonymous.initiate_auth(
        ClientId=app.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters
    )
