import pytest
from argon2.exceptions import InvalidHashError
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.directory.password_hash import PasswordHashing
from doorward.wire import errors

FAST = PasswordHashing(memory=8, passes=1)
TEXT = st.text(st.characters(codec="utf-8"), max_size=256)


@settings(deadline=None)
@given(TEXT, TEXT)
def test_only_the_same_password_matches(password: str, other: str) -> None:
    stored = FAST.hash(password)
    assert FAST.verify(stored, password)
    assert FAST.verify(stored, other) is (other == password)


def test_the_default_is_what_owasp_asks_for() -> None:
    stored = PasswordHashing().hash("secret")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "secret" not in stored


def test_the_same_password_is_never_stored_alike() -> None:
    assert FAST.hash("same") != FAST.hash("same")


def test_spelling_counts_to_the_byte() -> None:
    stored = FAST.hash("Ångström ")
    assert not FAST.verify(stored, "A\u030angstro\u0308m ")
    assert not FAST.verify(stored, "Ångström")
    assert not FAST.verify(FAST.hash("a\x00b"), "a\x00c")


@pytest.mark.parametrize("unusable", ["\ud800", "fine\udfff", "x" * 257])
def test_what_cannot_be_a_password_is_refused_and_never_matches(unusable: str) -> None:
    with pytest.raises(errors.InvalidParameterException) as refusal:
        FAST.hash(unusable)
    assert unusable not in refusal.value.message
    assert not FAST.verify(FAST.hash(""), unusable)
    FAST.verify_against_nothing(unusable)


def test_nobody_logs_in_against_nothing() -> None:
    for password in ("", "nothing", "x" * 256):
        FAST.verify_against_nothing(password)


def test_older_parameters_check_and_ask_to_be_renewed() -> None:
    slower = PasswordHashing(memory=16, passes=2)
    stored = FAST.hash("secret")
    assert slower.verify(stored, "secret")
    assert slower.needs_rehash(stored)
    assert not slower.needs_rehash(slower.hash("secret"))


def test_a_damaged_hash_is_not_mistaken_for_a_wrong_password() -> None:
    with pytest.raises(InvalidHashError):
        FAST.verify("damaged", "secret")
