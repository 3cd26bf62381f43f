"""Challenges, and what authenticators sign, are in no file and no log."""

import json
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs
from tests import authenticator
from tests.authenticator import Credential
from tests.robustness.planted import Planted
from tests.scenarios.challenged import respond
from tests.scenarios.passkeys import (
    asked_for_passkey,
    begin,
    complete,
    options_of,
    token_of,
    with_passkeys,
)
from tests.scenarios.refusals import refused
from tests.server import RunningServer, running


def plant(planted: Planted, what: str, challenge: str, answer: Any) -> None:
    """Remember a challenge and what was answered to it."""
    planted.octets(f"challenge of {what}", authenticator.raw(planted.secret(what, challenge)))
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        if name in answer["response"]:
            planted.octets(f"{name} of {what}", authenticator.raw(answer["response"][name]))


def register(server: RunningServer, token: str, planted: Planted) -> Credential:
    """Register a passkey, and leave another registration waiting."""
    options = begin(server, token)
    credential, answer = authenticator.create(options)
    plant(planted, "a registration", options["challenge"], answer)
    complete(server, token, answer)
    waiting = begin(server, token)
    plant(planted, "a waiting registration", waiting["challenge"], authenticator.create(waiting)[1])
    return credential


def test_no_challenge_is_found_anywhere(tmp_path: Path) -> None:
    planted = Planted()
    with capture_logs() as log, running(tmp_path) as server:
        app = with_passkeys(server, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
        credential = register(server, token_of(server, app, "ann"), planted)
        for origin in (authenticator.ORIGIN, "https://example.com"):
            asked = asked_for_passkey(server, app, "ann")
            options = options_of(asked)
            answer = authenticator.get(options, credential, origin=origin)
            plant(planted, f"a sign-in at {origin}", options["challenge"], answer)
            if origin == authenticator.ORIGIN:
                respond(server, app, asked, "ann", CREDENTIAL=json.dumps(answer))
                continue
            with refused("NotAuthorizedException"):
                respond(server, app, asked, "ann", CREDENTIAL=json.dumps(answer))
        waiting = asked_for_passkey(server, app, "ann")
        plant(planted, "a waiting sign-in", options_of(waiting)["challenge"], {"response": {}})
        assert "passkey not verified" in str(log)
        assert planted.found_in(str(log).encode()) == set()
        assert planted.found_in_database(tmp_path / "doorward.db") == set()
    assert len(planted.raw) > 30
