"""Devices: confirmed, read, remembered or not, and forgotten, by the user himself or by an administrator."""

from typing import Final

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory.device import Device
from doorward.directory.queries import devices, user_pools, users
from doorward.directory.queries.devices import Position
from doorward.directory.user import User
from doorward.operations import pagination
from doorward.signin import device_secret
from doorward.tokens.forgotten_device import forget
from doorward.tokens.issuer import Bearer
from doorward.wire.contract import (
    AdminForgetDeviceRequest,
    AdminForgetDeviceResponse,
    AdminGetDeviceRequest,
    AdminGetDeviceResponse,
    AdminListDevicesRequest,
    AdminListDevicesResponse,
    AdminUpdateDeviceStatusRequest,
    AdminUpdateDeviceStatusResponse,
    AttributeType,
    ConfirmDeviceRequest,
    ConfirmDeviceResponse,
    DeviceType,
    ForgetDeviceRequest,
    ForgetDeviceResponse,
    GetDeviceRequest,
    GetDeviceResponse,
    ListDevicesRequest,
    ListDevicesResponse,
    UpdateDeviceStatusRequest,
    UpdateDeviceStatusResponse,
)
from doorward.wire.errors import (
    DeviceKeyExistsException,
    InvalidParameterException,
    NotAuthorizedException,
    ResourceNotFoundException,
)

LARGEST_PAGE: Final = 60

_position = msgspec.json.Decoder(Position)


def confirm_device(call: Call, request: ConfirmDeviceRequest) -> ConfirmDeviceResponse:
    """Make the device known to which the access token was issued, with what will prove its secret.

    It is remembered at once, unless the pool wants the user asked first. Of too many devices the one not signed
    in with for longest is forgotten.

    Raises NotAuthorizedException where the token is not good; InvalidParameterException where the key is not the
    one that came with the token, or the verifier is none; DeviceKeyExistsException for a second confirmation.
    """
    verifier = device_secret.read_verifier(request.device_secret_verifier_config)
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        pool, user, key = bearer.pool, bearer.user, request.device_key
        if not pool.tracks_devices or key != bearer.device_key:
            raise InvalidParameterException("Invalid device key given.")
        if devices.exists(tx, pool.id, key):
            raise DeviceKeyExistsException("Device already exists.")
        device = Device(
            pool_id=pool.id,
            key=key,
            sub=user.sub,
            name=request.device_name,
            remembered=not pool.asks_to_remember,
            created_at=call.now,
            modified_at=call.now,
            authenticated_at=call.now,
            last_address=call.address,
            srp_salt=verifier.salt,
            sealed_srp_verifier=device_secret.seal(call.services.keyring, pool.id, user.sub, key, verifier),
        )
        devices.add(tx, device)
        for unused in devices.beyond_limit(tx, pool.id, user.sub):
            forget(tx, unused, call.now)
    return ConfirmDeviceResponse(user_confirmation_necessary=pool.asks_to_remember)


def get_device(call: Call, request: GetDeviceRequest) -> GetDeviceResponse:
    """Return a device of the user whose access token it is.

    Raises NotAuthorizedException where the token is not good, ResourceNotFoundException where he has no such
    device.
    """
    with call.reading() as tx:
        bearer = _bearer(tx, call, request.access_token)
        device = devices.require(tx, bearer.pool.id, bearer.user.sub, request.device_key)
    return GetDeviceResponse(device=_to_wire(call, bearer.user, device))


def list_devices(call: Call, request: ListDevicesRequest) -> ListDevicesResponse:
    """Return a page of the devices of the user whose access token it is, the oldest first.

    Raises NotAuthorizedException where the token is not good, InvalidParameterException where the page's is not.
    """
    with call.reading() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        shown, following = _page(tx, call, bearer.user, request.limit, request.pagination_token)
    return ListDevicesResponse(devices=shown, pagination_token=following)


def update_device_status(call: Call, request: UpdateDeviceStatusRequest) -> UpdateDeviceStatusResponse:
    """Remember a device of the user whose access token it is, or stop remembering it.

    Raises NotAuthorizedException where the token is not good, ResourceNotFoundException where he has no such
    device.
    """
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        device = devices.require(tx, bearer.pool.id, bearer.user.sub, request.device_key)
        _set_status(tx, call, device, request.device_remembered_status)
    return UpdateDeviceStatusResponse()


def forget_device(call: Call, request: ForgetDeviceRequest) -> ForgetDeviceResponse:
    """Forget a device of the user whose access token it is, and end the tokens that were issued to it.

    Where it is the very device that he sits at, his access token serves until it expires and is not renewed.

    Raises NotAuthorizedException where the token is not good, ResourceNotFoundException where he has no such
    device.
    """
    with call.writing() as tx:
        bearer = _bearer(tx, call, request.access_token)
        device = devices.require(tx, bearer.pool.id, bearer.user.sub, request.device_key)
        forget(tx, device, call.now, but=bearer.origin_jti)
    return ForgetDeviceResponse()


def admin_get_device(call: Call, request: AdminGetDeviceRequest) -> AdminGetDeviceResponse:
    """Return a device of a user.

    Raises ResourceNotFoundException for an unknown pool, an unknown user, or a device that he does not have.
    """
    with call.reading() as tx:
        user = _named(tx, request.user_pool_id, request.username)
        device = devices.require(tx, user.pool_id, user.sub, request.device_key)
    return AdminGetDeviceResponse(device=_to_wire(call, user, device))


def admin_list_devices(call: Call, request: AdminListDevicesRequest) -> AdminListDevicesResponse:
    """Return a page of a user's devices, the oldest first.

    Raises ResourceNotFoundException for an unknown pool or user, InvalidParameterException for a token that is
    not of this list.
    """
    with call.reading() as tx:
        user = _named(tx, request.user_pool_id, request.username)
        shown, following = _page(tx, call, user, request.limit, request.pagination_token)
    return AdminListDevicesResponse(devices=shown, pagination_token=following)


def admin_update_device_status(
    call: Call, request: AdminUpdateDeviceStatusRequest
) -> AdminUpdateDeviceStatusResponse:
    """Remember a user's device, or stop remembering it.

    Raises ResourceNotFoundException for an unknown pool or a device that he does not have, UserNotFoundException
    for an unknown user.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        device = devices.require(tx, pool.id, user.sub, request.device_key)
        _set_status(tx, call, device, request.device_remembered_status)
    return AdminUpdateDeviceStatusResponse()


def admin_forget_device(call: Call, request: AdminForgetDeviceRequest) -> AdminForgetDeviceResponse:
    """Forget a user's device, and end the tokens that were issued to it.

    Raises ResourceNotFoundException for an unknown pool or a device that he does not have, UserNotFoundException
    for an unknown user.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        forget(tx, devices.require(tx, pool.id, user.sub, request.device_key), call.now)
    return AdminForgetDeviceResponse()


def _bearer(tx: Connection, call: Call, access_token: str | None) -> Bearer:
    """Return whose token it is; the model lets it be missing where the operation cannot."""
    if access_token is None:
        raise NotAuthorizedException("Missing Access Token")
    return call.services.issuer.bearer(tx, access_token, call.now)


def _named(tx: Connection, pool_id: str, username: str) -> User:
    """Return a user for the two operations whose model has no UserNotFoundException."""
    user = users.find(tx, user_pools.require(tx, pool_id), username)
    if user is None:
        raise ResourceNotFoundException("User does not exist.")
    return user


def _set_status(tx: Connection, call: Call, device: Device, status: str | None) -> None:
    if status is not None and status != device.status:
        remembered = status == "remembered"
        devices.change(tx, msgspec.structs.replace(device, remembered=remembered, modified_at=call.now))


def _page(
    tx: Connection, call: Call, user: User, limit: int | None, token: str | None
) -> tuple[list[DeviceType], str | None]:
    scope = (user.pool_id, user.sub)
    position = pagination.position(call, scope, token, member="PaginationToken")
    after = _position.decode(position) if position is not None else None
    most = limit or LARGEST_PAGE
    found = devices.page(tx, user.pool_id, user.sub, most + 1, after)
    shown, following = pagination.page(call, scope, found, most, _key)
    return [_to_wire(call, user, device) for device in shown], following


def _key(device: Device) -> str:
    return msgspec.json.encode(Position(device.created_at, device.key)).decode()


def _to_wire(call: Call, user: User, device: Device) -> DeviceType:
    settings = call.services.settings
    owner = f"{user.username}.{device.pool_id}"
    arn = f"arn:aws:cognito-idp:{settings.region}:{settings.account}:owner/{owner}/device/{device.key}"
    told = {
        "device_status": "valid",
        "device_name": device.name,
        "dev:device_arn": arn,
        "dev:device_owner": owner,
        "last_ip_used": device.last_address,
        "dev:device_remembered_status": device.status,
    }
    return DeviceType(
        device_key=device.key,
        device_attributes=[AttributeType(name=name, value=value) for name, value in told.items() if value],
        device_create_date=device.created_at,
        device_last_modified_date=device.modified_at,
        device_last_authenticated_date=device.authenticated_at,
    )
