"""Pools and clients for scenarios, made through the API."""

from dataclasses import dataclass
from typing import Any

from tests.server import RunningServer

PASSWORD = "Correct-Horse-7-Battery"
NEW_PASSWORD = "Staple-9-Altogether-New"
BREACHED = "iloveyou"
ANY_PASSWORD = {"PasswordPolicy": {"MinimumLength": 6}}
"""A policy that lets a breached password pass, so that it is the corpus that speaks."""


@dataclass(frozen=True)
class Pool:
    """A pool with one client, and the server they are on."""

    server: RunningServer
    id: str
    client_id: str
    client_secret: str | None = None

    def sign_up(self, username: str, password: str = PASSWORD, **attributes: str) -> dict[str, Any]:
        """Sign a user up; with an e-mail address of his own unless attributes are given."""
        given = attributes or {"email": f"{username}@example.org"}
        answer = self.server.anonymous.sign_up(
            ClientId=self.client_id,
            Username=username,
            Password=password,
            UserAttributes=[{"Name": name, "Value": value} for name, value in given.items()],
        )
        return dict(answer)

    def confirm(self, username: str, code: str | None = None) -> None:
        """Confirm a sign-up with the code of the latest message."""
        self.server.anonymous.confirm_sign_up(
            ClientId=self.client_id,
            Username=username,
            ConfirmationCode=code or self.server.last_code(self.id),
        )

    def confirmed(self, username: str, password: str = PASSWORD, **attributes: str) -> str:
        """Sign a user up and confirm him; return his `sub`."""
        sub = self.sign_up(username, password, **attributes)["UserSub"]
        self.confirm(username)
        return str(sub)

    def sign_in(self, username: str, password: str = PASSWORD) -> dict[str, Any]:
        """Sign in with the password; return the AuthenticationResult."""
        answer = self.server.anonymous.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        return dict(answer["AuthenticationResult"])

    def user(self, username: str) -> dict[str, Any]:
        """Return what AdminGetUser says, with the attributes by name."""
        answer: dict[str, Any] = {
            **self.server.administrator.admin_get_user(UserPoolId=self.id, Username=username)
        }
        answer["Attributes"] = {one["Name"]: one["Value"] for one in answer["UserAttributes"]}
        return answer


def make_pool(server: RunningServer, *, client: dict[str, Any] | None = None, **settings: Any) -> Pool:
    """Create a pool that verifies e-mail addresses, and a public client that may sign in with a password."""
    pool = server.administrator.create_user_pool(
        **{"PoolName": "scenario", "AutoVerifiedAttributes": ["email"], **settings}
    )["UserPool"]
    made = server.administrator.create_user_pool_client(
        **{
            "UserPoolId": pool["Id"],
            "ClientName": "application",
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            **(client or {}),
        }
    )["UserPoolClient"]
    return Pool(server, pool["Id"], made["ClientId"], made.get("ClientSecret"))
