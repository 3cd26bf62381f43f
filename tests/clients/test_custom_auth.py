"""Custom sign-ins by amazon-cognito-identity-js, unmodified, and by the aws command."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clients.node import IdentityError, IdentityJs, install_library, require_node, talking
from tests.devices import OPT_IN
from tests.lambda_emulator import ANSWER, Emulator
from tests.people import PASSWORD, App, make_user
from tests.scenarios.challenged import PREFERRED, choose, offer, phone_of
from tests.scenarios.custom import custom
from tests.server import RunningServer, running

ASKED = {"USERNAME": "anna", "question": "Which colour is the sky?"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> Iterator[RunningServer]:
    with running(tmp_path_factory.mktemp("doorward"), lambda_endpoint=emulator.url) as one:
        yield one


@pytest.fixture
def app(server: RunningServer, emulator: Emulator) -> App:
    emulator.reset()
    return custom(server)


class TestIdentityJs:
    """The library's two ways into a custom sign-in."""

    @pytest.fixture
    def js(self, server: RunningServer, app: App) -> Iterator[IdentityJs]:
        require_node()
        install_library()
        with talking(server.endpoint, app.pool_id, app.client_id) as one:
            yield one

    def test_the_password_first(self, js: IdentityJs, emulator: Emulator) -> None:
        """`authenticateUser` with CUSTOM_AUTH sends SRP_A."""
        asked = js("signIn", username="anna", password=PASSWORD, flow="CUSTOM_AUTH")
        assert asked == {"customChallenge": ASKED}
        session = js("answerCustom", answer=ANSWER, metadata={"from": "a page"})
        assert session["valid"] is True
        assert session["idClaims"]["cognito:username"] == "anna"
        assert emulator.events[-1]["request"]["clientMetadata"] == {"from": "a page"}

    def test_without_a_password(self, js: IdentityJs) -> None:
        """`initiateAuth` sends none."""
        assert js("beginCustom", username="anna") == {"customChallenge": ASKED}
        assert js("answerCustom", answer="red") == {"customChallenge": ASKED}
        assert js("answerCustom", answer=ANSWER)["valid"] is True

    def test_the_wrong_password(self, js: IdentityJs) -> None:
        with pytest.raises(IdentityError, match="Incorrect username or password"):
            js("signIn", username="anna", password="Wrong-Horse-9-Battery", flow="CUSTOM_AUTH")

    def test_wrong_answers(self, js: IdentityJs) -> None:
        js("beginCustom", username="anna")
        js("answerCustom", answer="red")
        js("answerCustom", answer="green")
        with pytest.raises(IdentityError, match="Incorrect username or password"):
            js("answerCustom", answer="grey")

    def test_a_second_factor_comes_behind(self, js: IdentityJs, server: RunningServer, app: App) -> None:
        offer(server, app.pool_id)
        make_user(server, app.pool_id, "mia", attributes={"phone_number": phone_of("mia")})
        choose(server, app, "mia", SMS_MFA=PREFERRED)
        js("signIn", username="mia", password=PASSWORD, flow="CUSTOM_AUTH")
        assert js("answerCustom", answer=ANSWER)["mfaRequired"]["name"] == "SMS_MFA"
        assert js("sendCode", code=server.last_code(app.pool_id), factor="SMS_MFA")["valid"] is True

    def test_a_remembered_device_proves_itself_behind(
        self, server: RunningServer, emulator: Emulator
    ) -> None:
        """And stands for the second factor, once the library has shown that it knows its secret."""
        emulator.reset()
        require_node()
        install_library()
        tracked = custom(server, DeviceConfiguration=OPT_IN)
        offer(server, tracked.pool_id)
        make_user(server, tracked.pool_id, "mia", attributes={"phone_number": phone_of("mia")})
        choose(server, tracked, "mia", SMS_MFA=PREFERRED)
        with talking(server.endpoint, tracked.pool_id, tracked.client_id) as js:
            js("signIn", username="mia", password=PASSWORD, flow="CUSTOM_AUTH")
            assert "mfaRequired" in js("answerCustom", answer=ANSWER)
            js("sendCode", code=server.last_code(tracked.pool_id), factor="SMS_MFA")
            js("rememberDevice")
            js("signIn", username="mia", password=PASSWORD, flow="CUSTOM_AUTH")
            assert js("answerCustom", answer=ANSWER)["valid"] is True


def test_the_aws_command(server: RunningServer, app: App, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }

    def aws(operation: str, **arguments: str) -> Any:
        options = [
            part for name, value in arguments.items() for part in (f"--{name.replace('_', '-')}", value)
        ]
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("aws")),
                *("cognito-idp", operation, "--no-sign-request", "--output", "json"),
                *("--client-id", app.client_id, *options),
            ],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    asked = aws("initiate-auth", auth_flow="CUSTOM_AUTH", auth_parameters="USERNAME=anna")
    assert asked["ChallengeParameters"] == ASKED
    granted = aws(
        "respond-to-auth-challenge",
        challenge_name="CUSTOM_CHALLENGE",
        session=asked["Session"],
        challenge_responses=f"USERNAME=anna,ANSWER={ANSWER}",
    )
    assert granted["AuthenticationResult"]["AccessToken"]
