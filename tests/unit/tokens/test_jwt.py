import base64
import hmac
import json
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.tokens import jwt
from doorward.tokens.signing_keys import SigningKey
from doorward.wire import errors

KEY = SigningKey.generate()
OTHER = SigningKey.generate()
KEYS = {KEY.kid: KEY.verifying()}
ISSUER = "https://id.example/eu-west-1_aB3dE5fG7"
NOW = 1_700_000_000.0
CLAIMS: dict[str, Any] = {
    "sub": "8c7d",
    "iss": ISSUER,
    "token_use": "access",
    "exp": int(NOW) + 3600,
    "username": "Mia Müller",
}


def b64(data: bytes | str) -> str:
    octets = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def refused(token: str, now: float = NOW) -> str:
    with pytest.raises(errors.NotAuthorizedException) as refusal:
        jwt.verify(token, KEYS, ISSUER, "access", now)
    return refusal.value.message


def signed(header: dict[str, Any], payload: bytes, key: SigningKey = KEY) -> str:
    """Sign whatever is asked with a genuine key, past the library's own checks."""
    body = f"{b64(json.dumps(header))}.{b64(payload)}"
    private = key.key.private_key
    assert private is not None
    return f"{body}.{b64(private.sign(body.encode(), PKCS1v15(), SHA256()))}"


def test_what_is_issued_verifies_here_and_with_pyjwt() -> None:
    token = jwt.issue(KEY, CLAIMS)
    assert jwt.verify(token, KEYS, ISSUER, "access", NOW) == CLAIMS
    assert pyjwt.get_unverified_header(token) == {"alg": "RS256", "kid": KEY.kid}
    public = pyjwt.PyJWK(dict(KEY.public()))
    assert pyjwt.decode(token, public, algorithms=["RS256"], options={"verify_exp": False}) == CLAIMS


def test_it_ends_with_the_second_it_names() -> None:
    token = jwt.issue(KEY, CLAIMS)
    jwt.verify(token, KEYS, ISSUER, "access", CLAIMS["exp"] - 0.001)
    assert refused(token, CLAIMS["exp"]) == "Access Token has expired"


def test_a_forged_token_is_invalid_even_where_it_is_also_expired() -> None:
    assert refused(jwt.issue(OTHER, {**CLAIMS, "exp": 1})) == "Invalid Access Token"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": ISSUER + "x"},
        {"iss": None},
        {"token_use": "id"},
        {"exp": "9999999999"},
        {"exp": None},
        {"exp": 1e400},
        {"exp": True},
    ],
)
def test_a_genuine_token_for_something_else_is_invalid(change: dict[str, Any]) -> None:
    payload = json.dumps({**CLAIMS, **change}).encode()
    assert refused(signed({"alg": "RS256", "kid": KEY.kid}, payload)) == "Invalid Access Token"


def test_an_id_token_is_no_access_token_and_the_other_way_round() -> None:
    with pytest.raises(errors.NotAuthorizedException, match="Invalid Id Token"):
        jwt.verify(jwt.issue(KEY, CLAIMS), KEYS, ISSUER, "id", NOW)
    assert refused(jwt.issue(KEY, {**CLAIMS, "token_use": "id"})) == "Invalid Access Token"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": KEY.kid},
        {"alg": "HS256", "kid": KEY.kid},
        {"alg": "RS512", "kid": KEY.kid},
        {"alg": "PS256", "kid": KEY.kid},
        {"alg": "RS256"},
        {"alg": "RS256", "kid": OTHER.kid},
        {"alg": "RS256", "kid": 7},
        {"alg": "RS256", "kid": None},
        {"alg": ["RS256"], "kid": KEY.kid},
        {"alg": "RS256", "kid": KEY.kid, "jwk": dict(KEY.public())},
        {"alg": "RS256", "kid": KEY.kid, "jku": "https://evil.example/jwks.json"},
        {"alg": "RS256", "kid": KEY.kid, "crit": ["b64"], "b64": False},
        {"alg": "RS256", "kid": KEY.kid, "zip": "DEF"},
    ],
)
def test_the_header_is_never_trusted(header: dict[str, Any]) -> None:
    assert refused(signed(header, json.dumps(CLAIMS).encode())) == "Invalid Access Token"


def test_the_public_key_is_no_hmac_secret() -> None:
    body = f"{b64(json.dumps({'alg': 'HS256', 'kid': KEY.kid}))}.{b64(json.dumps(CLAIMS))}"
    for secret in (KEY.key.as_pem(private=False), KEY.key.as_der(private=False)):
        forged = f"{body}.{b64(hmac.digest(secret, body.encode(), 'sha256'))}"
        assert refused(forged) == "Invalid Access Token"


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"null", b"{", b"\xff", b'{"a":' * 50_000, b"[" * 100_000, b'{"iss":"\\ud800"}'],
    ids=["empty", "list", "null", "cut", "no text", "deep", "deep list", "surrogate"],
)
def test_a_payload_that_is_no_set_of_claims_is_invalid(payload: bytes) -> None:
    assert refused(signed({"alg": "RS256", "kid": KEY.kid}, payload)) == "Invalid Access Token"


@pytest.mark.parametrize("part", [0, 1, 2])
@settings(deadline=None, max_examples=60)
@given(place=st.integers(0, 10_000), letter=st.sampled_from("AZaz09-_"))
def test_no_changed_letter_goes_unseen(part: int, place: int, letter: str) -> None:
    parts = jwt.issue(KEY, CLAIMS).split(".")
    place %= len(parts[part])
    changed = parts[part][:place] + letter + parts[part][place + 1 :]
    if changed != parts[part]:
        parts[part] = changed
        assert refused(".".join(parts)) == "Invalid Access Token"


@given(
    st.text(max_size=100) | st.from_regex(r"[A-Za-z0-9_-]{0,40}(\.[A-Za-z0-9_-]{0,40}){0,4}", fullmatch=True)
)
def test_no_text_crashes(text: str) -> None:
    assert refused(text) == "Invalid Access Token"
    jwt.unverified_issuer(text)


@pytest.mark.parametrize("text", ["\ud800.a.b", "a.b.c\n", " a.b.c", "a" * 10_000_000])
def test_odd_texts(text: str) -> None:
    assert refused(text) == "Invalid Access Token"
    assert jwt.unverified_issuer(text) is None


def test_an_id_token_with_every_attribute_at_its_limit_verifies() -> None:
    claims = {**CLAIMS, "token_use": "id", **{f"custom:{i}": "x" * 2048 for i in range(70)}}
    assert jwt.verify(jwt.issue(KEY, claims), KEYS, ISSUER, "id", NOW) == claims


def test_the_claimed_issuer_can_be_read_before_the_keys_are_known() -> None:
    assert jwt.unverified_issuer(jwt.issue(OTHER, CLAIMS)) == ISSUER
    assert jwt.unverified_issuer(f"{b64('{}')}.{b64('{}')}.x") is None
    assert jwt.unverified_issuer(f"x.{b64('[' * 100_000)}.x") is None
