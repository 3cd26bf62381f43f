"""Which device a sign-in comes from: claimed with the credentials, and bound to the tokens that it ends with."""

import re
from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.directory.device import device_group_key, new_device_key
from doorward.directory.queries import devices
from doorward.signin.sign_in import SignIn
from doorward.wire.contract import NewDeviceMetadataType
from doorward.wire.errors import ResourceNotFoundException

NO_DEVICE: Final = "Device does not exist."

_KEY: Final = re.compile(r"[a-z0-9-]{1,18}_[0-9a-f-]{36}", re.ASCII)


def claim_device(tx: Connection, sign_in: SignIn, key: str | None) -> None:
    """Take note of the device that the client says it is (DEVICE_KEY); a remembered one owes the proof of it.

    The proof comes behind the password. Until then the claim serves for nothing but to ask for it.

    Raises ResourceNotFoundException where the user has no such device, which is also the answer for a name that
    leads to nobody: clients then forget the key and begin anew. It is raised before the password is looked at.
    """
    if not key or not sign_in.pool.tracks_devices or sign_in.screening.blocked:
        return
    user = sign_in.user
    if user is None and not sign_in.client.hides_who_exists:
        return
    sub = user.sub if user else ""
    device = devices.find(tx, sign_in.pool.id, sub, key) if _KEY.fullmatch(key) else None
    if device is None:
        raise ResourceNotFoundException(NO_DEVICE)
    sign_in.device_key, sign_in.owes_device_proof = device.key, device.remembered


def bind_device(tx: Connection, sign_in: SignIn) -> tuple[str | None, NewDeviceMetadataType | None]:
    """Return the key of the device that the tokens go to and, where it is a new one, what names it to the client.

    Of a known one it is written down when and from where the user last signed in with it.
    """
    pool, user, call = sign_in.pool, sign_in.known_user, sign_in.call
    if not pool.tracks_devices:
        return None, None
    device = devices.find(tx, pool.id, user.sub, sign_in.device_key) if sign_in.device_key else None
    if device is None:
        key = new_device_key(pool.id)
        return key, NewDeviceMetadataType(device_key=key, device_group_key=device_group_key(pool.id))
    address = sign_in.screening.attempt.context.address
    used = msgspec.structs.replace(
        device, authenticated_at=call.now, last_address=address or device.last_address
    )
    devices.change(tx, used)
    return device.key, None
