"""From where and with what an attempt is made: the address that counts, the user agent, the device."""

import msgspec

from doorward.directory.app_client import AppClient
from doorward.directory.user import User
from doorward.network.address import normalise
from doorward.wire import context_data
from doorward.wire.context_data import ContextData
from doorward.wire.contract import ContextDataType, UserContextDataType


class ClientContext(msgspec.Struct, frozen=True, kw_only=True):
    """The client's side of an attempt. `address_source` says how the address is known."""

    address: str | None
    address_source: str
    user_agent: str | None
    device: ContextData


def public_context(
    client: AppClient,
    username: str,
    user: User | None,
    data: UserContextDataType | None,
    *,
    address: str | None,
    address_source: str,
    user_agent: str | None,
    now: float,
) -> ClientContext:
    """Return the context of a call that the user's own application makes; `names` as `names_of` gives them.

    The address is the connection's, unless the client proves itself with a secret and may pass its users'
    addresses on (EnablePropagateAdditionalUserContextData). Raises InvalidParameterException where a passed
    address does not parse.

    `username` is the name as it was given. `user` is whom it leads to: the libraries sign EncodedData with his
    own name once a challenge has told it.
    """
    if data is not None and data.ip_address and client.propagates_context:
        address, address_source = normalise(data.ip_address), "user-context-data"
    device = _device(client, username, user, data.encoded_data if data else None, now)
    return ClientContext(
        address=address,
        address_source=address_source,
        user_agent=device.user_agent or user_agent,
        device=device,
    )


def administrator_context(
    client: AppClient, username: str, user: User | None, data: ContextDataType | None, *, now: float
) -> ClientContext:
    """Return the context of a call that a server makes for a user: what the server passes on, or nothing.

    The connection's own address would be the server's, so it never counts. Raises InvalidParameterException
    where the passed address does not parse.
    """
    if data is None:
        device = _device(client, username, user, None, now)
        return ClientContext(address=None, address_source="none", user_agent=None, device=device)
    device = _device(client, username, user, data.encoded_data, now)
    headers = {(header.header_name or "").lower(): header.header_value for header in data.http_headers}
    return ClientContext(
        address=normalise(data.ip_address),
        address_source="context-data",
        user_agent=device.user_agent or headers.get("user-agent"),
        device=device,
    )


def _device(
    client: AppClient, username: str, user: User | None, encoded: str | None, now: float
) -> ContextData:
    return context_data.decode(
        encoded or "",
        client_id=client.id,
        username=username,
        user_pool_id=client.pool_id,
        now=now,
        other_names=(user.username,) if user else (),
    )
