"""Each challenge's session is shown as every other's: it is none, and stays what it was."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from tests import srp
from tests.devices import BESIDE_MFA, confirm
from tests.people import PASSWORD, App, make_app, make_pool, make_user, told
from tests.scenarios.challenged import (
    ON,
    PREFERRED,
    TokenApp,
    choose,
    enrol,
    offer,
    password,
    phone_of,
    respond,
)
from tests.scenarios.refusals import refused
from tests.server import RunningServer, running

ANSWERS: Final[dict[str, dict[str, str]]] = {
    "SMS_MFA": {"SMS_MFA_CODE": "123456"},
    "EMAIL_OTP": {"EMAIL_OTP_CODE": "123456"},
    "SOFTWARE_TOKEN_MFA": {"SOFTWARE_TOKEN_MFA_CODE": "123456"},
    "SELECT_MFA_TYPE": {"ANSWER": "SMS_MFA"},
    "MFA_SETUP": {"EMAIL": "thief@example.org"},
    "NEW_PASSWORD_REQUIRED": {"NEW_PASSWORD": "Of-The-Thief-9"},
    "PASSWORD_VERIFIER": {
        "PASSWORD_CLAIM_SECRET_BLOCK": "QQ==",
        "PASSWORD_CLAIM_SIGNATURE": "QQ==",
        "TIMESTAMP": "Sun Nov 29 07:00:00 UTC 2026",
    },
    "DEVICE_SRP_AUTH": {"SRP_A": "ABCDEF0123456789" * 8},
    "DEVICE_PASSWORD_VERIFIER": {
        "PASSWORD_CLAIM_SECRET_BLOCK": "QQ==",
        "PASSWORD_CLAIM_SIGNATURE": "QQ==",
        "TIMESTAMP": "Sun Nov 29 07:00:00 UTC 2026",
    },
}
"""What would answer each challenge, as far as its form goes."""


@dataclass(frozen=True)
class Waiting:
    """A sign-in that waits: the challenge, and what takes it further if it is still what it was."""

    app: App
    username: str
    asked: Any
    go_on: Callable[[], Any]
    device_key: str = ""


class House:
    """A pool in which somebody waits for each challenge."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.app = make_app(server, make_pool(server, DeviceConfiguration=BESIDE_MFA))
        offer(server, self.app.pool_id)
        self._number = 0

    def waiting(self, challenge: str) -> Waiting:
        """Let a new user come to a challenge."""
        self._number += 1
        name = f"{challenge.lower()}-{self._number}"
        return _BEGINNINGS[challenge](self.server, self.app, name)


def by_sms(server: RunningServer, app: App, name: str) -> Waiting:
    make_user(server, app.pool_id, name, attributes={"phone_number": phone_of(name)})
    choose(server, app, name, SMS_MFA=PREFERRED)
    asked = password(server, app, name)
    code = server.last_code(app.pool_id)
    return Waiting(app, name, asked, lambda: respond(server, app, asked, name, SMS_MFA_CODE=code))


def by_mail(server: RunningServer, app: App, name: str) -> Waiting:
    make_user(server, app.pool_id, name)
    choose(server, app, name, EMAIL_OTP=PREFERRED)
    asked = password(server, app, name)
    code = server.last_code(app.pool_id)
    return Waiting(app, name, asked, lambda: respond(server, app, asked, name, EMAIL_OTP_CODE=code))


def by_app(server: RunningServer, app: App, name: str) -> Waiting:
    token = with_app(server, app, name)
    asked = password(server, app, name)
    return Waiting(
        app, name, asked, lambda: respond(server, app, asked, name, SOFTWARE_TOKEN_MFA_CODE=token.code())
    )


def with_app(server: RunningServer, app: App, name: str) -> TokenApp:
    make_user(server, app.pool_id, name)
    return enrol(server, app, name)


def by_choice(server: RunningServer, app: App, name: str) -> Waiting:
    make_user(server, app.pool_id, name, attributes={"phone_number": phone_of(name)})
    choose(server, app, name, SMS_MFA=ON, EMAIL_OTP=ON)
    asked = password(server, app, name)
    return Waiting(app, name, asked, lambda: respond(server, app, asked, name, ANSWER="EMAIL_OTP"))


def by_set_up(server: RunningServer, app: App, name: str) -> Waiting:
    elsewhere = make_app(server, make_pool(server))
    offer(server, elsewhere.pool_id, "ON", ["SOFTWARE_TOKEN_MFA"])
    make_user(server, elsewhere.pool_id, name)
    asked = password(server, elsewhere, name)
    return Waiting(
        elsewhere, name, asked, lambda: server.anonymous.associate_software_token(Session=asked["Session"])
    )


def by_new_password(server: RunningServer, app: App, name: str) -> Waiting:
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username=name, MessageAction="SUPPRESS", TemporaryPassword=PASSWORD
    )
    asked = password(server, app, name)
    return Waiting(
        app, name, asked, lambda: respond(server, app, asked, name, NEW_PASSWORD="Of-Her-Own-Choice-9")
    )


def by_srp(server: RunningServer, app: App, name: str) -> Waiting:
    make_user(server, app.pool_id, name)
    exchange = srp.begin(server, app, name)
    # The library's session is the secret block.
    asked = {**exchange.challenge, "Session": exchange.parameters["SECRET_BLOCK"]}
    return Waiting(
        app,
        name,
        asked,
        lambda: server.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id,
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses=exchange.answer(),
        ),
    )


def by_device(server: RunningServer, app: App, name: str) -> Waiting:
    make_user(server, app.pool_id, name)
    device = confirm(server, app, password(server, app, name)["AuthenticationResult"], name)
    asked = device.begin()
    return Waiting(app, name, asked, lambda: device.proof().start(asked["Session"]), device.key)


def by_device_proof(server: RunningServer, app: App, name: str) -> Waiting:
    make_user(server, app.pool_id, name)
    device = confirm(server, app, password(server, app, name)["AuthenticationResult"], name)
    proof = device.proof()
    asked = proof.start(device.begin()["Session"])
    return Waiting(app, name, asked, lambda: proof.finish(asked), device.key)


_BEGINNINGS: Final[dict[str, Callable[[RunningServer, App, str], Waiting]]] = {
    "SMS_MFA": by_sms,
    "EMAIL_OTP": by_mail,
    "SOFTWARE_TOKEN_MFA": by_app,
    "SELECT_MFA_TYPE": by_choice,
    "MFA_SETUP": by_set_up,
    "NEW_PASSWORD_REQUIRED": by_new_password,
    "PASSWORD_VERIFIER": by_srp,
    "DEVICE_SRP_AUTH": by_device,
    "DEVICE_PASSWORD_VERIFIER": by_device_proof,
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("doorward"), messages_per_address=10_000) as server:
        yield House(server)


@pytest.mark.parametrize("put", list(_BEGINNINGS))
def test_a_session_answers_its_own_challenge_alone(house: House, put: str) -> None:
    waiting = house.waiting(put)
    assert waiting.asked["ChallengeName"] == put
    for shown, answer in ANSWERS.items():
        if shown == put:
            continue
        responses = {"USERNAME": waiting.username, **answer}
        if waiting.device_key:
            responses["DEVICE_KEY"] = waiting.device_key
        with pytest.raises(ClientError) as caught:
            house.server.anonymous.respond_to_auth_challenge(
                ClientId=waiting.app.client_id,
                ChallengeName=shown,  # type: ignore[arg-type]
                Session=waiting.asked["Session"],
                ChallengeResponses=responses,
            )
        assert told(caught.value)[0] in {"NotAuthorizedException", "InvalidParameterException"}, shown
    assert waiting.go_on()


@pytest.mark.parametrize("put", [name for name in _BEGINNINGS if name != "MFA_SETUP"])
def test_a_session_enrols_nothing_unless_that_is_asked(house: House, put: str) -> None:
    waiting = house.waiting(put)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        house.server.anonymous.associate_software_token(Session=waiting.asked["Session"])
    assert waiting.go_on()


@pytest.mark.parametrize("put", [name for name in _BEGINNINGS if name not in {"MFA_SETUP"}])
def test_of_two_who_answer_at_once_one_is_refused(house: House, put: str) -> None:
    waiting = house.waiting(put)

    def attempt(_: int) -> bool:
        try:
            return bool(waiting.go_on())
        except ClientError as error:
            assert told(error)[0] in {"NotAuthorizedException", "ExpiredCodeException"}
            return False

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(attempt, range(4))) == 1


def test_one_code_of_an_app_serves_one_of_many_sessions(house: House) -> None:
    """Of as many sign-ins that wait, whose answers come at once."""
    server, app = house.server, house.app
    token = with_app(server, app, "many")
    sessions = [password(server, app, "many") for _ in range(6)]
    code = token.code()

    def answer(asked: Any) -> bool:
        try:
            return bool(
                respond(server, app, asked, "many", SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]
            )
        except ClientError as error:
            assert told(error)[0] == "ExpiredCodeException"
            return False

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(answer, sessions)) == 1
