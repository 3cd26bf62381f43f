"""What is wrong with a JSON text although it can be parsed: too deep, or a key twice in one object."""

import json
import re
from typing import Any

from doorward.wire.errors import SerializationException

MAX_DEPTH = 64
"""Objects and lists inside each other. The API's own shapes need fewer than ten."""

_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]')


class _DuplicateKeyError(Exception):
    pass


def check(body: bytes) -> None:
    """Accept a parsed body, or raise SerializationException: not UTF-8, too deep, or a key twice.

    Parsers disagree on which of two equal keys counts, so that a proxy and this server could read different
    requests (RFC 8259, section 4).
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise SerializationException("The request body is not valid UTF-8.") from None
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth_exceeds(text, MAX_DEPTH):
        raise SerializationException(f"The request body is nested more than {MAX_DEPTH} levels deep.")
    if _all_keys_differ(text):
        return
    try:
        # Numbers are of no interest here, and the parser's own limit on their digits is not ours.
        json.loads(text, object_pairs_hook=_distinct, parse_int=str, parse_float=str)
    except _DuplicateKeyError:
        raise SerializationException("The request body has an object with the same key twice.") from None
    except ValueError:
        raise SerializationException("The request body is not valid JSON.") from None


def _depth_exceeds(text: str, limit: int) -> bool:
    depth = 0
    for token in _TOKENS.finditer(text):
        if token.group() in "[{":
            depth += 1
            if depth > limit:
                return True
        elif token.group() in "]}":
            depth -= 1
    return False


def _all_keys_differ(text: str) -> bool:
    """Tell whether no key occurs twice anywhere in the text: the cheap question, mostly answered with yes.

    Without escapes the quotes alone tell strings from what stands between them.
    """
    if "\\" in text:
        return False
    parts = text.split('"')
    keys = [
        inside for inside, after in zip(parts[1::2], parts[2::2], strict=False) if after.lstrip()[:1] == ":"
    ]
    return len(set(keys)) == len(keys)


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _DuplicateKeyError
