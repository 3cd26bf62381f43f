"""Pools with users whom an administrator made, for the scenarios about users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.server import RunningServer

PASSWORD = "Correct-Horse-7-Battery"


def attributes(**values: str) -> list[Any]:
    """Attributes as a request carries them; `custom_team` stands for `custom:team`."""
    return [{"Name": name.replace("custom_", "custom:"), "Value": value} for name, value in values.items()]


def by_name(listed: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Attributes of an answer by name, without `sub`."""
    return {one["Name"]: one["Value"] for one in listed if one["Name"] != "sub"}


def refusal(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    """The name and the message of an error."""
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


@dataclass(frozen=True)
class People:
    """A pool with an app client, and the server they are on."""

    server: RunningServer
    pool_id: str
    client_id: str

    def invite(self, username: str, **members: Any) -> dict[str, Any]:
        """AdminCreateUser; return the user of its answer."""
        answer = self.server.administrator.admin_create_user(
            UserPoolId=self.pool_id, Username=username, **members
        )
        return dict(answer["User"])

    def settled(self, username: str, **values: str) -> str:
        """Make a confirmed user without a message, and return an access token of his."""
        self.invite(username, MessageAction="SUPPRESS", UserAttributes=attributes(**values))
        self.server.administrator.admin_set_user_password(
            UserPoolId=self.pool_id, Username=username, Password=PASSWORD, Permanent=True
        )
        return self.sign_in(username)

    def sign_in(self, username: str, password: str = PASSWORD) -> str:
        """Sign in with the password; return the access token."""
        answer = self.server.anonymous.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        return answer["AuthenticationResult"]["AccessToken"]

    def user(self, username: str) -> dict[str, Any]:
        """What AdminGetUser says."""
        return dict(self.server.administrator.admin_get_user(UserPoolId=self.pool_id, Username=username))

    def attributes_of(self, username: str) -> dict[str, str]:
        """A user's attributes by name, without `sub`."""
        return by_name(self.user(username)["UserAttributes"])


def people(server: RunningServer, client: Mapping[str, Any] | None = None, **pool: Any) -> People:
    """Make a pool and an app client."""
    made = server.administrator.create_user_pool(PoolName="people", **pool)["UserPool"]
    application = server.administrator.create_user_pool_client(
        UserPoolId=made["Id"],
        ClientName="application",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        **(client or {}),
    )["UserPoolClient"]
    return People(server, made["Id"], application["ClientId"])
