"""Passkeys by the aws command, with an authenticator in software."""

import json

from tests import authenticator
from tests.clients.commands import Command, answer, signed_in
from tests.people import make_user
from tests.scenarios.passkeys import options_of, with_passkeys
from tests.server import RunningServer


def test_a_passkey_is_registered_used_and_deleted(aws: Command, server: RunningServer) -> None:
    app = with_passkeys(server)
    make_user(server, app.pool_id, "anna")
    token = ("--access-token", signed_in(aws, app, "anna")["AuthenticationResult"]["AccessToken"])
    started = answer(aws("start-web-authn-registration", *token))
    passkey, made = authenticator.create(started["CredentialCreationOptions"])
    answer(aws("complete-web-authn-registration", *token, "--credential", json.dumps(made)))
    (told,) = answer(aws("list-web-authn-credentials", *token))["Credentials"]
    assert told["CredentialId"] == passkey.name
    client = ("--client-id", app.client_id)
    asked = answer(
        aws(
            "initiate-auth",
            *client,
            "--auth-flow",
            "USER_AUTH",
            "--auth-parameters",
            "USERNAME=anna,PREFERRED_CHALLENGE=WEB_AUTHN",
        )
    )
    proof = json.dumps(authenticator.get(options_of(asked), passkey))
    done = answer(
        aws(
            "respond-to-auth-challenge",
            *client,
            "--challenge-name",
            "WEB_AUTHN",
            "--session",
            asked["Session"],
            "--challenge-responses",
            json.dumps({"USERNAME": "anna", "CREDENTIAL": proof}),
        )
    )
    assert done["AuthenticationResult"]["AccessToken"]
    answer(aws("delete-web-authn-credential", *token, "--credential-id", passkey.name))
    assert answer(aws("list-web-authn-credentials", *token))["Credentials"] == []
