"""The tags of a pool: names and values an operator files it under (developer guide, tagging)."""

from collections.abc import Mapping
from typing import Final

import regex

MAXIMUM_TAGS: Final = 50

_CHARACTERS: Final = regex.compile(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")


def violation(tags: Mapping[str, str]) -> str | None:
    """Return the sentence that says why a pool cannot have these tags, or None where it can."""
    if len(tags) > MAXIMUM_TAGS:
        return f"A user pool can have at most {MAXIMUM_TAGS} tags."
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            return "Tag keys that begin with aws: are reserved."
        if not _CHARACTERS.fullmatch(key):
            return "Tag keys have letters, numbers, spaces and _ . : / = + - @ only."
        if not _CHARACTERS.fullmatch(value):
            return "Tag values have letters, numbers, spaces and _ . : / = + - @ only."
    return None
