"""What the members of an app client's configuration demand of each other and of the pool."""

from typing import Final
from urllib.parse import urlsplit

from doorward.directory.token_validity import token_validity
from doorward.directory.user_pool import UserPool
from doorward.wire.contract import (
    ExplicitAuthFlowsType,
    RefreshTokenRotationType,
    TokenValidityUnitsType,
    UserPoolClientType,
)
from doorward.wire.errors import (
    FeatureUnavailableInTierException,
    InvalidOAuthFlowException,
    InvalidParameterException,
    ScopeDoesNotExistException,
)

ExplicitAuthFlow = ExplicitAuthFlowsType

STANDARD_SCOPES: Final = frozenset({"phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"})
"""The scopes of every pool; others come with resource servers."""

_VERIFIED_FLAGS: Final = frozenset({"email_verified", "phone_number_verified"})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SCRIPT_SCHEMES: Final = frozenset({"javascript", "data", "vbscript", "file", "blob", "about"})
_LOCAL_PROVIDER: Final = "COGNITO"


def rotates(rotation: RefreshTokenRotationType | None) -> bool:
    """Whether refresh tokens are replaced when they are used."""
    return rotation is not None and rotation.feature == "ENABLED"


def check(client: UserPoolClientType, pool: UserPool, *, has_secret: bool) -> None:
    """Raise the error of the first rule that a configuration breaks.

    InvalidParameterException, or InvalidOAuthFlowException, ScopeDoesNotExistException and
    FeatureUnavailableInTierException for what their names say.
    """
    _check_validity(client)
    _check_flows(client, pool)
    _check_attributes(client, pool)
    _check_providers(client, pool)
    _check_oauth(client, has_secret=has_secret)
    _check_urls(client)
    _check_analytics(client)
    if client.enable_propagate_additional_user_context_data and not has_secret:
        raise InvalidParameterException(
            "EnablePropagateAdditionalUserContextData can be true for a client with a client secret only."
        )


def _check_validity(client: UserPoolClientType) -> None:
    units = client.token_validity_units or TokenValidityUnitsType()
    token_validity(
        access=client.access_token_validity,
        id=client.id_token_validity,
        refresh=client.refresh_token_validity,
        access_unit=units.access_token,
        id_unit=units.id_token,
        refresh_unit=units.refresh_token,
    )


def _check_flows(client: UserPoolClientType, pool: UserPool) -> None:
    flows = client.explicit_auth_flows or []
    new = [flow for flow in flows if flow.startswith("ALLOW_")]
    if len(set(flows)) != len(flows):
        raise InvalidParameterException("ExplicitAuthFlows names a flow twice.")
    if new and len(new) < len(flows):
        raise InvalidParameterException(
            "ExplicitAuthFlows with the ALLOW_ prefix cannot be used together with those without it."
        )
    if "CUSTOM_AUTH_FLOW_ONLY" in flows and "USER_PASSWORD_AUTH" in flows:
        raise InvalidParameterException(
            "CUSTOM_AUTH_FLOW_ONLY cannot be used together with USER_PASSWORD_AUTH."
        )
    if rotates(client.refresh_token_rotation) and "ALLOW_REFRESH_TOKEN_AUTH" in flows:
        raise InvalidParameterException(
            "ALLOW_REFRESH_TOKEN_AUTH cannot be used when RefreshTokenRotation is enabled."
        )
    if "ALLOW_USER_AUTH" in flows and pool.configuration.user_pool_tier == "LITE":
        raise FeatureUnavailableInTierException(
            "ALLOW_USER_AUTH is not available in the LITE pricing tier configured."
        )


def _check_attributes(client: UserPoolClientType, pool: UserPool) -> None:
    schema = pool.schema
    unreadable = sorted(set(client.read_attributes or []) - schema.keys())
    if unreadable:
        raise InvalidParameterException(f"Invalid read attributes specified: {', '.join(unreadable)[:256]}")
    if client.write_attributes is None:
        return
    writable = {
        name
        for name, attribute in schema.items()
        if not attribute.developer_only_attribute and name != "sub" and name not in _VERIFIED_FLAGS
    }
    unwritable = sorted(set(client.write_attributes) - writable)
    if unwritable:
        raise InvalidParameterException(f"Invalid write attributes specified: {', '.join(unwritable)[:256]}")
    # A user who signs up through the client could otherwise never give what the pool demands.
    missing = sorted(
        name
        for name, attribute in schema.items()
        if attribute.required and name in writable and name not in client.write_attributes
    )
    if missing:
        raise InvalidParameterException(
            f"Invalid write attributes specified: required attributes must be in: {', '.join(missing)}"
        )


def _check_providers(client: UserPoolClientType, pool: UserPool) -> None:
    for provider in client.supported_identity_providers or []:
        if provider != _LOCAL_PROVIDER:
            raise InvalidParameterException(
                f"The provider {provider} does not exist for User Pool {pool.id}."
            )


def _check_oauth(client: UserPoolClientType, *, has_secret: bool) -> None:
    flows, scopes = client.allowed_o_auth_flows or [], client.allowed_o_auth_scopes or []
    if client.allowed_o_auth_flows_user_pool_client and not (flows and scopes):
        raise InvalidOAuthFlowException(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use"
            " OAuth flows."
        )
    if "client_credentials" in flows:
        if len(set(flows)) > 1:
            raise InvalidOAuthFlowException(
                "client_credentials flow can not be selected along with code flow or implicit flow."
            )
        if not has_secret:
            raise InvalidOAuthFlowException(
                "client_credentials flow can not be selected if client does not have a client secret."
            )
    elif flows and not client.callback_urls:
        raise InvalidOAuthFlowException(
            "CallbackUrls can not be empty when code flow or implicit flow is selected"
        )
    for scope in scopes:
        if scope not in STANDARD_SCOPES:
            raise ScopeDoesNotExistException(f"Scope does not exist: {scope}")


def _check_urls(client: UserPoolClientType) -> None:
    for url in [*(client.callback_urls or []), *(client.logout_urls or [])]:
        _check_url(url)
    if client.default_redirect_uri is not None and client.default_redirect_uri not in (
        client.callback_urls or []
    ):
        raise InvalidParameterException("DefaultRedirectURI must be in the list of CallbackURLs.")


def _check_url(url: str) -> None:
    """Check a redirect target (RFC 6749 §3.1.2): absolute, no fragment, encrypted unless it stays local."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise InvalidParameterException(f"{url} is not a valid URL.") from None
    if not parts.scheme or not (parts.netloc or parts.path):
        raise InvalidParameterException(f"{url} is not an absolute URL.")
    if "#" in url:
        raise InvalidParameterException(f"{url} must not have a fragment.")
    if parts.scheme in _SCRIPT_SCHEMES:
        raise InvalidParameterException(f"{url} cannot use the scheme {parts.scheme}.")
    if parts.scheme in {"http", "https"}:
        if not host or parts.username is not None or "\\" in url:
            raise InvalidParameterException(f"{url} is not a valid URL.")
        if parts.scheme == "http" and host not in _LOOPBACK:
            raise InvalidParameterException(f"{url} cannot use the HTTP protocol.")


def _check_analytics(client: UserPoolClientType) -> None:
    analytics = client.analytics_configuration
    if analytics is None:
        return
    if (analytics.application_arn is None) == (analytics.application_id is None):
        raise InvalidParameterException(
            "AnalyticsConfiguration needs either ApplicationArn or ApplicationId."
        )
    if analytics.application_id is not None and not (analytics.role_arn and analytics.external_id):
        raise InvalidParameterException(
            "AnalyticsConfiguration needs RoleArn and ExternalId where it has ApplicationId."
        )
