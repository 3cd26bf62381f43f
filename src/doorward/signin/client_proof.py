"""An app client that has a secret proves itself on every public operation: SECRET_HASH, or the secret itself."""

import hmac
from typing import Final

from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.client_secret import reveal
from doorward.directory.user import User
from doorward.signin import secret_hash
from doorward.wire.errors import NotAuthorizedException, UnauthorizedException

_NAMES: Final = ("email", "phone_number", "preferred_username")


def check_secret_hash(call: Call, client: AppClient, username: str, given: str | None) -> None:
    """See that the caller knows the client's secret.

    Raises NotAuthorizedException where the proof is missing or wrong, or the client has no secret to prove.
    """
    _check(call, client, [username], given)


def check_secret_hash_of_user(call: Call, client: AppClient, user: User, given: str | None) -> None:
    """See that the caller knows the client's secret, where the request does not say the user's name.

    The proof may be made over any name by which clients know him. Raises as `check_secret_hash` does.
    """
    names = [user.username, user.sub]
    names += [user.attributes[name] for name in _NAMES if user.attributes.get(name)]
    _check(call, client, names, given)


def check_client_secret(call: Call, client: AppClient, given: str | None) -> None:
    """See that the caller shows the client's secret itself (RevokeToken).

    Raises UnauthorizedException, which is what that operation has for it, where the secret is missing or wrong,
    or the client has none.
    """
    secret = reveal(call.services.keyring, client)
    if secret is None and given is None:
        return
    if not hmac.compare_digest((given or "").encode("utf-8", "surrogatepass"), (secret or "").encode()):
        raise UnauthorizedException(f"Unable to verify secret for client {client.id}")


def _check(call: Call, client: AppClient, names: list[str], given: str | None) -> None:
    secret = reveal(call.services.keyring, client)
    if secret is None and given is None:
        return
    if given is None:
        raise NotAuthorizedException(
            f"Client {client.id} is configured with secret but SECRET_HASH was not received"
        )
    if secret is None or not any(secret_hash.matches(given, name, client.id, secret) for name in names):
        raise NotAuthorizedException(f"Unable to verify secret hash for client {client.id}")
