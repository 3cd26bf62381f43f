"""Which function answers which operation."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from doorward.call import Call
from doorward.operations.app_clients import (
    create_user_pool_client,
    delete_user_pool_client,
    describe_user_pool_client,
    list_user_pool_clients,
    update_user_pool_client,
)
from doorward.operations.sign_in import (
    admin_initiate_auth,
    admin_respond_to_auth_challenge,
    initiate_auth,
    respond_to_auth_challenge,
)
from doorward.operations.tags import list_tags_for_resource, tag_resource, untag_resource
from doorward.operations.user_pools import (
    add_custom_attributes,
    create_user_pool,
    delete_user_pool,
    describe_user_pool,
    get_user_pool_mfa_config,
    list_user_pools,
    set_user_pool_mfa_config,
    update_user_pool,
)

OPERATIONS: Mapping[str, Callable[[Call, Any], msgspec.Struct]] = {
    "AddCustomAttributes": add_custom_attributes,
    "AdminInitiateAuth": admin_initiate_auth,
    "AdminRespondToAuthChallenge": admin_respond_to_auth_challenge,
    "CreateUserPool": create_user_pool,
    "CreateUserPoolClient": create_user_pool_client,
    "DeleteUserPool": delete_user_pool,
    "DeleteUserPoolClient": delete_user_pool_client,
    "DescribeUserPool": describe_user_pool,
    "DescribeUserPoolClient": describe_user_pool_client,
    "GetUserPoolMfaConfig": get_user_pool_mfa_config,
    "InitiateAuth": initiate_auth,
    "ListTagsForResource": list_tags_for_resource,
    "ListUserPoolClients": list_user_pool_clients,
    "ListUserPools": list_user_pools,
    "RespondToAuthChallenge": respond_to_auth_challenge,
    "SetUserPoolMfaConfig": set_user_pool_mfa_config,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "UpdateUserPool": update_user_pool,
    "UpdateUserPoolClient": update_user_pool_client,
}
