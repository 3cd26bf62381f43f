"""Pools with advanced security on, and users who have their habits."""

from typing import Any

from tests.circumstances import DAY, sign_in_from
from tests.conftest import ClockedServer
from tests.people import App, make_app, make_pool, make_user
from tests.server import RunningServer


def protected(server: RunningServer, mode: str = "ENFORCED", *, app: Any = None, **settings: Any) -> App:
    """Make a pool in a mode with the user anna, and an app client."""
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": mode}, **settings)
    make_user(server, pool, "anna")
    return make_app(server, pool, **(app or {}))


def switch(server: RunningServer, app: App, mode: str, **settings: Any) -> None:
    """Put a pool into another mode; `settings` are those of the pool that stay."""
    server.administrator.update_user_pool(
        UserPoolId=app.pool_id,
        AutoVerifiedAttributes=["email"],
        UserPoolAddOns={"AdvancedSecurityMode": mode},  # type: ignore[typeddict-item]
        **settings,
    )


def with_habits(
    server: ClockedServer, mode: str = "ENFORCED", *, days: int = 14, app: Any = None, **settings: Any
) -> App:
    """Make the same, and let anna sign in from home with her laptop every day."""
    made = protected(server, mode, app=app, **settings)
    for _ in range(days):
        sign_in_from(server, made, "anna")
        server.clock.advance(DAY)
    return made


def configure(server: RunningServer, app: App, *, client: bool = False, **parts: Any) -> Any:
    """Save a risk configuration for the pool, or for the client alone."""
    whose: dict[str, Any] = {"ClientId": app.client_id} if client else {}
    return server.administrator.set_risk_configuration(UserPoolId=app.pool_id, **whose, **parts)[
        "RiskConfiguration"
    ]


def takeover(**actions: str) -> dict[str, Any]:
    """Return AccountTakeoverRiskConfiguration; `low="BLOCK"` and so on."""
    return {
        "AccountTakeoverRiskConfiguration": {
            "Actions": {
                f"{level.capitalize()}Action": {"EventAction": action, "Notify": False}
                for level, action in actions.items()
            }
        }
    }


def compromised(action: str, *events: str) -> dict[str, Any]:
    """Return CompromisedCredentialsRiskConfiguration, for all events where none is named."""
    named = {"EventFilter": list(events)} if events else {}
    return {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": action}, **named}}


def ranges(*, skipped: tuple[str, ...] = (), blocked: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return RiskExceptionConfiguration."""
    return {
        "RiskExceptionConfiguration": {
            "SkippedIPRangeList": list(skipped),
            "BlockedIPRangeList": list(blocked),
        }
    }


def judge(server: RunningServer, app: App, event_id: str, value: str, username: str = "anna") -> None:
    """Give feedback on an event, as an administrator."""
    server.administrator.admin_update_auth_event_feedback(
        UserPoolId=app.pool_id,
        Username=username,
        EventId=event_id,
        FeedbackValue=value,  # type: ignore[arg-type]
    )
