from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.network import address
from doorward.wire import errors


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:0201", "192.0.2.1"),
        ("2001:0DB8:0000::0001", "2001:db8::1"),
    ],
)
def test_each_address_has_one_form(text: str, stored: str) -> None:
    assert address.normalise(text) == stored


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 192.0.2.1",
        "192.0.2.1\n",
        "192.0.2.01",
        "192.0.2",
        "fe80::1%eth0",
        "1.2.3.4:80",
        "[::1]",
        "x" * 10**6,
        "١.٢.٣.٤",
    ],
)
def test_what_is_no_address_is_refused_in_a_short_printable_sentence(text: str) -> None:
    with pytest.raises(errors.InvalidParameterException) as refusal:
        address.parse(text)
    assert "is not a valid IP address" in refusal.value.message
    assert refusal.value.message.isprintable()
    assert refusal.value.message.isascii()
    assert len(refusal.value.message) < 200
    assert address.parse_or_none(text) is None


@given(st.text())
def test_no_text_ends_in_any_other_error(text: str) -> None:
    try:
        assert address.parse(text) == address.parse_or_none(text)
    except errors.InvalidParameterException:
        assert address.parse_or_none(text) is None


@given(st.ip_addresses())
def test_the_prefix_is_the_network_of_24_or_48_bits_that_holds_the_address(
    drawn: IPv4Address | IPv6Address,
) -> None:
    network = ip_network(address.prefix(drawn))
    assert drawn in network
    assert network.prefixlen == (24 if drawn.version == 4 else 48)


@pytest.mark.parametrize("text", ["1.2.3.4", "81.2.69.142", "2001:4860:4860::8888", "2a00:1450:4001::1"])
def test_ordinary_addresses_are_public(text: str) -> None:
    assert address.is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "2001:db8::1",
        "ff02::1",
        "ff0e::1",
        "fec0::1",
    ],
)
def test_special_addresses_are_not_public(text: str) -> None:
    assert not address.is_public(ip_address(text))
