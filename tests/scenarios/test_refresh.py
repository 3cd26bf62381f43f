"""Renewing tokens from an address that is always blocked or before a password is reset, and ending them."""

from typing import Any

import pytest
from mypy_boto3_cognito_idp.literals import AdvancedSecurityModeTypeType
from tests.circumstances import LONDON, sign_in_from
from tests.people import App, make_app, make_pool, make_user, sign_in
from tests.scenarios.refusals import BLOCKED, refused
from tests.scenarios.sessions import refresh_from
from tests.server import RunningServer

RESET = "Password reset required for the user"
BLOCKED_RANGE, INSIDE = "203.0.113.0/24", "203.0.113.9"


def guarded(server: RunningServer, mode: AdvancedSecurityModeTypeType) -> App:
    """A pool with anna in it, which blocks a range."""
    pool_id = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": mode})
    make_user(server, pool_id, "anna")
    server.administrator.set_risk_configuration(
        UserPoolId=pool_id, RiskExceptionConfiguration={"BlockedIPRangeList": [BLOCKED_RANGE]}
    )
    return make_app(server, pool_id)


def events(server: RunningServer, app: App) -> list[Any]:
    listed = server.administrator.admin_list_user_auth_events(UserPoolId=app.pool_id, Username="anna")
    return list(listed["AuthEvents"])


def test_a_blocked_address_renews_nothing(server: RunningServer) -> None:
    app = guarded(server, "ENFORCED")
    token = sign_in_from(server, app, "anna")["AuthenticationResult"]["RefreshToken"]
    with refused(*BLOCKED):
        refresh_from(server, app, token, INSIDE)
    newest = events(server, app)[0]
    assert (newest["EventResponse"], newest["EventRisk"]["RiskDecision"]) == ("Fail", "Block")
    assert newest["EventContextData"]["IpAddress"] == INSIDE
    assert refresh_from(server, app, token, LONDON)["AccessToken"]
    assert len(events(server, app)) == 2


def test_an_audit_renews_all_the_same(server: RunningServer) -> None:
    app = guarded(server, "AUDIT")
    token = sign_in_from(server, app, "anna")["AuthenticationResult"]["RefreshToken"]
    assert refresh_from(server, app, token, INSIDE)["AccessToken"]


def reset(server: RunningServer, app: App) -> None:
    server.administrator.admin_reset_user_password(UserPoolId=app.pool_id, Username="anna")


def renew(server: RunningServer, app: App, token: str) -> Any:
    return server.anonymous.get_tokens_from_refresh_token(ClientId=app.client_id, RefreshToken=token)[
        "AuthenticationResult"
    ]


def test_who_has_to_reset_his_password_renews_nothing_before(server: RunningServer) -> None:
    """An administrator who resets it wants the user, and no other holder of his tokens, to come back."""
    app = guarded(server, "AUDIT")
    token = sign_in(server, app, "anna")["RefreshToken"]
    reset(server, app)
    with refused("PasswordResetRequiredException", RESET):
        refresh_from(server, app, token)
    with refused("PasswordResetRequiredException", RESET):
        server.anonymous.initiate_auth(
            ClientId=app.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
        )
    # This operation has no such exception.
    with refused("NotAuthorizedException", RESET):
        renew(server, app, token)
    server.anonymous.confirm_forgot_password(
        ClientId=app.client_id,
        Username="anna",
        ConfirmationCode=server.last_code(app.pool_id),
        Password="Another-Horse-9",
    )
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh_from(server, app, token)


def test_a_token_is_not_replaced_before_the_reset(server: RunningServer) -> None:
    """Nor is the session over where an administrator sets the password himself."""
    pool_id = make_pool(server)
    make_user(server, pool_id, "anna")
    app = make_app(
        server,
        pool_id,
        RefreshTokenRotation={"Feature": "ENABLED"},
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )
    token = sign_in(server, app, "anna")["RefreshToken"]
    reset(server, app)
    with refused("NotAuthorizedException", RESET):
        renew(server, app, token)
    server.administrator.admin_set_user_password(
        UserPoolId=pool_id, Username="anna", Password="Another-Horse-9", Permanent=True
    )
    assert renew(server, app, token)["RefreshToken"]


def test_a_reset_that_comes_while_tokens_are_renewed_counts(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = guarded(server, "AUDIT")
    token = sign_in(server, app, "anna")["RefreshToken"]
    guard = server.services.guard
    assess = guard.assess_refresh

    def assess_and_be_overtaken(*given: Any) -> Any:
        verdict = assess(*given)
        reset(server, app)
        return verdict

    monkeypatch.setattr(guard, "assess_refresh", assess_and_be_overtaken)
    with refused("PasswordResetRequiredException", RESET):
        refresh_from(server, app, token)


def test_what_is_written_down_of_a_moved_session_is_that_it_failed(server: RunningServer) -> None:
    app = guarded(server, "AUDIT")
    token = sign_in_from(server, app, "anna")["AuthenticationResult"]["RefreshToken"]
    reset(server, app)
    with refused("PasswordResetRequiredException", RESET):
        refresh_from(server, app, token, INSIDE)
    assert events(server, app)[0]["EventResponse"] == "Fail"


@pytest.mark.parametrize("shown", [{}, {"ClientSecret": "notTheSecretOfThisClient0"}])
def test_only_the_client_itself_revokes(server: RunningServer, shown: dict[str, Any]) -> None:
    pool_id = make_pool(server)
    make_user(server, pool_id, "anna")
    app = make_app(server, pool_id, GenerateSecret=True)
    tokens = sign_in(server, app, "anna")
    with refused("UnauthorizedException", f"Unable to verify secret for client {app.client_id}"):
        server.anonymous.revoke_token(ClientId=app.client_id, Token=tokens["RefreshToken"], **shown)
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"


def test_a_client_that_is_none_revokes_nothing(server: RunningServer) -> None:
    with refused("UnauthorizedException", f"User pool client {'a' * 26} does not exist."):
        server.anonymous.revoke_token(ClientId="a" * 26, Token="token")
