"""Which pages may use a relying party's passkeys."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.directory.relying_party import RelyingParty, allows_origin, is_domain, relying_party
from doorward.wire.contract import WebAuthnConfigurationType

MULTI_FACTOR: Final = "MULTI_FACTOR_WITH_USER_VERIFICATION"
LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
DOMAINS = st.lists(LABELS, min_size=2, max_size=4).map(".".join)
PORTS = st.sampled_from(["", ":80", ":443", ":8443"])


@given(DOMAINS, st.lists(LABELS, max_size=2), PORTS)
def test_a_domain_and_what_is_below_it(party: str, below: list[str], port: str) -> None:
    host = ".".join([*below, party])
    assert is_domain(party)
    assert allows_origin(party, f"https://{host}{port}")
    assert not allows_origin(party, f"http://{host}{port}")
    assert not allows_origin(party, f"https://{host}.evil{port}")
    assert not allows_origin(party, f"https://evil{party}{port}")
    assert not allows_origin(party, f"https://{party.partition('.')[2]}{port}")


@given(DOMAINS, st.text(max_size=30))
def test_no_other_text_is_an_origin(party: str, text: str) -> None:
    for origin in (text, f"https://{text}.{party}", f"https://{party}{text}", f"https://{text}@{party}"):
        if allows_origin(party, origin):
            host = origin.removeprefix("https://").partition(":")[0]
            assert origin.startswith("https://")
            assert is_domain(host)
            assert host == party or host.endswith("." + party)


@pytest.mark.parametrize(
    ("party", "origin", "allowed"),
    [
        ("localhost", "http://localhost:3000", True),
        ("localhost", "http://app.localhost", True),
        ("localhost", "https://localhost", True),
        ("localhost", "http://localhost.example.org", False),
        ("localhost", "http://127.0.0.1", False),
        ("com", "https://com", True),
        ("com", "https://example.com", False),
        ("example.org", "http://localhost", False),
        ("example.org", "https://example.org.", False),
        ("example.org", "https://example.org:", False),
        ("example.org", "https://example.org:123456", False),
        ("example.org", "https://example.org\n", False),
        ("example.org", "wss://example.org", False),
    ],
)
def test_origins(party: str, origin: str, allowed: bool) -> None:
    assert allows_origin(party, origin) is allowed


def test_further_origins_are_the_operators() -> None:
    app = "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"
    assert not allows_origin("example.org", app)
    assert allows_origin("example.org", app, (app,))
    assert not allows_origin("example.org", app + "x", (app,))


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "1.2.3.4", "a b.org", "a_b.org", "[::1]", "a" * 64 + ".org", "a.b:1"]
)
def test_what_is_no_domain(text: str) -> None:
    assert not is_domain(text)


@pytest.mark.parametrize(
    ("configured", "party"),
    [
        (None, None),
        (WebAuthnConfigurationType(user_verification="required"), None),
        (WebAuthnConfigurationType(relying_party_id="a.org"), RelyingParty("a.org", False)),
        (
            WebAuthnConfigurationType(relying_party_id="a.org", user_verification="required"),
            RelyingParty("a.org", True),
        ),
        (
            WebAuthnConfigurationType(
                relying_party_id="a.org", user_verification="preferred", factor_configuration=MULTI_FACTOR
            ),
            RelyingParty("a.org", True),
        ),
    ],
)
def test_the_relying_party(configured: WebAuthnConfigurationType | None, party: RelyingParty | None) -> None:
    assert relying_party(configured) == party
