from doorward.wire import rate
from doorward.wire.rate import RateBound

NOW = 1_800_000_000.0


def test_ten_seconds_worth_may_come_at_once_and_then_the_rate_counts() -> None:
    bound = RateBound(2.0)
    assert [bound.wait("192.0.2.1", NOW) for _ in range(20)] == [0.0] * 20
    assert bound.wait("192.0.2.1", NOW) == 0.5
    assert bound.wait("192.0.2.1", NOW + 0.5) == 0.0
    assert bound.wait("192.0.2.1", NOW + 0.75) == 0.25


def test_who_waited_long_has_no_more_than_that() -> None:
    bound = RateBound(0.5)
    for at in (NOW, NOW + 1e9):
        assert [bound.wait("192.0.2.1", at) for _ in range(6)] == [0.0] * 5 + [2.0]


def test_addresses_count_apart_and_ipv6_by_the_site() -> None:
    bound = RateBound(0.1)
    assert bound.wait("192.0.2.1", NOW) == 0.0
    assert bound.wait("192.0.2.2", NOW) == 0.0
    assert bound.wait("2001:db8:1::1", NOW) == 0.0
    assert bound.wait("2001:db8:1:ffff::2", NOW) > 0.0
    assert bound.wait("2001:db8:2::1", NOW) == 0.0
    assert bound.wait("::ffff:192.0.2.1", NOW) > 0.0
    assert bound.wait(None, NOW) == 0.0
    assert bound.wait(None, NOW) > 0.0


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing() -> None:
    bound = RateBound(0.2)
    assert [bound.wait("192.0.2.1", at) for at in (NOW, NOW - 1e6)] == [0.0, 0.0]
    assert bound.wait("192.0.2.1", NOW - 1e6) > 0.0


def test_only_so_many_addresses_are_remembered() -> None:
    bound = RateBound(0.1)
    for number in range(rate.MAX_ADDRESSES + 50):
        bound.wait(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", NOW)
    assert len(bound._buckets) == rate.MAX_ADDRESSES
