"""CBOR as authenticators write it: without tags, of definite lengths, and hardly nested (CTAP 2.1, section 8).

To be seen before a reader of all of CBOR gets hold of it. With tags two hundred bytes can stand for gigabytes: lists
whose two members are both the list before (tags 28 and 29).
"""

from typing import Final

DEEPEST: Final = 8
"""An attestation statement has lists in a map in a map; CTAP allows four levels."""

_BYTES, _TEXT, _LIST, _MAP, _TAG = range(2, 7)
_IN_THE_HEAD: Final = 24
_LONGEST_HEAD: Final = 27


class NotPlainError(ValueError):
    """It is no CBOR, or none that an authenticator would write."""


def check(data: bytes) -> None:
    """See that bytes are a sequence of plain items. Takes as long as there are bytes. Raises NotPlainError."""
    at = 0
    open_items: list[int] = []
    while at < len(data) or open_items:
        while open_items and open_items[-1] == 0:
            open_items.pop()
        if not open_items and at >= len(data):
            return
        if open_items:
            open_items[-1] -= 1
        kind, argument, at = _head(data, at)
        if kind in {_BYTES, _TEXT}:
            at += argument
        elif kind in {_LIST, _MAP}:
            open_items.append(argument if kind == _LIST else 2 * argument)
        if at > len(data) or len(open_items) > DEEPEST:
            raise NotPlainError


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return an item's kind, what its head says (a number, a length, how many), and where its content begins."""
    if at >= len(data):
        raise NotPlainError
    kind, short = divmod(data[at], 32)
    at += 1
    if kind == _TAG or short > _LONGEST_HEAD:
        raise NotPlainError
    if short < _IN_THE_HEAD:
        return kind, short, at
    width = 1 << (short - _IN_THE_HEAD)
    return kind, int.from_bytes(data[at : at + width]), at + width
