"""Chromium's virtual authenticator, which a test puts into a page by the DevTools protocol (domain WebAuthn)."""

from typing import Any

from playwright.sync_api import Page

PLATFORM: dict[str, Any] = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""Part of the device, unlocked by its user's finger."""


class VirtualAuthenticator:
    """An authenticator that is plugged into a page."""

    def __init__(self, page: Page, **options: Any) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        added = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**PLATFORM, **options}})
        self._id = added["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        """Return what it holds, private keys included."""
        told = self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return list(told["credentials"])

    def put(self, credential: dict[str, Any]) -> None:
        """Copy a credential into it."""
        self._devtools.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": credential})

    def forget(self, credential: dict[str, Any]) -> None:
        """Take a credential out of it."""
        self._devtools.send(
            "WebAuthn.removeCredential",
            {"authenticatorId": self._id, "credentialId": credential["credentialId"]},
        )

    def recognises_its_user(self, yes: bool) -> None:
        """Say whether the finger that is laid on it is its user's."""
        self._devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": yes})
