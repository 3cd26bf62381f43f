"""A pool's IP exceptions: reading the two lists of CIDR ranges, and which of them an address falls into.

`SkippedIPRangeList` is always allowed, `BlockedIPRangeList` always blocked. The most specific range that
holds the address wins; where an allowed and a blocked range are equally specific, the block does.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Literal

from doorward.network.address import Address, shown
from doorward.wire import errors

Network = IPv4Network | IPv6Network
Verdict = Literal["allow", "block"]

MOST_RANGES = 200
"""How many ranges each list may hold (RiskExceptionConfigurationType)."""

ALLOW_LIST = "SkippedIPRangeList"
BLOCK_LIST = "BlockedIPRangeList"

_LONGEST = 49
_CIDR = re.compile(r"[0-9a-fA-F:.]+(?:/[0-9]{1,3})?", re.ASCII)
_MAPPED_BITS = 96


@dataclass(frozen=True, slots=True)
class Ranges:
    """The two lists, read and checked."""

    allow: tuple[Network, ...] = ()
    block: tuple[Network, ...] = ()

    def verdict(self, address: Address) -> Verdict | None:
        """Return what the lists say about an address; None where they say nothing."""
        return match(address, self.allow, self.block)


def parse_range(text: str, list_name: str) -> Network:
    """Read one range; a bare address is the range of that address alone.

    An IPv4-mapped IPv6 range is the IPv4 range, as the addresses it would be compared with are IPv4.
    Raises InvalidParameterException, naming the range and the list, where it does not parse or has host bits.
    """
    if len(text) > _LONGEST or not _CIDR.fullmatch(text):
        raise errors.InvalidParameterException(_unreadable(text, list_name))
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise errors.InvalidParameterException(_unreadable(text, list_name)) from None
    if ip_network(text.partition("/")[0]).network_address != network.network_address:
        raise errors.InvalidParameterException(
            f"The range {text} in {list_name} has host bits set; the range that holds it is {network}."
        )
    return _unmapped(network)


def parse_ranges(allow: Sequence[str], block: Sequence[str], *, most: int = MOST_RANGES) -> Ranges:
    """Read both lists.

    Raises InvalidParameterException where a list is too long, a range does not parse or has host bits set, or
    the same range stands in both lists; the sentence names the range.
    """
    for name, texts in ((ALLOW_LIST, allow), (BLOCK_LIST, block)):
        if len(texts) > most:
            raise errors.InvalidParameterException(
                f"{name} holds {len(texts)} ranges; at most {most} are allowed."
            )
    allowed = tuple(parse_range(text, ALLOW_LIST) for text in allow)
    blocked = tuple(parse_range(text, BLOCK_LIST) for text in block)
    in_allowed = set(allowed)
    for network in blocked:
        if network in in_allowed:
            raise errors.InvalidParameterException(
                f"The range {network} stands in both {ALLOW_LIST} and {BLOCK_LIST}."
            )
    return Ranges(allowed, blocked)


def match(address: Address, allow: Iterable[Network], block: Iterable[Network]) -> Verdict | None:
    """Return the verdict of the most specific range that holds the address: block on a tie, None without."""
    allowed = _most_specific(address, allow)
    blocked = _most_specific(address, block)
    if allowed < 0 and blocked < 0:
        return None
    return "allow" if allowed > blocked else "block"


def _most_specific(address: Address, networks: Iterable[Network]) -> int:
    """Return the longest prefix length among the networks that hold the address, -1 where none does."""
    return max((network.prefixlen for network in networks if address in network), default=-1)


def _unmapped(network: Network) -> Network:
    first = network.network_address
    if isinstance(first, IPv6Address) and first.ipv4_mapped and network.prefixlen >= _MAPPED_BITS:
        return IPv4Network((first.ipv4_mapped, network.prefixlen - _MAPPED_BITS))
    return network


def _unreadable(text: str, list_name: str) -> str:
    return f"{shown(text)} in {list_name} is not an IP range in CIDR notation."
