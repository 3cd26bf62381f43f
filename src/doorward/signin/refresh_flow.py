"""Renewing tokens: REFRESH_TOKEN_AUTH."""

from doorward.signin.client_proof import check_secret_hash_of_user
from doorward.signin.request import SignInRequest
from doorward.signin.sign_in import Granted


def refresh(request: SignInRequest) -> Granted:
    """Return new access and ID tokens for a refresh token, which goes on being valid.

    Raises NotAuthorizedException where the token is unknown, expired, revoked or another client's.
    """
    call = request.call
    token = request.parameter("REFRESH_TOKEN")
    with call.reading() as tx:
        user, tokens = call.services.issuer.renew(tx, request.pool, request.client, token, call.now)
    check_secret_hash_of_user(call, request.client, user, request.parameters.get("SECRET_HASH"))
    return Granted(tokens)
