"""A device as the libraries make one: confirmed with a secret of its own, which it proves by pycognito's SRP."""

import base64
import datetime
import hmac
from dataclasses import dataclass
from typing import Any

from pycognito.aws_srp import AWSSRP, generate_hash_device, long_to_hex
from tests.people import PASSWORD, App, make_app, make_pool, make_user, sign_in
from tests.server import RunningServer

ALWAYS = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
OPT_IN = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
BESIDE_MFA = {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False}
"""Devices are remembered, and stand for no second factor."""

NO_DEVICE = ("ResourceNotFoundException", "Device does not exist.")
BAD_KEY = ("InvalidParameterException", "Invalid device key given.")
BAD_REFRESH = ("NotAuthorizedException", "Invalid Refresh Token")


@dataclass
class KnownDevice:
    """A confirmed device, and the tokens of the sign-in that it was confirmed with."""

    server: RunningServer
    app: App
    username: str
    key: str
    group_key: str
    secret: str
    tokens: dict[str, Any]

    def proof(self, secret: str | None = None) -> "Proof":
        """Begin a proof of the secret, or of another one."""
        srp = AWSSRP(
            self.username,
            PASSWORD,
            self.app.pool_id,
            self.app.client_id,
            client=self.server.anonymous,
            client_secret=self.app.secret,
            device_key=self.key,
            device_group_key=self.group_key,
            device_password=secret or self.secret,
        )
        return Proof(self, srp)

    def begin(self, **parameters: str) -> dict[str, Any]:
        """Sign in with the password and the device's key; return what is answered."""
        answer = self.server.anonymous.initiate_auth(
            ClientId=self.app.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": self.username,
                "PASSWORD": PASSWORD,
                "DEVICE_KEY": self.key,
                **self.app.proof_parameter(self.username),
                **parameters,
            },
        )
        return dict(answer)

    def sign_in(self) -> dict[str, Any]:
        """Sign in with the password and the device; return the AuthenticationResult."""
        asked = self.begin()
        assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
        proof = self.proof()
        return dict(proof.finish(proof.start(asked["Session"]))["AuthenticationResult"])

    def described(self) -> dict[str, Any]:
        """What AdminGetDevice says, with the attributes by name."""
        answer = self.server.administrator.admin_get_device(
            UserPoolId=self.app.pool_id, Username=self.username, DeviceKey=self.key
        )["Device"]
        return {**answer, **{one["Name"]: one.get("Value") for one in answer["DeviceAttributes"]}}


@dataclass
class Proof:
    """One exchange of device SRP, step by step, so that tests can go astray."""

    device: KnownDevice
    srp: AWSSRP

    def start(self, session: str | None, **changed: str) -> dict[str, Any]:
        """Answer DEVICE_SRP_AUTH."""
        responses = {
            "USERNAME": self.device.username,
            "DEVICE_KEY": self.device.key,
            "SRP_A": long_to_hex(self.srp.large_a_value),
            **self.device.app.proof_parameter(self.device.username),
            **changed,
        }
        return self.respond("DEVICE_SRP_AUTH", responses, session)

    def answer(self, asked: dict[str, Any], *, seconds_off: float = 0.0) -> dict[str, str]:
        """Return the right ChallengeResponses of DEVICE_PASSWORD_VERIFIER, at the server's time or off it."""
        told, device = asked["ChallengeParameters"], self.device
        at = datetime.datetime.fromtimestamp(device.server.services.clock.now() + seconds_off, datetime.UTC)
        timestamp = self.srp.get_cognito_formatted_timestamp(at)
        key = self.srp.get_device_authentication_key(
            device.group_key, device.key, self.srp.device_password, int(told["SRP_B"], 16), told["SALT"]
        )
        block = base64.b64decode(told["SECRET_BLOCK"])
        message = f"{device.group_key}{device.key}".encode() + block + timestamp.encode()
        return {
            "USERNAME": told["USERNAME"],
            "DEVICE_KEY": device.key,
            "PASSWORD_CLAIM_SECRET_BLOCK": told["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.digest(key, message, "sha256")).decode(),
            "TIMESTAMP": timestamp,
            **device.app.proof_parameter(told["USERNAME"]),
        }

    def finish(self, asked: dict[str, Any], **changed: str) -> dict[str, Any]:
        """Answer DEVICE_PASSWORD_VERIFIER."""
        return self.respond("DEVICE_PASSWORD_VERIFIER", self.answer(asked) | changed, asked["Session"])

    def respond(self, challenge: Any, responses: dict[str, str], session: str | None) -> dict[str, Any]:
        """Answer a challenge, with a session or without."""
        named: Any = {"Session": session} if session else {}
        answer = self.device.server.anonymous.respond_to_auth_challenge(
            ClientId=self.device.app.client_id,
            ChallengeName=challenge,
            ChallengeResponses=responses,
            **named,
        )
        return dict(answer)


def make_devices_app(server: RunningServer, devices: dict[str, bool] | None = None, **settings: Any) -> App:
    """Make a pool that remembers devices, with the user anna, and an app client."""
    pool_id = make_pool(server, DeviceConfiguration=ALWAYS if devices is None else devices, **settings)
    make_user(server, pool_id, "anna")
    return make_app(server, pool_id)


def confirm(server: RunningServer, app: App, tokens: Any, username: str, name: str = "laptop") -> KnownDevice:
    """Confirm the device that a sign-in came from."""
    made = tokens["NewDeviceMetadata"]
    secret, verifier = generate_hash_device(made["DeviceGroupKey"], made["DeviceKey"])
    server.anonymous.confirm_device(
        AccessToken=tokens["AccessToken"],
        DeviceKey=made["DeviceKey"],
        DeviceName=name,
        DeviceSecretVerifierConfig=verifier,
    )
    return KnownDevice(server, app, username, made["DeviceKey"], made["DeviceGroupKey"], secret, dict(tokens))


def make_device(server: RunningServer, app: App, username: str = "anna", name: str = "laptop") -> KnownDevice:
    """Sign in from nowhere known, and confirm the device."""
    return confirm(server, app, sign_in(server, app, username), username, name)
