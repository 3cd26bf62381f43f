"""An app client that has a secret proves itself on every public operation: SECRET_HASH."""

import hmac

from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.client_secret import reveal
from doorward.directory.user import User
from doorward.signin import secret_hash
from doorward.wire.errors import NotAuthorizedException


def check_secret_hash(call: Call, client: AppClient, username: str, given: str | None) -> None:
    """See that the caller knows the client's secret, by the hash over a user name.

    Raises NotAuthorizedException where the proof is missing or wrong, or the client has no secret to prove.
    """
    _check(call, client, [username], given)


def check_secret_hash_of_user(call: Call, client: AppClient, user: User, given: str | None) -> None:
    """See the same where the request names no user: the hash may be over any name that the user signs in with.

    Raises NotAuthorizedException as `check_secret_hash` does.
    """
    names = [user.attributes[name] for name in ("email", "phone_number") if user.attributes.get(name)]
    _check(call, client, [user.username, user.sub, *names], given)


def check_client_secret(call: Call, client: AppClient, given: str | None) -> None:
    """See that the caller knows the client's secret, shown itself (RevokeToken).

    Raises NotAuthorizedException where it is missing or wrong.
    """
    secret = reveal(call.services.keyring, client)
    if secret is not None and not hmac.compare_digest(secret.encode(), (given or "").encode()):
        raise NotAuthorizedException(f"Unable to verify the secret of client {client.id}")


def _check(call: Call, client: AppClient, usernames: list[str], given: str | None) -> None:
    secret = reveal(call.services.keyring, client)
    if secret is None:
        if given is not None:
            raise _unverified(client)
        return
    if given is None:
        raise NotAuthorizedException(
            f"Client {client.id} is configured with secret but SECRET_HASH was not received"
        )
    if not any([secret_hash.matches(given, name, client.id, secret) for name in usernames]):  # noqa: C419 - no early end
        raise _unverified(client)


def _unverified(client: AppClient) -> NotAuthorizedException:
    return NotAuthorizedException(f"Unable to verify secret hash for client {client.id}")
