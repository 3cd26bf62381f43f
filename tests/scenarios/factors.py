"""Pools that offer second factors, authenticator apps, and sign-ins that wait for a factor to be set up."""

from typing import Any

import pyotp
from tests.conftest import ClockedServer
from tests.scenarios.people import People, people
from tests.server import RunningServer

from doorward.call import Call
from doorward.directory.queries import app_clients, user_pools, users
from doorward.signin.sessions import SessionState, find_session, open_session
from doorward.wire.contract import UserPoolMfaType

SMS: dict[str, Any] = {
    "SmsConfiguration": {
        "SnsCallerArn": "arn:aws:iam::123456789012:role/sms",
        "ExternalId": "external",
    }
}
ALL: dict[str, Any] = {
    "SmsMfaConfiguration": SMS,
    "SoftwareTokenMfaConfiguration": {"Enabled": True},
    "EmailMfaConfiguration": {"Message": "{####} it is", "Subject": "Code"},
}
TOKEN = "SOFTWARE_TOKEN_MFA"
ON: Any = {"Enabled": True, "PreferredMfa": True}
OFF: Any = {"Enabled": False, "PreferredMfa": False}


def offer(pool: People, mode: UserPoolMfaType, **factors: Any) -> None:
    """Let the pool offer factors (all of them unless some are named)."""
    pool.server.administrator.set_user_pool_mfa_config(
        UserPoolId=pool.pool_id,
        MfaConfiguration=mode,
        **({} if mode == "OFF" else (factors or ALL)),
    )


def offering(server: RunningServer, mode: UserPoolMfaType = "OPTIONAL", **factors: Any) -> People:
    """Make a pool that offers factors, and an app client."""
    pool = people(server)
    offer(pool, mode, **factors)
    return pool


class App:
    """An authenticator app that was given a secret; its clock may be some steps off."""

    def __init__(self, secret: str, server: ClockedServer) -> None:
        self._totp = pyotp.TOTP(secret)
        self._clock = server.clock

    def code(self, steps: int = 0) -> str:
        """The code it shows, where its clock is so many steps ahead."""
        return self._totp.at(int(self._clock.now()) + 30 * steps)

    def wrong(self) -> str:
        """A code of no step near the present one."""
        near = {self.code(steps) for steps in range(-3, 4)}
        return next(code for number in range(10) if (code := f"{number:06}") not in near)


def enrol(server: ClockedServer, access_token: str, name: str | None = None) -> App:
    """Give an app a secret and verify it; the next code is of a later step."""
    secret = server.anonymous.associate_software_token(AccessToken=access_token)["SecretCode"]
    app = App(secret, server)
    named = {} if name is None else {"FriendlyDeviceName": name}
    answer = server.anonymous.verify_software_token(AccessToken=access_token, UserCode=app.code(), **named)
    assert answer["Status"] == "SUCCESS"
    server.clock.advance(60)
    return app


def with_token(server: ClockedServer, pool: People, username: str, **values: str) -> tuple[str, App]:
    """Make a user whose authenticator app is his preferred factor; return his access token and the app."""
    token = pool.settled(username, **values)
    app = enrol(server, token)
    server.anonymous.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=ON)
    return token, app


def settings(pool: People, username: str) -> tuple[list[str], str | None]:
    """The active factors and the preferred one, as AdminGetUser tells them."""
    user = pool.user(username)
    return user.get("UserMFASettingList", []), user.get("PreferredMfaSetting")


def call(server: ClockedServer) -> Call:
    """A call as the server would make it of a request that comes now."""
    return Call(
        services=server.services,
        operation="RespondToAuthChallenge",
        now=server.clock.now(),
        request_id="request",
        address=None,
        address_source="none",
        user_agent=None,
        access_key=None,
    )


def waiting(server: ClockedServer, pool: People, username: str, challenge: str = "MFA_SETUP") -> str:
    """Open the session of a sign-in whose password was right and that waits for a challenge's answer."""
    now = call(server)
    with now.writing() as tx:
        stored = user_pools.require(tx, pool.pool_id)
        user = users.require(tx, stored, username)
        assert user.password is not None
        state = SessionState(
            challenge=challenge,
            pool_id=pool.pool_id,
            client_id=pool.client_id,
            name=username,
            sub=user.sub,
            password_digest=user.password.digest,
        )
        return open_session(tx, now, app_clients.require(tx, pool.client_id), state)


def state_of(server: ClockedServer, handle: str) -> SessionState:
    """What a session of MFA_SETUP has come to."""
    now = call(server)
    with now.reading() as tx:
        return find_session(tx, now, "MFA_SETUP", handle)
