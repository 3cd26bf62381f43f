"""The devices of users in the database. A device is found by its key together with whose it is."""

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from doorward.clock import Instant
from doorward.directory.device import DEVICES_PER_USER, Device
from doorward.store.tables import devices
from doorward.wire.errors import ResourceNotFoundException

_OF_USER = select(devices).where(devices.c.pool_id == bindparam("pool_id"), devices.c.sub == bindparam("sub"))
_DEVICE = _OF_USER.where(devices.c.device_key == bindparam("device_key"))


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of a user's devices ended."""

    created_at: Instant
    key: str


def find(tx: Connection, pool_id: str, sub: str, key: str) -> Device | None:
    """Return a user's device, or None: a key of another user's is no device of his."""
    row = tx.execute(_DEVICE, {"pool_id": pool_id, "sub": sub, "device_key": key}).one_or_none()
    return _from_row(row) if row else None


def require(tx: Connection, pool_id: str, sub: str, key: str) -> Device:
    """Return a user's device, or raise ResourceNotFoundException."""
    device = find(tx, pool_id, sub, key)
    if device is None:
        raise ResourceNotFoundException("Device does not exist.")
    return device


def page(tx: Connection, pool_id: str, sub: str, limit: int, after: Position | None) -> list[Device]:
    """Return at most `limit` of a user's devices after a position, the oldest first."""
    query = _OF_USER.order_by(devices.c.created_at, devices.c.device_key).limit(limit)
    if after is not None:
        query = query.where(
            tuple_(devices.c.created_at, devices.c.device_key)
            > tuple_(literal(after.created_at), literal(after.key))
        )
    return [_from_row(row) for row in tx.execute(query, {"pool_id": pool_id, "sub": sub})]


def exists(tx: Connection, pool_id: str, key: str) -> bool:
    """Return whether anybody in the pool has a device of that key."""
    where = (devices.c.pool_id == pool_id, devices.c.device_key == key)
    return tx.execute(select(devices.c.sub).where(*where)).first() is not None


def add(tx: Connection, device: Device) -> None:
    """Keep a new device."""
    tx.execute(
        insert(devices).values(
            pool_id=device.pool_id,
            device_key=device.key,
            sub=device.sub,
            created_at=device.created_at,
            srp_salt=device.srp_salt,
            sealed_srp_verifier=device.sealed_srp_verifier,
            **_columns(device),
        )
    )


def change(tx: Connection, device: Device) -> None:
    """Keep what has become of a device."""
    tx.execute(update(devices).where(*_is(device)).values(**_columns(device)))


def remove(tx: Connection, device: Device) -> None:
    """Forget a device."""
    tx.execute(delete(devices).where(*_is(device)))


def beyond_limit(tx: Connection, pool_id: str, sub: str) -> list[Device]:
    """Return the devices that a user has too many: those not signed in with for longest."""
    query = _OF_USER.order_by(devices.c.authenticated_at.desc(), devices.c.device_key)
    rows = tx.execute(query.offset(DEVICES_PER_USER), {"pool_id": pool_id, "sub": sub})
    return [_from_row(row) for row in rows]


def forget_user(tx: Connection, pool_id: str, sub: str) -> None:
    """Forget all devices of a user who is being deleted."""
    tx.execute(delete(devices).where(devices.c.pool_id == pool_id, devices.c.sub == sub))


def _is(device: Device) -> tuple[ColumnElement[bool], ...]:
    return (
        devices.c.pool_id == device.pool_id,
        devices.c.device_key == device.key,
        devices.c.sub == device.sub,
    )


def _columns(device: Device) -> dict[str, object]:
    return {
        "name": device.name,
        "remembered": device.remembered,
        "modified_at": device.modified_at,
        "authenticated_at": device.authenticated_at,
        "last_address": device.last_address,
    }


def _from_row(row: Row[tuple[object, ...]]) -> Device:
    return Device(
        pool_id=row.pool_id,
        key=row.device_key,
        sub=row.sub,
        name=row.name,
        remembered=row.remembered,
        created_at=row.created_at,
        modified_at=row.modified_at,
        authenticated_at=row.authenticated_at,
        last_address=row.last_address,
        srp_salt=row.srp_salt,
        sealed_srp_verifier=row.sealed_srp_verifier,
    )
