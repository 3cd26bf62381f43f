"""Renewing tokens: REFRESH_TOKEN_AUTH, and GetTokensFromRefreshToken with its rotation.

An ordinary refresh writes nothing. A session that has moved is assessed (`doorward.risk.session`), and what was thought
of it is an event of its own, tied to the sign-in that began the session.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from doorward.directory.user import User
from doorward.protection.screening import REUSED_TOKEN, RefreshVerdict
from doorward.signin import queries
from doorward.signin.attempt_budget import spend
from doorward.signin.client_proof import check_secret_hash_of_user
from doorward.signin.held_factors import held_factors
from doorward.signin.refusals import BLOCKED, reset_required
from doorward.signin.request import SignInRequest, identify
from doorward.signin.sign_in import Granted, SignIn
from doorward.tokens import renewal
from doorward.tokens.issuer import REUSED
from doorward.tokens.queries import revoke_family
from doorward.tokens.renewal import Renewal
from doorward.wire.contract import AuthenticationResultType
from doorward.wire.errors import CognitoError, NotAuthorizedException, RefreshTokenReuseException

RECORDED_A_DAY: Final = 5
"""Refreshes of one session that are written down within a day; what is done about them does not end there."""

_DAY: Final = 86_400.0
_COUNTED: Final = "refreshes recorded"

ClientProof = Callable[[User], None]
"""Sees that the client is who it says; raises where it is not."""


def refresh(request: SignInRequest) -> Granted:
    """Return new access and ID tokens for a refresh token, which goes on being valid.

    Raises NotAuthorizedException where the token is unknown, expired, revoked, replaced, another client's or another
    device's (DEVICE_KEY), for an address that the pool always blocks, and where the session has moved and the pool
    acts on that; PasswordResetRequiredException for a user who has to reset his password first.
    """
    token = request.parameter("REFRESH_TOKEN")
    given = request.parameters.get("SECRET_HASH")
    try:
        return Granted(
            renew(
                request,
                token,
                request.parameters.get("DEVICE_KEY"),
                lambda user: check_secret_hash_of_user(request.call, request.client, user, given),
            )
        )
    except RefreshTokenReuseException:
        # Which the operations that sign in do not have.
        raise NotAuthorizedException(renewal.REVOKED) from None


def renew(
    request: SignInRequest, token: str, device_key: str | None, prove_client: ClientProof
) -> AuthenticationResultType:
    """Return new tokens for a refresh token; where the client rotates, a new refresh token is among them.

    Raises NotAuthorizedException and PasswordResetRequiredException as `refresh` does, and RefreshTokenReuseException
    for a token that was replaced.
    """
    call, pool, client, guard = request.call, request.pool, request.client, request.call.services.guard
    with call.reading() as tx:
        shown = renewal.renewal(tx, pool, client, token, call.now, device_key)
        sign_in = _of_session(identify(tx, request, shown.user.username, shown.user.sub), shown)
        verdict = guard.assess_refresh(tx, sign_in.screening, held_factors(pool, shown.user))
    prove_client(shown.user)
    if shown.standing == "used again":
        verdict = REUSED_TOKEN
    refusal = _refusal(shown.user, verdict)
    if verdict is not None:
        _respond(sign_in, shown, verdict, refused=refusal is not None)
    if refusal is not None:
        raise refusal
    issuer = call.services.issuer
    with call.writing() if client.rotates else call.reading() as tx:
        # What is read here is what counts: who was revoked meanwhile gets nothing and, of two who come at once, the
        # second sees what the first has replaced.
        shown = renewal.renewal(tx, pool, client, token, call.now, device_key)
        if must_reset := reset_required(shown.user):
            raise must_reset
        give = issuer.rotate if client.rotates else issuer.renew
        return give(tx, pool, client, shown, call.now)


def _of_session(sign_in: SignIn, shown: Renewal) -> SignIn:
    """Tie what is written down to the sign-in that began the session."""
    attempt = replace(sign_in.screening.attempt, refresh_of=shown.family.event_id or "")
    sign_in.screening = replace(sign_in.screening, attempt=attempt)
    return sign_in


def _refusal(user: User, verdict: RefreshVerdict | None) -> CognitoError | None:
    """Return what is told to who gets no tokens; None where he gets them."""
    if verdict is REUSED_TOKEN:
        return RefreshTokenReuseException(REUSED)
    if verdict is not None and verdict.demand == "revoke":
        return NotAuthorizedException(renewal.REVOKED)
    if verdict is not None and verdict.demand == "sign_in_again":
        return NotAuthorizedException(BLOCKED)
    return reset_required(user)


def _respond(sign_in: SignIn, shown: Renewal, verdict: RefreshVerdict, *, refused: bool) -> None:
    """Write down what was thought of a refresh, and end the session where that is the response."""
    call, pool_id = sign_in.call, sign_in.pool.id
    subject = f"{shown.user.sub} session {shown.family.origin_jti}"
    with call.reading() as tx:
        recorded = queries.attempts(tx, pool_id, subject, _COUNTED)
    after, may_record = spend(recorded, call.now, RECORDED_A_DAY, _DAY)
    if may_record or verdict.demand == "revoke":
        with call.writing() as tx:
            if verdict.demand == "revoke":
                revoke_family(tx, pool_id, shown.family.origin_jti, call.now)
            queries.keep_attempts(tx, pool_id, subject, _COUNTED, after, _DAY)
            event = call.services.guard.record(
                tx,
                sign_in.screening,
                response="Fail" if refused else "Pass",
                challenges=[],
                verdict=verdict,
            )
        if event is not None:
            call.services.guard.observe(event)
