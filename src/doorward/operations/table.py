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
from doorward.operations.auth_events import (
    admin_list_user_auth_events,
    admin_update_auth_event_feedback,
    update_auth_event_feedback,
)
from doorward.operations.devices import (
    admin_forget_device,
    admin_get_device,
    admin_list_devices,
    admin_update_device_status,
    confirm_device,
    forget_device,
    get_device,
    list_devices,
    update_device_status,
)
from doorward.operations.list_users import (
    list_users,
)
from doorward.operations.passkeys import (
    complete_web_authn_registration,
    delete_web_authn_credential,
    list_web_authn_credentials,
    start_web_authn_registration,
)
from doorward.operations.passwords import (
    admin_reset_user_password,
    admin_set_user_password,
    change_password,
    confirm_forgot_password,
    forgot_password,
)
from doorward.operations.risk_configuration import (
    describe_risk_configuration,
    set_risk_configuration,
)
from doorward.operations.second_factors import (
    admin_get_user_auth_factors,
    admin_set_user_mfa_preference,
    admin_set_user_settings,
    get_user_auth_factors,
    set_user_mfa_preference,
    set_user_settings,
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
from doorward.operations.software_tokens import (
    admin_delete_software_token,
    associate_software_token,
    verify_software_token,
)
from doorward.operations.tags import (
    list_tags_for_resource,
    tag_resource,
    untag_resource,
)
from doorward.operations.tokens import (
    get_tokens_from_refresh_token,
    revoke_token,
)
from doorward.operations.user_attributes import (
    admin_delete_user_attributes,
    admin_update_user_attributes,
    delete_user_attributes,
    get_user_attribute_verification_code,
    update_user_attributes,
    verify_user_attribute,
)
from doorward.operations.user_creation import (
    admin_create_user,
)
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
from doorward.operations.users import (
    admin_delete_user,
    admin_disable_user,
    admin_enable_user,
    admin_get_user,
    admin_user_global_sign_out,
    delete_user,
    get_user,
    global_sign_out,
)

PASSWORD_OPERATIONS = frozenset(
    {
        "AdminCreateUser",
        "AdminInitiateAuth",
        "AdminRespondToAuthChallenge",
        "AdminSetUserPassword",
        "ChangePassword",
        "ConfirmForgotPassword",
        "InitiateAuth",
        "RespondToAuthChallenge",
        "SignUp",
    }
)
"""The operations that may hash a password, which takes a core for some tens of milliseconds."""

OPERATIONS: Mapping[str, Callable[[Call, Any], msgspec.Struct]] = {
    "AddCustomAttributes": add_custom_attributes,
    "AdminConfirmSignUp": admin_confirm_sign_up,
    "AdminCreateUser": admin_create_user,
    "AdminDeleteSoftwareToken": admin_delete_software_token,
    "AdminDeleteUser": admin_delete_user,
    "AdminDeleteUserAttributes": admin_delete_user_attributes,
    "AdminDisableUser": admin_disable_user,
    "AdminEnableUser": admin_enable_user,
    "AdminForgetDevice": admin_forget_device,
    "AdminGetDevice": admin_get_device,
    "AdminGetUser": admin_get_user,
    "AdminGetUserAuthFactors": admin_get_user_auth_factors,
    "AdminInitiateAuth": admin_initiate_auth,
    "AdminListDevices": admin_list_devices,
    "AdminListUserAuthEvents": admin_list_user_auth_events,
    "AdminResetUserPassword": admin_reset_user_password,
    "AdminRespondToAuthChallenge": admin_respond_to_auth_challenge,
    "AdminSetUserMFAPreference": admin_set_user_mfa_preference,
    "AdminSetUserPassword": admin_set_user_password,
    "AdminSetUserSettings": admin_set_user_settings,
    "AdminUpdateAuthEventFeedback": admin_update_auth_event_feedback,
    "AdminUpdateDeviceStatus": admin_update_device_status,
    "AdminUpdateUserAttributes": admin_update_user_attributes,
    "AdminUserGlobalSignOut": admin_user_global_sign_out,
    "AssociateSoftwareToken": associate_software_token,
    "ChangePassword": change_password,
    "CompleteWebAuthnRegistration": complete_web_authn_registration,
    "ConfirmDevice": confirm_device,
    "ConfirmForgotPassword": confirm_forgot_password,
    "ConfirmSignUp": confirm_sign_up,
    "CreateUserPool": create_user_pool,
    "CreateUserPoolClient": create_user_pool_client,
    "DeleteUser": delete_user,
    "DeleteUserAttributes": delete_user_attributes,
    "DeleteUserPool": delete_user_pool,
    "DeleteUserPoolClient": delete_user_pool_client,
    "DeleteWebAuthnCredential": delete_web_authn_credential,
    "DescribeRiskConfiguration": describe_risk_configuration,
    "DescribeUserPool": describe_user_pool,
    "DescribeUserPoolClient": describe_user_pool_client,
    "ForgetDevice": forget_device,
    "ForgotPassword": forgot_password,
    "GetDevice": get_device,
    "GetTokensFromRefreshToken": get_tokens_from_refresh_token,
    "GetUser": get_user,
    "GetUserAttributeVerificationCode": get_user_attribute_verification_code,
    "GetUserAuthFactors": get_user_auth_factors,
    "GetUserPoolMfaConfig": get_user_pool_mfa_config,
    "GlobalSignOut": global_sign_out,
    "InitiateAuth": initiate_auth,
    "ListDevices": list_devices,
    "ListTagsForResource": list_tags_for_resource,
    "ListUserPoolClients": list_user_pool_clients,
    "ListUserPools": list_user_pools,
    "ListUsers": list_users,
    "ListWebAuthnCredentials": list_web_authn_credentials,
    "ResendConfirmationCode": resend_confirmation_code,
    "RespondToAuthChallenge": respond_to_auth_challenge,
    "RevokeToken": revoke_token,
    "SetRiskConfiguration": set_risk_configuration,
    "SetUserMFAPreference": set_user_mfa_preference,
    "SetUserPoolMfaConfig": set_user_pool_mfa_config,
    "SetUserSettings": set_user_settings,
    "SignUp": sign_up,
    "StartWebAuthnRegistration": start_web_authn_registration,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "UpdateAuthEventFeedback": update_auth_event_feedback,
    "UpdateDeviceStatus": update_device_status,
    "UpdateUserAttributes": update_user_attributes,
    "UpdateUserPool": update_user_pool,
    "UpdateUserPoolClient": update_user_pool_client,
    "VerifySoftwareToken": verify_software_token,
    "VerifyUserAttribute": verify_user_attribute,
}
