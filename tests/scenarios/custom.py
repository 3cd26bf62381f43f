"""Pools whose functions ask for a colour, and the steps of a custom sign-in."""

from typing import Any

from tests import srp
from tests.circumstances import LAPTOP, LONDON, Device, context
from tests.lambda_emulator import ANSWER, TRIGGERS
from tests.people import ALL_FLOWS, PASSWORD, App, make_app, make_pool, make_user
from tests.scenarios.challenged import respond_from
from tests.server import RunningServer

FLOWS = [*ALL_FLOWS, "ALLOW_CUSTOM_AUTH"]


def custom(server: RunningServer, *, app: Any = None, **settings: Any) -> App:
    """Make a pool with functions for custom sign-ins and the user anna, and an app client."""
    pool = make_pool(server, **{"LambdaConfig": TRIGGERS, **settings})
    make_user(server, pool, "anna")
    return app_of(server, pool, **(app or {}))


def app_of(server: RunningServer, pool_id: str, **settings: Any) -> App:
    """Make an app client that may also sign in by custom challenges."""
    return make_app(server, pool_id, **{"ExplicitAuthFlows": FLOWS, **settings})


def assessed(
    server: RunningServer, mode: str = "ENFORCED", pool_mode: str = "ENFORCED", **settings: Any
) -> App:
    """Make the same in a pool that assesses custom sign-ins."""
    add_ons = {
        "AdvancedSecurityMode": pool_mode,
        "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": mode},
    }
    return custom(server, UserPoolAddOns=add_ons, **settings)


def begin(server: RunningServer, app: App, username: str = "anna", **parameters: str) -> Any:
    """Begin a custom sign-in."""
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={"USERNAME": username, **parameters, **app.proof_parameter(username)},
    )


def answer(
    server: RunningServer, app: App, asked: Any, given: str = ANSWER, username: str = "anna", **members: Any
) -> Any:
    """Answer a custom challenge. `members` are further members of RespondToAuthChallenge."""
    return server.anonymous.respond_to_auth_challenge(
        **{
            "ClientId": app.client_id,
            "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": asked["Session"],
            "ChallengeResponses": {"USERNAME": username, "ANSWER": given, **app.proof_parameter(username)},
            **members,
        }
    )


def begin_with_password(
    server: RunningServer, app: App, username: str = "anna", password: str = PASSWORD
) -> srp.Exchange:
    """Begin a custom sign-in with SRP_A."""
    side = srp.prepare(server, app, username, password)
    asked = begin(server, app, **{**side.get_auth_params(), "username": username, "CHALLENGE_NAME": "SRP_A"})
    return srp.Exchange(app, side, asked)


def begin_from(
    server: RunningServer,
    app: App,
    username: str = "anna",
    address: str = LONDON,
    device: Device | None = LAPTOP,
    **parameters: str,
) -> Any:
    """Begin through a server that passes the circumstance on."""
    return server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={"USERNAME": username, **parameters, **app.proof_parameter(username)},
        ContextData=context(app, username, address, device, server.services.clock.now()),
    )


def answer_from(
    server: RunningServer,
    app: App,
    asked: Any,
    given: str = ANSWER,
    username: str = "anna",
    address: str = LONDON,
    device: Device | None = LAPTOP,
) -> Any:
    """Answer through a server that passes the circumstance on."""
    return respond_from(server, app, asked, username, address, device, ANSWER=given)


def show_password(server: RunningServer, exchange: srp.Exchange, **members: Any) -> Any:
    """Answer PASSWORD_VERIFIER."""
    return server.anonymous.respond_to_auth_challenge(
        ClientId=exchange.app.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=exchange.answer(),
        **members,
    )
