"""For whom a pool's passkeys are made: the relying party, and the pages that may ask for them (WebAuthn Level 3)."""

import re
from collections.abc import Collection
from typing import Final

import msgspec

from doorward.wire.contract import WebAuthnConfigurationType

LOCALHOST: Final = "localhost"

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)*(?![0-9]+\Z){_LABEL}", re.ASCII)
_ORIGIN: Final = re.compile(r"(https?)://([^/:@?#]+)(?::[0-9]{1,5})?", re.ASCII)


class RelyingParty(msgspec.Struct, frozen=True):
    """The domain that passkeys are bound to. `verifies_user`: an authenticator has to see who its user is."""

    id: str
    verifies_user: bool


def relying_party(configured: WebAuthnConfigurationType | None) -> RelyingParty | None:
    """Return the relying party that a pool has configured, None where it has none.

    Where passkeys count as both factors the authenticator must know its user, whatever UserVerification says
    (WebAuthnFactorConfigurationType). Cognito falls back on the pool's domain; pools have none here yet.
    """
    if configured is None or configured.relying_party_id is None:
        return None
    required = configured.user_verification == "required"
    return RelyingParty(configured.relying_party_id, required or is_multi_factor(configured))


def is_multi_factor(configured: WebAuthnConfigurationType | None) -> bool:
    """Say whether a pool lets a passkey stand for both factors (FactorConfiguration)."""
    return configured is not None and configured.factor_configuration == "MULTI_FACTOR_WITH_USER_VERIFICATION"


def is_domain(text: str) -> bool:
    """Say whether a text is a domain as browsers write it: lower case, in ASCII, no address and no port."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def allows_origin(party_id: str, origin: str, further: Collection[str] = ()) -> bool:
    """Say whether a page of that origin may use the passkeys of a relying party.

    Its own domain and the domains below it, over https on any port; over http on `localhost` alone, which never
    leaves the machine. A name of one label is not taken for the parent of others: nobody owns all of `com`.
    `further` are other origins that the operator trusts.
    """
    if origin in further:
        return True
    parts = _ORIGIN.fullmatch(origin)
    if parts is None or not is_domain(parts[2]):
        return False
    scheme, host = parts.groups()
    below = ("." in party_id or party_id == LOCALHOST) and host.endswith(f".{party_id}")
    return (host == party_id or below) and (scheme == "https" or party_id == LOCALHOST)
