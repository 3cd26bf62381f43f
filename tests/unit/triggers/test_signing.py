"""Signed calls of functions, against signatures that botocore's own signer makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.signatures import botocores

from doorward.clock import SetClock
from doorward.triggers.signing import Signer

KEY = "AKIDDOORWARD00000001"
SECRET = "a-secret-that-nobody-knows/+="
HOST = "lambda.eu-west-1.amazonaws.com"
HEADERS = {"Content-Type": "application/json", "X-Amz-Invocation-Type": "RequestResponse"}
INVOKE = "/2015-03-31/functions/define/invocations"


def check(target: str, region: str, at: float, body: bytes) -> None:
    """Sign, and have botocore sign the same."""
    sent = Signer(KEY, SECRET, SetClock(at)).sign(region, HOST, target, HEADERS, body)
    assert HEADERS.items() <= sent.items()
    lower = {name.lower(): value for name, value in sent.items()}
    assert lower["host"] == HOST
    assert sent["Authorization"] == botocores(KEY, SECRET, region, f"https://{HOST}{target}", lower, body)


@given(st.binary(max_size=200), st.floats(0, 4e9), st.sampled_from(["eu-west-1", "us-gov-east-1"]))
def test_every_event_at_any_time(body: bytes, at: float, region: str) -> None:
    check(INVOKE, region, at, body)


@pytest.mark.parametrize(
    "target",
    [
        f"{INVOKE}?Qualifier=live",
        f"{INVOKE}?Qualifier=%24LATEST",
        f"/behind/a%20proxy/~x/{INVOKE}",
    ],
)
def test_every_target(target: str) -> None:
    check(target, "eu-west-1", 1.8e9, b"{}")


def test_every_header_of_amazons_is_signed() -> None:
    sent = Signer(KEY, SECRET, SetClock(1.8e9)).sign("eu-west-1", HOST, INVOKE, HEADERS, b"{}")
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-invocation-type," in sent["Authorization"]


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(Signer(KEY, SECRET, SetClock(0)))
