"""The caller's address behind trusted proxies."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from doorward.wire.caller import CallerAddress, ForwardingHeader, caller_address

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
PROXY = "10.0.0.1"


def through(value: str, header: ForwardingHeader = "x-forwarded-for") -> CallerAddress:
    return caller_address(PROXY, [(header.encode(), value.encode("latin-1"))], TRUSTED, header=header)


def test_without_a_proxy_the_connection_counts() -> None:
    assert caller_address("192.0.2.7", [], []) == CallerAddress("192.0.2.7", "connection")
    assert caller_address(None, [], []) == CallerAddress(None, "none")
    assert caller_address("", [], []) == CallerAddress(None, "none")
    assert caller_address("/run/socket", [], []) == CallerAddress(None, "none")


def test_headers_of_strangers_are_not_read() -> None:
    headers = [(b"x-forwarded-for", b"198.51.100.1"), (b"forwarded", b"for=198.51.100.1")]
    assert caller_address("192.0.2.7", headers, TRUSTED) == CallerAddress("192.0.2.7", "connection")
    nobody_trusted = caller_address("192.0.2.7", headers, [], header="forwarded")
    assert nobody_trusted == CallerAddress("192.0.2.7", "connection")


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("203.0.113.66, 198.51.100.1", "198.51.100.1"),  # the left one is the caller's own invention
        ("198.51.100.1, 10.2.3.4, 10.0.0.9", "198.51.100.1"),
        ("198.51.100.1:51234", "198.51.100.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("[::ffff:c633:6401]:80", "198.51.100.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("198.51.100.1, ::ffff:10.0.0.3, fd12::1", "198.51.100.1"),
        ('"open, 198.51.100.1', "198.51.100.1"),
        ("10.7.7.7, 10.8.8.8", "10.7.7.7"),  # all inside: the furthest is the caller
    ],
)
def test_x_forwarded_for(value: str, address: str) -> None:
    assert through(value) == CallerAddress(address, "x-forwarded-for")


@pytest.mark.parametrize(
    "garbage", ["", "unknown", "_hidden", "1.2.3", "01.2.3.4", "a,b", "[1.2.3.4]", "x" * 9999]
)
def test_garbage_ends_the_search_at_the_last_named_proxy(garbage: str) -> None:
    assert through(garbage) == CallerAddress(PROXY, "connection")
    assert through(f"198.51.100.1, {garbage}") == CallerAddress(PROXY, "connection")
    assert through(f"198.51.100.1, {garbage}, 10.0.0.9") == CallerAddress("10.0.0.9", "x-forwarded-for")


def test_several_lines_of_a_header_are_one_list() -> None:
    headers = [(b"X-Forwarded-For", b"203.0.113.66"), (b"x-forwarded-for", b"198.51.100.1")]
    assert caller_address(PROXY, headers, TRUSTED).address == "198.51.100.1"


def test_a_mapped_peer_is_recognised_as_the_proxy_it_is() -> None:
    headers = [(b"x-forwarded-for", b"198.51.100.1")]
    assert caller_address("::ffff:10.0.0.1", headers, TRUSTED).address == "198.51.100.1"
    assert caller_address("fe80::5%eth0", headers, [ip_network("fe80::/10")]).address == "198.51.100.1"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("for=198.51.100.1", "198.51.100.1"),
        ("For=198.51.100.1;proto=https;by=10.0.0.1", "198.51.100.1"),
        ("proto=https; for=198.51.100.1 ; by=_gate", "198.51.100.1"),
        ('for="198.51.100.1:443"', "198.51.100.1"),
        ('for="[2001:db8::1]:4711"', "2001:db8::1"),
        ('for="\\[2001:db8::1]"', "2001:db8::1"),
        ("for=203.0.113.66, for=198.51.100.1, for=10.0.0.5", "198.51.100.1"),
        ('for=198.51.100.1;host="a, for=203.0.113.66"', "198.51.100.1"),
        # A caller opens a quote, or leaves a backslash, to swallow what the proxy appends.
        ('for="203.0.113.66, for=198.51.100.1', "198.51.100.1"),
        ('for=203.0.113.66;host=", for="[2001:db8::9]"', "2001:db8::9"),
        ('for="203.0.113.66\\, for=198.51.100.1', "198.51.100.1"),
    ],
)
def test_forwarded(value: str, address: str) -> None:
    assert through(value, "forwarded") == CallerAddress(address, "forwarded")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "for=unknown",
        "for=_SEVKISEK",
        "proto=https",
        "for",
        "for=198.51.100.1 garbage",
        "for=198.51.100.1;for=203.0.113.66",
        'for="198.51.100.1',
        "198.51.100.1",
    ],
)
def test_what_forwarded_does_not_say_is_not_guessed(value: str) -> None:
    assert through(value, "forwarded") == CallerAddress(PROXY, "connection")
    assert through(f"for=203.0.113.66, {value}", "forwarded") == CallerAddress(PROXY, "connection")


def test_only_the_header_that_the_proxies_write_is_read() -> None:
    headers = [(b"x-forwarded-for", b"203.0.113.66"), (b"forwarded", b"for=198.51.100.1")]
    assert caller_address(PROXY, headers, TRUSTED).address == "203.0.113.66"
    assert caller_address(PROXY, headers, TRUSTED, header="forwarded").address == "198.51.100.1"
    assert caller_address(PROXY, headers[1:], TRUSTED) == CallerAddress(PROXY, "connection")


def test_an_endless_chain_is_not_followed() -> None:
    assert through("198.51.100.1" + ", 10.0.0.2" * 40).address == "10.0.0.2"


SPOOFS = st.text(alphabet='for=",;\\[]:%. 0123456789abcdefx_', max_size=60) | st.text(
    alphabet=st.characters(max_codepoint=255), max_size=60
)


@given(SPOOFS, st.ip_addresses())
def test_nothing_a_caller_writes_moves_the_address_its_proxy_saw(spoof: str, seen: object) -> None:
    real = ip_address(str(seen))
    assume(not any(real in network for network in TRUSTED) and not getattr(real, "ipv4_mapped", None))
    assert through(f"{spoof}, {real}").address == str(real)
    node = f'"[{real}]"' if real.version == 6 else str(real)
    assert through(f"{spoof}, for={node}", "forwarded").address == str(real)


@given(SPOOFS)
def test_hostile_lists_never_raise_and_only_yield_addresses(value: str) -> None:
    headers: tuple[ForwardingHeader, ...] = ("x-forwarded-for", "forwarded")
    for header in headers:
        found = through(value, header)
        assert found.address is not None
        ip_address(found.address)
