"""App clients in the database."""

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, insert, select, update

from doorward.directory.app_client import AppClient
from doorward.store import configurations
from doorward.store.tables import app_clients
from doorward.wire.contract import UserPoolClientType
from doorward.wire.errors import ResourceNotFoundException

_BY_ID = select(app_clients).where(app_clients.c.client_id == bindparam("client_id"))


def find(tx: Connection, client_id: str) -> AppClient | None:
    """Return an app client by its id, which is unique over all pools, or None."""
    row = tx.execute(_BY_ID, {"client_id": client_id}).one_or_none()
    return _client(row) if row else None


def require(tx: Connection, client_id: str) -> AppClient:
    """Return an app client, or raise ResourceNotFoundException."""
    client = find(tx, client_id)
    if client is None:
        raise ResourceNotFoundException(f"User pool client {client_id} does not exist.")
    return client


def require_in(tx: Connection, pool_id: str, client_id: str) -> AppClient:
    """Return an app client of a pool, or raise ResourceNotFoundException."""
    client = require(tx, client_id)
    if client.pool_id != pool_id:
        raise ResourceNotFoundException(f"User pool client {client_id} does not exist.")
    return client


def page(tx: Connection, pool_id: str, limit: int, after: str | None) -> list[AppClient]:
    """Return at most `limit` clients of a pool in the order of their ids, those after `after`."""
    query = (
        select(app_clients)
        .where(app_clients.c.pool_id == pool_id)
        .order_by(app_clients.c.client_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(app_clients.c.client_id > after)
    return [_client(row) for row in tx.execute(query)]


def add(tx: Connection, client: AppClient) -> None:
    """Keep a new app client."""
    tx.execute(insert(app_clients).values(pool_id=client.pool_id, client_id=client.id, **_columns(client)))


def change(tx: Connection, client: AppClient) -> None:
    """Keep what has become of an app client."""
    tx.execute(update(app_clients).where(*_is(client)).values(**_columns(client)))


def remove(tx: Connection, client: AppClient) -> None:
    """Delete an app client."""
    tx.execute(delete(app_clients).where(*_is(client)))


def _is(client: AppClient) -> tuple[ColumnElement[bool], ...]:
    return (app_clients.c.pool_id == client.pool_id, app_clients.c.client_id == client.id)


def _columns(client: AppClient) -> dict[str, object]:
    return {
        "name": client.name,
        "created_at": client.created_at,
        "modified_at": client.modified_at,
        "sealed_secret": client.sealed_secret,
        "configuration": configurations.encode(client.configuration),
    }


def _client(row: Row[tuple[object, ...]]) -> AppClient:
    return AppClient(
        id=row.client_id,
        pool_id=row.pool_id,
        created_at=row.created_at,
        modified_at=row.modified_at,
        sealed_secret=row.sealed_secret,
        configuration=configurations.decode(UserPoolClientType, row.configuration),
    )
