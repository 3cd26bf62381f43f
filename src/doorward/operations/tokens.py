"""Revoking tokens."""

from doorward.call import Call
from doorward.directory.queries import app_clients
from doorward.signin.client_proof import check_client_secret
from doorward.tokens import queries, refresh_token
from doorward.wire.contract import RevokeTokenRequest, RevokeTokenResponse
from doorward.wire.errors import (
    UnauthorizedException,
    UnsupportedOperationException,
    UnsupportedTokenTypeException,
)


def revoke_token(call: Call, request: RevokeTokenRequest) -> RevokeTokenResponse:
    """End a refresh token and every token got by it.

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
        family = queries.family_of_refresh_token(tx, client.pool_id, refresh_token.digest(request.token))
        if family is not None and family.client_id == client.id:
            queries.revoke_family(tx, client.pool_id, family.origin_jti, call.now)
    return RevokeTokenResponse()
