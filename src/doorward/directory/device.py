"""A device of a user's: what his application has confirmed, and what proves it at the next sign-in."""

from typing import Final

import msgspec

from doorward.clock import Instant, new_uuid

DEVICES_PER_USER: Final = 100
"""How many devices a user has at most; one more, and the one not signed in with for longest is forgotten."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmed device. `remembered` says whether it proves itself at sign-in.

    `authenticated_at` is when the user last signed in with it, `last_address` from where. The verifier of its
    secret is sealed as that of a password is, because the two are of one kind.
    """

    pool_id: str
    key: str
    sub: str
    name: str | None
    remembered: bool
    created_at: Instant
    modified_at: Instant
    authenticated_at: Instant
    last_address: str | None
    srp_salt: bytes
    sealed_srp_verifier: bytes

    def __repr__(self) -> str:
        """Name the device and show nothing of it."""
        return f"Device({self.key!r})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("key", self.key)]

    @property
    def status(self) -> str:
        """DeviceRememberedStatusType."""
        return "remembered" if self.remembered else "not_remembered"


def new_device_key(pool_id: str) -> str:
    """Return the key of a new device: the pool's region and a random UUID."""
    return f"{pool_id.partition('_')[0]}_{new_uuid()}"


def device_group_key(pool_id: str) -> str:
    """Return what stands before the device key in the names that device SRP hashes; one for a whole pool."""
    return f"-{pool_id.partition('_')[2]}"
