"""A passkey of nobody costs the verification that a user's does, and is answered by the same bytes."""

from collections import Counter
from typing import Any

import pytest
from tests.authenticator import PARTY, Credential, raw
from tests.people import App
from tests.scenarios import choosing
from tests.scenarios.passkeys import UNPROVEN, options_of, register, show, token_of, with_passkeys
from tests.scenarios.refusals import refused
from tests.server import RunningServer
from webauthn import verify_authentication_response

from doorward.signin.passkeys import answers


def pretending(server: RunningServer, app: App) -> str:
    """Return a name that leads to nobody and seems to have a passkey."""
    names = (f"nobody{number}" for number in range(64))
    return next(
        name
        for name in names
        if choosing.begin(server, app, name, "WEB_AUTHN")["ChallengeName"] == "WEB_AUTHN"
    )


@pytest.mark.parametrize("asked_for", [True, False], ids=["the id that was asked for", "another id"])
def test_a_forged_proof_costs_the_same(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, asked_for: bool
) -> None:
    app = with_passkeys(server)
    register(server, token_of(server, app, "ann"))
    work: Counter[str] = Counter()

    def counted(**arguments: Any) -> Any:
        work["verification"] += 1
        return verify_authentication_response(**arguments)

    monkeypatch.setattr(answers, "verify_authentication_response", counted)
    for name in ("ann", pretending(server, app)):
        work.clear()
        asked = choosing.begin(server, app, name, "WEB_AUTHN")
        (told,) = options_of(asked)["allowCredentials"]
        forged = Credential(PARTY, "", raw(told["id"]) if asked_for else b"another id")
        with refused(*UNPROVEN):
            show(server, app, asked, name, forged)
        assert work == {"verification": 1}
