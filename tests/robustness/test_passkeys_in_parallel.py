"""Many answers to one challenge of a passkey: one is taken."""

import json
from functools import partial

from tests import authenticator
from tests.robustness.load import Answer, ask, at_once
from tests.scenarios.passkeys import (
    asked_for_passkey,
    begin,
    listed,
    options_of,
    register,
    sign_in_with,
    token_of,
    with_passkeys,
)
from tests.server import RunningServer


def refusals(answers: list[Answer]) -> set[str]:
    """See that one answer is a success, and return what the others are."""
    assert [answer.status for answer in answers].count(200) == 1
    return {answer.code for answer in answers if answer.status != 200}


def test_one_challenge_registers_one_passkey(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    options = begin(server, token)
    bodies = [{"AccessToken": token, "Credential": authenticator.create(options)[1]} for _ in range(10)]
    answers = at_once(partial(ask, server.endpoint, "CompleteWebAuthnRegistration", body) for body in bodies)
    assert refusals(answers) == {"WebAuthnChallengeNotFoundException"}
    assert len(listed(server, token)) == 1


def test_one_challenge_signs_in_once(server: RunningServer) -> None:
    app = with_passkeys(server)
    passkey = register(server, token_of(server, app, "ann"))
    asked = asked_for_passkey(server, app, "ann")
    bodies = [
        {
            "ClientId": app.client_id,
            "ChallengeName": "WEB_AUTHN",
            "Session": asked["Session"],
            "ChallengeResponses": {
                "USERNAME": "ann",
                "CREDENTIAL": json.dumps(authenticator.get(options_of(asked), passkey)),
            },
        }
        for _ in range(10)
    ]
    answers = at_once(partial(ask, server.endpoint, "RespondToAuthChallenge", body) for body in bodies)
    assert refusals(answers) == {"NotAuthorizedException"}
    sign_in_with(server, app, "ann", passkey)
