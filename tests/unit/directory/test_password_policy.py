import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.directory.password_policy import (
    DEFAULT_POLICY,
    PasswordPolicy,
    temporary_password,
    temporary_password_expiry,
    violation,
)

PREFIX = "Password did not conform with policy: "


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Password not long enough"),
        ("Aa1!xyz", "Password not long enough"),
        ("aa1!xyzz", "Password must have uppercase characters"),
        ("AA1!XYZZ", "Password must have lowercase characters"),
        ("Aaa!xyzz", "Password must have numeric characters"),
        ("Aa11xyzz", "Password must have symbol characters"),
        ("Éé1!éééé", "Password must have uppercase characters"),
        ("Aa\u0661!xyzz", "Password must have numeric characters"),
        ("Aa11xyz§", "Password must have symbol characters"),
        (" Aa1!xyzz", "Password must not have leading or trailing spaces"),
        ("Aa1!xyzz ", "Password must not have leading or trailing spaces"),
        ("Aa1!xyzz\u00a0", "Password must not have leading or trailing spaces"),
    ],
)
def test_each_broken_rule_has_its_sentence(password: str, sentence: str) -> None:
    assert violation(DEFAULT_POLICY, password) == PREFIX + sentence


@pytest.mark.parametrize("symbol", "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
def test_each_of_cognitos_symbols_counts(symbol: str) -> None:
    assert violation(DEFAULT_POLICY, f"Aa1{symbol}xyzz") is None


def test_the_longest_password_has_256_characters() -> None:
    assert violation(PasswordPolicy(), "x" * 256) is None
    told = violation(PasswordPolicy(), "x" * 257)
    assert told is not None
    assert "256" in told


def test_a_rule_that_is_off_is_off() -> None:
    assert violation(PasswordPolicy(minimum_length=6), "ßßßßßß") is None
    assert violation(PasswordPolicy(minimum_length=7), "ßßßßßß") == PREFIX + "Password not long enough"


@given(st.text(max_size=300))
def test_what_passes_has_everything_and_no_sentence_repeats_the_password(password: str) -> None:
    told = violation(DEFAULT_POLICY, password)
    if told is None:
        assert 8 <= len(password) <= 256
        assert password.strip() == password
        for kind in (string.ascii_uppercase, string.ascii_lowercase, string.digits):
            assert set(password) & set(kind)
    elif len(password) > 3:
        assert (
            password not in told.removeprefix(PREFIX) or password in "Password must have numeric characters"
        )


POLICIES = st.builds(
    PasswordPolicy,
    minimum_length=st.integers(6, 99),
    require_uppercase=st.booleans(),
    require_lowercase=st.booleans(),
    require_numbers=st.booleans(),
    require_symbols=st.booleans(),
)


@given(POLICIES)
def test_a_temporary_password_always_conforms(policy: PasswordPolicy) -> None:
    first, second = temporary_password(policy), temporary_password(policy)
    assert violation(policy, first) is None
    assert violation(DEFAULT_POLICY, first) is None
    assert first != second
    assert not set(first) & set("0O1lI<>&\"' ")


def test_a_temporary_password_expires() -> None:
    assert temporary_password_expiry(PasswordPolicy(temporary_password_validity_days=1), 1000.0) == 87400.0
    for days in (0, 7):
        policy = PasswordPolicy(temporary_password_validity_days=days)
        assert temporary_password_expiry(policy, 0.0) == 7 * 86400


@pytest.mark.parametrize(
    "broken",
    [
        {"minimum_length": 5},
        {"minimum_length": 100},
        {"temporary_password_validity_days": 366},
        {"temporary_password_validity_days": -1},
        {"password_history_size": 25},
        {"password_history_size": -1},
    ],
)
def test_numbers_outside_cognitos_ranges_are_refused(broken: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError, match=next(iter(broken))):
        msgspec.convert(broken, PasswordPolicy)


def test_it_can_be_stored() -> None:
    assert msgspec.json.decode(msgspec.json.encode(DEFAULT_POLICY), type=PasswordPolicy) == DEFAULT_POLICY
