"""The operations on app clients: the applications that sign a pool's users in."""

import msgspec

from doorward.call import Call
from doorward.directory import client_configuration, client_secret
from doorward.directory.app_client import AppClient
from doorward.directory.queries import app_clients, user_pools
from doorward.operations import pagination
from doorward.protection.queries import remove_configuration
from doorward.wire.contract import (
    CreateUserPoolClientRequest,
    CreateUserPoolClientResponse,
    DeleteUserPoolClientRequest,
    DeleteUserPoolClientResponse,
    DescribeUserPoolClientRequest,
    DescribeUserPoolClientResponse,
    ListUserPoolClientsRequest,
    ListUserPoolClientsResponse,
    UpdateUserPoolClientRequest,
    UpdateUserPoolClientResponse,
    UserPoolClientDescription,
    UserPoolClientType,
)
from doorward.wire.errors import InvalidParameterException

_DEFAULT_PAGE = 60


def create_user_pool_client(call: Call, request: CreateUserPoolClientRequest) -> CreateUserPoolClientResponse:
    """Create an app client, with a secret where one is asked for or handed in.

    Raises ResourceNotFoundException for an unknown pool; InvalidParameterException,
    InvalidOAuthFlowException, ScopeDoesNotExistException or FeatureUnavailableInTierException where members
    contradict each other or the pool.
    """
    if request.generate_secret and request.client_secret is not None:
        raise InvalidParameterException("GenerateSecret and ClientSecret cannot be used together.")
    client_id = client_configuration.new_client_id()
    secret = client_secret.new_client_secret() if request.generate_secret else request.client_secret
    keyring = call.services.keyring
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        client = AppClient(
            id=client_id,
            pool_id=pool.id,
            created_at=call.now,
            modified_at=call.now,
            sealed_secret=client_secret.seal(keyring, client_id, secret) if secret else None,
            configuration=client_configuration.new_configuration(
                request, pool, client_id=client_id, has_secret=secret is not None, now=call.now
            ),
        )
        app_clients.add(tx, client)
    return CreateUserPoolClientResponse(user_pool_client=_described(call, client))


def describe_user_pool_client(
    call: Call, request: DescribeUserPoolClientRequest
) -> DescribeUserPoolClientResponse:
    """Return an app client's configuration and secret. Raises ResourceNotFoundException."""
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        client = app_clients.require_in(tx, pool.id, request.client_id)
    return DescribeUserPoolClientResponse(user_pool_client=_described(call, client))


def update_user_pool_client(call: Call, request: UpdateUserPoolClientRequest) -> UpdateUserPoolClientResponse:
    """Replace an app client's configuration; what the request leaves out returns to its default.

    Raises ResourceNotFoundException for an unknown one, and what `create_user_pool_client` raises.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        client = app_clients.require_in(tx, pool.id, request.client_id)
        configuration = client_configuration.updated_configuration(client, request, pool, call.now)
        client = msgspec.structs.replace(client, configuration=configuration, modified_at=call.now)
        app_clients.change(tx, client)
    return UpdateUserPoolClientResponse(user_pool_client=_described(call, client))


def delete_user_pool_client(call: Call, request: DeleteUserPoolClientRequest) -> DeleteUserPoolClientResponse:
    """Delete an app client; nobody signs in through it any more.

    Raises ResourceNotFoundException for an unknown one.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        app_clients.remove(tx, app_clients.require_in(tx, pool.id, request.client_id))
        remove_configuration(tx, pool.id, request.client_id)
    call.services.counts.forget_client(pool.id, request.client_id)
    return DeleteUserPoolClientResponse()


def list_user_pool_clients(call: Call, request: ListUserPoolClientsRequest) -> ListUserPoolClientsResponse:
    """Return a page of a pool's app clients.

    Raises ResourceNotFoundException for an unknown pool, InvalidParameterException for a token that is not
    this list's.
    """
    limit = request.max_results or _DEFAULT_PAGE
    scope = (request.user_pool_id, request.client_type or "")
    after = pagination.position(call, scope, request.next_token)
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        # Every client was made by CreateUserPoolClient, so that a list of registered ones (DCR) is empty.
        rows = app_clients.page(tx, pool.id, limit + 1, after) if request.client_type != "DCR" else []
    clients, next_token = pagination.page(call, scope, rows, limit, lambda client: client.id)
    return ListUserPoolClientsResponse(
        user_pool_clients=[
            UserPoolClientDescription(client_id=client.id, user_pool_id=pool.id, client_name=client.name)
            for client in clients
        ],
        next_token=next_token,
    )


def _described(call: Call, client: AppClient) -> UserPoolClientType:
    return msgspec.structs.replace(
        client.configuration, client_secret=client_secret.reveal(call.services.keyring, client)
    )
