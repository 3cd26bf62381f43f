"""Chance, as clients meet it."""

from doorward.clock import random_token


def test_no_token_looks_like_an_option_of_a_command() -> None:
    assert not any(random_token(6).startswith("-") for _ in range(2_000))
