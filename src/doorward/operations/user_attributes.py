"""The attributes of users: changed by an administrator or by the user himself, and verified by a code."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory import attributes
from doorward.directory.app_client import AppClient
from doorward.directory.attributes import ADDRESSES
from doorward.directory.name_claims import claim_aliases
from doorward.directory.queries import user_pools, users
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin.attempts import limit_exceeded, spend_attempt
from doorward.signin.codes import check_code, send_code
from doorward.signin.queries import code as sent_code
from doorward.signin.queries import remove_code
from doorward.signin.second_factors import loses_last
from doorward.wire.contract import (
    AdminDeleteUserAttributesRequest,
    AdminDeleteUserAttributesResponse,
    AdminUpdateUserAttributesRequest,
    AdminUpdateUserAttributesResponse,
    AttributeType,
    CodeDeliveryDetailsType,
    DeleteUserAttributesRequest,
    DeleteUserAttributesResponse,
    GetUserAttributeVerificationCodeRequest,
    GetUserAttributeVerificationCodeResponse,
    UpdateUserAttributesRequest,
    UpdateUserAttributesResponse,
    VerifyUserAttributeRequest,
    VerifyUserAttributeResponse,
)
from doorward.wire.errors import InvalidParameterException, TooManyRequestsException


def admin_update_user_attributes(
    call: Call, request: AdminUpdateUserAttributesRequest
) -> AdminUpdateUserAttributesResponse:
    """Change a user's attributes; a blank value takes one away.

    A new address is sent a code where the pool verifies it, unless the call says that it is verified.

    Raises ResourceNotFoundException, UserNotFoundException; InvalidParameterException where an attribute
    breaks a rule; AliasExistsException where another user signs in with a new address.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        _change(tx, call, pool, user, None, request.user_attributes)
    return AdminUpdateUserAttributesResponse()


def admin_delete_user_attributes(
    call: Call, request: AdminDeleteUserAttributesRequest
) -> AdminDeleteUserAttributesResponse:
    """Take attributes away from a user.

    Raises ResourceNotFoundException, UserNotFoundException; InvalidParameterException where an attribute is
    not in the schema, is required, or cannot change.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        _change(tx, call, pool, user, None, attributes.blank(request.user_attribute_names))
    return AdminDeleteUserAttributesResponse()


def update_user_attributes(call: Call, request: UpdateUserAttributesRequest) -> UpdateUserAttributesResponse:
    """Change the attributes of the user whose access token it is; a blank value takes one away.

    A new address is sent a code where the pool verifies it. Where the pool wants it verified first
    (AttributesRequireVerificationBeforeUpdate), the old one stays until VerifyUserAttribute.

    Raises NotAuthorizedException where the token is not good or the client may not write an attribute;
    InvalidParameterException where one breaks a rule; AliasExistsException where another user signs in with a
    new address; TooManyRequestsException where codes were sent for too many changes within an hour.
    """
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        sent = _change(tx, call, bearer.pool, bearer.user, bearer.client, request.user_attributes)
    return UpdateUserAttributesResponse(code_delivery_details_list=sent)


def delete_user_attributes(call: Call, request: DeleteUserAttributesRequest) -> DeleteUserAttributesResponse:
    """Take attributes away from the user whose access token it is.

    Raises NotAuthorizedException where the token is not good or the client may not write an attribute;
    InvalidParameterException where one is not in the schema, is required, or cannot change.
    """
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        blanks = attributes.blank(request.user_attribute_names)
        _change(tx, call, bearer.pool, bearer.user, bearer.client, blanks)
    return DeleteUserAttributesResponse()


def get_user_attribute_verification_code(
    call: Call, request: GetUserAttributeVerificationCodeRequest
) -> GetUserAttributeVerificationCodeResponse:
    """Send a code to the user's address, or to the new one that waits for its verification.

    Raises NotAuthorizedException where the token is not good; InvalidParameterException where the attribute
    is not an address or the user has none; LimitExceededException.
    """
    address = _address(request.attribute_name)
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        pool, user = bearer.pool, bearer.user
        last = sent_code(tx, pool.id, user.sub, address)
        waiting = last.pending_value if last else None
        if waiting is None and not user.attributes.get(address):
            raise InvalidParameterException(f"The user has no {address} to verify.")
        if not spend_attempt(tx, pool.id, user.sub, call.operation, call.now):
            raise limit_exceeded()
        sent = send_code(tx, call, pool, user, address, address, pending_value=waiting)
    return GetUserAttributeVerificationCodeResponse(code_delivery_details=sent)


def verify_user_attribute(call: Call, request: VerifyUserAttributeRequest) -> VerifyUserAttributeResponse:
    """Verify an address by the code that was sent to it; a new one that waited for it takes effect.

    Raises NotAuthorizedException where the token is not good; InvalidParameterException where the attribute
    is not an address; CodeMismatchException, ExpiredCodeException, LimitExceededException;
    AliasExistsException where another user signs in with the address.
    """
    address = _address(request.attribute_name)
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        pool, user = bearer.pool, bearer.user
        checked = check_code(tx, call, pool, user, address, request.code)
        if checked.refusal is None:
            new_value = {address: checked.pending_value} if checked.pending_value is not None else {}
            verified = user.attributes | new_value | {f"{address}_verified": "true"}
            _keep(tx, call, pool, user, verified)
    # A wrong guess is counted, so its transaction is committed before it is refused.
    if checked.refusal is not None:
        raise checked.refusal
    return VerifyUserAttributeResponse()


def _change(
    tx: Connection,
    call: Call,
    pool: UserPool,
    user: User,
    client: AppClient | None,
    given: Sequence[AttributeType],
) -> list[CodeDeliveryDetailsType]:
    """Change a user's attributes and send the codes that follow; return where they went."""
    after = attributes.after_update(pool, client, user.attributes, given)
    named = {attribute.name for attribute in given}
    unproven = [
        address
        for address in ADDRESSES
        if after.get(address) != user.attributes.get(address) and after.get(f"{address}_verified") == "false"
    ]
    waiting = {address: after[address] for address in unproven if address in _verified_first(pool)}
    claim_aliases(tx, pool, msgspec.structs.replace(user, attributes=after), call.now)
    for address in ADDRESSES:
        if address in named or f"{address}_verified" in named:
            remove_code(tx, pool.id, user.sub, address)
        if address in waiting:
            after = _restored(after, user, address)
    changed = _keep(tx, call, pool, user, after)
    if client is not None and loses_last(pool, user, changed):
        raise InvalidParameterException(
            "The pool requires MFA, and the address is the user's last second factor."
        )
    to_prove = [
        address for address in unproven if address in waiting or address in pool.auto_verified_attributes
    ]
    # Else a user could have any number of mails sent to anybody.
    may_send = (
        client is None or not to_prove or spend_attempt(tx, pool.id, user.sub, call.operation, call.now)
    )
    if not may_send:
        raise TooManyRequestsException("Too many codes were sent for changed attributes. Try again later.")
    return [
        send_code(tx, call, pool, changed, address, address, pending_value=waiting.get(address))
        for address in to_prove
    ]


def _keep(tx: Connection, call: Call, pool: UserPool, user: User, after: dict[str, str]) -> User:
    changed = msgspec.structs.replace(user.with_attributes(after), modified_at=call.now)
    claim_aliases(tx, pool, changed, call.now)
    users.change(tx, pool, changed)
    return changed


def _restored(after: dict[str, str], user: User, address: str) -> dict[str, str]:
    """Return attributes in which an address, and whether it is verified, is what it was."""
    names = (address, f"{address}_verified")
    others = {name: value for name, value in after.items() if name not in names}
    return others | {name: user.attributes[name] for name in names if name in user.attributes}


def _verified_first(pool: UserPool) -> Sequence[str]:
    settings = pool.configuration.user_attribute_update_settings
    return (settings.attributes_require_verification_before_update if settings else None) or ()


def _address(name: str) -> str:
    if name not in ADDRESSES:
        raise InvalidParameterException(f"The attribute {name} cannot be verified by a code.")
    return name
