"""Changing, forgetting and setting passwords."""

from typing import Final

import msgspec

from doorward.call import Call
from doorward.clock import Instant
from doorward.directory.password_policy import temporary_password_expiry
from doorward.directory.queries import app_clients, user_pools, users
from doorward.directory.user import StoredPassword, User
from doorward.directory.user_pool import UserPool
from doorward.history.auth_event import ChallengeResponse
from doorward.protection import unblocking
from doorward.signin import assessed, codes, passwords
from doorward.signin.assessed import Assessed
from doorward.signin.attempts import forget_attempts, has_attempt_left, limit_exceeded, spend_attempt
from doorward.signin.client_proof import check_secret_hash
from doorward.signin.recovery import only_by_administrator, recovery, why_not
from doorward.signin.refusals import INCORRECT, RESET_REQUIRED
from doorward.signin.unlocking import unlock
from doorward.tokens.queries import revoke_of_user
from doorward.wire.contract import (
    AdminResetUserPasswordRequest,
    AdminResetUserPasswordResponse,
    AdminSetUserPasswordRequest,
    AdminSetUserPasswordResponse,
    ChangePasswordRequest,
    ChangePasswordResponse,
    ConfirmForgotPasswordRequest,
    ConfirmForgotPasswordResponse,
    ForgotPasswordRequest,
    ForgotPasswordResponse,
)
from doorward.wire.errors import (
    CognitoError,
    InvalidParameterException,
    NotAuthorizedException,
    PasswordResetRequiredException,
)

CHANGES_IN_ALL: Final = "ChangePassword, right or wrong"


def change_password(call: Call, request: ChangePasswordRequest) -> ChangePasswordResponse:
    """Let a user who is signed in replace his password; he must know the present one, where he has one.

    Raises NotAuthorizedException for a wrong token or present password; LimitExceededException;
    InvalidPasswordException and PasswordHistoryPolicyViolationException for the new one;
    PasswordResetRequiredException where only ForgotPassword leads on.
    """
    with call.reading() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        pool, user = bearer.pool, bearer.user
        attempt = assessed.begin(tx, call, pool, bearer.client, "PasswordChange", user.username, user, None)
        may_try = all(
            has_attempt_left(tx, pool.id, user.sub, counted, call.now)
            for counted in (call.operation, CHANGES_IN_ALL)
        )
    if user.status == "RESET_REQUIRED":
        raise PasswordResetRequiredException(RESET_REQUIRED)
    if user.password is not None and request.previous_password is None:
        raise InvalidParameterException("PreviousPassword is required.")
    proven, stored = False, None
    if attempt.refusal is None:
        passwords.check_policy(pool, request.proposed_password)
    if attempt.refusal is None and may_try:
        proven = _knows_present(call, user, request.previous_password)
    if proven:
        assessed.look_up(attempt, request.proposed_password, "PASSWORD_CHANGE")
        stored = _prepared(attempt, pool, user, request.proposed_password)
    with call.writing() as tx:
        if not attempt.screening.blocked:
            # Beyond the limit the answer must not tell whether the present password was right.
            within = spend_attempt(tx, pool.id, user.sub, CHANGES_IN_ALL, call.now)
            if not spend_attempt(tx, pool.id, user.sub, call.operation, call.now) or not within:
                attempt.refusal = limit_exceeded()
            elif proven:
                forget_attempts(tx, pool.id, user.sub, call.operation)
            else:
                attempt.refusal = NotAuthorizedException(INCORRECT)
        if stored is not None and attempt.refusal is None:
            passwords.replace(tx, call, pool, user, stored, user.status)
        answered = ChallengeResponse("Password", "Success" if proven else "Failure")
        assessed.record(tx, attempt, [answered])
    assessed.settle(attempt)
    return ChangePasswordResponse()


def forgot_password(call: Call, request: ForgotPasswordRequest) -> ForgotPasswordResponse:
    """Send the code with which a user chooses a new password; the old one stays valid until he does.

    Raises LimitExceededException; NotAuthorizedException for a user in a state without a way back, a pool
    where only administrators recover, or an address that the pool always blocks; InvalidParameterException
    for a user without a verified address; UserNotFoundException. A client that hides who exists gets a
    simulated answer instead of the reasons that concern one user.
    """
    details = None
    with call.reading() as tx:
        client = app_clients.require(tx, request.client_id)
        pool = user_pools.require(tx, client.pool_id)
        check_secret_hash(call, client, request.username, request.secret_hash)
        _require_self_service(pool)
        user = users.find(tx, pool, request.username)
        attempt = assessed.begin(
            tx, call, pool, client, "ForgotPassword", request.username, user, request.user_context_data
        )
    with call.writing() as tx:
        whose = recovery(call, pool, client, request.username, users.find(tx, pool, request.username))
        attempt.refusal = attempt.refusal or whose.refusal
        if attempt.refusal is None:
            limit = attempt.attempts_by_risk
            if spend_attempt(tx, pool.id, whose.user.sub, call.operation, call.now, limit):
                details = codes.send_code(tx, call, pool, whose.user, codes.RESET, whose.attribute)
            else:
                attempt.refusal = limit_exceeded()
        assessed.record(tx, attempt)
    assessed.settle(attempt)
    return ForgotPasswordResponse(code_delivery_details=details)


def confirm_forgot_password(
    call: Call, request: ConfirmForgotPasswordRequest
) -> ConfirmForgotPasswordResponse:
    """Replace a forgotten password with the code that was sent for it.

    Whoever forgot his password may have lost it to somebody: every token of the user is revoked. A lock on
    his sign-in ends. Raises CodeMismatchException, ExpiredCodeException, LimitExceededException (5 to 20
    attempts an hour, by risk); InvalidPasswordException and PasswordHistoryPolicyViolationException for the
    new password, after which the code is still good; otherwise as `forgot_password` does.
    """
    with call.reading() as tx:
        client = app_clients.require(tx, request.client_id)
        pool = user_pools.require(tx, client.pool_id)
        check_secret_hash(call, client, request.username, request.secret_hash)
        _require_self_service(pool)
        user = users.find(tx, pool, request.username)
        attempt = assessed.begin(
            tx, call, pool, client, "PasswordChange", request.username, user, request.user_context_data
        )
        whose = recovery(call, pool, client, request.username, user)
        attempt.refusal = attempt.refusal or whose.refusal
        budget = (pool.id, whose.user.sub, call.operation, call.now, attempt.attempts_by_risk)
        right = (
            attempt.refusal is None
            and has_attempt_left(tx, *budget)
            and codes.is_right(tx, call, pool, whose.user, codes.RESET, request.confirmation_code)
        )
    if attempt.refusal is None:
        passwords.check_policy(pool, request.password)
    stored = None
    if right:
        # Only the holder of the code learns what is known of the new password, and costs an Argon2 hash.
        assessed.look_up(attempt, request.password, "PASSWORD_CHANGE")
        stored = _prepared(attempt, pool, whose.user, request.password)
    with call.writing() as tx:
        if right and attempt.refusal is not None:
            # The new password was refused: the code stays good, and the try counts all the same.
            if not spend_attempt(tx, *budget):
                attempt.refusal = limit_exceeded()
        elif attempt.refusal is None:
            check = codes.check_code(
                tx,
                call,
                pool,
                whose.user,
                codes.RESET,
                request.confirmation_code,
                limit=attempt.attempts_by_risk,
            )
            attempt.refusal = check.refusal
            if check.refusal is None:
                user = passwords.replace(tx, call, pool, whose.user, stored, "CONFIRMED")
                revoke_of_user(tx, pool.id, user.sub, call.now)
                days = call.services.settings.unblock_address_days
                if opened_by := unblocking.open_by_code(tx, attempt.screening, user, check.attribute, days):
                    attempt.note = f"the next sign-in from here is let in, by {opened_by}"
        assessed.record(tx, attempt)
    assessed.settle(attempt)
    return ConfirmForgotPasswordResponse()


def admin_set_user_password(call: Call, request: AdminSetUserPasswordRequest) -> AdminSetUserPasswordResponse:
    """Set a user's password: a permanent one confirms him, a temporary one he must replace as he signs in.

    The password is checked as a change of password under the pool's configuration. Wrong passwords, wrong codes and
    counted attempts are forgotten; that there were any makes it an event. Raises
    UserNotFoundException, InvalidPasswordException (policy, known from breaches),
    PasswordHistoryPolicyViolationException, and NotAuthorizedException where the corpus cannot be read and the
    settings would rather refuse.
    """
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        attempt = assessed.begin_by_administrator(tx, call, pool, "PasswordChange", user.username, user)
    expires_at = None if request.permanent else temporary_password_expiry(passwords.policy(pool), call.now)
    passwords.check_policy(pool, request.password)
    assessed.look_up(attempt, request.password, "PASSWORD_CHANGE")
    stored = _prepared(attempt, pool, user, request.password, expires_at)
    status = "CONFIRMED" if request.permanent else "FORCE_CHANGE_PASSWORD"
    lifted = False
    with call.writing() as tx:
        if attempt.refusal is None:
            lifted = unlock(tx, pool.id, user.sub)
            passwords.replace(tx, call, pool, user, stored, status)
        if lifted:
            assessed.record(tx, attempt)
        else:
            assessed.record_find(tx, attempt)
    assessed.settle(attempt)
    return AdminSetUserPasswordResponse()


def admin_reset_user_password(
    call: Call, request: AdminResetUserPasswordRequest
) -> AdminResetUserPasswordResponse:
    """Make a user's password useless and send him the code to choose another one.

    It is a way out of every lock: wrong passwords, wrong codes and counted attempts are forgotten and, where the user
    shows the code within a day, his next sign-in from there is let in though risk would block it.

    Raises UserNotFoundException; NotAuthorizedException for a user who is disabled, or has no password of his
    own yet; InvalidParameterException for a user without a verified address.
    """
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        attempt = assessed.begin_by_administrator(tx, call, pool, "ForgotPassword", user.username, user)
    with call.writing() as tx:
        user = users.require(tx, pool, request.username)
        if user.status == "UNCONFIRMED":
            raise NotAuthorizedException("User password cannot be reset in the current state.")
        if refusal := why_not(pool, user):
            raise refusal
        user = msgspec.structs.replace(user, status="RESET_REQUIRED", modified_at=call.now)
        users.change_password(tx, user)
        unlock(tx, pool.id, user.sub)
        unblocking.open_to_his_code(tx, user, assessed.by_whom(call) or "an administrator", call.now)
        attribute = codes.recovery_attribute(pool, user) or ""
        codes.send_code(tx, call, pool, user, codes.RESET, attribute)
        assessed.record(tx, attempt)
    assessed.settle(attempt)
    return AdminResetUserPasswordResponse()


def _knows_present(call: Call, user: User, password: str | None) -> bool:
    """Say whether this is the user's password; without one he has none to know."""
    if user.password is None or password is None:
        return user.password is None and password is None
    return call.services.password_hash.verify(user.password.digest, password)


def _require_self_service(pool: UserPool) -> None:
    if only_by_administrator(pool):
        raise NotAuthorizedException("Contact administrator to reset password.")


def _prepared(
    attempt: Assessed, pool: UserPool, user: User, password: str, expires_at: Instant | None = None
) -> StoredPassword | None:
    """Prepare a new password, or keep in the attempt why it may not be."""
    if attempt.refusal is not None:
        return None
    try:
        return passwords.prepare(
            attempt.call,
            pool,
            user.username,
            password,
            earlier=user.password,
            expires_at=expires_at,
            compromised=attempt.compromised,
        )
    except CognitoError as refusal:
        attempt.refusal = refusal
        return None
