"""`GET /range/{first five hex digits of a SHA-1}`: the k-anonymity protocol of the Pwned Passwords.

Whoever asks names a neighbourhood of some thousand known passwords, and looks himself whether his own is in the
answer. Padding (header `Add-Padding: true`) hides from whoever sees the size of the answer which one it was.
Source: https://haveibeenpwned.com/API/v3#PwnedPasswords.
"""

import re
from collections.abc import Mapping
from email.utils import formatdate
from typing import Final
from urllib.parse import parse_qs

import structlog

from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.range_source import PREFIX_DIGITS, RangeSource
from doorward.clock import random_bytes
from doorward.wire.dispatch import HttpResponse

MIN_PADDED: Final = 800
MAX_MORE: Final = 200
"""A padded answer has 800 lines, or all that there are where there are more, and 0 to 200 on top."""

CACHE_CONTROL: Final = "public, max-age=86400"

_TEXT = "text/plain; charset=utf-8"
_HEX = re.compile(r"[0-9A-Fa-f]+")
_SUFFIX_DIGITS = 35

_log = structlog.get_logger(__name__)


def answer_range(source: RangeSource, prefix: str, query: bytes, headers: Mapping[str, str]) -> HttpResponse:
    """Answer for a prefix. Never raises: what cannot be read is a 503, and logged."""
    refusal = _refusal(prefix, query)
    if refusal is not None:
        return _text(400, refusal)
    try:
        found = source.range(prefix.upper())
    except CorpusUnreadable as cause:
        _log.error("range source unreadable", problem=str(cause))
        return _text(503, "The range cannot be read at present")
    common = {
        "content-type": _TEXT,
        "cache-control": CACHE_CONTROL,
        "vary": "Add-Padding",
        "last-modified": formatdate(found.modified_at, usegmt=True),
        "x-content-type-options": "nosniff",
    }
    if headers.get("add-padding", "").strip().lower() == "true":
        # No tag: a short "not modified" would tell the observer what the padding hides.
        return HttpResponse(200, common, b"\r\n".join(_padded(found.lines)))
    tagged = common | {"etag": f'W/"{found.tag}"'}
    if tagged["etag"] in [tag.strip() for tag in headers.get("if-none-match", "").split(",")]:
        return HttpResponse(304, tagged, b"")
    return HttpResponse(200, tagged, b"\r\n".join(found.lines))


def too_often(seconds: float) -> HttpResponse:
    """Answer somebody who asks more often than the settings allow; `seconds` is how long he should wait."""
    refused = _text(429, "Rate limit is exceeded. Try again later")
    return HttpResponse(429, refused.headers | {"retry-after": str(max(1, round(seconds)))}, refused.body)


def _refusal(prefix: str, query: bytes) -> str | None:
    if len(prefix) != PREFIX_DIGITS:
        return "The hash prefix was not in a valid format"
    if not _HEX.fullmatch(prefix):
        return "The hash prefix was not valid hexadecimal"
    if parse_qs(query.decode("latin-1")).get("mode", ["sha1"])[-1].lower() != "sha1":
        return "Only SHA-1 hashes are served"
    return None


def _padded(lines: list[bytes]) -> list[bytes]:
    more = int.from_bytes(random_bytes(4), "big") % (MAX_MORE + 1)
    count = max(MIN_PADDED, len(lines)) + more - len(lines)
    noise = random_bytes(18 * count)
    padding = [
        noise[at : at + 18].hex().upper()[:_SUFFIX_DIGITS].encode() + b":0" for at in range(0, 18 * count, 18)
    ]
    # In the order of the suffixes, so that the padding is not all at one end.
    return sorted(lines + padding)


def _text(status: int, sentence: str) -> HttpResponse:
    headers = {"content-type": _TEXT, "cache-control": "no-store", "x-content-type-options": "nosniff"}
    return HttpResponse(status, headers, sentence.encode())
