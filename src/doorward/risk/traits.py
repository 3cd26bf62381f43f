"""The traits of a circumstance that are counted, and the 32-bit keys they are counted under.

A key is the CRC-32 of the value (those of the place and the client chained to their parents, so that "Chrome on
Windows" and "Chrome on Android" differ). It keeps a profile small and of a known size; it is no secret and needs
not to be: whoever can choose a value that collides with the user's already knows the user's value.
"""

import re
from functools import lru_cache
from typing import Final
from zlib import crc32

from doorward.risk.circumstance import Circumstance

COUNTRY: Final = 0
REGION: Final = 1
ASN: Final = 2
PREFIX: Final = 3
ADDRESS: Final = 4
NETWORK_KIND: Final = 5
DEVICE_TYPE: Final = 6
OS: Final = 7
BROWSER: Final = 8
PLATFORM: Final = 9
BROWSER_VERSION: Final = 10
USER_AGENT: Final = 11
FINGERPRINT: Final = 12
DEVICE_ID: Final = 13
LANGUAGE: Final = 14
TIMEZONE: Final = 15

NAMES: Final = (
    "country",
    "region",
    "asn",
    "prefix",
    "address",
    "network_kind",
    "device_type",
    "os",
    "browser",
    "platform",
    "browser_version",
    "user_agent",
    "fingerprint",
    "device_id",
    "language",
    "timezone",
)
"""The field of `Circumstance` behind each trait, in the order of the numbers above.

`platform` has none: it is what is left of the user agent without its versions (`platform_of`).
"""

TRAITS: Final = len(NAMES)
NETWORK_CHAIN: Final = (COUNTRY, ASN, PREFIX, ADDRESS)
"""From the widest network to the narrowest: what is unseen below takes its likelihood from above."""
PLACE_CHAIN: Final = (REGION,)
"""Below the country, beside the networks: a carrier reaches many regions, and a region has many carriers."""
CLIENT_CHAIN: Final = (
    DEVICE_TYPE, OS, BROWSER, PLATFORM, BROWSER_VERSION, USER_AGENT, FINGERPRINT, DEVICE_ID,
)  # fmt: skip
"""From the kind of device down to the device itself."""
VERSIONED: Final = frozenset({BROWSER_VERSION, USER_AGENT, FINGERPRINT})
"""Traits that change with every update, so that what the pool showed months ago says little."""

UNKNOWN: Final = 0
"""The key of a trait that is not known."""

LONGEST: Final = 1024
"""Characters of a value that are looked at: a user agent of 64 kB must not cost 64 kB of work."""

Keys = tuple[int, ...]
"""One key for each trait, UNKNOWN where the circumstance does not tell."""


def key_of(value: str, parent: int = 0) -> int:
    """The key of one value below its parent's key; never UNKNOWN."""
    try:
        return crc32(value[:LONGEST].encode(), parent) or 1
    except UnicodeEncodeError:  # a lone surrogate, which JSON can carry
        return crc32(value[:LONGEST].encode("utf-8", "surrogatepass"), parent) or 1


_ORDER_AT: Final = 19
_OF_PARENT: Final = 0x7FFC0
_TEXT: Final = 0x3F
_LEADING_NUMBERS: Final = re.compile(r"[0-9]{1,9}")
_VERSIONS: Final = re.compile(r"/[^\s;,()]*|(?<=Android )[\d.]+|(?<!\d)\d++(?:[._]\d++)+")


def platform_of(user_agent: str) -> int:
    """The key of a user agent without its versions: what outlives an update, such as the model of a phone.

    `Mozilla/5.0 (Linux; Android 10; SM-G973F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.99`
    loses the numbers behind the slashes and the 10.
    """
    return key_of(_VERSIONS.sub("", user_agent[:LONGEST]))


def version_key(version: str, parent: int) -> int:
    """The key of a version: 13 bits in the order of versions, 13 of what it is a version of, 6 of the text."""
    version = version[:LONGEST]
    numbers = [int(number) for number in _LEADING_NUMBERS.findall(version)[:2]] + [0, 0]
    order = min(numbers[0], 255) << 5 | min(numbers[1], 31)
    return order << _ORDER_AT | key_of(version) & _TEXT | parent << 6 & _OF_PARENT or 1


def is_older(version: int, than: int) -> bool:
    """Whether one version key names an older version than another, of the same thing."""
    return (version ^ than) & _OF_PARENT == 0 and version >> _ORDER_AT < than >> _ORDER_AT


_latest: Final[list[tuple[Circumstance | None, Keys]]] = [(None, ())]
"""One attempt is asked for its keys again and again, for its velocity, its score and its lesson: the last is kept."""


def keys_of(circumstance: Circumstance) -> Keys:
    """The key of every trait, in the order of the trait numbers."""
    # One read and one write of one slot, so that threads at worst make keys twice.
    of, keys = _latest[0]
    if of is not circumstance:
        keys = _made(circumstance)
        _latest[0] = circumstance, keys
    return keys


def _made(c: Circumstance) -> Keys:
    asn = c.asn
    country = key_of(c.country) if c.country else 0
    return (
        country,
        key_of(c.region, country) if c.region else 0,
        asn if asn is not None and 0 < asn < 2**32 else 0,
        key_of(c.prefix) if c.prefix else 0,
        key_of(c.address) if c.address else 0,
        key_of(c.network_kind) if c.network_kind else 0,
        *_of_kind_of_client(
            (c.device_type or "")[:LONGEST],
            (c.os or "")[:LONGEST],
            (c.browser or "")[:LONGEST],
            (c.browser_version or "")[:LONGEST],
            (c.user_agent or "")[:LONGEST],
        ),
        key_of(c.fingerprint) if c.fingerprint else 0,
        key_of(c.device_id) if c.device_id else 0,
        key_of(c.language) if c.language else 0,
        key_of(c.timezone) if c.timezone else 0,
    )


@lru_cache(maxsize=4096)
def _of_kind_of_client(
    device_type: str, os: str, browser: str, browser_version: str, user_agent: str
) -> tuple[int, ...]:
    """The keys from DEVICE_TYPE to USER_AGENT, remembered because many people show the same few thousand."""
    of_type = key_of(device_type) if device_type else 0
    of_os = key_of(os, of_type) if os else 0
    of_browser = key_of(browser, of_os) if browser else 0
    platform = platform_of(user_agent) if user_agent else 0
    version = version_key(browser_version, platform or of_browser) if browser_version else 0
    return of_type, of_os, of_browser, platform, version, key_of(user_agent) if user_agent else 0


def client_key(keys: Keys) -> int:
    """The narrowest thing known of the client: device id, else fingerprint, else user agent."""
    return keys[DEVICE_ID] or keys[FINGERPRINT] or keys[USER_AGENT]


def network_key(keys: Keys) -> int:
    """The network a person would point at: the /24 or /48, else the address, else the ASN."""
    return keys[PREFIX] or keys[ADDRESS] or keys[ASN]
