"""What a stranger's attempt leaves behind is small, whatever he sends."""

import http.client
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from botocore.exceptions import ClientError
from sqlalchemy import func, select
from tests.scenarios.pools import Pool, make_pool
from tests.server import RunningServer

from doorward.store.tables import auth_events, sign_in_sessions

FLOWS = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]}
FAILS: dict[str, dict[str, str]] = {
    "USER_PASSWORD_AUTH": {"PASSWORD": "Wrong-Horse-1-Battery"},
    "USER_SRP_AUTH": {"SRP_A": "abc123"},
}


def largest(pool: Pool, column: Any) -> int:
    with pool.server.services.store.reading() as tx:
        size = select(func.max(func.length(column))).where(column.table.c.pool_id == pool.id)
        return tx.execute(size).scalar_one() or 0


def post(server: RunningServer, operation: str, body: dict[str, Any], user_agent: str) -> int:
    where = urlsplit(server.endpoint)
    target = f"AWSCognitoIdentityProviderService.{operation}"
    with closing(http.client.HTTPConnection(where.hostname or "", where.port)) as connection:
        headers = {"X-Amz-Target": target, "User-Agent": user_agent}
        connection.request("POST", "/", msgspec.json.encode(body), headers)
        return connection.getresponse().status


@pytest.mark.parametrize("flow", FAILS)
def test_a_name_longer_than_any_is_refused_and_not_kept(server: RunningServer, flow: Any) -> None:
    pool = make_pool(
        server,
        client={"PreventUserExistenceErrors": "ENABLED", **FLOWS},
        UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
    )
    for length, answer in ((2048, "Incorrect username or password."), (2049, "more than 2048 characters")):
        try:
            server.anonymous.initiate_auth(
                ClientId=pool.client_id,
                AuthFlow=flow,
                AuthParameters={"USERNAME": "x" * length, **FAILS[flow]},
            )
        except ClientError as refused:
            assert answer in refused.response["Error"]["Message"]
        else:
            assert (flow, length) == ("USER_SRP_AUTH", 2048)
    assert largest(pool, auth_events.c.event) < 8192
    assert largest(pool, sign_in_sessions.c.sealed_state) < 8192


def test_of_a_long_user_agent_the_beginning_is_kept(server: RunningServer) -> None:
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    credentials = {"USERNAME": "nobody", "PASSWORD": "Wrong-Horse-1-Battery"}
    body = {"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": credentials}
    assert post(server, "InitiateAuth", body, "x" * 30_000) == 400
    assert 1024 < largest(pool, auth_events.c.event) < 8192
