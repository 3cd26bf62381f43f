"""Sessions that are refreshed from somewhere."""

from typing import Any

from tests.circumstances import LAPTOP, LONDON, Device, context, sign_in_from
from tests.people import App
from tests.server import RunningServer


def begin(
    server: RunningServer, app: App, address: str = LONDON, device: Device | None = LAPTOP, who: str = "anna"
) -> Any:
    """Sign in and return the tokens."""
    return sign_in_from(server, app, who, address, device)["AuthenticationResult"]


def refresh_from(
    server: RunningServer,
    app: App,
    token: str,
    address: str | None = LONDON,
    device: Device | None = LAPTOP,
    who: str = "anna",
) -> Any:
    """Renew the tokens through a server that passes the circumstance on, or nothing where the address is None."""
    passed: dict[str, Any] = {}
    if address is not None:
        passed["ContextData"] = context(app, who, address, device, server.services.clock.now())
    return server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token, **app.proof_parameter(who)},
        **passed,
    )["AuthenticationResult"]
