"""InitiateAuth, RespondToAuthChallenge, and the same two for administrators."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.queries import app_clients, user_pools
from doorward.signin import first_code_flow, second_factor_flow
from doorward.signin.choice_flow import answer_choice, answer_password, answer_password_srp, begin_choice
from doorward.signin.custom_flow import answer_custom, begin_custom
from doorward.signin.device_flow import answer_device_srp, begin_device_srp
from doorward.signin.mfa_setup_flow import answer_mfa_setup
from doorward.signin.new_password_flow import answer_new_password
from doorward.signin.passkeys.flow import answer_passkey
from doorward.signin.password_flow import sign_in_with_password
from doorward.signin.refresh_flow import refresh
from doorward.signin.request import SignInRequest
from doorward.signin.sign_in import Challenge, Granted
from doorward.signin.srp_flow import answer_srp, begin_srp
from doorward.wire.contract import (
    AdminInitiateAuthRequest,
    AdminInitiateAuthResponse,
    AdminRespondToAuthChallengeRequest,
    AdminRespondToAuthChallengeResponse,
    InitiateAuthRequest,
    InitiateAuthResponse,
    RespondToAuthChallengeRequest,
    RespondToAuthChallengeResponse,
)
from doorward.wire.errors import CognitoError, InvalidParameterException

AnyResponse = TypeVar(
    "AnyResponse",
    InitiateAuthResponse,
    RespondToAuthChallengeResponse,
    AdminInitiateAuthResponse,
    AdminRespondToAuthChallengeResponse,
)
Flow = Callable[[SignInRequest], Challenge | Granted]

PUBLIC_FLOWS: Mapping[str, Flow] = {
    "USER_PASSWORD_AUTH": sign_in_with_password,
    "USER_SRP_AUTH": begin_srp,
    "USER_AUTH": begin_choice,
    "CUSTOM_AUTH": begin_custom,
    "REFRESH_TOKEN_AUTH": refresh,
    "REFRESH_TOKEN": refresh,
}
ADMINISTRATOR_FLOWS: Mapping[str, Flow] = {
    **PUBLIC_FLOWS,
    "ADMIN_USER_PASSWORD_AUTH": sign_in_with_password,
    "ADMIN_NO_SRP_AUTH": sign_in_with_password,
}
CHALLENGES: Mapping[str, Flow] = {
    "SELECT_CHALLENGE": answer_choice,
    "PASSWORD": answer_password,
    "PASSWORD_SRP": answer_password_srp,
    "PASSWORD_VERIFIER": answer_srp,
    "NEW_PASSWORD_REQUIRED": answer_new_password,
    "SMS_MFA": second_factor_flow.answer_sms,
    "SMS_OTP": first_code_flow.answer_sms,
    "EMAIL_OTP": first_code_flow.answer_email,
    "SOFTWARE_TOKEN_MFA": second_factor_flow.answer_software_token,
    "SELECT_MFA_TYPE": second_factor_flow.answer_selection,
    "WEB_AUTHN": answer_passkey,
    "DEVICE_SRP_AUTH": begin_device_srp,
    "DEVICE_PASSWORD_VERIFIER": answer_device_srp,
    "MFA_SETUP": answer_mfa_setup,
    "CUSTOM_CHALLENGE": answer_custom,
}

_ENABLED_BY: Mapping[str, tuple[str, ...]] = {
    "USER_PASSWORD_AUTH": ("ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"),
    "USER_SRP_AUTH": ("ALLOW_USER_SRP_AUTH",),
    "USER_AUTH": ("ALLOW_USER_AUTH",),
    "CUSTOM_AUTH": ("ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"),
    "REFRESH_TOKEN_AUTH": ("ALLOW_REFRESH_TOKEN_AUTH",),
    "ADMIN_USER_PASSWORD_AUTH": ("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"),
}
"""What in ExplicitAuthFlows enables a flow."""
_OLD_NAMES = {"REFRESH_TOKEN": "REFRESH_TOKEN_AUTH", "ADMIN_NO_SRP_AUTH": "ADMIN_USER_PASSWORD_AUTH"}
_OLD_CLIENT_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH", "CUSTOM_AUTH_FLOW_ONLY"})
_OF_OLD_CLIENTS = frozenset({"USER_SRP_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"})


def initiate_auth(call: Call, request: InitiateAuthRequest) -> InitiateAuthResponse:
    """Begin a sign-in, or renew tokens.

    Raises NotAuthorizedException for wrong credentials, a lock, a block; UserNotFoundException for an unknown
    name where the client does not hide it; UserNotConfirmedException; PasswordResetRequiredException;
    InvalidParameterException for a flow that the client does not allow or a parameter that is missing. As in
    Cognito, the functions of a custom sign-in are told ClientMetadata with the answers only.
    """
    with call.reading() as tx:
        client = app_clients.require(tx, request.client_id)
        pool = user_pools.require(tx, client.pool_id)
    flow = _flow(PUBLIC_FLOWS, request.auth_flow, client)
    outcome = _taken(
        flow,
        SignInRequest(
            call=call,
            pool=pool,
            client=client,
            parameters=request.auth_parameters or {},
            context=request.user_context_data,
            administrator=False,
            session=request.session,
        ),
    )
    return _answer(InitiateAuthResponse, outcome)


def respond_to_auth_challenge(
    call: Call, request: RespondToAuthChallengeRequest
) -> RespondToAuthChallengeResponse:
    """Answer a challenge of a sign-in that has begun.

    Raises as `initiate_auth` does, and NotAuthorizedException for a session that is used, expired, or
    another's; InvalidPasswordException for a new password that may not be; CodeMismatchException for a wrong
    code, and ExpiredCodeException for one that an app has shown before.
    """
    with call.reading() as tx:
        client = app_clients.require(tx, request.client_id)
        pool = user_pools.require(tx, client.pool_id)
    outcome = _taken(
        _challenge(request.challenge_name),
        SignInRequest(
            call=call,
            pool=pool,
            client=client,
            parameters=request.challenge_responses or {},
            context=request.user_context_data,
            administrator=False,
            session=request.session,
            client_metadata=request.client_metadata,
        ),
    )
    return _answer(RespondToAuthChallengeResponse, outcome)


def admin_initiate_auth(call: Call, request: AdminInitiateAuthRequest) -> AdminInitiateAuthResponse:
    """Begin a sign-in on a user's behalf, from a server. Raises as `initiate_auth` does."""
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        client = app_clients.require_in(tx, pool.id, request.client_id)
    flow = _flow(ADMINISTRATOR_FLOWS, request.auth_flow, client)
    outcome = _taken(
        flow,
        SignInRequest(
            call=call,
            pool=pool,
            client=client,
            parameters=request.auth_parameters or {},
            context=request.context_data,
            administrator=True,
            session=request.session,
        ),
    )
    return _answer(AdminInitiateAuthResponse, outcome)


def admin_respond_to_auth_challenge(
    call: Call, request: AdminRespondToAuthChallengeRequest
) -> AdminRespondToAuthChallengeResponse:
    """Answer a challenge on a user's behalf, from a server. Raises as `respond_to_auth_challenge` does."""
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        client = app_clients.require_in(tx, pool.id, request.client_id)
    outcome = _taken(
        _challenge(request.challenge_name),
        SignInRequest(
            call=call,
            pool=pool,
            client=client,
            parameters=request.challenge_responses or {},
            context=request.context_data,
            administrator=True,
            session=request.session,
            client_metadata=request.client_metadata,
        ),
    )
    return _answer(AdminRespondToAuthChallengeResponse, outcome)


def _flow(flows: Mapping[str, Flow], name: str, client: AppClient) -> Flow:
    if name in ADMINISTRATOR_FLOWS and name not in flows:
        raise InvalidParameterException("Initiate Auth method not supported.")
    if name not in flows:
        raise InvalidParameterException(f"Doorward does not have the auth flow {name} yet.")
    current = _OLD_NAMES.get(name, name)
    enabled = client.explicit_auth_flows
    by_default = _OLD_CLIENT_FLOWS.issuperset(enabled) and current in _OF_OLD_CLIENTS
    if current == "USER_SRP_AUTH" and "CUSTOM_AUTH_FLOW_ONLY" in enabled:
        by_default = False
    if current == "REFRESH_TOKEN_AUTH" and client.rotates:
        # Which renews without rotating; GetTokensFromRefreshToken is for these clients.
        by_default = False
    if not by_default and not set(_ENABLED_BY[current]) & set(enabled):
        raise InvalidParameterException(f"{name} flow not enabled for this client")
    return flows[name]


def _challenge(name: str) -> Flow:
    if name not in CHALLENGES:
        raise InvalidParameterException(f"Doorward does not have the challenge {name} yet.")
    return CHALLENGES[name]


def _taken(flow: Flow, request: SignInRequest) -> Challenge | Granted:
    """Take a flow, and count what it comes to; a challenge is no end."""
    counts = request.call.services.counts
    count = counts.token_refresh if flow is refresh else counts.sign_in
    try:
        outcome = flow(request)
    except CognitoError:
        count(request.pool.id, request.client.id, success=False)
        raise
    if isinstance(outcome, Granted):
        count(request.pool.id, request.client.id, success=True)
    return outcome


def _answer(shape: type[AnyResponse], outcome: Challenge | Granted) -> AnyResponse:
    if isinstance(outcome, Granted):
        return shape(challenge_parameters={}, authentication_result=outcome.tokens)
    return shape(
        challenge_name=outcome.name,
        session=outcome.session,
        challenge_parameters=outcome.parameters,
        available_challenges=list(outcome.available) or None,
    )
