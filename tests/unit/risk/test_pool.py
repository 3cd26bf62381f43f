"""What is counted for a whole pool: global counts that nobody can bend, and windows that stay small."""

from math import log

import pytest
from msgspec.structs import replace

from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import Level
from doorward.risk.model import SHIPPED
from doorward.risk.population import (
    AT_MOST,
    PREFIX_MASS,
    PREFIX_SHARE,
    REPORTED_AT_MOST,
    REPORTERS_AT_MOST,
    Population,
)
from doorward.risk.profile import Profile, distrust, learn, trust
from doorward.risk.score import score
from doorward.risk.traits import ASN, COUNTRY, DEVICE_ID, DEVICE_TYPE, PREFIX, key_of
from doorward.risk.velocity import HALF_LIFE, NAMES_KEPT, SHOWN_BY_NARROWER, Outcome, Velocity

T0 = 1_700_000_000.0
DAY = 86_400.0


def of(person: int, country: str = "DE", at: float = T0) -> Circumstance:
    return Circumstance(
        at=at,
        address=f"10.{person // 250}.{person % 250}.1",
        prefix=f"10.{person // 250}.{person % 250}.0/24",
        asn=100,
        country=country,
    )


def pool(people: int = 1000) -> Population:
    population = Population()
    for person in range(people):
        population.observe(of(person, "DE" if person % 10 else "FR"))
    return population


def share(population: Population, trait: int, key: int) -> float:
    return population.counts[trait].get(key, 0.0) / population.mass


def test_a_value_is_as_common_as_its_users() -> None:
    population = pool()
    assert share(population, COUNTRY, key_of("DE")) == pytest.approx(0.9, abs=0.01)
    assert share(population, COUNTRY, key_of("FR")) == pytest.approx(0.1, abs=0.01)
    assert share(population, COUNTRY, key_of("XX")) == 0.0
    assert share(population, ASN, 100) == pytest.approx(1.0, abs=0.01)


def test_one_account_cannot_shift_the_pools_view() -> None:
    population = pool()
    for earlier in range(10_000):
        population.observe(of(5000 + earlier % 200, "XX", T0 + earlier), earlier)
    assert population.counts[COUNTRY][key_of("XX")] < 10.8
    assert share(population, COUNTRY, key_of("XX")) < 0.012


def test_one_network_cannot_shift_the_pools_view() -> None:
    population = pool()
    before = population.mass
    for number in range(20_000):
        population.observe(replace(of(7, "XX", T0 + number), device_type="bot"), 0)
    assert population.mass - before <= max(PREFIX_MASS, PREFIX_SHARE * population.mass) + 1
    assert share(population, DEVICE_TYPE, key_of("bot")) < 0.04


def test_attempts_without_an_address_are_bounded_too() -> None:
    population = Population()
    for number in range(5000):
        population.observe(Circumstance(at=T0 + number, device_type="bot"), 0)
    assert population.mass <= PREFIX_MASS + 1


def test_the_pool_forgets() -> None:
    population = pool(100)
    for person in range(100):
        population.observe(of(person + 300, "SE", T0 + 900 * DAY))
    assert share(population, COUNTRY, key_of("SE")) > 0.95
    assert sum(population.counts[COUNTRY].values()) == pytest.approx(population.mass)


def test_the_pools_memory_is_bounded() -> None:
    population = Population()
    for number in range(AT_MOST[COUNTRY] + 100):
        population.observe(of(number, f"c{number}"))
        population.observe(of(number + 5000, "DE"))
    assert len(population.counts[COUNTRY]) <= AT_MOST[COUNTRY]
    assert share(population, COUNTRY, key_of("DE")) > 0.4


def test_time_running_backwards_adds_little_and_breaks_nothing() -> None:
    population = pool(100)
    population.observe(of(1, "XX", T0 - 3000 * DAY))
    assert population.scale <= 1.0
    assert share(population, COUNTRY, key_of("XX")) < 0.01


def test_a_report_can_be_withdrawn() -> None:
    population = pool(100)
    population.report(of(1), "anna", T0)
    prefix = key_of("10.0.1.0/24")
    assert population.reputation(PREFIX, prefix, T0)[0] > 0
    population.withdraw(of(1), "anna")
    assert population.reputation(PREFIX, prefix, T0) == (0.0, 0)
    assert not population.reports


def test_a_large_provider_is_not_condemned_for_a_few() -> None:
    population = pool(1000)
    population.report(of(1), "anna", T0)
    assert population.reputation(ASN, 100, T0)[0] < 0.05


def test_a_window_decays() -> None:
    velocity = Velocity()
    for number in range(8):
        velocity.note(of(1), f"user-{number}", Outcome.FAILURE, T0)
    now = velocity.view(of(1), "anna", T0).address
    assert (now.attempts, now.failures, now.names, now.failing) == (8, 8, 8, 8)
    later = velocity.view(of(1), "anna", T0 + HALF_LIFE).address
    assert later.names == pytest.approx(4)
    assert velocity.view(of(2), "anna", T0).address.attempts == 0


def test_a_name_counts_once_and_a_success_redeems_it() -> None:
    velocity = Velocity()
    for outcome in (Outcome.FAILURE, Outcome.FAILURE, Outcome.PROMPTED, Outcome.SUCCESS, Outcome.FAILURE):
        velocity.note(of(1), "anna", outcome, T0)
    window = velocity.view(of(1), "anna", T0).address
    assert (window.attempts, window.failures, window.names, window.failing) == (5, 3, 1, 0)


def test_a_prompt_and_its_failure_are_one_attempt() -> None:
    velocity = Velocity()
    for outcome in (Outcome.PROMPTED, Outcome.CHALLENGE_FAILED):
        velocity.note(of(1), "anna", outcome, T0)
    window = velocity.view(of(1), "anna", T0).user
    assert (window.attempts, window.failures, window.prompts) == (1, 1, 1)


def test_unknown_names_are_told_apart() -> None:
    velocity = Velocity()
    for number in range(5):
        velocity.note(of(1), f"nobody-{number}", Outcome.UNKNOWN_NAME, T0)
    window = velocity.view(of(1), "anna", T0).address
    assert (window.unknown, window.failing) == (5, 5)


def test_a_list_that_one_address_shows_is_not_held_against_its_neighbours() -> None:
    velocity = Velocity()
    for number in range(50):
        velocity.note(of(1), f"nobody-{number}", Outcome.UNKNOWN_NAME, T0)
    view = velocity.view(of(1), "anna", T0)
    assert view.address.failing == view.pool.failing == 50
    wide = (view.prefix, view.asn, view.client, view.lately, view.usual)
    assert all(window.failing <= SHOWN_BY_NARROWER for window in wide)
    # Who signs in is counted everywhere, whatever his neighbours do.
    for number in range(5):
        velocity.note(of(1), f"user-{number}", Outcome.SUCCESS, T0)
    assert velocity.view(of(1), "anna", T0).asn.names >= 5


def test_a_users_window_tells_networks_apart() -> None:
    velocity = Velocity()
    for network in range(6):
        velocity.note(of(network), "anna", Outcome.FAILURE, T0)
    assert velocity.view(of(99), "anna", T0).user.failing == 6
    assert velocity.view(of(99), "bert", T0).user.attempts == 0


def test_a_windows_memory_is_bounded_and_time_may_run_backwards() -> None:
    velocity = Velocity()
    for number in range(10 * NAMES_KEPT):
        velocity.note(of(1), f"user-{number}", Outcome.FAILURE, T0 - number)
    window = velocity.view(of(1), "anna", T0 - 10_000).address
    assert window.names == 10 * NAMES_KEPT


def test_the_share_that_one_account_gives_a_value_is_bounded_by_its_weight() -> None:
    people, sign_ins = 1000, 3000
    population = pool(people)
    for earlier in range(sign_ins):
        population.observe(of(5000 + earlier, "XX", T0 + earlier), earlier)
    weight = 1 + log(sign_ins)
    assert share(population, COUNTRY, key_of("XX")) <= (weight + 0.1) / (people + weight)


def test_one_network_cannot_make_a_device_look_common_with_a_thousand_accounts() -> None:
    population = pool(1000)
    key = key_of("stolen")
    for number in range(10_000):
        population.observe(replace(of(7, "XX", T0 + number), device_id="stolen"), 0)
    held = population.counts[DEVICE_ID][key] / population.mass
    assert held <= max(PREFIX_MASS, PREFIX_SHARE * population.mass) / population.mass + 0.001


def test_an_as_full_of_strangers_vouches_for_none_of_them() -> None:
    """Residential proxies: ten times as many new accounts as people, each from a /24 of its own, one AS."""
    anna = Profile()
    for day in range(20):
        anna = learn(anna, of(1, at=T0 + day * DAY))
    people, flooded = pool(1000), pool(1000)
    for account in range(10_000):
        flooded.observe(replace(of(account + 1000, "XX"), asn=666, device_id=f"rented-{account}"))
    assert share(flooded, ASN, 666) > 0.9
    rented = replace(of(12_000, "XX", T0 + 20 * DAY), asn=666)
    before, after = score(rented, anna, people), score(rented, anna, flooded)
    assert after.level is before.level is Level.MEDIUM
    assert after.score == pytest.approx(before.score, abs=0.1)
    # Nor does it make anna a stranger at home, or an impostor there welcome.
    home, neighbour = of(1, at=T0 + 20 * DAY), of(2, at=T0 + 20 * DAY)
    assert score(home, anna, flooded).level is Level.NONE
    gained = score(neighbour, anna, people).score - score(neighbour, anna, flooded).score
    assert gained <= log(11) + 0.01


def test_one_account_reports_a_network_once_however_often_it_reports() -> None:
    once, often = pool(100), pool(100)
    once.report(of(1), "mallory", T0)
    for _ in range(500):
        often.report(of(1), "mallory", T0)
    prefix = key_of("10.0.1.0/24")
    assert often.reputation(PREFIX, prefix, T0) == once.reputation(PREFIX, prefix, T0)
    assert once.reputation(PREFIX, prefix, T0)[0] <= SHIPPED.reputation + 0.01


def test_many_accounts_cannot_report_a_network_beyond_the_bound() -> None:
    population = pool(100)
    for number in range(1000):
        population.report(of(1), f"mallory-{number}", T0)
    weight, told_apart = population.reputation(PREFIX, key_of("10.0.1.0/24"), T0)
    assert weight <= SHIPPED.reputation_at_most
    assert told_apart == REPORTERS_AT_MOST


def test_reports_without_end_forget_the_oldest_place() -> None:
    population = Population()
    for number in range(REPORTED_AT_MOST + 10):
        population.report(Circumstance(at=T0, device_id=f"device-{number}"), "mallory", T0)
    assert len(population.reports) == REPORTED_AT_MOST
    assert population.reputation(DEVICE_ID, key_of("device-0"), T0) == (0.0, 0)


def test_feedback_acts_on_the_very_next_attempt_and_the_later_one_holds() -> None:
    profile = Profile()
    for day in range(20):
        profile = learn(profile, of(1, at=T0 + day * DAY))
    abroad, now = of(2, "XX", T0 + 20 * DAY), T0 + 20 * DAY
    assert score(abroad, distrust(profile, abroad, now, learned=False), pool()).level is Level.HIGH
    assert score(abroad, trust(profile, abroad, now), pool()).level is Level.NONE
    contrary = distrust(trust(profile, abroad, now), abroad, now + 1, learned=False)
    assert score(abroad, contrary, pool()).level is Level.HIGH
