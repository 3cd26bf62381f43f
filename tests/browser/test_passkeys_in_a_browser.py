"""Passkeys in a real browser: registered and used by a page of another origin than the API's."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Error, Page
from tests.browser.virtual import VirtualAuthenticator
from tests.people import App
from tests.scenarios.passkeys import configure, listed, token_of, with_passkeys
from tests.server import RunningServer

pytestmark = pytest.mark.timeout(600)
"""The first of them may have to install the browser."""


def register(page: Page, server: RunningServer, token: str) -> str:
    """Register a passkey; return its id."""
    return str(page.evaluate("register", {"endpoint": server.endpoint, "token": token}))


def sign_in(page: Page, server: RunningServer, app: App, username: str, *, choose: bool = False) -> Any:
    """Sign in with a passkey; return the answer."""
    asked = {"endpoint": server.endpoint, "clientId": app.client_id, "username": username, "choose": choose}
    return page.evaluate("signIn", asked)


def test_a_passkey_is_registered(page: Page, server: RunningServer) -> None:
    app = with_passkeys(server, "localhost", "required")
    token = token_of(server, app, "ann")
    authenticator = VirtualAuthenticator(page)
    name = register(page, server, token)
    (held,) = authenticator.credentials()
    assert base64.b64decode(held["credentialId"]) == base64.urlsafe_b64decode(name + "==")
    assert (held["rpId"], held["isResidentCredential"]) == ("localhost", True)
    (told,) = listed(server, token)
    assert told["CredentialId"] == name
    assert told["AuthenticatorTransports"] == ["internal"]
    assert "Chrome" in told["FriendlyCredentialName"]
    with pytest.raises(Error, match="InvalidStateError"):
        register(page, server, token)
    assert len(listed(server, token)) == 1


def test_a_user_whom_the_authenticator_does_not_recognise_registers_nothing(
    page: Page, server: RunningServer
) -> None:
    app = with_passkeys(server, "localhost", "required")
    token = token_of(server, app, "ann")
    authenticator = VirtualAuthenticator(page)
    authenticator.recognises_its_user(False)
    with pytest.raises(Error, match="NotAllowedError"):
        register(page, server, token)
    assert listed(server, token) == []
    configure(server, app.pool_id, "localhost")
    authenticator.recognises_its_user(True)
    register(page, server, token)


def test_a_page_of_another_domain_cannot_use_the_relying_party(page: Page, server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server, "example.org"), "ann")
    VirtualAuthenticator(page)
    with pytest.raises(Error, match="SecurityError"):
        register(page, server, token)
