"""Renewing tokens by their refresh token, and revoking them."""

from doorward.call import Call
from doorward.directory.queries import app_clients, user_pools
from doorward.directory.user import User
from doorward.signin.client_proof import check_client_secret
from doorward.signin.refresh_flow import renew
from doorward.signin.request import SignInRequest
from doorward.tokens import queries, refresh_token
from doorward.tokens.renewal import is_of
from doorward.wire.contract import (
    GetTokensFromRefreshTokenRequest,
    GetTokensFromRefreshTokenResponse,
    RevokeTokenRequest,
    RevokeTokenResponse,
)
from doorward.wire.errors import (
    CognitoError,
    NotAuthorizedException,
    PasswordResetRequiredException,
    UnauthorizedException,
    UnsupportedOperationException,
    UnsupportedTokenTypeException,
)


def get_tokens_from_refresh_token(
    call: Call, request: GetTokensFromRefreshTokenRequest
) -> GetTokensFromRefreshTokenResponse:
    """Return new access and ID tokens and, where the client rotates them, a new refresh token.

    The one that was shown serves no more then, but for the client's grace period. Raises ResourceNotFoundException
    where there is no such client; NotAuthorizedException where its secret is missing or wrong, the token is not good,
    the address is always blocked, the session has moved and the pool acts on that, or the user has to reset his
    password first; RefreshTokenReuseException for a token that was replaced, which ends the session.
    """
    with call.reading() as tx:
        client = app_clients.require(tx, request.client_id)
        pool = user_pools.require(tx, client.pool_id)
    refresh = SignInRequest(
        call=call, pool=pool, client=client, parameters={}, context=None, administrator=False
    )

    def prove(_: User) -> None:
        try:
            check_client_secret(call, client, request.client_secret)
        except UnauthorizedException as problem:
            raise NotAuthorizedException(problem.message) from None

    counts = call.services.counts
    try:
        tokens = renew(refresh, request.refresh_token, request.device_key, prove)
    except CognitoError as problem:
        counts.token_refresh(pool.id, client.id, success=False)
        if isinstance(problem, PasswordResetRequiredException):
            # Which this operation does not have.
            raise NotAuthorizedException(problem.message) from None
        raise
    counts.token_refresh(pool.id, client.id, success=True)
    return GetTokensFromRefreshTokenResponse(authentication_result=tokens)


def revoke_token(call: Call, request: RevokeTokenRequest) -> RevokeTokenResponse:
    """End a refresh token, every token got by it and, where rotation has replaced it, those that came after it.

    A token that is unknown, another client's or revoked already is no error (RFC 7009). Raises
    UnsupportedTokenTypeException for an access or ID token, UnsupportedOperationException where the client has
    token revocation off, UnauthorizedException where there is no such client, or its secret is missing or wrong.
    """
    with call.writing() as tx:
        client = app_clients.find(tx, request.client_id)
        if client is None:
            raise UnauthorizedException(f"User pool client {request.client_id} does not exist.")
        check_client_secret(call, client, request.client_secret)
        if client.configuration.enable_token_revocation is False:
            raise UnsupportedOperationException("Token revocation is not enabled for the app client.")
        if request.token.count(".") == 2:
            raise UnsupportedTokenTypeException("Only refresh tokens can be revoked.")
        family = queries.family_by_locator(tx, client.pool_id, refresh_token.locator_digest(request.token))
        if family is not None and family.client_id == client.id and is_of(family, request.token):
            queries.revoke_family(tx, client.pool_id, family.origin_jti, call.now)
    return RevokeTokenResponse()
