"""Users: read, enable, disable, sign out and delete them, as an administrator or as the user himself."""

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory import attributes
from doorward.directory.queries import devices, passkeys, user_pools, users
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.messages import queries as messages
from doorward.operations.second_factors import mfa_options, setting_list
from doorward.protection import queries as protection
from doorward.signin import assessed
from doorward.signin import queries as signin
from doorward.signin.unlocking import unlock
from doorward.sweep import queries as sweep
from doorward.tokens.queries import revoke_of_user
from doorward.wire.contract import (
    AdminDeleteUserRequest,
    AdminDeleteUserResponse,
    AdminDisableUserRequest,
    AdminDisableUserResponse,
    AdminEnableUserRequest,
    AdminEnableUserResponse,
    AdminGetUserRequest,
    AdminGetUserResponse,
    AdminUserGlobalSignOutRequest,
    AdminUserGlobalSignOutResponse,
    DeleteUserRequest,
    DeleteUserResponse,
    GetUserRequest,
    GetUserResponse,
    GlobalSignOutRequest,
    GlobalSignOutResponse,
)


def admin_get_user(call: Call, request: AdminGetUserRequest) -> AdminGetUserResponse:
    """Return a user with all his attributes.

    Raises ResourceNotFoundException for an unknown pool, UserNotFoundException for an unknown user.
    """
    with call.reading() as tx:
        user = _named(tx, request.user_pool_id, request.username)[1]
    return AdminGetUserResponse(
        username=user.username,
        user_attributes=attributes.to_wire(user.attributes),
        user_create_date=user.created_at,
        user_last_modified_date=user.modified_at,
        enabled=user.enabled,
        user_status=user.status,
        mfa_options=mfa_options(user),
        preferred_mfa_setting=user.preferred_factor,
        user_mfa_setting_list=setting_list(user),
    )


def admin_enable_user(call: Call, request: AdminEnableUserRequest) -> AdminEnableUserResponse:
    """Let a user sign in again: one who is disabled, or whom wrong passwords, wrong codes or spent attempts lock out.

    What risk blocks is not unlocked by it: that is said with feedback on the event, or by `doorward users unlock`.
    Raises ResourceNotFoundException for an unknown pool, UserNotFoundException for an unknown user.
    """
    with call.reading() as tx:
        pool, user = _named(tx, request.user_pool_id, request.username)
        helped = assessed.begin_by_administrator(tx, call, pool, "ForgotPassword", user.username, user)
    with call.writing() as tx:
        pool, user = _named(tx, request.user_pool_id, request.username)
        if not user.enabled:
            users.change(tx, pool, msgspec.structs.replace(user, enabled=True, modified_at=call.now))
        if unlock(tx, pool.id, user.sub) or not user.enabled:
            assessed.record(tx, helped)
    assessed.settle(helped)
    return AdminEnableUserResponse()


def admin_disable_user(call: Call, request: AdminDisableUserRequest) -> AdminDisableUserResponse:
    """Keep a user from signing in, and end what he has signed in to.

    Raises ResourceNotFoundException for an unknown pool, UserNotFoundException for an unknown user.
    """
    with call.writing() as tx:
        pool, user = _named(tx, request.user_pool_id, request.username)
        if user.enabled:
            users.change(tx, pool, msgspec.structs.replace(user, enabled=False, modified_at=call.now))
        revoke_of_user(tx, pool.id, user.sub, call.now)
    return AdminDisableUserResponse()


def admin_user_global_sign_out(
    call: Call, request: AdminUserGlobalSignOutRequest
) -> AdminUserGlobalSignOutResponse:
    """End all of a user's sign-ins: his tokens serve no more.

    Raises ResourceNotFoundException for an unknown pool, UserNotFoundException for an unknown user.
    """
    with call.writing() as tx:
        pool, user = _named(tx, request.user_pool_id, request.username)
        revoke_of_user(tx, pool.id, user.sub, call.now)
    return AdminUserGlobalSignOutResponse()


def admin_delete_user(call: Call, request: AdminDeleteUserRequest) -> AdminDeleteUserResponse:
    """Delete a user. His name is free again; his auth events stay in the pool's history.

    Raises ResourceNotFoundException for an unknown pool, UserNotFoundException for an unknown user.
    """
    with call.writing() as tx:
        _delete(tx, call, _named(tx, request.user_pool_id, request.username)[1])
    return AdminDeleteUserResponse()


def get_user(call: Call, request: GetUserRequest) -> GetUserResponse:
    """Return the user whose access token it is, with the attributes that his client may read.

    Raises NotAuthorizedException where the token is not good.
    """
    with call.reading() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
    seen = attributes.readable(bearer.pool, bearer.client, bearer.user.attributes)
    return GetUserResponse(
        username=bearer.user.username,
        user_attributes=attributes.to_wire(seen),
        mfa_options=mfa_options(bearer.user),
        preferred_mfa_setting=bearer.user.preferred_factor,
        user_mfa_setting_list=setting_list(bearer.user),
    )


def global_sign_out(call: Call, request: GlobalSignOutRequest) -> GlobalSignOutResponse:
    """End all sign-ins of the user whose access token it is.

    Raises NotAuthorizedException where the token is not good.
    """
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        revoke_of_user(tx, bearer.pool.id, bearer.user.sub, call.now)
    return GlobalSignOutResponse()


def delete_user(call: Call, request: DeleteUserRequest) -> DeleteUserResponse:
    """Delete the user whose access token it is.

    Raises NotAuthorizedException where the token is not good.
    """
    with call.writing() as tx:
        _delete(tx, call, call.services.issuer.bearer(tx, request.access_token, call.now).user)
    return DeleteUserResponse()


def _named(tx: Connection, pool_id: str, username: str) -> tuple[UserPool, User]:
    pool = user_pools.require(tx, pool_id)
    return pool, users.require(tx, pool, username)


def _delete(tx: Connection, call: Call, user: User) -> None:
    revoke_of_user(tx, user.pool_id, user.sub, call.now)
    signin.forget_user(tx, user.pool_id, user.sub)
    devices.forget_user(tx, user.pool_id, user.sub)
    passkeys.forget_user(tx, user.pool_id, user.sub)
    messages.forget_user(tx, user.pool_id, user.sub)
    sweep.forget_deferred(tx, user.pool_id, user.sub)
    protection.remove_profile(tx, user.pool_id, user.sub)
    protection.remove_unblock(tx, user.pool_id, user.sub)
    users.remove(tx, user)
