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

UNVERIFIED = """() => {
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = ({ publicKey }) =>
    get({ publicKey: { ...publicKey, userVerification: "discouraged" } });
}"""
"""A page that does not ask its user to be verified, whatever it was told."""


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


@pytest.mark.parametrize("choose", [True, False])
def test_a_passkey_signs_in(page: Page, server: RunningServer, choose: bool) -> None:
    app = with_passkeys(server, "localhost", "required")
    VirtualAuthenticator(page)
    register(page, server, token_of(server, app, "ann"))
    for _ in range(2):
        tokens = sign_in(page, server, app, "ann", choose=choose)["AuthenticationResult"]
        assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "ann"


def test_a_user_whom_the_authenticator_does_not_recognise(page: Page, server: RunningServer) -> None:
    app = with_passkeys(server, "localhost", "required")
    authenticator = VirtualAuthenticator(page)
    register(page, server, token_of(server, app, "ann"))
    authenticator.recognises_its_user(False)
    with pytest.raises(Error, match="NotAllowedError"):
        sign_in(page, server, app, "ann")


def test_an_authenticator_that_cannot_tell_its_user(page: Page, server: RunningServer) -> None:
    app = with_passkeys(server, "localhost")
    VirtualAuthenticator(page, hasUserVerification=False, isUserVerified=False)
    register(page, server, token_of(server, app, "ann"))
    sign_in(page, server, app, "ann")
    configure(server, app.pool_id, "localhost", "required")
    with pytest.raises(Error, match="NotAllowedError"):
        sign_in(page, server, app, "ann")
    page.evaluate(UNVERIFIED)
    with pytest.raises(Error, match="could not be verified"):
        sign_in(page, server, app, "ann")


def test_a_deleted_passkey(page: Page, server: RunningServer) -> None:
    app = with_passkeys(server, "localhost")
    token = token_of(server, app, "ann")
    VirtualAuthenticator(page)
    name = register(page, server, token)
    server.anonymous.delete_web_authn_credential(AccessToken=token, CredentialId=name)
    with pytest.raises(Error, match="none of the available"):
        sign_in(page, server, app, "ann", choose=True)


def test_a_passkey_of_another_pool_and_of_another_user(page: Page, server: RunningServer) -> None:
    app, elsewhere = (with_passkeys(server, "localhost") for _ in range(2))
    authenticator = VirtualAuthenticator(page)
    register(page, server, token_of(server, app, "ann"))
    (anns,) = authenticator.credentials()
    for pool, username in ((elsewhere, "ann"), (app, "bob")):
        register(page, server, token_of(server, pool, username))
        others = next(one for one in authenticator.credentials() if one["userHandle"] != anns["userHandle"])
        # Under the other's id the authenticator signs with ann's key.
        authenticator.forget(others)
        authenticator.put(
            {**anns, "credentialId": others["credentialId"], "userHandle": others["userHandle"]}
        )
        with pytest.raises(Error, match="could not be verified"):
            sign_in(page, server, pool, username)
        authenticator.forget(others)
    sign_in(page, server, app, "ann")


def test_a_copied_authenticator(page: Page, server: RunningServer) -> None:
    app = with_passkeys(server, "localhost")
    authenticator = VirtualAuthenticator(page)
    register(page, server, token_of(server, app, "ann"))
    (copied,) = authenticator.credentials()
    for _ in range(2):
        sign_in(page, server, app, "ann")
    authenticator.forget(copied)
    authenticator.put(copied)
    with pytest.raises(Error, match="could not be verified"):
        sign_in(page, server, app, "ann")
