"""SignUp and its confirmation."""

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.clock import new_uuid
from doorward.directory.app_client import AppClient
from doorward.directory.name_claims import claim_aliases, require_free_username
from doorward.directory.new_user import new_user
from doorward.directory.queries import app_clients, user_pools, users
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin import after_sign_up, assessed, codes, passwords, queries
from doorward.signin.attempts import limit_exceeded, spend_attempt
from doorward.signin.client_proof import check_secret_hash
from doorward.signin.stand_in import stand_in
from doorward.wire.contract import (
    AdminConfirmSignUpRequest,
    AdminConfirmSignUpResponse,
    CodeDeliveryDetailsType,
    ConfirmSignUpRequest,
    ConfirmSignUpResponse,
    ResendConfirmationCodeRequest,
    ResendConfirmationCodeResponse,
    SignUpRequest,
    SignUpResponse,
)
from doorward.wire.errors import (
    CognitoError,
    InvalidParameterException,
    NotAuthorizedException,
    UsernameExistsException,
    UserNotFoundException,
)


def sign_up(call: Call, request: SignUpRequest) -> SignUpResponse:
    """Make a user who signs himself up, and send the code that confirms him.

    No password is needed where he can sign in with a code to an address that the sign-up verifies.

    Raises UsernameExistsException; InvalidPasswordException for a password that breaks the policy or is known
    from breaches; InvalidParameterException and NotAuthorizedException for attributes that may not be so, for a
    password that is missing, for a pool where only administrators make users, and for an address that the pool
    always blocks.
    """
    with call.reading() as tx:
        client, pool = _client_and_pool(tx, request.client_id)
        check_secret_hash(call, client, request.username, request.secret_hash)
        user = _new_user(call, pool, client, request)
        if request.password is None and not after_sign_up.can_do_without_password(pool, client, user):
            raise InvalidParameterException(
                "Password is required: the user could not sign in with a code, by this client and these attributes."
            )
        attempt = assessed.begin(
            tx, call, pool, client, "SignUp", request.username, None, request.user_context_data
        )
        if attempt.refusal is None:
            _claim_names(tx, call, pool, request.username, user)
    if attempt.refusal is None and request.password is not None:
        passwords.check_policy(pool, request.password)
        assessed.look_up(attempt, request.password, "SIGN_UP")
    if attempt.refusal is None and request.password is not None:
        stored = passwords.prepare(
            call, pool, user.username, request.password, earlier=None, compromised=attempt.compromised
        )
        user = msgspec.structs.replace(user, password=stored)
    details, session = None, None
    with call.writing() as tx:
        if attempt.refusal is None:
            _claim_names(tx, call, pool, request.username, user)
            users.add(tx, pool, user)
            if attribute := codes.sign_up_attribute(pool, user):
                details = codes.send_code(tx, call, pool, user, codes.SIGN_UP, attribute)
                session = after_sign_up.open_for_code(tx, call, client, user, request.username)
        assessed.record(tx, attempt, user=user if attempt.refusal is None else None)
    assessed.settle(attempt)
    return SignUpResponse(
        user_confirmed=False, code_delivery_details=details, user_sub=user.sub, session=session
    )


def confirm_sign_up(call: Call, request: ConfirmSignUpRequest) -> ConfirmSignUpResponse:
    """Confirm a user with the code that he was sent; the address that it went to is verified from now on.

    With the session of the sign-up comes one that signs him in (InitiateAuth, USER_AUTH), where a code to that
    address is one of his first factors.

    Raises CodeMismatchException, ExpiredCodeException, LimitExceededException; AliasExistsException where
    the address has been verified by another user and is not taken from him (ForceAliasCreation);
    NotAuthorizedException for a user who waits for no confirmation; UserNotFoundException.
    """
    session = None
    with call.writing() as tx:
        client, pool = _client_and_pool(tx, request.client_id)
        check_secret_hash(call, client, request.username, request.secret_hash)
        user = _known_or_stand_in(tx, call, pool, client, request.username)
        _require_unconfirmed(user)
        check = codes.check_code(tx, call, pool, user, codes.SIGN_UP, request.confirmation_code)
        if check.refusal is None:
            confirmed = msgspec.structs.replace(
                user,
                status="CONFIRMED",
                attributes=user.attributes | {f"{check.attribute}_verified": "true"},
                modified_at=call.now,
            )
            claim_aliases(tx, pool, confirmed, call.now, force=bool(request.force_alias_creation))
            users.change(tx, pool, confirmed)
            if request.session is not None:
                session = after_sign_up.open_for_sign_in(
                    tx, call, pool, client, confirmed, request.session, check.attribute
                )
    if check.refusal is not None:
        raise check.refusal
    return ConfirmSignUpResponse(session=session)


def resend_confirmation_code(
    call: Call, request: ResendConfirmationCodeRequest
) -> ResendConfirmationCodeResponse:
    """Send a new code in place of the one that a sign-up brought.

    Raises LimitExceededException; InvalidParameterException for a user who is confirmed already or has no
    address that the pool verifies; UserNotFoundException; NotAuthorizedException for a disabled user and an
    address that the pool always blocks.
    """
    details = None
    with call.reading() as tx:
        client, pool = _client_and_pool(tx, request.client_id)
        check_secret_hash(call, client, request.username, request.secret_hash)
        user = users.find(tx, pool, request.username)
        attempt = assessed.begin(
            tx, call, pool, client, "ResendCode", request.username, user, request.user_context_data
        )
    with call.writing() as tx:
        if attempt.refusal is None:
            user = users.find(tx, pool, request.username)
            details, attempt.refusal = _resend(tx, call, pool, client, request.username, user)
        assessed.record(tx, attempt)
    assessed.settle(attempt)
    return ResendConfirmationCodeResponse(code_delivery_details=details)


def admin_confirm_sign_up(call: Call, request: AdminConfirmSignUpRequest) -> AdminConfirmSignUpResponse:
    """Confirm a user without a code; no address of his is verified by that.

    Raises UserNotFoundException, and NotAuthorizedException for a user who waits for no confirmation.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        if user.status != "UNCONFIRMED":
            raise _not_to_be_confirmed(user)
        queries.remove_code(tx, pool.id, user.sub, codes.SIGN_UP)
        users.change(tx, pool, msgspec.structs.replace(user, status="CONFIRMED", modified_at=call.now))
    return AdminConfirmSignUpResponse()


def _client_and_pool(tx: Connection, client_id: str) -> tuple[AppClient, UserPool]:
    client = app_clients.require(tx, client_id)
    return client, user_pools.require(tx, client.pool_id)


def _new_user(call: Call, pool: UserPool, client: AppClient, request: SignUpRequest) -> User:
    if _only_by_administrator(pool):
        raise NotAuthorizedException("SignUp is not permitted for this user pool")
    return new_user(
        pool,
        request.username,
        request.user_attributes or [],
        client=client,
        status="UNCONFIRMED",
        now=call.now,
        sub=new_uuid(),
    )


def _claim_names(tx: Connection, call: Call, pool: UserPool, username: str, user: User) -> None:
    """See that nobody has the name: before the work on the password, and again where it is written."""
    require_free_username(tx, pool, username, "User already exists")
    claim_aliases(tx, pool, user, call.now, error=UsernameExistsException)


def _known_or_stand_in(tx: Connection, call: Call, pool: UserPool, client: AppClient, name: str) -> User:
    user = users.find(tx, pool, name)
    if user is not None and not _hidden(pool, client, user):
        return user
    if not client.hides_who_exists:
        raise UserNotFoundException("User does not exist.")
    return msgspec.structs.replace(stand_in(call.services.keyring, pool, name), status="UNCONFIRMED")


def _hidden(pool: UserPool, client: AppClient, user: User) -> bool:
    """Say whether it must not show that a user is confirmed.

    Where users sign up, signing up tells who exists already. Where only administrators make them, nothing may.
    """
    return client.hides_who_exists and _only_by_administrator(pool) and user.status != "UNCONFIRMED"


def _only_by_administrator(pool: UserPool) -> bool:
    own = pool.configuration.admin_create_user_config
    return bool(own and own.allow_admin_create_user_only)


def _require_unconfirmed(user: User) -> None:
    if not user.enabled:
        raise NotAuthorizedException("User is disabled.")
    if user.status != "UNCONFIRMED":
        raise _not_to_be_confirmed(user)


def _not_to_be_confirmed(user: User) -> NotAuthorizedException:
    return NotAuthorizedException(f"User cannot be confirmed. Current status is {user.status}")


def _resend(
    tx: Connection, call: Call, pool: UserPool, client: AppClient, name: str, user: User | None
) -> tuple[CodeDeliveryDetailsType | None, CognitoError | None]:
    """Send the code, or return why not. A disabled user is hidden with those who do not exist."""
    if user is None or not user.enabled or _hidden(pool, client, user):
        if not client.hides_who_exists:
            return None, (
                NotAuthorizedException("User is disabled.")
                if user
                else UserNotFoundException("User does not exist.")
            )
        user = stand_in(call.services.keyring, pool, name)
    elif user.status != "UNCONFIRMED":
        return None, InvalidParameterException("User is already confirmed.")
    attribute = codes.sign_up_attribute(pool, user)
    if attribute is None:
        return None, InvalidParameterException("Cannot resend codes. Auto verification not turned on.")
    if not spend_attempt(tx, pool.id, user.sub, call.operation, call.now):
        return None, limit_exceeded()
    details = codes.send_code(tx, call, pool, user, codes.SIGN_UP, attribute, kind="resend")
    return details, None
