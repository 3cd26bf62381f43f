"""Thresholds from a challenge budget: kept within it, the same every time, and bent by nobody."""

from itertools import islice

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.past import BEGINNING, DAY, history, sign_in

from doorward.risk.calibration import (
    ACCOUNT_SHARE,
    DEFAULT_BUDGET,
    USERS_AT_LEAST,
    Budget,
    Calibration,
    Shares,
    calibrate,
)
from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import SHIPPED_THRESHOLDS
from doorward.risk.model import SHIPPED
from doorward.risk.past_attempt import PastAttempt
from doorward.risk.population import Population
from doorward.risk.profile import Profile
from doorward.risk.replay import WARM_UP
from doorward.risk.score import score
from doorward.risk.velocity import Outcome

PAST = list(history())


@pytest.fixture(scope="module")
def usual() -> Calibration:
    return calibrate(PAST, at=1.0)


def within(shares: Shares | None, budget: Budget) -> bool:
    assert shares is not None
    return shares.low <= budget.low and shares.medium <= budget.medium and shares.high <= budget.high


def test_each_level_keeps_within_its_budget(usual: Calibration) -> None:
    assert usual.source == usual.thresholds.source == "calibrated"
    assert within(usual.expected, DEFAULT_BUDGET)
    assert (usual.users, usual.at, usual.model_version) == (200, 1.0, SHIPPED.version)
    assert usual.sign_ins == sum(1 for past in PAST if past.circumstance.at >= first() + WARM_UP)


def first() -> float:
    return PAST[0].circumstance.at


@pytest.mark.parametrize("budget", [Budget(0.1, 0.05, 0.01), Budget(0.02, 0.02, 0.02), Budget(0.3, 0.2, 0.1)])
def test_a_larger_budget_catches_more(usual: Calibration, budget: Budget) -> None:
    spent = calibrate(PAST, at=1.0, budget=budget)
    assert within(spent.expected, budget)
    assert spent.thresholds.high < usual.thresholds.high
    for attacker, shares in spent.caught.items():
        assert shares.high >= usual.caught[attacker].high


def test_a_budget_is_spent_where_scores_allow() -> None:
    model = replace(SHIPPED, cold_prior=-20.0)  # so that the least threshold is out of the way
    shares = calibrate(PAST, at=1.0, model=model).expected
    assert shares is not None
    assert 0.045 < shares.low <= 0.05
    assert 0.009 < shares.medium <= 0.01
    assert 0.0015 < shares.high <= 0.002


def test_the_same_history_gives_the_same(usual: Calibration) -> None:
    assert calibrate(iter(PAST), at=1.0) == usual


def test_impostors_are_mostly_caught_and_move_nothing(usual: Calibration) -> None:
    assert set(usual.caught) == {"naive", "vpn"}
    naive, vpn = usual.caught["naive"], usual.caught["vpn"]
    assert naive.low >= naive.medium >= naive.high > 0.5
    assert naive.high > vpn.high
    assert usual.expected is not None
    assert vpn.low > 10 * usual.expected.low


def test_a_short_history_leaves_the_shipped_thresholds_and_says_so() -> None:
    short = calibrate(PAST[:3000], at=1.0)
    assert short.thresholds == SHIPPED_THRESHOLDS
    assert short.source == "shipped"
    assert f"{DEFAULT_BUDGET.sign_ins_at_least} of {USERS_AT_LEAST} are needed" in short.because
    assert short.expected is not None


def test_few_users_are_too_few_however_often_they_sign_in() -> None:
    few = calibrate(history(users=USERS_AT_LEAST - 1, days=60), at=1.0)
    assert few.sign_ins > DEFAULT_BUDGET.sign_ins_at_least
    assert few.source == "shipped"


def test_no_history_is_measured_by_nothing() -> None:
    nothing = calibrate([], at=1.0)
    assert (nothing.source, nothing.sign_ins, nothing.expected, nothing.caught) == ("shipped", 0, None, {})


def test_sign_ins_whose_past_is_not_in_the_history_are_not_judged() -> None:
    start = first() + WARM_UP
    one = "user-1"
    cut = [past for past in PAST if past.user != one or past.circumstance.at >= start]
    of_one = sum(1 for past in cut if past.user == one)
    new = [replace(past, earlier=0) if past.user == one else past for past in cut]
    known_too_little = round(SHIPPED.few)
    assert calibrate(cut, at=1.0).sign_ins == calibrate(new, at=1.0).sign_ins - known_too_little
    assert of_one > known_too_little


def test_time_running_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="in the order of time"):
        calibrate([PAST[5], PAST[0]], at=1.0)


@pytest.mark.parametrize(
    "shares", [(0.05, 0.01, 0.0), (0.01, 0.05, 0.002), (1.0, 0.5, 0.1), (float("nan"),) * 3]
)
def test_a_budget_that_is_none_is_refused(shares: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="budget"):
        Budget(*shares)


def odd(number: int, at: float) -> Circumstance:
    """A sign-in that is as strange as can be, each unlike the one before."""
    return Circumstance(
        at=at,
        address=f"203.{number % 250}.{number // 250}.9",
        prefix=f"203.{number % 250}.{number // 250}.0/24",
        asn=1000 + number,
        country=f"X{number % 26}",
        network_kind="tor",
        user_agent=f"odd {number}",
        os=f"os {number}",
        browser=f"browser {number}",
        device_id=f"odd-{number}",
    )


def with_poison(accounts: int, each_day: int) -> list[PastAttempt]:
    """The usual history with accounts that sign in from everywhere, to make everything look normal."""
    poison = []
    for account in range(accounts):
        for number in range(40 * each_day):
            at = BEGINNING + 29_000 + number * DAY / each_day + account
            poison.append(PastAttempt(f"mallory-{account}", odd(number * 7 + account, at), number))
    return sorted([*PAST, *poison], key=lambda past: past.circumstance.at)


def test_one_account_cannot_lift_a_threshold_beyond_its_share() -> None:
    model = replace(SHIPPED, cold_prior=-20.0)  # so that the least threshold is out of the way
    poisoned = calibrate(with_poison(1, each_day=20), at=1.0, model=model)
    left = Budget(*(share * (1 - ACCOUNT_SHARE) for share in msgspec.structs.astuple(DEFAULT_BUDGET)))
    bound = calibrate(PAST, at=1.0, budget=left, model=model)
    clean = calibrate(PAST, at=1.0, model=model)
    for level in ("low", "medium", "high"):
        # The account's own sign-ins also change the pool's view a little: a tenth is for that.
        assert getattr(poisoned.thresholds, level) <= getattr(bound.thresholds, level) + 0.1
        assert getattr(bound.thresholds, level) >= getattr(clean.thresholds, level)


def test_calibration_leaves_new_users_below_low_however_regular_the_others_are(usual: Calibration) -> None:
    model = replace(SHIPPED, thresholds=usual.thresholds)
    for kind in ("residential", "mobile", None):
        assessment = score(replace(odd(1, 0.0), network_kind=kind), Profile(), Population(), model=model)
        assert assessment.level.name == "NONE", kind


def test_failures_are_velocity_and_no_sign_ins(usual: Calibration) -> None:
    failed = [past for one in PAST for past in (replace(one, outcome=Outcome.FAILURE), one)]
    mistyping = calibrate(failed, at=1.0)
    assert mistyping.sign_ins == usual.sign_ins
    assert within(mistyping.expected, DEFAULT_BUDGET)


def test_memory_follows_the_users_and_not_the_stream() -> None:
    assert calibrate(islice(history(), 500), at=1.0).sign_ins == 0


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.builds(
            PastAttempt,
            user=st.text(max_size=3),
            circumstance=st.builds(
                Circumstance,
                at=st.floats(0, 1e7).map(float),
                address=st.none() | st.text(max_size=5),
                country=st.none() | st.text(max_size=2),
                asn=st.none() | st.integers(-5, 2**40),
                user_agent=st.none() | st.text(max_size=5) | st.just("x" * 65_536),
                latitude=st.none() | st.floats(),
                longitude=st.none() | st.floats(),
                accuracy_km=st.none() | st.floats(),
            ),
            earlier=st.integers(0, 10**12),
            outcome=st.sampled_from(Outcome),
        ),
        max_size=30,
    )
)
def test_whatever_a_history_holds_the_thresholds_are_numbers(past: list[PastAttempt]) -> None:
    past.sort(key=lambda one: one.circumstance.at)
    found = calibrate(past, at=0.0, budget=Budget(0.9, 0.9, 0.9))
    assert found.thresholds.low < found.thresholds.medium < found.thresholds.high
    assert found == msgspec.json.decode(msgspec.json.encode(found), type=Calibration)


def test_the_made_history_is_the_same_every_time() -> None:
    assert sign_in(3, 4) == sign_in(3, 4)
    assert list(history()) == PAST
