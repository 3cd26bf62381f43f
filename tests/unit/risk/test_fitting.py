"""Concentrations from a history: what they follow, and what they never do."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from tests.past import DAY, chance, history

from doorward.risk.circumstance import Circumstance
from doorward.risk.fitting import LEAST, MOST, fit
from doorward.risk.model import SHIPPED
from doorward.risk.traits import ADDRESS, ASN, DEVICE_ID, FINGERPRINT, LANGUAGE, REGION

T0 = 1_700_000_000.0


def people(moving: float, users: int = 60, days: int = 20) -> Iterator[tuple[str, Circumstance]]:
    """People who sign in daily, each with a network of his own but for a share `moving` of the days."""
    for day in range(days):
        for user in range(users):
            elsewhere = chance(moving, user, day) < moving
            asn = 1000 + int(chance("elsewhere", user, day) * 500) if elsewhere else 1 + user
            at = T0 + day * DAY + user
            yield f"user-{user}", Circumstance(at=at, country="DE", asn=asn, device_type="desktop")


def test_the_more_people_move_about_the_more_the_pools_share_is_worth() -> None:
    settled, mobile = fit(people(0.01)).alphas[ASN], fit(people(0.5)).alphas[ASN]
    assert settled < SHIPPED.alphas[ASN] < mobile


def visitors(roaming: float, new_networks: bool) -> Iterator[tuple[str, Circumstance]]:
    """People who are in a region of their own but for a share `roaming` of the days."""
    for day in range(20):
        for user in range(60):
            away = chance(roaming, user, day) < roaming
            region = f"R{int(chance('where', user, day) * 9)}" if away else f"R{user % 9}"
            prefix = f"10.{user}.{day if new_networks else 0}.0/24"
            at = T0 + day * DAY + user
            yield f"user-{user}", Circumstance(at=at, country="DE", region=region, prefix=prefix)


def test_regions_are_learned_from_new_networks_alone() -> None:
    def alpha(roaming: float, *, new_networks: bool) -> float:
        return fit(visitors(roaming, new_networks)).alphas[REGION]

    assert alpha(0.01, new_networks=True) < SHIPPED.alphas[REGION] < alpha(0.5, new_networks=True)
    assert alpha(0.5, new_networks=False) == pytest.approx(SHIPPED.alphas[REGION])


def test_what_was_fitted_predicts_another_history_of_the_same_people_better() -> None:
    """Fitted on the first half, the second half is less surprising; told by fitting again from there."""
    both = list(people(0.5, days=40))
    fitted = fit(both[: len(both) // 2])
    again = fit(both[len(both) // 2 :], fitted)
    moved = abs(again.alphas[ASN] - fitted.alphas[ASN])
    assert moved < abs(fitted.alphas[ASN] - SHIPPED.alphas[ASN]) / 2


def test_traits_that_the_history_does_not_tell_of_keep_their_concentration() -> None:
    fitted = fit(people(0.2))
    for trait in (ADDRESS, FINGERPRINT, DEVICE_ID, LANGUAGE):
        assert fitted.alphas[trait] == pytest.approx(SHIPPED.alphas[trait])


def test_a_short_history_moves_little() -> None:
    fitted = fit(people(0.5, users=3, days=2))
    assert fitted.alphas[ASN] == pytest.approx(SHIPPED.alphas[ASN], rel=0.6)


def test_the_same_history_gives_the_same_model() -> None:
    def past() -> Iterator[tuple[str, Circumstance]]:
        return ((one.user, one.circumstance) for one in history(users=30, days=15))

    assert fit(past()) == fit(past())
    assert fit(past()).version == f"{SHIPPED.version}-fitted"
    assert all(LEAST <= alpha <= MOST for alpha in fit(past()).alphas)


def test_no_history_leaves_everything_as_it_was_shipped() -> None:
    assert fit([]).alphas == SHIPPED.alphas


def test_time_must_not_run_backwards() -> None:
    past = list(people(0.1, users=2, days=2))
    with pytest.raises(ValueError, match="order of time"):
        fit([past[-1], past[0]])


def test_a_history_longer_than_what_is_kept_gives_much_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fit(people(0.3)).alphas[ASN]
    monkeypatch.setattr("doorward.risk.fitting.OBSERVATIONS", 300)
    assert fit(people(0.3)).alphas[ASN] == pytest.approx(whole, rel=0.3)


def test_everything_else_stays_as_it_was() -> None:
    fitted = fit(people(0.2))
    assert replace(fitted, alphas=SHIPPED.alphas, version=SHIPPED.version) == SHIPPED
