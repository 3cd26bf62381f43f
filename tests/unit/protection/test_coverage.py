"""What is counted is counted once, in whatever order it comes."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.coverage import LATE_AT_MOST, Coverage


@given(st.permutations(range(1, 30)))
def test_each_number_counts_once_in_any_order(order: list[int]) -> None:
    covered = Coverage()
    assert all(covered.take(number) for number in order)
    assert not any(covered.take(number) for number in order)
    assert (covered.up_to, covered.beyond) == (29, set())


def test_a_gap_is_remembered_until_it_is_filled() -> None:
    covered = Coverage(10)
    assert covered.take(12)
    assert (covered.up_to, covered.beyond) == (10, {12})
    assert covered.take(11)
    assert covered.up_to == 12


def test_what_never_comes_is_given_up_and_memory_stays_small() -> None:
    covered = Coverage()
    for number in range(2, 10 * LATE_AT_MOST):
        assert covered.take(number)
        assert len(covered.beyond) <= LATE_AT_MOST
    assert covered.up_to == 10 * LATE_AT_MOST - 1
    assert not covered.take(1)


def test_what_has_no_number_is_always_new() -> None:
    covered = Coverage()
    assert covered.take(None)
    assert covered.take(None)
