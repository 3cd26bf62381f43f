"""What a text that claims to be an IP address says: the address itself, its neighbourhood, its reach.

An IPv4 address in IPv6 clothing (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is the IPv4 address: a dual-stack
listener reports every IPv4 peer in that form, and a range or a history must not see two different people.
A zone id (`fe80::1%eth0`, RFC 4007) names an interface of one machine, so it means nothing to another and is
refused.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from doorward.wire import errors

Address = IPv4Address | IPv6Address

IPV4_PREFIX = 24
IPV6_PREFIX = 48

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA has allocated for global unicast so far (RFC 4291 §2.4, RFC 3587)."""

_LONGEST = 45
"""Characters of the longest textual form: six groups of four digits and a dotted IPv4 address."""


def parse(text: str) -> Address:
    """Read an address in its usual notation, IPv4-mapped IPv6 as IPv4.

    Raises InvalidParameterException where the text is not an address, or carries a zone id.
    """
    address = parse_or_none(text)
    if address is None:
        raise errors.InvalidParameterException(f"{shown(text)} is not a valid IP address.")
    return address


@lru_cache(maxsize=8192)
def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def parse_or_none(text: str | None) -> Address | None:
    """Read an address; None where there is none to read."""
    if not text or len(text) > _LONGEST or "%" in text:
        return None
    return _parsed(text)


def normalise(text: str) -> str:
    """Return the one way in which an address is stored and compared (RFC 5952 for IPv6).

    Raises InvalidParameterException where the text is not an address.
    """
    return str(parse(text))


def prefix(address: Address) -> str:
    """Return the network of one customer or site: the /24 of an IPv4 address, the /48 of an IPv6 address."""
    length = IPV4_PREFIX if isinstance(address, IPv4Address) else IPV6_PREFIX
    free = address.max_prefixlen - length
    base = type(address)(int(address) >> free << free)
    return f"{base}/{length}"


def is_public(address: Address) -> bool:
    """Tell whether an address can belong to one host of the public Internet.

    False for the private, shared, link-local, loopback, documentation, benchmarking and reserved blocks of
    the IANA special-purpose registries (RFC 6890), and for multicast.
    """
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def shown(text: str, longest: int = 64) -> str:
    """Return a caller's text in a form that is safe to repeat in a message: quoted, escaped, cut."""
    return ascii(text if len(text) <= longest else text[:longest] + "...")
