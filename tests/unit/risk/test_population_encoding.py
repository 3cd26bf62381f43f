"""A pool's counts as bytes: the same after as before, and nothing hostile gets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.past import history

from doorward.risk.population import AT_MOST, Population
from doorward.risk.population_encoding import VERSION, PopulationUnreadable, decode, encode
from doorward.risk.traits import COUNTRY


def grown() -> Population:
    population = Population()
    for number, past in enumerate(history(users=40, days=10)):
        population.observe(past.circumstance, past.earlier)
        if number % 50 == 0:
            population.report(past.circumstance, past.user, past.circumstance.at)
    return population


def test_what_is_decoded_is_what_was_encoded_and_goes_on_alike() -> None:
    population = grown()
    again = decode(encode(population))
    for past in history(users=5, days=20):
        for one in (population, again):
            one.observe(past.circumstance, past.earlier)
    for member in (
        "counts", "hours", "days", "mass", "totals", "landmark", "scale", "recent", "recent_landmark",
        "recent_scale", "reports",
    ):  # fmt: skip
        assert getattr(again, member) == getattr(population, member), member


def test_an_empty_pool_is_kept_too() -> None:
    assert decode(encode(Population())).mass == 0.0


@pytest.mark.parametrize("version", [VERSION - 1, 9])
def test_another_version_is_named(version: int) -> None:
    with pytest.raises(PopulationUnreadable, match=f"version {version}"):
        decode(bytes([version]) + encode(grown())[1:])


@given(st.binary(max_size=200))
def test_bytes_that_are_no_counts_are_refused(noise: bytes) -> None:
    with pytest.raises(PopulationUnreadable):
        decode(bytes([VERSION]) + noise)


@given(st.integers(1, 2000))
def test_a_copy_that_was_cut_is_refused(cut: int) -> None:
    with pytest.raises(PopulationUnreadable):
        decode(WHOLE[:-cut])


WHOLE = encode(grown())


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0])
def test_counts_that_are_no_masses_are_refused(number: float) -> None:
    population = grown()
    population.counts[COUNTRY][5] = number
    with pytest.raises(PopulationUnreadable):
        decode(encode(population))


@pytest.mark.parametrize("member", ["mass", "scale", "landmark", "recent_scale", "recent_landmark"])
def test_figures_that_are_not_finite_are_refused(member: str) -> None:
    population = grown()
    setattr(population, member, float("nan"))
    with pytest.raises(PopulationUnreadable):
        decode(encode(population))


def test_more_than_an_engine_holds_is_refused() -> None:
    population = grown()
    population.counts[COUNTRY].update(dict.fromkeys(range(AT_MOST[COUNTRY] + 1), 1.0))
    with pytest.raises(PopulationUnreadable, match="no counts"):
        decode(encode(population))


def test_a_value_costs_at_most_fifteen_bytes() -> None:
    population = grown()
    held = sum(map(len, population.counts))
    assert len(WHOLE) < 15 * held + 1500
