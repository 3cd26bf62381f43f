"""The operations on user pools: what they are, and how they are set up."""

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory import pool_configuration, schema, second_factors, tags
from doorward.directory.queries import user_pools
from doorward.directory.second_factors import SecondFactors
from doorward.directory.user_pool import UserPool
from doorward.operations import pagination
from doorward.protection import queries as risk_configurations
from doorward.protection.configuration_rules import check_mfa_responses
from doorward.wire.contract import (
    AddCustomAttributesRequest,
    AddCustomAttributesResponse,
    CreateUserPoolRequest,
    CreateUserPoolResponse,
    DeleteUserPoolRequest,
    DeleteUserPoolResponse,
    DescribeUserPoolRequest,
    DescribeUserPoolResponse,
    GetUserPoolMfaConfigRequest,
    GetUserPoolMfaConfigResponse,
    ListUserPoolsRequest,
    ListUserPoolsResponse,
    SetUserPoolMfaConfigRequest,
    SetUserPoolMfaConfigResponse,
    UpdateUserPoolRequest,
    UpdateUserPoolResponse,
    UserPoolDescriptionType,
    UserPoolType,
)
from doorward.wire.errors import InvalidParameterException, UserPoolTaggingException


def create_user_pool(call: Call, request: CreateUserPoolRequest) -> CreateUserPoolResponse:
    """Create a user pool and the keys that will sign its tokens.

    Raises InvalidParameterException where members contradict each other, FeatureUnavailableInTierException
    where the tier that is asked for lacks a feature, UserPoolTaggingException for tags it cannot have.
    """
    settings = call.services.settings
    pool_id = pool_configuration.new_pool_id(settings.region)
    arn = pool_configuration.pool_arn(settings.region, settings.account, pool_id)
    configuration = pool_configuration.new_configuration(request, pool_id=pool_id, arn=arn, now=call.now)
    pool = UserPool(
        id=pool_id,
        created_at=call.now,
        modified_at=call.now,
        configuration=configuration,
        tags=_tags(request.user_pool_tags),
        factors=second_factors.reconciled(SecondFactors(), configuration),
    )
    keys = call.services.issuer.new_keys()
    with call.writing() as tx:
        user_pools.add(tx, pool)
        call.services.issuer.keep_keys(tx, pool_id, keys, call.now)
    return CreateUserPoolResponse(user_pool=_described(pool, users=0))


def describe_user_pool(call: Call, request: DescribeUserPoolRequest) -> DescribeUserPoolResponse:
    """Return a pool's whole configuration. Raises ResourceNotFoundException for an unknown pool."""
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        users = user_pools.count_users(tx, pool.id)
    return DescribeUserPoolResponse(user_pool=_described(pool, users=users))


def update_user_pool(call: Call, request: UpdateUserPoolRequest) -> UpdateUserPoolResponse:
    """Replace a pool's configuration; what the request leaves out returns to its default.

    Raises ResourceNotFoundException for an unknown pool, and what `create_user_pool` raises;
    InvalidParameterException also where MFA is turned off that a risk configuration asks for.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        configuration = pool_configuration.updated_configuration(pool.configuration, request, call.now)
        factors = second_factors.reconciled(pool.factors, configuration)
        changed = msgspec.structs.replace(
            pool, configuration=configuration, factors=factors, tags=_tags(request.user_pool_tags)
        )
        _keep(call, tx, changed)
    return UpdateUserPoolResponse()


def delete_user_pool(call: Call, request: DeleteUserPoolRequest) -> DeleteUserPoolResponse:
    """Delete a pool with all that belongs to it.

    Raises ResourceNotFoundException for an unknown pool, InvalidParameterException for one whose deletion
    protection is ACTIVE.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        if pool.configuration.deletion_protection == "ACTIVE":
            raise InvalidParameterException(
                "The user pool cannot be deleted because deletion protection is activated."
                " Deletion protection must be inactivated first."
            )
        user_pools.remove(tx, pool.id)
    call.services.guard.views.forget(pool.id)
    call.services.counts.forget_pool(pool.id)
    return DeleteUserPoolResponse()


def list_user_pools(call: Call, request: ListUserPoolsRequest) -> ListUserPoolsResponse:
    """Return a page of all pools. Raises InvalidParameterException for a token that is not its own."""
    after = pagination.position(call, (), request.next_token)
    with call.reading() as tx:
        rows = user_pools.page(tx, request.max_results + 1, after)
    pools, next_token = pagination.page(call, (), rows, request.max_results, lambda pool: pool.id)
    return ListUserPoolsResponse(
        user_pools=[
            UserPoolDescriptionType(
                id=pool.id,
                name=pool.name,
                lambda_config=pool.configuration.lambda_config,
                creation_date=pool.created_at,
                last_modified_date=pool.modified_at,
            )
            for pool in pools
        ],
        next_token=next_token,
    )


def add_custom_attributes(call: Call, request: AddCustomAttributesRequest) -> AddCustomAttributesResponse:
    """Add custom attributes to a pool's schema; none can ever be changed or removed.

    Raises ResourceNotFoundException for an unknown pool, InvalidParameterException for an attribute that
    breaks a rule, is there already, or is one too many.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        attributes = schema.with_custom_attributes(
            pool.configuration.schema_attributes or [], request.custom_attributes
        )
        configuration = msgspec.structs.replace(
            pool.configuration, schema_attributes=attributes, last_modified_date=call.now
        )
        _keep(call, tx, msgspec.structs.replace(pool, configuration=configuration))
    return AddCustomAttributesResponse()


def get_user_pool_mfa_config(
    call: Call, request: GetUserPoolMfaConfigRequest
) -> GetUserPoolMfaConfigResponse:
    """Return the second factors that a pool offers. Raises ResourceNotFoundException for an unknown pool."""
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
    return second_factors.described(pool.factors, pool.configuration)


def set_user_pool_mfa_config(
    call: Call, request: SetUserPoolMfaConfigRequest
) -> SetUserPoolMfaConfigResponse:
    """Replace the second factors that a pool offers, and whether they are off, optional or required.

    Raises ResourceNotFoundException for an unknown pool, InvalidParameterException where factors and mode
    contradict each other, FeatureUnavailableInTierException where the tier lacks a factor.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        factors, configuration = second_factors.replaced(pool.factors, pool.configuration, request)
        configuration = msgspec.structs.replace(configuration, last_modified_date=call.now)
        _keep(call, tx, msgspec.structs.replace(pool, configuration=configuration, factors=factors))
    now = second_factors.described(factors, configuration)
    return SetUserPoolMfaConfigResponse(
        **{name: getattr(now, name) for name in SetUserPoolMfaConfigResponse.__struct_fields__}
    )


def _keep(call: Call, tx: Connection, pool: UserPool) -> None:
    for saved in risk_configurations.configurations(tx, pool.id):
        check_mfa_responses(pool, saved)
    user_pools.change(tx, msgspec.structs.replace(pool, modified_at=call.now))


def _tags(given: dict[str, str] | None) -> dict[str, str]:
    if sentence := tags.violation(given or {}):
        raise UserPoolTaggingException(sentence)
    return given or {}


def _described(pool: UserPool, *, users: int) -> UserPoolType:
    return msgspec.structs.replace(
        pool.configuration, estimated_number_of_users=users, user_pool_tags=pool.tags
    )
