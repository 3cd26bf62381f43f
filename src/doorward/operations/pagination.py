"""Opaque page tokens (NextToken, PaginationToken).

A token is the place where the next page begins, sealed: it tells the caller nothing, and opens only for the
operation, and what it lists, that gave it.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from doorward.call import Call
from doorward.store.sealing import SealError
from doorward.wire.errors import InvalidParameterException

T = TypeVar("T")

# ListUsers goes on from an attribute's value: 2,048 characters, as JSON, in base64.
_LONGEST_TOKEN = 32_768


def page(
    call: Call, scope: Sequence[str], rows: Sequence[T], limit: int, key: Callable[[T], str]
) -> tuple[list[T], str | None]:
    """Return a page and the token of the next, of up to `limit` + 1 rows: one more says that there is more.

    `scope` is what the list is of (the pool, the filter); `key` is where a row stands in it.
    """
    shown = list(rows[:limit])
    return shown, token(call, scope, key(shown[-1])) if len(rows) > limit and shown else None


def token(call: Call, scope: Sequence[str], position: str) -> str:
    """Return the token for what follows `position` in a list."""
    sealed = call.services.keyring.seal(position.encode(), _context(call, scope))
    return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def position(call: Call, scope: Sequence[str], token: str | None, *, member: str = "NextToken") -> str | None:
    """Return the position that a token of this operation and scope stands for; None stands for the beginning.

    Raises InvalidParameterException, naming the `member`, for every other token.
    """
    if token is None:
        return None
    refusal = InvalidParameterException(f"Invalid {member}")
    if len(token) > _LONGEST_TOKEN or not token.isascii():
        raise refusal
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        return call.services.keyring.open(sealed, _context(call, scope)).decode()
    except (binascii.Error, SealError):
        raise refusal from None


def _context(call: Call, scope: Sequence[str]) -> bytes:
    # Lengths in front keep ("a", "bc") and ("ab", "c") apart.
    parts = ("page", call.operation, *scope)
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
