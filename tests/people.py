"""Pools, app clients and users for the tests, made as their owners make them: by the API."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp.literals import ExplicitAuthFlowsTypeType
from mypy_boto3_cognito_idp.type_defs import AuthenticationResultTypeTypeDef
from tests.server import RunningServer

PASSWORD = "Correct-Horse-9-Battery"
ALL_FLOWS: list[ExplicitAuthFlowsTypeType] = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
]


@dataclass(frozen=True)
class App:
    """An app client as the application knows it: its id and, where it has one, its secret."""

    pool_id: str
    client_id: str
    secret: str | None = None

    def proof(self, username: str) -> dict[str, Any]:
        """Return what a call with a `SecretHash` member adds."""
        return {} if self.secret is None else {"SecretHash": self.secret_hash(username)}

    def proof_parameter(self, username: str) -> dict[str, str]:
        """Return what AuthParameters and ChallengeResponses add."""
        return {} if self.secret is None else {"SECRET_HASH": self.secret_hash(username)}

    def secret_hash(self, username: str) -> str:
        """Return the SECRET_HASH of the API's documentation."""
        message = (username + self.client_id).encode()
        return base64.b64encode(hmac.digest((self.secret or "").encode(), message, hashlib.sha256)).decode()


def make_pool(server: RunningServer, **settings: Any) -> str:
    """Create a pool that verifies e-mail addresses; return its id."""
    chosen = {"PoolName": "people", "AutoVerifiedAttributes": ["email"], **settings}
    return server.administrator.create_user_pool(**chosen)["UserPool"]["Id"]


def make_app(server: RunningServer, pool_id: str, **settings: Any) -> App:
    """Create an app client that may use every flow and hides who exists."""
    chosen = {
        "ClientName": "app",
        "ExplicitAuthFlows": ALL_FLOWS,
        "PreventUserExistenceErrors": "ENABLED",
        **settings,
    }
    made = server.administrator.create_user_pool_client(UserPoolId=pool_id, **chosen)["UserPoolClient"]
    return App(pool_id, made["ClientId"], made.get("ClientSecret"))


def make_user(
    server: RunningServer,
    pool_id: str,
    username: str,
    password: str = PASSWORD,
    attributes: Mapping[str, str] | None = None,
) -> str:
    """Create a confirmed user with a verified e-mail address; return his `sub`."""
    chosen = {"email": f"{username}@example.org", "email_verified": "true", **(attributes or {})}
    made = server.administrator.admin_create_user(
        UserPoolId=pool_id,
        Username=username,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": name, "Value": value} for name, value in chosen.items()],
    )["User"]
    server.administrator.admin_set_user_password(
        UserPoolId=pool_id, Username=username, Password=password, Permanent=True
    )
    return next(one["Value"] for one in made["Attributes"] if one["Name"] == "sub")


def sign_in(
    server: RunningServer, app: App, username: str, password: str = PASSWORD
) -> AuthenticationResultTypeTypeDef:
    """Sign in with the password and return the tokens. Raises ClientError where that is refused."""
    answer = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password, **app.proof_parameter(username)},
    )
    return answer["AuthenticationResult"]


def told(error: ClientError) -> tuple[str, str]:
    """Return what an error told the client: its code and its message."""
    return error.response["Error"]["Code"], error.response["Error"]["Message"]
