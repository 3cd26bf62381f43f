"""What the device id is worth where it begins to be shown, and where it is left out."""

from itertools import pairwise

import pytest
from msgspec.structs import replace
from tests.unit.risk.test_stories import ANNA, DAY, LAPTOP, NOW, START

from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import Level
from doorward.risk.model import SHIPPED
from doorward.risk.population import Population
from doorward.risk.profile import Profile, learn
from doorward.risk.score import Assessment, score
from doorward.risk.traits import DEVICE_ID

ELSEWHERE = {"address": "10.9.9.9", "prefix": "10.9.9.0/24", "asn": 680}
BARE = replace(LAPTOP, device_id=None)


def pool(identified: int) -> Population:
    """A hundred people, of whom so many show a device id."""
    found = Population()
    for person in range(100):
        shown = replace(
            LAPTOP,
            at=START + person,
            prefix=f"10.{person}.0.0/24",
            address=f"10.{person}.0.1",
            device_id=f"device-{person}" if person < identified else None,
        )
        found.observe(shown)
    return found


def of(circumstance: Circumstance, times: int = 12) -> Profile:
    profile = Profile()
    for day in range(times):
        profile = learn(profile, replace(circumstance, at=START + day * DAY))
    return profile


def assess(circumstance: Circumstance, profile: Profile, of_pool: Population) -> Assessment:
    return score(replace(circumstance, at=NOW), profile, of_pool)


def weight_of_client(circumstance: Circumstance, profile: Profile, of_pool: Population) -> float:
    reasons = assess(circumstance, profile, of_pool).reasons
    return sum(reason.weight for reason in reasons if reason.signal == "client")


NEVER_SHOWED_ONE = of(BARE)


def test_a_first_device_id_is_a_new_device_where_the_whole_pool_shows_them() -> None:
    assert weight_of_client(LAPTOP, NEVER_SHOWED_ONE, pool(100)) > 1.0
    assert weight_of_client(BARE, NEVER_SHOWED_ONE, pool(100)) < 0.0
    assert assess(replace(LAPTOP, **ELSEWHERE), NEVER_SHOWED_ONE, pool(100)).level > Level.NONE


def test_a_first_device_id_at_home_stays_below_low() -> None:
    assert assess(LAPTOP, NEVER_SHOWED_ONE, pool(100)).level is Level.NONE


def test_an_application_may_begin_to_ask_for_device_ids() -> None:
    weights = [weight_of_client(LAPTOP, NEVER_SHOWED_ONE, pool(share)) for share in (0, 5, 30, 70, 100)]
    assert all(one < other for one, other in pairwise(weights))
    assert weights[0] == weight_of_client(BARE, NEVER_SHOWED_ONE, pool(0))
    assert assess(replace(LAPTOP, **ELSEWHERE), NEVER_SHOWED_ONE, pool(5)).level is Level.NONE


def test_leaving_the_device_id_out_is_dearer_where_nobody_else_does() -> None:
    weights = [weight_of_client(BARE, ANNA, pool(share)) for share in (0, 50, 100)]
    assert weights[0] <= weights[1] < weights[2]
    assert weights[2] - weights[0] <= SHIPPED.unidentified_at_most


def test_a_known_client_whose_device_id_is_lost_at_home_is_no_risk() -> None:
    assert assess(BARE, ANNA, pool(100)).level is Level.NONE


def test_who_often_shows_none_may_leave_it_out() -> None:
    mixed = Profile()
    for day in range(12):
        mixed = learn(mixed, replace(LAPTOP if day % 2 else BARE, at=START + day * DAY))
    assert weight_of_client(BARE, mixed, pool(100)) < weight_of_client(BARE, ANNA, pool(100)) - 1.0


def test_a_young_pool_says_nothing_of_device_ids() -> None:
    few = Population()
    few.observe(LAPTOP)
    assert few.share_identified < 0.05


@pytest.mark.parametrize("years", [0.1, 1, 6])
def test_the_share_that_shows_device_ids_outlives_the_decay(years: float) -> None:
    found = pool(100)
    before = found.share_identified
    found.observe(replace(LAPTOP, at=START + years * 365 * DAY, prefix="192.0.2.0/24"))
    assert found.totals[DEVICE_ID] == pytest.approx(found.mass)
    assert found.share_identified <= before
