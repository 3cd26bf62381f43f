from hypothesis import given
from hypothesis import strategies as st

from doorward.signin.attempt_budget import AttemptBudget, remaining, spend


def test_the_limit_is_per_rolling_hour() -> None:
    state = AttemptBudget()
    for second in (0.0, 10.0, 20.0, 30.0, 40.0):
        state, allowed = spend(state, second, 5)
        assert allowed
    state, allowed = spend(state, 3599.0, 5)
    assert not allowed
    state, allowed = spend(state, 3600.0, 5)
    assert allowed
    assert remaining(state, 3605.0, 5) == 0
    assert remaining(state, 3610.0, 5) == 1


def test_a_lowered_limit_counts_what_was_spent_before() -> None:
    state = AttemptBudget()
    for second in range(7):
        state, _ = spend(state, float(second), 20)
    assert remaining(state, 10.0, 20) == 13
    assert remaining(state, 10.0, 5) == 0
    assert spend(state, 10.0, 5)[1] is False


@given(st.lists(st.floats(0, 5000), max_size=80), st.integers(0, 10))
def test_no_hour_of_any_history_holds_more_than_the_limit(pauses: list[float], limit: int) -> None:
    state, now = AttemptBudget(), 0.0
    granted: list[float] = []
    for pause in pauses:
        now += pause
        left = remaining(state, now, limit)
        state, allowed = spend(state, now, limit)
        assert allowed is (left > 0)
        if allowed:
            granted.append(now)
        assert len(state.spent) <= limit
    for moment in granted:
        assert sum(1 for other in granted if moment <= other and other - moment < 3600) <= limit
