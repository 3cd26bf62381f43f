"""Ending what a sign-in began: RevokeToken, signing out everywhere, and users who are no more."""

from dataclasses import replace
from typing import Any

import pytest
from tests.people import App, make_app, make_pool, make_user, sign_in
from tests.scenarios.refusals import refused
from tests.server import RunningServer

REVOKED = ("NotAuthorizedException", "Access Token has been revoked")
REFRESH_REVOKED = ("NotAuthorizedException", "Refresh Token has been revoked")


@pytest.fixture
def app(server: RunningServer) -> App:
    pool = make_pool(server)
    make_user(server, pool, "anna")
    return make_app(server, pool)


def revoke(server: RunningServer, app: App, token: str) -> None:
    secret = {} if app.secret is None else {"ClientSecret": app.secret}
    server.anonymous.revoke_token(ClientId=app.client_id, Token=token, **secret)


def refresh(server: RunningServer, app: App, token: str) -> Any:
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token, **app.proof_parameter("anna")},
    )["AuthenticationResult"]


def assert_alive(server: RunningServer, app: App, tokens: Any) -> None:
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])
    assert refresh(server, app, tokens["RefreshToken"])


def assert_dead(server: RunningServer, app: App, tokens: Any) -> None:
    with refused(*REVOKED):
        server.anonymous.get_user(AccessToken=tokens["AccessToken"])
    with refused(*REFRESH_REVOKED):
        refresh(server, app, tokens["RefreshToken"])


def test_revoking_a_refresh_token_ends_everything_that_came_of_it(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    renewed = refresh(server, app, tokens["RefreshToken"])
    revoke(server, app, tokens["RefreshToken"])
    assert_dead(server, app, tokens)
    with refused(*REVOKED):
        server.anonymous.get_user(AccessToken=renewed["AccessToken"])


def test_another_sign_in_of_the_user_lives_on(server: RunningServer, app: App) -> None:
    one, other = sign_in(server, app, "anna"), sign_in(server, app, "anna")
    revoke(server, app, one["RefreshToken"])
    assert_alive(server, app, other)


def test_revoking_twice_is_no_error(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    revoke(server, app, tokens["RefreshToken"])
    revoke(server, app, tokens["RefreshToken"])


def test_revoking_what_was_never_issued_is_no_error(server: RunningServer, app: App) -> None:
    revoke(server, app, "never-issued")


@pytest.mark.parametrize("which", ["AccessToken", "IdToken"])
def test_only_refresh_tokens_are_revoked(server: RunningServer, app: App, which: str) -> None:
    tokens: Any = sign_in(server, app, "anna")
    with refused("UnsupportedTokenTypeException"):
        revoke(server, app, tokens[which])
    assert_alive(server, app, tokens)


def test_another_client_does_not_revoke_it(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    revoke(server, make_app(server, app.pool_id), tokens["RefreshToken"])
    assert_alive(server, app, tokens)


def test_a_client_of_another_pool_does_not_revoke_it(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    revoke(server, make_app(server, make_pool(server)), tokens["RefreshToken"])
    assert_alive(server, app, tokens)


def test_a_client_with_a_secret_shows_it(server: RunningServer, app: App) -> None:
    proven = make_app(server, app.pool_id, GenerateSecret=True)
    tokens = sign_in(server, proven, "anna")
    for secret in (None, "x" * 51):
        with refused("UnauthorizedException"):
            revoke(server, replace(proven, secret=secret), tokens["RefreshToken"])
    assert_alive(server, proven, tokens)
    revoke(server, proven, tokens["RefreshToken"])
    assert_dead(server, proven, tokens)


def test_a_client_that_has_revocation_off_revokes_nothing(server: RunningServer, app: App) -> None:
    without = make_app(server, app.pool_id, EnableTokenRevocation=False)
    tokens = sign_in(server, without, "anna")
    with refused("UnsupportedOperationException"):
        revoke(server, without, tokens["RefreshToken"])
    assert_alive(server, without, tokens)


def test_signing_out_everywhere_ends_every_sign_in(server: RunningServer, app: App) -> None:
    one, other = sign_in(server, app, "anna"), sign_in(server, app, "anna")
    server.anonymous.global_sign_out(AccessToken=one["AccessToken"])
    assert_dead(server, app, one)
    assert_dead(server, app, other)


def test_a_token_that_was_signed_out_signs_nobody_out(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    server.anonymous.global_sign_out(AccessToken=tokens["AccessToken"])
    with refused(*REVOKED):
        server.anonymous.global_sign_out(AccessToken=tokens["AccessToken"])


def test_what_is_revoked_while_it_is_renewed_is_renewed_no_more(
    server: RunningServer, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revocation has been answered when the tokens would be issued."""
    tokens = sign_in(server, app, "anna")
    guard = server.services.guard
    assess = guard.assess_refresh

    def assess_and_be_overtaken(*given: Any) -> Any:
        verdict = assess(*given)
        revoke(server, app, tokens["RefreshToken"])
        return verdict

    monkeypatch.setattr(guard, "assess_refresh", assess_and_be_overtaken)
    with refused(*REFRESH_REVOKED):
        refresh(server, app, tokens["RefreshToken"])


def test_signing_in_again_after_signing_out_works(server: RunningServer, app: App) -> None:
    server.anonymous.global_sign_out(AccessToken=sign_in(server, app, "anna")["AccessToken"])
    assert_alive(server, app, sign_in(server, app, "anna"))


def test_an_administrator_signs_a_user_out_everywhere(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "berta")
    annas, bertas = sign_in(server, app, "anna"), sign_in(server, app, "berta")
    server.administrator.admin_user_global_sign_out(UserPoolId=app.pool_id, Username="anna")
    assert_dead(server, app, annas)
    assert_alive(server, app, bertas)


def test_disabling_a_user_ends_his_tokens_for_good(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    server.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="anna")
    assert_dead(server, app, tokens)
    server.administrator.admin_enable_user(UserPoolId=app.pool_id, Username="anna")
    assert_dead(server, app, tokens)


def test_deleting_a_user_ends_his_tokens(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    server.administrator.admin_delete_user(UserPoolId=app.pool_id, Username="anna")
    assert_dead(server, app, tokens)


def test_a_new_user_of_the_same_name_does_not_inherit_tokens(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    server.administrator.admin_delete_user(UserPoolId=app.pool_id, Username="anna")
    make_user(server, app.pool_id, "anna")
    assert_dead(server, app, tokens)


def test_deleting_the_client_ends_its_tokens(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    server.administrator.delete_user_pool_client(UserPoolId=app.pool_id, ClientId=app.client_id)
    with refused("NotAuthorizedException"):
        server.anonymous.get_user(AccessToken=tokens["AccessToken"])


def test_a_forgotten_password_ends_every_sign_in(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    server.anonymous.forgot_password(ClientId=app.client_id, Username="anna")
    server.anonymous.confirm_forgot_password(
        ClientId=app.client_id,
        Username="anna",
        ConfirmationCode=server.last_code(app.pool_id),
        Password="Another-Horse-9",
    )
    assert_dead(server, app, tokens)
