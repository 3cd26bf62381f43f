"""The region of a new network: people come upon those mostly where they live, impostors anywhere."""

import pytest
from msgspec.structs import replace

from doorward.risk.circumstance import Circumstance
from doorward.risk.population import Population
from doorward.risk.profile import Profile, learn
from doorward.risk.reasons import Reason
from doorward.risk.score import score
from doorward.risk.traits import REGION, keys_of

T0 = 1_700_000_000.0
DAY = 86_400.0
REGIONS = ("Bavaria", "Berlin", "Hamburg", "Hesse", "Saxony")

HOME = Circumstance(
    at=T0,
    address="192.0.2.9",
    prefix="192.0.2.0/24",
    asn=3320,
    country="DE",
    region="Hamburg",
    city="Hamburg",
)
ELSEWHERE = replace(HOME, at=T0 + 41 * DAY, address="198.51.100.7", prefix="198.51.100.0/24", asn=3209)


def pool(located: int = 1) -> Population:
    """A thousand people, as many in each region, each on a network of his own; of `located` of them one is located."""
    population = Population()
    for person in range(1000):
        population.observe(
            replace(
                HOME,
                address=f"10.{person // 250}.{person % 250}.1",
                prefix=f"10.{person // 250}.{person % 250}.0/24",
                region=None if person % located else REGIONS[person // located % len(REGIONS)],
            )
        )
    return population


def anna(home: Circumstance = HOME, sign_ins: int = 40) -> Profile:
    profile = Profile()
    for day in range(sign_ins):
        profile = learn(profile, replace(home, at=T0 + day * DAY))
    return profile


def said(attempt: Circumstance, profile: Profile, population: Population | None = None) -> Reason | None:
    reasons = score(attempt, profile, population or pool()).reasons
    return next((reason for reason in reasons if reason.signal == "region"), None)


def test_a_new_network_where_the_user_lives_speaks_for_him() -> None:
    reason = said(ELSEWHERE, anna())
    assert reason is not None
    assert reason.weight < -1.0
    assert reason.value == "Hamburg"
    assert reason.sentence == "a new network; 40 of 40 earlier sign-ins came from the region Hamburg"


def test_one_in_another_region_of_the_same_country_speaks_against_him() -> None:
    reason = said(replace(ELSEWHERE, region="Bavaria", city="Munich"), anna())
    assert reason is not None
    assert reason.weight > 2.0
    assert reason.sentence == "first sign-in from the region Bavaria"


def test_who_is_all_over_the_country_is_expected_anywhere() -> None:
    profile = Profile()
    for day in range(40):
        profile = learn(profile, replace(HOME, at=T0 + day * DAY, region=f"Region {day}"))
    settled, roaming = said(replace(ELSEWHERE, region="Bavaria"), anna()), said(ELSEWHERE, profile)
    assert settled is not None
    assert roaming is None or roaming.weight < settled.weight / 4


def test_a_known_network_a_new_country_and_an_unknown_region_leave_it_silent() -> None:
    known = replace(ELSEWHERE, prefix=HOME.prefix, region="Bavaria")
    assert said(known, anna()) is None
    assert said(replace(ELSEWHERE, country="FR", region="Brittany"), anna()) is None
    assert said(replace(ELSEWHERE, region=None), anna()) is None
    assert said(ELSEWHERE, anna(replace(HOME, region=None))) is None
    assert said(ELSEWHERE, Profile()) is None


def test_a_database_that_locates_one_in_two_says_the_same_of_those_it_locates() -> None:
    every, some = said(ELSEWHERE, anna()), said(ELSEWHERE, anna(), pool(located=2))
    assert every is not None
    assert some is not None
    assert some.weight == pytest.approx(every.weight, abs=0.05)


def test_regions_of_the_same_name_in_two_countries_are_two() -> None:
    assert keys_of(HOME)[REGION] != keys_of(replace(HOME, country="US"))[REGION]
