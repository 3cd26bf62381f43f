"""A passkey of a user's: the public half of a key pair whose private half his authenticator keeps (WebAuthn)."""

from typing import Final

import msgspec

from doorward.clock import Instant

PASSKEYS_PER_USER: Final = 20
"""How many passkeys a user has at most: what one page of ListWebAuthnCredentials holds."""


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A registered credential. `id` is its credential id in base64url, `public_key` a COSE key.

    `sign_count` is the authenticator's counter as it was last seen, 0 where it keeps none. `backup_eligible` says
    whether the authenticator may copy the key to other devices, `backed_up` whether it has. `aaguid` names the
    authenticator's make, all zeros where it does not say.
    """

    pool_id: str
    id: str
    sub: str
    relying_party_id: str
    public_key: bytes
    sign_count: int
    backup_eligible: bool
    backed_up: bool
    aaguid: str
    name: str
    attachment: str | None
    transports: list[str]
    created_at: Instant
    used_at: Instant | None = None

    def __repr__(self) -> str:
        """Name the passkey and show nothing of it."""
        return f"Passkey({self.id!r})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("id", self.id)]
