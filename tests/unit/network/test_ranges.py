from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.network.ranges import match, parse_ranges
from doorward.wire import errors


def _refusal(allow: list[str], block: list[str]) -> str:
    with pytest.raises(errors.InvalidParameterException) as refusal:
        parse_ranges(allow, block)
    return refusal.value.message


def test_the_most_specific_range_decides() -> None:
    ranges = parse_ranges(["198.51.100.0/24", "203.0.113.7/32"], ["198.51.0.0/16", "203.0.113.0/24"])
    assert ranges.verdict(ip_address("198.51.100.9")) == "allow"
    assert ranges.verdict(ip_address("198.51.99.9")) == "block"
    assert ranges.verdict(ip_address("203.0.113.7")) == "allow"
    assert ranges.verdict(ip_address("203.0.113.8")) == "block"
    assert ranges.verdict(ip_address("192.0.2.1")) is None


def test_the_block_wins_a_tie() -> None:
    network = (ip_network("198.51.100.0/24"),)
    assert match(ip_address("198.51.100.1"), network, network) == "block"


def test_the_range_of_everything_still_decides() -> None:
    assert parse_ranges([], ["0.0.0.0/0"]).verdict(ip_address("1.2.3.4")) == "block"
    assert parse_ranges([], ["0.0.0.0/0"]).verdict(ip_address("2001:db8::1")) is None
    assert parse_ranges(["::/0"], []).verdict(ip_address("2001:db8::1")) == "allow"


def test_an_ipv4_range_in_ipv6_clothing_holds_the_ipv4_addresses() -> None:
    ranges = parse_ranges([], ["::ffff:198.51.100.0/120"])
    assert ranges.verdict(ip_address("198.51.100.200")) == "block"
    assert ranges.verdict(ip_address("198.51.101.200")) is None


def test_a_bare_address_is_the_range_of_itself() -> None:
    assert parse_ranges(["2001:db8::1"], []).allow == (ip_network("2001:db8::1/128"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/24",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/0.255.255.255",
        "10.0.0.0/8 ",
        "::/129",
        "fe80::%1/64",
        "ten",
        "1.2.3.4/٨",
        "<b>",
        "a" * 10**5,
    ],
)
def test_what_does_not_parse_is_named_with_its_list(text: str) -> None:
    message = _refusal([], [text])
    assert repr(text)[1:20].rstrip("'") in message or not text.isascii()
    assert "BlockedIPRangeList" in message
    assert len(message) < 200
    assert message.isprintable()
    assert "SkippedIPRangeList" in _refusal([text], [])


@pytest.mark.parametrize(
    ("text", "right"), [("10.1.2.3/8", "10.0.0.0/8"), ("2001:db8::1/32", "2001:db8::/32")]
)
def test_host_bits_are_named_and_the_right_range_shown(text: str, right: str) -> None:
    message = _refusal([text], [])
    assert text in message
    assert right in message
    assert "host bits" in message


def test_a_range_in_both_lists_is_named_however_it_is_written() -> None:
    assert "2001:db8::/32" in _refusal(["2001:db8::/32"], ["2001:0DB8:0::/32"])
    assert "198.51.100.0/24" in _refusal(["198.51.100.0/24"], ["::ffff:198.51.100.0/120"])


def test_two_hundred_ranges_are_taken_and_one_more_is_not() -> None:
    many = [f"10.0.{third}.0/24" for third in range(201)]
    assert len(parse_ranges(many[:200], []).allow) == 200
    assert "at most 200" in _refusal(many, [])
    assert "BlockedIPRangeList" in _refusal([], many)


_networks = st.builds(
    lambda number, length: ip_network((number >> (32 - length) << (32 - length), length)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)


@given(st.integers(0, 2**32 - 1), st.lists(_networks), st.lists(_networks))
def test_the_verdict_is_that_of_the_longest_prefix_in_bits(
    number: int, allow: list[object], block: list[object]
) -> None:
    # The same question asked of the bits as text: the longest range that is a beginning of the address.
    bits = f"{number:032b}"

    def longest(networks: list[object]) -> int:
        starts = []
        for network in map(str, networks):
            base, _, length = network.partition("/")
            starts.append("".join(f"{int(part):08b}" for part in base.split("."))[: int(length)])
        return max((len(start) for start in starts if bits.startswith(start)), default=-1)

    expected = None
    if max(longest(allow), longest(block)) >= 0:
        expected = "allow" if longest(allow) > longest(block) else "block"
    ranges = ([ip_network(str(n)) for n in allow], [ip_network(str(n)) for n in block])
    assert match(ip_address(number), *ranges) == expected
