"""Software tokens: an authenticator app is given a secret, and shows by a code that it has it."""

from typing import Final

from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory.queries import user_pools, users
from doorward.directory.user_pool import UserPool
from doorward.signin import mfa_setup, software_tokens
from doorward.signin.second_factors import offers
from doorward.signin.software_token_queries import remove_of_user
from doorward.wire.contract import (
    AdminDeleteSoftwareTokenRequest,
    AdminDeleteSoftwareTokenResponse,
    AssociateSoftwareTokenRequest,
    AssociateSoftwareTokenResponse,
    VerifySoftwareTokenRequest,
    VerifySoftwareTokenResponse,
)
from doorward.wire.errors import (
    CognitoError,
    InvalidParameterException,
    SoftwareTokenMFANotFoundException,
)

LONGEST_NAME: Final = 128
"""Characters of a FriendlyDeviceName."""


def associate_software_token(
    call: Call, request: AssociateSoftwareTokenRequest
) -> AssociateSoftwareTokenResponse:
    """Make a secret for an authenticator app, for an access token's user or one who is asked to set up MFA.

    A token that was verified before goes on serving until the new one is verified. A session is answered with
    the next one.

    Raises InvalidParameterException unless there is either an access token or a session;
    NotAuthorizedException where it is not good; SoftwareTokenMFANotFoundException where the pool does not offer
    the factor.
    """
    with call.writing() as tx:
        if (handle := _session(request.access_token, request.session)) is not None:
            setting_up = mfa_setup.resume(tx, call, handle)
            _check_offered(setting_up.pool)
            secret = software_tokens.associate(tx, call, setting_up.pool, setting_up.user.sub)
            session = mfa_setup.renew(tx, call, setting_up, None)
            return AssociateSoftwareTokenResponse(secret_code=secret, session=session)
        bearer = call.services.issuer.bearer(tx, request.access_token or "", call.now)
        _check_offered(bearer.pool)
        secret = software_tokens.associate(tx, call, bearer.pool, bearer.user.sub)
    return AssociateSoftwareTokenResponse(secret_code=secret)


def verify_software_token(call: Call, request: VerifySoftwareTokenRequest) -> VerifySoftwareTokenResponse:
    """Confirm an authenticator app by a code of it.

    By access token, the factor is active at once where the pool requires MFA; elsewhere SetUserMFAPreference
    turns it on. By session, the answer to MFA_SETUP does; a wrong code leaves the session as it is.

    Raises what `associate_software_token` does; EnableSoftwareTokenMFAException for a wrong code, or where no
    secret waits; TooManyRequestsException after ten wrong ones within an hour.
    """
    name = request.friendly_device_name or ""
    if len(name) > LONGEST_NAME:
        raise InvalidParameterException(f"FriendlyDeviceName has more than {LONGEST_NAME} characters.")
    with call.writing() as tx:
        if (handle := _session(request.access_token, request.session)) is not None:
            session, refusal = _verify_in_session(tx, call, handle, request.user_code, name)
        else:
            session = None
            refusal = _verify_with_token(tx, call, request.access_token or "", request.user_code, name)
    # A wrong code is counted, so its transaction is committed before it is refused.
    if refusal is not None:
        raise refusal
    return VerifySoftwareTokenResponse(status="SUCCESS", session=session)


def admin_delete_software_token(
    call: Call, request: AdminDeleteSoftwareTokenRequest
) -> AdminDeleteSoftwareTokenResponse:
    """Delete all of a user's software tokens, for one who has lost his device; the factor is off from then on.

    Raises ResourceNotFoundException for an unknown pool, UserNotFoundException for an unknown user.
    """
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        user = users.require(tx, pool, request.username)
        remove_of_user(tx, pool.id, user.sub)
        others = (factor for factor in user.factors if factor != "SOFTWARE_TOKEN_MFA")
        users.change(tx, pool, user.with_factors(others, user.preferred_factor))
    return AdminDeleteSoftwareTokenResponse()


def _verify_in_session(
    tx: Connection, call: Call, handle: str, code: str, name: str
) -> tuple[str | None, CognitoError | None]:
    setting_up = mfa_setup.resume(tx, call, handle)
    _check_offered(setting_up.pool)
    refusal = software_tokens.refusal_of_new(tx, call, setting_up.pool, setting_up.user, code, name)
    if refusal is not None:
        return None, refusal
    return mfa_setup.renew(tx, call, setting_up, "SOFTWARE_TOKEN_MFA"), None


def _verify_with_token(
    tx: Connection, call: Call, access_token: str, code: str, name: str
) -> CognitoError | None:
    bearer = call.services.issuer.bearer(tx, access_token, call.now)
    _check_offered(bearer.pool)
    refusal = software_tokens.refusal_of_new(tx, call, bearer.pool, bearer.user, code, name)
    if refusal is None and bearer.pool.mfa_configuration == "ON":
        mfa_setup.activate(tx, call, bearer.pool, bearer.user, "SOFTWARE_TOKEN_MFA")
    return refusal


def _session(access_token: str | None, session: str | None) -> str | None:
    if (access_token is None) == (session is None):
        raise InvalidParameterException("Either an AccessToken or a Session is required, and not both.")
    return session


def _check_offered(pool: UserPool) -> None:
    if not offers(pool, "SOFTWARE_TOKEN_MFA"):
        raise SoftwareTokenMFANotFoundException("Software Token MFA has not been enabled by the userPool.")
