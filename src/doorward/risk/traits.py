"""The traits of a circumstance that are counted, and the 32-bit keys they are counted under.

A key is the CRC-32 of the value (the client's traits chained to their parents, so that "Chrome on Windows"
and "Chrome on Android" differ). It keeps a profile small and of a known size; it is no secret and needs
not to be: whoever can choose a value that collides with the user's already knows the user's value.
"""

from typing import Final
from zlib import crc32

from doorward.risk.circumstance import Circumstance

COUNTRY: Final = 0
ASN: Final = 1
PREFIX: Final = 2
ADDRESS: Final = 3
NETWORK_KIND: Final = 4
DEVICE_TYPE: Final = 5
OS: Final = 6
BROWSER: Final = 7
BROWSER_VERSION: Final = 8
USER_AGENT: Final = 9
FINGERPRINT: Final = 10
DEVICE_ID: Final = 11
LANGUAGE: Final = 12
TIMEZONE: Final = 13

NAMES: Final = (
    "country",
    "asn",
    "prefix",
    "address",
    "network_kind",
    "device_type",
    "os",
    "browser",
    "browser_version",
    "user_agent",
    "fingerprint",
    "device_id",
    "language",
    "timezone",
)
"""The field of `Circumstance` behind each trait, in the order of the numbers above."""

TRAITS: Final = len(NAMES)
NETWORK_CHAIN: Final = (COUNTRY, ASN, PREFIX, ADDRESS)
"""From the widest network to the narrowest: what is unseen below takes its likelihood from above."""
CLIENT_CHAIN: Final = (DEVICE_TYPE, OS, BROWSER, BROWSER_VERSION, USER_AGENT, FINGERPRINT, DEVICE_ID)
"""From the kind of device down to the device itself."""

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


def keys_of(circumstance: Circumstance) -> Keys:
    """The key of every trait, in the order of the trait numbers."""
    c = circumstance
    asn = c.asn
    device_type = key_of(c.device_type) if c.device_type else 0
    os = key_of(c.os, device_type) if c.os else 0
    browser = key_of(c.browser, os) if c.browser else 0
    return (
        key_of(c.country) if c.country else 0,
        asn if asn is not None and 0 < asn < 2**32 else 0,
        key_of(c.prefix) if c.prefix else 0,
        key_of(c.address) if c.address else 0,
        key_of(c.network_kind) if c.network_kind else 0,
        device_type,
        os,
        browser,
        key_of(c.browser_version, browser) if c.browser_version else 0,
        key_of(c.user_agent) if c.user_agent else 0,
        key_of(c.fingerprint) if c.fingerprint else 0,
        key_of(c.device_id) if c.device_id else 0,
        key_of(c.language) if c.language else 0,
        key_of(c.timezone) if c.timezone else 0,
    )


def client_key(keys: Keys) -> int:
    """The narrowest thing known of the client: device id, else fingerprint, else user agent."""
    return keys[DEVICE_ID] or keys[FINGERPRINT] or keys[USER_AGENT]


def network_key(keys: Keys) -> int:
    """The network a person would point at: the /24 or /48, else the address, else the ASN."""
    return keys[PREFIX] or keys[ADDRESS] or keys[ASN]
