import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycognito.aws_srp import AWSSRP

from doorward.signin import secret_hash

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(username=TEXT, client_id=TEXT, secret=TEXT.filter(bool))
def test_what_pycognito_sends_matches(username: str, client_id: str, secret: str) -> None:
    sent = AWSSRP.get_secret_hash(username, client_id, secret)
    assert secret_hash.compute(username, client_id, secret) == sent
    assert secret_hash.matches(sent, username, client_id, secret)


@given(st.text(max_size=60))
def test_nothing_else_matches_and_nothing_crashes(given_hash: str) -> None:
    assert not secret_hash.matches(given_hash, "mia", "client", "secret")


def test_another_user_client_or_secret_does_not_match() -> None:
    sent = secret_hash.compute("mia", "client", "secret")
    assert not secret_hash.matches(sent, "mib", "client", "secret")
    assert not secret_hash.matches(sent, "mia", "clienT", "secret")
    assert not secret_hash.matches(sent, "mia", "client", "secreT")


@pytest.mark.parametrize("odd", ["\ud800", "\udfff\ud800", "\x00"])
def test_text_that_is_no_unicode_does_not_crash(odd: str) -> None:
    sent = secret_hash.compute("mia", "client", "secret")
    assert not secret_hash.matches(odd, odd, "client", "secret")
    assert not secret_hash.matches(sent, odd, "client", "secret")
