"""Each figure against cases small enough to count by hand."""

from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.evaluation.metrics import (
    Groups,
    auc,
    reauthentications,
    roc,
    share_reaching,
    threshold_catching,
    threshold_challenging,
)

scores = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30)


def test_auc_counts_the_pairs_won() -> None:
    # 3 beats 1 and 2 and loses to 4; 5 beats all three: 5 of 6 pairs.
    assert auc([1.0, 2.0, 4.0], [3.0, 5.0]) == pytest.approx(5 / 6)


def test_auc_takes_a_tie_for_half() -> None:
    assert auc([1.0, 1.0], [1.0]) == 0.5
    assert auc([0.0, 1.0], [1.0]) == 0.75


def test_auc_of_nothing_is_unknown() -> None:
    assert isnan(auc([], [1.0]))
    assert isnan(auc([1.0], []))


@given(scores, scores)
def test_auc_is_that_of_all_pairs_and_turns_with_the_sides(one: list[float], other: list[float]) -> None:
    pairs = sum((p > n) + (p == n) / 2 for p in other for n in one) / (len(one) * len(other))
    assert auc(sorted(one), other) == pytest.approx(pairs)
    assert auc(sorted(other), one) == pytest.approx(1 - pairs)


def test_a_tenth_of_ten_challenges_the_highest_alone() -> None:
    negatives = [float(n) for n in range(1, 11)]
    threshold = threshold_challenging(negatives, 0.1)
    assert 9.0 < threshold <= 10.0
    assert share_reaching(negatives, threshold) == 0.1


def test_equal_scores_are_challenged_together_or_not_at_all() -> None:
    negatives = [0.0] * 8 + [1.0, 1.0]
    assert share_reaching(negatives, threshold_challenging(negatives, 0.1)) == 0.0
    assert share_reaching(negatives, threshold_challenging(negatives, 0.2)) == 0.2


def test_everybody_may_be_challenged() -> None:
    assert threshold_challenging([1.0, 2.0], 1.0) == -inf


@given(scores, st.floats(0, 1))
def test_the_budget_is_never_exceeded_and_never_wasted(negatives: list[float], share: float) -> None:
    negatives.sort()
    threshold = threshold_challenging(negatives, share)
    assert share_reaching(negatives, threshold) <= share + 1e-9
    below = [score for score in negatives if score < threshold]
    if below:
        assert share_reaching(negatives, below[-1]) > share + 1e-12


def test_nine_of_ten_are_caught_at_the_second_lowest() -> None:
    positives = [float(n) for n in range(1, 11)]
    assert threshold_catching(positives, 0.9) == 2.0
    assert threshold_catching(positives, 0.91) == 1.0
    assert threshold_catching(positives, 1.0) == 1.0
    assert isnan(threshold_catching([], 0.9))


@given(scores, st.floats(0.01, 1))
def test_at_least_the_share_is_caught_and_no_higher_threshold_catches_it(
    positives: list[float], share: float
) -> None:
    positives.sort()
    threshold = threshold_catching(positives, share)
    assert share_reaching(positives, threshold) >= share - 1e-9
    above = [score for score in positives if score > threshold]
    if above:
        assert share_reaching(positives, above[0]) < share


def test_roc_tells_the_recall_at_each_share() -> None:
    negatives = [float(n) for n in range(10)]
    assert roc(negatives, [0.5, 7.5, 9.0, 20.0], [0.0, 0.1, 0.5]) == [0.25, 0.5, 0.75]


def test_reauthentications_are_the_median_over_those_who_came_so_often() -> None:
    users = [[nan, 5.0, 5.0, 0.0], [nan, 5.0, 0.0, 0.0], [nan, 0.0, 0.0], [nan]]
    # After 1: four users, never. After 2: 1, 1, 0. After 3: 2, 1, 0. After 4: 2, 1. After 5: nobody.
    assert reauthentications(users, 5.0, 5) == [0.0, 1.0, 1.0, 1.5, None]


def test_intervals_hold_the_figure_and_are_wider_for_fewer_users() -> None:
    def width(users: int) -> float:
        groups = Groups()
        for user in range(users):
            groups.negative(user, float(user % 7))
            groups.positive(user, float(user % 7 + user % 3))
        found = groups.intervals({"0.1": 6.0}, {"0.9": 1.0}, seed=1)
        low, high = found["auc"]
        exact = auc(
            sorted(float(user % 7) for user in range(users)), [float(u % 7 + u % 3) for u in range(users)]
        )
        assert isinstance(low, float) and isinstance(high, float)
        assert low <= exact <= high
        return high - low

    assert width(100) > 2 * width(3000) > 0


def test_intervals_are_the_same_for_the_same_seed() -> None:
    groups = Groups(10)
    for user in range(40):
        groups.negative(user, float(user % 5))
        groups.positive(user, float(user % 6))
    first = groups.intervals({"0.1": 4.0}, {}, seed=1)
    assert groups.intervals({"0.1": 4.0}, {}, seed=1) == first
