"""The auth events of a pool: as the API lists them, and as they are kept, with their reasons."""

from mypy_boto3_cognito_idp.type_defs import AuthEventTypeTypeDef
from tests.people import App
from tests.server import RunningServer

from doorward.history import queries
from doorward.history.auth_event import AuthEvent


def kept(server: RunningServer, pool_id: str) -> list[AuthEvent]:
    """Return every event of a pool as it is kept, the oldest first."""
    with server.services.store.reading() as tx:
        return list(queries.of_pool_since(tx, pool_id, 0.0, 1_000))


def latest(server: RunningServer, app: App) -> AuthEvent:
    """Return the latest event of the app's pool as it is kept."""
    return kept(server, app.pool_id)[-1]


def listed(server: RunningServer, app: App, username: str = "anna") -> list[AuthEventTypeTypeDef]:
    """Return a user's events as AdminListUserAuthEvents shows them, the newest first."""
    return server.administrator.admin_list_user_auth_events(UserPoolId=app.pool_id, Username=username)[
        "AuthEvents"
    ]
