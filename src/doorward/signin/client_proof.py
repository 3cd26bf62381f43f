"""An app client that has a secret proves itself on every public operation: SECRET_HASH."""

from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.client_secret import reveal
from doorward.signin import secret_hash
from doorward.wire.errors import NotAuthorizedException


def check_secret_hash(call: Call, client: AppClient, username: str, given: str | None) -> None:
    """See that the caller knows the client's secret.

    Raises NotAuthorizedException where the proof is missing or wrong, or the client has no secret to prove.
    """
    secret = reveal(call.services.keyring, client)
    if secret is None:
        if given is not None:
            raise _unverified(client)
        return
    if given is None:
        raise NotAuthorizedException(
            f"Client {client.id} is configured with secret but SECRET_HASH was not received"
        )
    if not secret_hash.matches(given, username, client.id, secret):
        raise _unverified(client)


def _unverified(client: AppClient) -> NotAuthorizedException:
    return NotAuthorizedException(f"Unable to verify secret hash for client {client.id}")
