"""Chance, as the clock's module hands it out."""

from doorward.clock import random_token


def test_a_token_is_no_option_of_a_command_line() -> None:
    """`aws cognito-idp revoke-token --token -x…` is refused by the command before it asks anybody."""
    tokens = {random_token(48) for _ in range(2000)}
    assert len(tokens) == 2000
    assert {len(token) for token in tokens} == {64}
    assert not any(token.startswith("-") for token in tokens)
    assert any(token.startswith("_") for token in tokens)
