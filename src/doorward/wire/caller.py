"""Whose address is this: the connection's, or the one that trusted proxies vouch for.

Every proxy appends the address of whoever connected to it, so a list is read from its right end and only as
far as the proxies in it are trusted; what stands further left was written by the caller and proves nothing.
Sources: RFC 7239 (`Forwarded`); `X-Forwarded-For` as the common proxies write it.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

ForwardingHeader = Literal["x-forwarded-for", "forwarded"]

MAX_HOPS = 32
"""How many hops are followed. No honest chain of trusted proxies is longer."""

_MAX_NODE_CHARACTERS = 128
_BRACKETED = re.compile(r"\[([^\[\]]*)\](?::[0-9A-Za-z._-]{1,64})?")
_IPV4_WITH_PORT = re.compile(r"([0-9.]+):[0-9A-Za-z._-]{1,64}")
_FORWARDED_PAIR = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\";,]*))\s*")


class CallerAddress(msgspec.Struct, frozen=True):
    """Where a request came from, and who says so.

    `address` is in canonical form (IPv4 where an IPv6 address only wraps one, no zone), or None where nothing
    is known; `source` is recorded with every event.
    """

    address: str | None
    source: Literal["connection", "x-forwarded-for", "forwarded", "none"]


def caller_address(
    peer: str | None,
    headers: Sequence[tuple[bytes, bytes]],
    trusted_proxies: Sequence[IPNetwork],
    *,
    header: ForwardingHeader = "x-forwarded-for",
) -> CallerAddress:
    """Return the nearest address that is not a trusted proxy's.

    `peer` is the connection's other end. `header` is the one that the trusted proxies write: the other is
    never read, because a proxy passes it on as the caller made it up. An entry that is not an address
    (`unknown`, `_hidden`, garbage) ends the search at the last proxy that could be named. Where all are
    trusted proxies, the furthest of them is the caller.
    """
    nearest = _address(peer) if peer is not None else None
    if nearest is None:
        return CallerAddress(None, "none")
    if not _is_trusted(nearest, trusted_proxies):
        return CallerAddress(str(nearest), "connection")
    value = b",".join(content for name, content in headers if name.lower() == header.encode()).decode(
        "latin-1"
    )
    nodes = _forwarded_nodes(value) if header == "forwarded" else reversed(value.split(","))
    caller = CallerAddress(str(nearest), "connection")
    for _, node in zip(range(MAX_HOPS), nodes, strict=False):
        hop = _address(node)
        if hop is None:
            break
        caller = CallerAddress(str(hop), header)
        if not _is_trusted(hop, trusted_proxies):
            break
    return caller


def _is_trusted(address: IPAddress, networks: Sequence[IPNetwork]) -> bool:
    return any(address in network for network in networks)


def _address(node: str) -> IPAddress | None:
    """Read `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]:443`; None for anything else."""
    node = node.strip(" \t")
    if not 0 < len(node) <= _MAX_NODE_CHARACTERS:
        return None
    bracketed = _BRACKETED.fullmatch(node)
    with_port = _IPV4_WITH_PORT.fullmatch(node)
    if bracketed is not None:
        node = bracketed[1]
        if ":" not in node:
            return None
    elif with_port is not None:
        node = with_port[1]
    try:
        # A zone (`%eth0`) means something only on the machine that wrote it.
        address = ipaddress.ip_address(node.partition("%")[0] if ":" in node else node)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _elements_from_right(text: str) -> Iterator[str]:
    """Split `Forwarded` at the commas outside quotes, last element first.

    From the right, because the right end is what trusted proxies wrote: a quote that a caller left open
    further left cannot swallow their entries.
    """
    end = len(text)
    quoted = False
    for position in range(len(text) - 1, -1, -1):
        character = text[position]
        if character == "," and not quoted:
            yield text[position + 1 : end]
            end = position
        elif character == '"' and not _is_escaped(text, position):
            quoted = not quoted
    yield text[:end]


def _is_escaped(text: str, position: int) -> bool:
    before = text[max(0, position - _MAX_NODE_CHARACTERS) : position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _forwarded_nodes(value: str) -> Iterator[str]:
    """Yield the `for` of each element, last first; empty where an element has none or cannot be read."""
    for element in _elements_from_right(value):
        yield _for_parameter(element)


def _for_parameter(element: str) -> str:
    node: str | None = None
    position = 0
    while position < len(element):
        match = _FORWARDED_PAIR.match(element, position)
        if match is None:
            return ""
        if match[1].lower() == "for":
            if node is not None:
                return ""
            node = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        position = match.end()
        if position < len(element):
            if element[position] != ";":
                return ""
            position += 1
    return node or ""
