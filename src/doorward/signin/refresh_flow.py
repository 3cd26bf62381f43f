"""Renewing tokens: REFRESH_TOKEN_AUTH."""

from doorward.signin.client_proof import check_secret_hash_of_user
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sign_in import Challenge, Granted, settle, walk
from doorward.signin.steps import refuse_blocked_address


def refresh(request: SignInRequest) -> Challenge | Granted:
    """Return new access and ID tokens for a refresh token, which goes on being valid.

    Raises NotAuthorizedException where the token is unknown, expired, revoked, another client's or another
    device's (DEVICE_KEY), and for an address that the pool always blocks.
    """
    call = request.call
    token = request.parameter("REFRESH_TOKEN")
    with call.reading() as tx:
        user, tokens = call.services.issuer.renew(
            tx, request.pool, request.client, token, call.now, request.parameters.get("DEVICE_KEY")
        )
        sign_in = identify(tx, request, user.username, user.sub)
    check_secret_hash_of_user(call, request.client, user, request.parameters.get("SECRET_HASH"))
    if sign_in.screening.blocked:
        with call.writing() as tx:
            answer = walk(tx, sign_in, (refuse_blocked_address,))
        return settle(sign_in, answer)
    return Granted(tokens)
