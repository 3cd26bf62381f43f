import pytest

from doorward.directory.token_validity import TimeUnit, TokenValidity, token_validity
from doorward.tokens.refresh_token import digest, new_refresh_token
from doorward.wire import errors


def test_the_defaults_are_cognitos() -> None:
    assert token_validity() == TokenValidity(access=3600, id=3600, refresh=30 * 86400)
    assert token_validity(refresh=0, access_unit="days", id_unit="seconds") == TokenValidity()


def test_units_default_to_hours_and_days() -> None:
    assert token_validity(access=2, id=3, refresh=4) == TokenValidity(7200, 10800, 4 * 86400)


@pytest.mark.parametrize(
    ("unit", "seconds"), [("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86400)]
)
def test_each_unit_is_what_it_says(unit: TimeUnit, seconds: int) -> None:
    count = 86400 // seconds
    validity = token_validity(
        access=count, id=count, refresh=count, access_unit=unit, id_unit=unit, refresh_unit=unit
    )
    assert validity == TokenValidity(86400, 86400, 86400)


@pytest.mark.parametrize("seconds", [300, 86400])
def test_the_ends_of_the_short_range(seconds: int) -> None:
    assert token_validity(access=seconds, access_unit="seconds").access == seconds
    assert token_validity(id=seconds, id_unit="seconds").id == seconds


@pytest.mark.parametrize("seconds", [0, 1, 299, 86401])
def test_outside_the_short_range(seconds: int) -> None:
    with pytest.raises(errors.InvalidParameterException, match="Invalid range for token validity"):
        token_validity(access=seconds, access_unit="seconds")
    with pytest.raises(errors.InvalidParameterException, match="Invalid range for token validity"):
        token_validity(id=seconds, id_unit="seconds")


def test_the_refresh_tokens_range_is_an_hour_to_ten_years() -> None:
    assert token_validity(refresh=60, refresh_unit="minutes").refresh == 3600
    assert token_validity(refresh=3650).refresh == 3650 * 86400
    outside: list[tuple[int, TimeUnit]] = [(59, "minutes"), (3651, "days"), (3599, "seconds")]
    for count, unit in outside:
        with pytest.raises(errors.InvalidParameterException):
            token_validity(refresh=count, refresh_unit=unit)


def test_no_token_outlives_the_refresh_token() -> None:
    with pytest.raises(errors.InvalidParameterException):
        token_validity(access=2, refresh=1, refresh_unit="hours")
    with pytest.raises(errors.InvalidParameterException):
        token_validity(id=2, refresh=1, refresh_unit="hours")


def test_a_refresh_token_is_long_unlike_any_other_and_stored_as_a_digest() -> None:
    tokens = {new_refresh_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {64}
    assert len({digest(token) for token in tokens}) == 100
    assert len(digest("\ud800")) == 32
