import base64
import json

import pytest

from doorward.tokens.signing_keys import SigningKey, jwks

KEY = SigningKey.generate()


def test_a_key_survives_storage_with_the_same_kid() -> None:
    again = SigningKey.from_private_der(KEY.private_der())
    assert again.kid == KEY.kid
    assert again.public() == KEY.public()
    assert SigningKey.generate().kid != KEY.kid


def test_the_public_form_is_a_jwk_of_2048_bits_without_a_private_member() -> None:
    public = KEY.public()
    assert set(public) == {"kty", "use", "alg", "kid", "n", "e"}
    assert (public["kty"], public["use"], public["alg"], public["e"]) == ("RSA", "sig", "RS256", "AQAB")
    assert len(base64.urlsafe_b64decode(public["n"] + "==")) == 256
    assert json.loads(json.dumps(jwks([public]))) == {"keys": [dict(public)]}


@pytest.mark.parametrize("other", [b"", b"noise", b"\x30\x82\x00\x00"])
def test_bytes_that_are_no_private_key_are_refused(other: bytes) -> None:
    with pytest.raises(ValueError):
        SigningKey.from_private_der(other)


def test_a_public_key_is_no_signing_key() -> None:
    with pytest.raises(ValueError, match="private half"):
        SigningKey(KEY.verifying().key)


def test_nothing_private_shows_in_a_repr() -> None:
    assert repr(KEY) == f"SigningKey({KEY.kid})"
    assert repr(KEY.verifying()) == f"VerifyingKey({KEY.kid})"
