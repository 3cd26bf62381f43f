"""Always allowed and always blocked addresses: the most specific range wins, on a tie the block."""

import ipaddress
from collections.abc import Iterable
from enum import Enum
from typing import Final

AT_MOST: Final = 200
"""Ranges in each list (`SkippedIPRangeList`, `BlockedIPRangeList`)."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class IpException(Enum):
    """What the lists say about an address."""

    NONE = "none"
    ALLOW = "allow"
    BLOCK = "block"


class RangeError(ValueError):
    """A range that cannot be kept; the message names it."""


class IpExceptions:
    """The two lists of a pool or app client, ready to be asked."""

    __slots__ = ("_by_length",)

    def __init__(self, allowed: Iterable[str] = (), blocked: Iterable[str] = ()) -> None:
        """Raises RangeError for a range that does not parse, has host bits set or stands in both lists, and
        for a list of more than AT_MOST.
        """
        allow, block = _networks(allowed), _networks(blocked)
        if both := allow & block:
            raise RangeError(f"The range {min(map(str, both))} is in both lists.")
        # {(IP version, prefix length): {network's first bits: exception}}, longest prefixes first.
        by_length: dict[tuple[int, int], dict[int, IpException]] = {}
        for networks, exception in ((allow, IpException.ALLOW), (block, IpException.BLOCK)):
            for network in networks:
                bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
                by_length.setdefault((network.version, network.prefixlen), {})[bits] = exception
        self._by_length = sorted(by_length.items(), key=lambda item: -item[0][1])

    def of(self, address: str | None) -> IpException:
        """What the lists say about an address; NONE for one that is unknown or does not parse.

        An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
        """
        if not self._by_length or not address:
            return IpException.NONE
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return IpException.NONE
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        number, length_of_address, version = int(parsed), parsed.max_prefixlen, parsed.version
        for (of_version, length), ranges in self._by_length:
            if of_version == version:
                found = ranges.get(number >> (length_of_address - length))
                if found is not None:
                    return found
        return IpException.NONE


def _networks(ranges: Iterable[str]) -> set[Network]:
    networks: set[Network] = set()
    for number, written in enumerate(ranges):
        if number >= AT_MOST:
            raise RangeError(f"A list holds at most {AT_MOST} ranges.")
        try:
            networks.add(ipaddress.ip_network(written, strict=True))
        except ValueError as error:
            raise RangeError(f"The range {written!r} is no CIDR range: {error}.") from error
    return networks
