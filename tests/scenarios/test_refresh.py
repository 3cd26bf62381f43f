"""Renewing tokens from an address that the pool always blocks, and ending them with RevokeToken."""

from typing import Any

import pytest
from mypy_boto3_cognito_idp.literals import AdvancedSecurityModeTypeType
from tests.circumstances import LONDON, sign_in_from
from tests.people import App, make_app, make_pool, make_user, sign_in
from tests.scenarios.refusals import BLOCKED, refused
from tests.scenarios.sessions import refresh_from
from tests.server import RunningServer

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
