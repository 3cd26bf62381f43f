"""Writes small databases in MaxMind DB format 2.0, as its public specification lays them out."""

import struct
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Any

import pytest

WriteMmdb = Callable[..., Path]

_SEPARATOR = bytes(16)
_METADATA = b"\xab\xcd\xefMaxMind.com"


def encode(value: Any) -> bytes:
    """Encode one value of the data section."""
    match value:
        case bool():
            return _control(14, int(value))
        case str():
            return _control(2, len(value.encode())) + value.encode()
        case float():
            return _control(3, 8) + struct.pack(">d", value)
        case int():
            return _integer(6 if value < 2**32 else 9, value)
        case Mapping():
            return _control(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
        case list():
            return _control(11, len(value)) + b"".join(map(encode, value))
    raise TypeError(type(value))


def _integer(kind: int, value: int) -> bytes:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return _control(kind, len(raw)) + raw


def _control(kind: int, size: int) -> bytes:
    tail = b""
    if size >= 29:
        assert size < 285
        size, tail = 29, bytes([size - 29])
    return bytes([kind << 5 | size]) + tail if kind <= 7 else bytes([size, kind - 7]) + tail


def database(networks: Mapping[str, Any], kind: str, ip_version: int) -> bytes:
    """Lay out a tree of 32-bit records and its data. IPv4 networks stand under ::/96 in an IPv6 tree."""
    nodes: list[list[int | None]] = [[None, None]]
    data = b""
    leaves: dict[tuple[int, int], int] = {}
    for text, record in networks.items():
        network = ip_network(text)
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        if isinstance(network, IPv4Network) and ip_version == 6:
            bits = "0" * 96 + bits
        at = 0
        for bit in bits[:-1]:
            step = nodes[at][int(bit)]
            if step is None:
                nodes.append([None, None])
                step = nodes[at][int(bit)] = len(nodes) - 1
            at = step
        leaves[at, int(bits[-1])] = len(data)
        data += encode(record)
    tree = b"".join(
        struct.pack(">I", _target(nodes, leaves, at, side)) for at in range(len(nodes)) for side in (0, 1)
    )
    metadata = {
        "binary_format_major_version": _integer(5, 2),
        "binary_format_minor_version": _integer(5, 0),
        "build_epoch": _integer(9, 1_700_000_000),
        "database_type": encode(kind),
        "description": encode({"en": "A test"}),
        "ip_version": _integer(5, ip_version),
        "languages": encode(["en"]),
        "node_count": _integer(6, len(nodes)),
        "record_size": _integer(5, 32),
    }
    entries = b"".join(encode(name) + value for name, value in metadata.items())
    return tree + _SEPARATOR + data + _METADATA + _control(7, len(metadata)) + entries


def _target(nodes: list[list[int | None]], leaves: Mapping[tuple[int, int], int], at: int, side: int) -> int:
    if (at, side) in leaves:
        return len(nodes) + len(_SEPARATOR) + leaves[at, side]
    step = nodes[at][side]
    return len(nodes) if step is None else step


@pytest.fixture
def write_mmdb() -> WriteMmdb:
    """Return a function that puts a database of the given networks at a path, replacing what is there."""

    def write(path: Path, networks: Mapping[str, Any], kind: str = "Test", ip_version: int = 6) -> Path:
        fresh = path.with_suffix(".fresh")
        fresh.write_bytes(database(networks, kind, ip_version))
        return fresh.replace(path)

    return write
