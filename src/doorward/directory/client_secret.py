"""An app client's secret: made or handed in once, kept sealed, shown to administrators."""

from doorward.clock import random_text
from doorward.directory.app_client import AppClient
from doorward.store.sealing import Keyring

_LENGTH = 51
_LOWERCASE_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


def new_client_secret() -> str:
    """Return a new secret in Cognito's form: 51 characters, about 263 bits."""
    return random_text(_LENGTH, _LOWERCASE_AND_DIGITS)


def seal(keyring: Keyring, client_id: str, secret: str) -> bytes:
    """Return a secret as it is kept; it opens for this client only."""
    return keyring.seal(secret.encode(), _context(client_id))


def reveal(keyring: Keyring, client: AppClient) -> str | None:
    """Return a client's secret, None for a public client. Raises SealError where it does not open."""
    if client.sealed_secret is None:
        return None
    return keyring.open(client.sealed_secret, _context(client.id)).decode()


def _context(client_id: str) -> bytes:
    return f"client secret:{client_id}".encode()
