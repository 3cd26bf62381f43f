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
from doorward.operations.passwords import (
    admin_reset_user_password,
    admin_set_user_password,
    change_password,
    confirm_forgot_password,
    forgot_password,
)
from doorward.operations.sign_in import (
    admin_initiate_auth,
    admin_respond_to_auth_challenge,
    initiate_auth,
    respond_to_auth_challenge,
)
from doorward.operations.sign_up import (
    admin_confirm_sign_up,
    confirm_sign_up,
    resend_confirmation_code,
    sign_up,
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
    "AdminConfirmSignUp": admin_confirm_sign_up,
    "AdminInitiateAuth": admin_initiate_auth,
    "AdminResetUserPassword": admin_reset_user_password,
    "AdminRespondToAuthChallenge": admin_respond_to_auth_challenge,
    "AdminSetUserPassword": admin_set_user_password,
    "ChangePassword": change_password,
    "ConfirmForgotPassword": confirm_forgot_password,
    "ConfirmSignUp": confirm_sign_up,
    "CreateUserPool": create_user_pool,
    "CreateUserPoolClient": create_user_pool_client,
    "DeleteUserPool": delete_user_pool,
    "DeleteUserPoolClient": delete_user_pool_client,
    "DescribeUserPool": describe_user_pool,
    "DescribeUserPoolClient": describe_user_pool_client,
    "ForgotPassword": forgot_password,
    "GetUserPoolMfaConfig": get_user_pool_mfa_config,
    "InitiateAuth": initiate_auth,
    "ListTagsForResource": list_tags_for_resource,
    "ListUserPoolClients": list_user_pool_clients,
    "ListUserPools": list_user_pools,
    "ResendConfirmationCode": resend_confirmation_code,
    "RespondToAuthChallenge": respond_to_auth_challenge,
    "SetUserPoolMfaConfig": set_user_pool_mfa_config,
    "SignUp": sign_up,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "UpdateUserPool": update_user_pool,
    "UpdateUserPoolClient": update_user_pool_client,
}
