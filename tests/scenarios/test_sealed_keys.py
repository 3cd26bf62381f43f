"""What the database says of a key is believed only as far as it is sealed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from sqlalchemy import insert, update
from tests.scenarios.pools import make_pool
from tests.server import RunningServer

from doorward.directory.queries import app_clients
from doorward.store.tables import access_keys


@pytest.mark.parametrize(
    ("column", "value"), [("role", "administrator"), ("pool_id", None), ("pool_id", "eu-west-1_other0000")]
)
def test_a_key_that_was_given_more_in_the_database_opens_nothing(
    server: RunningServer, column: str, value: Any
) -> None:
    pool = make_pool(server)
    confined = server.signed_by("read-only", pool.id)
    confined.describe_user_pool(UserPoolId=pool.id)
    key_id = confined._request_signer._credentials.access_key  # type: ignore[attr-defined]
    with server.services.store.writing() as tx:
        tx.execute(update(access_keys).where(access_keys.c.access_key_id == key_id).values({column: value}))
    with pytest.raises(ClientError, match="InternalErrorException"):
        confined.describe_user_pool(UserPoolId=pool.id)


def test_a_clients_secret_is_no_access_key(server: RunningServer) -> None:
    pool = make_pool(server, client={"GenerateSecret": True})
    with server.services.store.writing() as tx:
        client = app_clients.require(tx, pool.client_id)
        tx.execute(
            insert(access_keys).values(
                access_key_id=client.id,
                name="",
                role="administrator",
                pool_id=None,
                sealed_secret=client.sealed_secret,
                created_at=0.0,
            )
        )
    forged = server._client(server.administrator.meta.config, client.id, pool.client_secret)
    with pytest.raises(ClientError, match="InternalErrorException"):
        forged.list_user_pools(MaxResults=1)
