"""Pools that ask for second factors, users who hold them, and their answers."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import pyotp
from botocore.exceptions import ClientError
from tests.circumstances import LAPTOP, LONDON, Device, context
from tests.people import PASSWORD, App, make_app, make_pool, make_user, told
from tests.scenarios.refusals import BAD_SESSION, TOO_MANY_CODES, WRONG_CODE, WRONG_TOKEN, refused
from tests.server import RunningServer

ON = {"Enabled": True, "PreferredMfa": False}
PREFERRED = {"Enabled": True, "PreferredMfa": True}
BLOCKS = {
    "SMS_MFA": "SMSMfaSettings",
    "SOFTWARE_TOKEN_MFA": "SoftwareTokenMfaSettings",
    "EMAIL_OTP": "EmailMfaSettings",
}
EVERY = ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")


def offer(
    server: RunningServer, pool_id: str, mode: str = "OPTIONAL", factors: Iterable[str] = EVERY
) -> None:
    """Let a pool offer factors, or none."""
    blocks: dict[str, Any] = {
        "SMS_MFA": {
            "SmsMfaConfiguration": {
                "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"}
            }
        },
        "SOFTWARE_TOKEN_MFA": {"SoftwareTokenMfaConfiguration": {"Enabled": True}},
        "EMAIL_OTP": {"EmailMfaConfiguration": {}},
    }
    chosen: dict[str, Any] = {}
    for factor in factors:
        chosen |= blocks[factor]
    server.administrator.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration=mode, **chosen)  # type: ignore[arg-type]


def challenged(
    server: RunningServer, mode: str = "OPTIONAL", factors: Iterable[str] = EVERY, **pool: Any
) -> App:
    """Make a pool that offers factors, and an app client."""
    made = make_app(server, make_pool(server, **pool))
    offer(server, made.pool_id, mode, factors)
    return made


def choose(server: RunningServer, app: App, username: str, **settings: Any) -> None:
    """Turn factors on and off for a user: `SMS_MFA=PREFERRED` and so on."""
    blocks: dict[str, Any] = {BLOCKS[factor]: setting for factor, setting in settings.items()}
    server.administrator.admin_set_user_mfa_preference(UserPoolId=app.pool_id, Username=username, **blocks)


def phone_of(username: str) -> str:
    """A number of the user's own, since the codes that one number is sent are limited."""
    return f"+44163296{crc32(username.encode()) % 10_000:04}"


def with_phone(server: RunningServer, app: App, username: str, **attributes: str) -> None:
    """Make a user whose number, not verified yet, is his second factor."""
    make_user(server, app.pool_id, username, attributes={"phone_number": phone_of(username), **attributes})
    choose(server, app, username, SMS_MFA=PREFERRED)


@dataclass
class TokenApp:
    """An authenticator app, which shows each code once: it is moved on a step whenever one is asked for."""

    server: RunningServer
    secret: str

    def code(self, steps: float = 0) -> str:
        """The code of now, or of some steps later."""
        return pyotp.TOTP(self.secret).at(int(self.server.services.clock.now() + 30 * steps))

    def wrong(self) -> str:
        """A code that no step near now has."""
        near = {self.code(steps) for steps in range(-4, 5)}
        return next(code for code in (f"{number:06}" for number in range(100)) if code not in near)


def with_token(server: RunningServer, app: App, username: str, **attributes: str) -> TokenApp:
    """Make a user whose authenticator app is his second factor. It was verified by the code of the step before."""
    make_user(server, app.pool_id, username, attributes=attributes)
    return enrol(server, app, username)


def enrol(server: RunningServer, app: App, username: str) -> TokenApp:
    """Give a user an authenticator app, named `phone`."""
    token = password(server, app, username)["AuthenticationResult"]["AccessToken"]
    secret = server.anonymous.associate_software_token(AccessToken=token)["SecretCode"]
    made = TokenApp(server, secret)
    server.anonymous.verify_software_token(
        AccessToken=token, UserCode=made.code(-1), FriendlyDeviceName="phone"
    )
    choose(server, app, username, SOFTWARE_TOKEN_MFA=PREFERRED)
    return made


def password(server: RunningServer, app: App, username: str, secret: str = PASSWORD) -> Any:
    """Begin to sign in with the password."""
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": secret, **app.proof_parameter(username)},
    )


def respond(server: RunningServer, app: App, asked: Any, username: str, **responses: str) -> Any:
    """Answer the challenge that was asked. Raises ClientError where that is refused."""
    return server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": username, **responses, **app.proof_parameter(username)},
    )


def use_up(server: RunningServer, app: App, asked: Any, username: str, **wrong: str) -> None:
    """Answer a challenge wrongly as often as one session bears it: the fifth wrong code ends it."""
    wrong_code = WRONG_TOKEN if "SOFTWARE_TOKEN_MFA_CODE" in wrong else WRONG_CODE
    for _ in range(4):
        with refused(*wrong_code):
            respond(server, app, asked, username, **wrong)
    with refused(*TOO_MANY_CODES):
        respond(server, app, asked, username, **wrong)


def tokens_at_once(server: RunningServer, app: App, asked: Any, username: str, **responses: str) -> int:
    """Answer a challenge eight times at once; return how often tokens came. The others find the session used."""

    def answer(_: int) -> bool:
        try:
            return "AuthenticationResult" in respond(server, app, asked, username, **responses)
        except ClientError as error:
            assert told(error) == BAD_SESSION
            return False

    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(answer, range(8)))


def respond_from(
    server: RunningServer,
    app: App,
    asked: Any,
    username: str,
    address: str = LONDON,
    device: Device | None = LAPTOP,
    **responses: str,
) -> Any:
    """Answer through a server that passes the circumstance on."""
    return server.administrator.admin_respond_to_auth_challenge(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": username, **responses, **app.proof_parameter(username)},
        ContextData=context(app, username, address, device, server.services.clock.now()),
    )


def other(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"
