"""From where and with what the people of the tests sign in."""

from dataclasses import dataclass
from typing import Any

from tests.people import PASSWORD, App
from tests.server import RunningServer

from doorward.client_context import encoded_data

LONDON = "81.2.69.142"
CALIFORNIA = "8.8.8.8"
BRISBANE = "1.2.3.4"
"""Addresses that the built-in list of countries knows: United Kingdom, United States, Australia."""

DAY = 86_400.0


@dataclass(frozen=True)
class Device:
    """A browser on a machine, as its library describes it."""

    device_id: str
    user_agent: str
    language: str = "en-GB"
    timezone: str = "00:00"
    platform: str = "Win32"

    def describe(self, app: App, username: str, now: float) -> str:
        """Return EncodedData."""
        return encoded_data(
            app.client_id,
            app.pool_id,
            username,
            now_ms=int(now * 1000),
            device_id=self.device_id,
            user_agent=self.user_agent,
            fingerprint=self.user_agent + self.language,
            language=self.language,
            timezone=self.timezone,
            platform=self.platform,
        )


LAPTOP = Device(
    "laptop-of-anna",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Safari/537.36",
)
STRANGER = Device(
    "stranger",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    language="ru-RU",
    timezone="10:00",
    platform="Linux x86_64",
)


def context(app: App, username: str, address: str, device: Device | None, now: float) -> Any:
    """Return ContextData, as a server passes on what it knows of its user."""
    described = {"EncodedData": device.describe(app, username, now)} if device else {}
    return {
        "IpAddress": address,
        "ServerName": "shop.example.org",
        "ServerPath": "/login",
        "HttpHeaders": [],
        **described,
    }


def sign_in_from(
    server: RunningServer,
    app: App,
    username: str,
    address: str = LONDON,
    device: Device | None = LAPTOP,
    password: str = PASSWORD,
) -> Any:
    """Sign in through a server that passes the circumstance on. Raises ClientError where it is refused."""
    return server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password, **app.proof_parameter(username)},
        ContextData=context(app, username, address, device, server.services.clock.now()),
    )
