"""Redirect targets: only what a browser takes to the app that registered it."""

from urllib.parse import urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from doorward.directory import client_rules
from doorward.directory.second_factors import SecondFactors
from doorward.directory.user_pool import UserPool
from doorward.wire.contract import UserPoolClientType, UserPoolType
from doorward.wire.errors import InvalidParameterException

_POOL = UserPool(
    id="eu-west-1_a",
    created_at=0,
    modified_at=0,
    configuration=UserPoolType(),
    tags={},
    factors=SecondFactors(),
)


def _accepts(url: str) -> bool:
    try:
        client_rules.check(UserPoolClientType(callback_urls=[url]), _POOL, has_secret=False)
    except InvalidParameterException:
        return False
    return True


_PIECES = (
    "http https HTTP javascript : / // @ # ? \\ localhost 127.0.0.1 [::1] [ ] . evil.example :80 :x %2F a"
)
_pieces = st.sampled_from(_PIECES.split())


@given(st.lists(_pieces, max_size=10).map("".join) | st.text(max_size=30))
@example("http://127.0.0.1.evil.example")
@example("http:localhost")
@example("http://LOCALHOST/")
def test_plain_http_stays_on_the_machine(url: str) -> None:
    if not _accepts(url):
        return
    parts = urlsplit(url)
    assert parts.scheme not in {"", "javascript"}
    assert "#" not in url
    if parts.scheme == "http":
        assert parts.hostname in {"localhost", "127.0.0.1", "::1"}
        assert "@" not in parts.netloc
