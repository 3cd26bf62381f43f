"""Calling the server over the wire, with boto3, as a backend does for its users and an operator for himself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from doorward.clock import Clock
from doorward.demo.origin import Origin
from doorward.demo.setting_up import DemoPool
from doorward.signin import secret_hash

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import UserContextDataTypeTypeDef


@dataclass(frozen=True)
class Answer:
    """What came back: the request's id and, where it was refused, the exception's name and message; else the
    refresh token, where there was one.
    """

    request_id: str
    error: str | None = None
    message: str = ""
    refresh_token: str = field(default="", repr=False)


class Front:
    """The API as a backend uses it: its client has a secret, and it passes on from where its users come."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool: DemoPool, clock: Clock) -> None:
        self._client = client
        self._pool = pool
        self._clock = clock

    def sign_in(self, username: str, password: str, origin: Origin) -> Answer:
        """InitiateAuth with the plain password."""
        parameters = {
            "USERNAME": username,
            "PASSWORD": password,
            "SECRET_HASH": self._secret_hash(username),
        }
        return _answered(
            self._client.initiate_auth,
            ClientId=self._pool.backend,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters=parameters,
            UserContextData=self._context(username, origin),
        )

    def refresh(self, username: str, refresh_token: str, origin: Origin) -> Answer:
        """InitiateAuth with a refresh token."""
        parameters = {"REFRESH_TOKEN": refresh_token, "SECRET_HASH": self._secret_hash(username)}
        return _answered(
            self._client.initiate_auth,
            ClientId=self._pool.backend,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters=parameters,
            UserContextData=self._context(username, origin),
        )

    def sign_up(self, username: str, password: str, origin: Origin) -> Answer:
        """SignUp."""
        return _answered(
            self._client.sign_up,
            Password=password,
            UserAttributes=[{"Name": "email", "Value": f"{username}@example.com"}],
            **self._who(username, origin),
        )

    def forgot_password(self, username: str, origin: Origin) -> Answer:
        """ForgotPassword."""
        return _answered(self._client.forgot_password, **self._who(username, origin))

    def confirm_forgot_password(self, username: str, code: str, password: str, origin: Origin) -> Answer:
        """ConfirmForgotPassword."""
        return _answered(
            self._client.confirm_forgot_password,
            ConfirmationCode=code,
            Password=password,
            **self._who(username, origin),
        )

    def _who(self, username: str, origin: Origin) -> dict[str, Any]:
        return {
            "ClientId": self._pool.backend,
            "SecretHash": self._secret_hash(username),
            "Username": username,
            "UserContextData": self._context(username, origin),
        }

    def _context(self, username: str, origin: Origin) -> "UserContextDataTypeTypeDef":
        now = self._clock.now()
        encoded = origin.encoded_data(self._pool.backend, self._pool.id, username, now)
        return {"IpAddress": origin.address, "EncodedData": encoded}

    def _secret_hash(self, username: str) -> str:
        return secret_hash.compute(username, self._pool.backend, self._pool.backend_secret)


class Operator:
    """The API as an operator uses it, with an access key."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool: DemoPool) -> None:
        self._client = client
        self._pool = pool

    def latest_risky_event(self, username: str) -> str | None:
        """AdminListUserAuthEvents: return the id of the latest attempt that was High, None where none was."""
        listed = self._client.admin_list_user_auth_events(UserPoolId=self._pool.id, Username=username)
        for event in listed["AuthEvents"]:
            if event.get("EventRisk", {}).get("RiskLevel") == "High":
                return event["EventId"]
        return None

    def confirm(self, username: str, event_id: str) -> Answer:
        """AdminUpdateAuthEventFeedback Valid: it was the user himself."""
        return _answered(
            self._client.admin_update_auth_event_feedback,
            UserPoolId=self._pool.id,
            Username=username,
            EventId=event_id,
            FeedbackValue="Valid",
        )


def unsigned_client(endpoint: str, region: str) -> "CognitoIdentityProviderClient":
    """Return a boto3 client for the operations that need no signature."""
    return _client(endpoint, region, Config(signature_version=UNSIGNED, retries=_NO_RETRIES, proxies={}))


def signed_client(endpoint: str, region: str, key_id: str, secret: str) -> "CognitoIdentityProviderClient":
    """Return a boto3 client that signs with an access key."""
    return _client(endpoint, region, Config(retries=_NO_RETRIES, proxies={}), key_id, secret)


_NO_RETRIES: Any = {"max_attempts": 0}


def _client(
    endpoint: str, region: str, config: Config, key_id: str | None = None, secret: str | None = None
) -> "CognitoIdentityProviderClient":
    session = boto3.Session(aws_access_key_id=key_id, aws_secret_access_key=secret)
    return session.client("cognito-idp", region_name=region, endpoint_url=endpoint, config=config)


def _answered(operation: Any, **parameters: Any) -> Answer:
    """Call an operation; a refusal is an answer too."""
    try:
        response: Mapping[str, Any] = operation(**parameters)
    except ClientError as refused:
        error = refused.response["Error"]
        request_id = refused.response["ResponseMetadata"]["RequestId"]
        return Answer(request_id, error.get("Code", ""), error.get("Message", ""))
    tokens: Mapping[str, str] = response.get("AuthenticationResult", {})
    return Answer(response["ResponseMetadata"]["RequestId"], refresh_token=tokens.get("RefreshToken", ""))
