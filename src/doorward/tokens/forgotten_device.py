"""What becomes of a device that is forgotten, and of the tokens that were issued to it."""

from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.directory.device import Device
from doorward.directory.queries import devices
from doorward.tokens.queries import revoke_of_device


def forget(tx: Connection, device: Device, now: Instant, *, but: str | None = None) -> None:
    """Delete a device and end its tokens. Of the family `but` the access token stays good until it expires."""
    devices.remove(tx, device)
    revoke_of_device(tx, device.pool_id, device.sub, device.key, now, but=but)
