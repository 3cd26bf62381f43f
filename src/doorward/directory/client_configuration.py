"""An app client's configuration: from what the calls say to a complete UserPoolClientType.

What a request leaves out has Cognito's default, on an update too; only the name outlives it
(UpdateUserPoolClient).
"""

from typing import Final

import msgspec

from doorward.clock import Instant, random_text
from doorward.directory import client_rules
from doorward.directory.app_client import AppClient
from doorward.directory.user_pool import UserPool
from doorward.wire.contract import (
    CreateUserPoolClientRequest,
    RefreshTokenRotationType,
    TimeUnitsType,
    TokenValidityUnitsType,
    UpdateUserPoolClientRequest,
    UserPoolClientType,
)

DEFAULT_SESSION_MINUTES: Final = 3

_DEFAULT_REFRESH: Final[dict[TimeUnitsType, int]] = {
    "days": 30,
    "hours": 30 * 24,
    "minutes": 30 * 24 * 60,
    "seconds": 30 * 24 * 60 * 60,
}
_ID_LENGTH: Final = 26
_LOWERCASE_AND_DIGITS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"

_Request = CreateUserPoolClientRequest | UpdateUserPoolClientRequest


def new_client_id() -> str:
    """Return an unused client id: 26 lower-case letters and digits."""
    return random_text(_ID_LENGTH, _LOWERCASE_AND_DIGITS)


def new_configuration(
    request: CreateUserPoolClientRequest,
    pool: UserPool,
    *,
    client_id: str,
    has_secret: bool,
    now: Instant,
) -> UserPoolClientType:
    """Return the configuration of a new client.

    Raises InvalidParameterException, InvalidOAuthFlowException, ScopeDoesNotExistException or
    FeatureUnavailableInTierException where the members contradict each other or the pool.
    """
    configuration = msgspec.structs.replace(
        _settings(request, pool),
        client_id=client_id,
        client_name=request.client_name,
        creation_date=now,
        last_modified_date=now,
    )
    client_rules.check(configuration, pool, has_secret=has_secret)
    return configuration


def updated_configuration(
    client: AppClient, request: UpdateUserPoolClientRequest, pool: UserPool, now: Instant
) -> UserPoolClientType:
    """Return what UpdateUserPoolClient makes of a client. Raises as `new_configuration` does."""
    current = client.configuration
    configuration = msgspec.structs.replace(
        _settings(request, pool),
        client_id=current.client_id,
        client_name=request.client_name or current.client_name,
        creation_date=current.creation_date,
        last_modified_date=now,
    )
    client_rules.check(configuration, pool, has_secret=client.sealed_secret is not None)
    return configuration


def _settings(request: _Request, pool: UserPool) -> UserPoolClientType:
    """Return what both calls can say, with the defaults of what this one leaves out or leaves empty."""
    units = request.token_validity_units or TokenValidityUnitsType()
    rotation = _rotation(request.refresh_token_rotation)
    return UserPoolClientType(
        user_pool_id=pool.id,
        # The default is 30 days, whatever unit it is told in; 0 asks for the default.
        refresh_token_validity=request.refresh_token_validity
        or _DEFAULT_REFRESH[units.refresh_token or "days"],
        access_token_validity=request.access_token_validity,
        id_token_validity=request.id_token_validity,
        token_validity_units=units,
        read_attributes=request.read_attributes or None,
        write_attributes=request.write_attributes or None,
        explicit_auth_flows=request.explicit_auth_flows or _default_flows(rotation),
        supported_identity_providers=request.supported_identity_providers or None,
        callback_urls=request.callback_urls or None,
        logout_urls=request.logout_urls or None,
        default_redirect_uri=request.default_redirect_uri,
        allowed_o_auth_flows=request.allowed_o_auth_flows or None,
        allowed_o_auth_scopes=request.allowed_o_auth_scopes or None,
        allowed_o_auth_flows_user_pool_client=bool(request.allowed_o_auth_flows_user_pool_client),
        analytics_configuration=request.analytics_configuration,
        prevent_user_existence_errors=request.prevent_user_existence_errors or "LEGACY",
        enable_token_revocation=request.enable_token_revocation is not False,
        enable_propagate_additional_user_context_data=bool(
            request.enable_propagate_additional_user_context_data
        ),
        auth_session_validity=request.auth_session_validity or DEFAULT_SESSION_MINUTES,
        refresh_token_rotation=rotation,
        client_type="REGULAR",
    )


def _rotation(given: RefreshTokenRotationType | None) -> RefreshTokenRotationType | None:
    if given is None or given.feature == "DISABLED":
        return given
    return msgspec.structs.replace(given, retry_grace_period_seconds=given.retry_grace_period_seconds or 0)


def _default_flows(
    rotation: RefreshTokenRotationType | None,
) -> list[client_rules.ExplicitAuthFlow]:
    flows: list[client_rules.ExplicitAuthFlow] = ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"]
    if not client_rules.rotates(rotation):
        flows.append("ALLOW_REFRESH_TOKEN_AUTH")
    return flows
