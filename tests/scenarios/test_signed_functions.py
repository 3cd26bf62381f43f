"""Functions behind a server that takes signed calls alone, as AWS's own Lambda does."""

from pathlib import Path

import pytest
from tests.lambda_emulator import ARN, TRIGGERS, Emulator
from tests.scenarios.custom import answer, begin, custom
from tests.server import running
from tests.signatures import botocores

KEY = "AKIDDOORWARD00000001"
SECRET = "a-secret-that-nobody-knows/+="
REGION = ARN.split(":")[3]


def test_each_call_is_signed(tmp_path: Path, emulator: Emulator, capfd: pytest.CaptureFixture[str]) -> None:
    """With what was sent over the wire, and for the region of the function's ARN."""
    emulator.reset()
    qualified = {trigger: f"{arn}:live" for trigger, arn in TRIGGERS.items()}
    with running(
        tmp_path, lambda_endpoint=emulator.url, lambda_access_key_id=KEY, lambda_secret_access_key=SECRET
    ) as server:
        app = custom(server, LambdaConfig=qualified)
        assert "AuthenticationResult" in answer(server, app, begin(server, app))
    assert len(emulator.headers) == 4
    for path, headers, body in zip(emulator.paths, emulator.headers, emulator.bodies, strict=True):
        assert path.endswith("?Qualifier=live")
        expected = botocores(KEY, SECRET, REGION, f"{emulator.url}{path}", headers, body)
        assert headers["authorization"] == expected
    assert SECRET not in "".join(capfd.readouterr())


def test_without_a_key_nothing_is_signed(tmp_path: Path, emulator: Emulator) -> None:
    emulator.reset()
    with running(tmp_path, lambda_endpoint=emulator.url) as server:
        begin(server, custom(server))
    assert not any("authorization" in headers or "x-amz-date" in headers for headers in emulator.headers)
