"""An access key: what an operator signs requests with (AWS Signature Version 4)."""

from typing import Literal

import msgspec

from doorward.clock import Instant, random_text

Role = Literal["administrator", "read-only"]

_UPPER_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_READ_ONLY_VERBS = ("Describe", "Get", "List", "AdminGet", "AdminList")


class AccessKey(msgspec.Struct, frozen=True, kw_only=True):
    """An access key. `pool_id` confines it to one pool; None is every pool."""

    id: str
    name: str
    role: Role
    pool_id: str | None
    sealed_secret: bytes
    created_at: Instant

    def may_call(self, operation: str) -> bool:
        """Whether the key's role covers an operation: a read-only key changes nothing."""
        return self.role == "administrator" or operation.startswith(_READ_ONLY_VERBS)

    def may_touch(self, pool_id: str | None) -> bool:
        """Whether the key covers a pool; None stands for what concerns all pools (ListUserPools)."""
        return self.pool_id is None or self.pool_id == pool_id


def new_access_key_id() -> str:
    """Return a new id, in the form that AWS tools expect."""
    return "AKIA" + random_text(16, _UPPER_AND_DIGITS)


def new_access_key_secret() -> str:
    """Return a new secret: 40 characters, about 238 bits."""
    return random_text(40)
