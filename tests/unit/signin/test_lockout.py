import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.signin.lockout import Lockout, after_failure, is_locked

START = 1_700_000_000.0


def failed(times: int) -> tuple[Lockout, float]:
    """Fail `times` in a row, each time as soon as the lock allows; return the state and the moment."""
    state, now = Lockout.clear(), START
    for _ in range(times):
        now = max(now, state.locked_until)
        state = after_failure(state, now)
    return state, now


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (12, 128), (14, 512), (15, 900), (16, 900), (40, 900)],
)
def test_the_lock_doubles_from_the_fifth_failure_up_to_fifteen_minutes(failures: int, seconds: float) -> None:
    state, now = failed(failures)
    assert is_locked(state, now) is (seconds > 0)
    assert is_locked(state, now + seconds - 0.001) is (seconds > 0)
    assert not is_locked(state, now + seconds)


def test_attempts_during_a_lock_change_nothing() -> None:
    state, now = failed(8)
    assert after_failure(state, now + 1) == state
    assert after_failure(state, now + 7.999) == state
    assert after_failure(state, now + 8).failures == 9


def test_fifteen_quiet_minutes_after_the_lock_forget() -> None:
    state, now = failed(8)
    end = now + 8
    assert after_failure(state, end + 899.999).failures == 9
    fresh = after_failure(state, end + 900)
    assert (fresh.failures, is_locked(fresh, end + 900)) == (1, False)
    longest, _ = failed(20)
    assert after_failure(longest, longest.locked_until).failures == 21


def test_slow_failures_never_lock() -> None:
    state, now = Lockout.clear(), START
    for _ in range(50):
        state = after_failure(state, now)
        assert not is_locked(state, now)
        now += 900


def test_a_success_forgives() -> None:
    assert not is_locked(Lockout.clear(), 0.0)
    assert after_failure(Lockout.clear(), START).failures == 1


@given(st.lists(st.floats(0, 3000), max_size=60))
def test_no_guesser_gets_more_looks_at_a_password_than_the_locks_allow(pauses: list[float]) -> None:
    """Between two counted failures lies at least the earlier one's lock, however the attempts fall."""
    state, now = Lockout.clear(), START
    for pause in pauses:
        now += pause
        before = state
        state = after_failure(state, now)
        if now < before.locked_until:
            assert state == before
        else:
            assert state.last_failure == now
            assert 0 <= max(state.locked_until, now) - now <= 900
            assert state.failures in (1, before.failures + 1)


def test_a_counter_of_any_size_is_cheap() -> None:
    state = after_failure(Lockout(10**9, START, START), START + 1)
    assert state.locked_until == START + 901


def test_it_can_be_stored() -> None:
    state, _ = failed(7)
    assert msgspec.json.decode(msgspec.json.encode(state), type=Lockout) == state
