"""Choice-based sign-ins, as clients make them."""

from collections.abc import Iterable
from typing import Any

from tests.people import App, make_app, make_pool
from tests.scenarios.challenged import EVERY, offer
from tests.server import RunningServer

EVERY_FACTOR = ("PASSWORD", "EMAIL_OTP", "SMS_OTP")
PASSWORDS = ["PASSWORD", "PASSWORD_SRP"]


def choosing(
    server: RunningServer,
    allowed: Iterable[str] = EVERY_FACTOR,
    *,
    mfa: str = "OFF",
    client: dict[str, Any] | None = None,
    **pool: Any,
) -> App:
    """Make a pool that allows first factors, and an app client that may let its users choose."""
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": list(allowed)}}
    made = make_app(server, make_pool(server, Policies=policies, **pool), **(client or {}))
    if mfa != "OFF":
        offer(server, made.pool_id, mfa, EVERY)
    return made


def begin(server: RunningServer, app: App, username: str, preferred: str | None = None, **more: str) -> Any:
    """Say who wants to sign in, and perhaps with what. Raises ClientError where that is refused."""
    preference = {} if preferred is None else {"PREFERRED_CHALLENGE": preferred}
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": username, **preference, **more, **app.proof_parameter(username)},
    )
