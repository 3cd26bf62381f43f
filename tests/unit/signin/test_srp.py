import base64
import datetime
import hashlib
import hmac
import re
import uuid

import gmpy2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycognito.aws_srp import AWSSRP, N_HEX, pad_hex

from doorward.clock import random_bytes
from doorward.signin import srp
from doorward.wire import errors

POOL = "eu-west-1_aB3dE5fG7"
NOW = 1_709_456_707.0
NOW_TEXT = "Sun Mar 3 09:05:07 UTC 2024"
PASSWORD = "Correct-Horse 7 ü 🐎"


def client(password: str, pool: str = POOL) -> AWSSRP:
    """pycognito's side of the protocol, without a network."""
    return AWSSRP("mia", password, pool, "client", client=object())


def answer(
    theirs: AWSSRP, asked: srp.ServerChallenge, user_id: str, timestamp: str = NOW_TEXT
) -> srp.PasswordClaim:
    """Answer a challenge with pycognito's key derivation, at a moment of our choosing."""
    told = asked.parameters(user_id, "mia")
    key = theirs.get_password_authentication_key(
        told["USER_ID_FOR_SRP"], theirs.password, int(told["SRP_B"], 16), told["SALT"]
    )
    block = base64.b64decode(told["SECRET_BLOCK"])
    name = theirs.pool_id.split("_")[1] + user_id
    mac = hmac.digest(bytes(key), name.encode() + block + timestamp.encode(), "sha256")
    return srp.PasswordClaim(told["SECRET_BLOCK"], base64.b64encode(mac).decode(), timestamp)


def opened(
    theirs: AWSSRP, verifier: srp.Verifier, user_id: str = "mia", private: bytes | None = None
) -> srp.ServerChallenge:
    return srp.challenge(
        srp.identity(POOL, user_id),
        verifier,
        theirs.get_auth_params()["SRP_A"],
        private or random_bytes(srp.PRIVATE_BYTES),
        random_bytes(srp.SECRET_BLOCK_BYTES),
    )


def test_the_group_is_the_clients_and_a_safe_prime() -> None:
    assert int(N_HEX, 16) == srp.N
    assert gmpy2.is_prime(srp.N)
    assert gmpy2.is_prime((srp.N - 1) // 2)


@settings(max_examples=40, deadline=None)
@given(
    salt=st.binary(min_size=16, max_size=16)
    | st.sampled_from([bytes(16), b"\x00" * 3 + b"\x80" * 13, b"\x0f" * 16, b"\xff" * 16]),
    private=st.binary(min_size=32, max_size=32) | st.sampled_from([bytes(32), b"\xff" * 32]),
    user_id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    password=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
)
def test_the_right_password_opens_for_pycognito(
    salt: bytes, private: bytes, user_id: str, password: str
) -> None:
    verifier = srp.make_verifier(POOL, user_id, password, salt)
    theirs = client(password)
    asked = opened(theirs, verifier, user_id, private)
    assert srp.check_claim(asked, verifier, answer(theirs, asked, user_id), NOW)


def test_pycognitos_own_answer_to_the_challenge_opens() -> None:
    verifier = srp.make_verifier(POOL, "mia", PASSWORD, random_bytes(16))
    theirs = client(PASSWORD)
    for _ in range(8):
        asked = opened(theirs, verifier)
        told = theirs.process_challenge(asked.parameters("mia", "mia"), {"USERNAME": "mia"})
        claim = srp.PasswordClaim(
            told["PASSWORD_CLAIM_SECRET_BLOCK"], told["PASSWORD_CLAIM_SIGNATURE"], told["TIMESTAMP"]
        )
        assert srp.check_claim(asked, verifier, claim, srp.parse_timestamp(told["TIMESTAMP"]))


@settings(max_examples=15, deadline=None)
@given(wrong=st.text(st.characters(codec="utf-8"), max_size=30).filter(lambda text: text != PASSWORD))
def test_a_wrong_password_never_opens(wrong: str) -> None:
    verifier = srp.make_verifier(POOL, "mia", PASSWORD, random_bytes(16))
    theirs = client(wrong)
    asked = opened(theirs, verifier)
    assert not srp.check_claim(asked, verifier, answer(theirs, asked, "mia"), NOW)


def test_another_pools_client_does_not_open() -> None:
    verifier = srp.make_verifier(POOL, "mia", PASSWORD, random_bytes(16))
    theirs = client(PASSWORD, "eu-west-1_another00")
    asked = opened(theirs, verifier)
    assert not srp.check_claim(asked, verifier, answer(theirs, asked, "mia"), NOW)


@settings(max_examples=40, deadline=None)
@given(bit=st.integers(0, 255))
def test_a_signature_with_one_bit_changed_does_not_open(bit: int) -> None:
    verifier = srp.make_verifier(POOL, "mia", PASSWORD, b"s" * 16)
    theirs = client(PASSWORD)
    asked = opened(theirs, verifier)
    claim = answer(theirs, asked, "mia")
    mac = bytearray(base64.b64decode(claim.signature))
    mac[bit // 8] ^= 1 << bit % 8
    changed = srp.PasswordClaim(claim.secret_block, base64.b64encode(mac).decode(), claim.timestamp)
    assert not srp.check_claim(asked, verifier, changed, NOW)
    assert srp.check_claim(asked, verifier, claim, NOW)


@pytest.mark.parametrize("signature", ["", "=", "not base64!", "ü", "\ud800", "AAAA"])
def test_a_signature_that_is_no_signature_does_not_open(signature: str) -> None:
    verifier = srp.make_verifier(POOL, "mia", PASSWORD, b"s" * 16)
    theirs = client(PASSWORD)
    asked = opened(theirs, verifier)
    claim = answer(theirs, asked, "mia")
    hollow = srp.PasswordClaim(claim.secret_block, signature, claim.timestamp)
    assert not srp.check_claim(asked, verifier, hollow, NOW)


def test_a_claim_serves_only_its_own_challenge_timestamp_and_verifier() -> None:
    verifier = srp.make_verifier(POOL, "mia", PASSWORD, b"s" * 16)
    theirs = client(PASSWORD)
    asked = opened(theirs, verifier)
    claim = answer(theirs, asked, "mia")
    assert srp.check_claim(asked, verifier, claim, NOW)

    later = srp.PasswordClaim(claim.secret_block, claim.signature, "Sun Mar 3 09:05:08 UTC 2024")
    assert not srp.check_claim(asked, verifier, later, NOW)
    assert not srp.check_claim(opened(theirs, verifier), verifier, claim, NOW)
    other_block = base64.b64encode(b"x" * 32).decode()
    assert not srp.check_claim(
        asked, verifier, srp.PasswordClaim(other_block, claim.signature, NOW_TEXT), NOW
    )
    changed = srp.make_verifier(POOL, "mia", PASSWORD + "!", b"s" * 16)
    assert not srp.check_claim(asked, changed, claim, NOW)


@pytest.mark.parametrize(
    ("drift", "fresh"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_stale_or_early_timestamp_does_not_open(drift: float, fresh: bool) -> None:
    verifier = srp.make_verifier(POOL, "mia", PASSWORD, b"s" * 16)
    theirs = client(PASSWORD)
    asked = opened(theirs, verifier)
    assert srp.check_claim(asked, verifier, answer(theirs, asked, "mia"), NOW + drift) is fresh


@pytest.mark.parametrize("number", [0, srp.N, 2 * srp.N, srp.N + 1, 3 * srp.N - 1])
def test_a_public_number_outside_the_group_is_refused(number: int) -> None:
    with pytest.raises(errors.InvalidParameterException):
        srp.challenge("x", srp.Verifier(b"", b"\x01"), f"{number:x}", bytes(32), bytes(32))


@pytest.mark.parametrize(
    "text",
    ["", "0", "00", "-1", "+1", " 1", "1\n", "0x1", "1_0", "xyz", "ü", "٣", "\ud800", "1" * 769, "00" * 400],
)
def test_a_public_number_that_is_no_hexadecimal_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidParameterException):
        srp.challenge("x", srp.Verifier(b"", b"\x01"), text, bytes(32), bytes(32))


@given(st.text(max_size=60))
def test_no_public_number_of_any_form_crashes(text: str) -> None:
    try:
        srp.challenge("x", srp.Verifier(b"", b"\x01"), text, bytes(32), bytes(32))
    except errors.InvalidParameterException:
        assert not re.fullmatch(r"0*[1-9a-f][0-9a-f]{0,55}", text)


def test_the_private_value_and_block_must_be_whole() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        srp.challenge("x", srp.Verifier(b"", b"\x01"), "2", b"short", bytes(32))
    with pytest.raises(ValueError, match="32 bytes"):
        srp.challenge("x", srp.Verifier(b"", b"\x01"), "2", bytes(32), b"")


def test_a_challenge_tells_nothing_that_tests_a_password_offline() -> None:
    """The quadratic character of B - kv' must look the same for the right password and a wrong one."""
    right = srp.make_verifier(POOL, "mia", PASSWORD, b"s" * 16)
    wrong = srp.make_verifier(POOL, "mia", "guess", b"s" * 16)
    theirs = client(PASSWORD)
    asked = [opened(theirs, right, private=bytes([i]) * 32) for i in range(1, 61)]
    for guess in (right, wrong):
        masks = [
            int.from_bytes(one.server_public) - theirs.val_k * int.from_bytes(guess.verifier) for one in asked
        ]
        residues = sum(1 for mask in masks if gmpy2.legendre(mask % srp.N, srp.N) == 1)
        assert 12 < residues < 48


def test_an_unknown_user_is_simulated_alike_each_time() -> None:
    one = srp.simulated_verifier(b"pool", "nobody")
    assert one == srp.simulated_verifier(b"pool", "nobody")
    assert len(one.salt) == srp.SALT_BYTES
    others = [srp.simulated_verifier(b"pool", "nobody2"), srp.simulated_verifier(b"other", "nobody")]
    assert len({one.salt, *(other.salt for other in others)}) == 3
    theirs = client(PASSWORD)
    asked = opened(theirs, one)
    assert (
        asked.parameters("nobody", "nobody").keys() == opened(theirs, others[0]).parameters("a", "b").keys()
    )
    assert not srp.check_claim(asked, one, answer(theirs, asked, "mia"), NOW)


def test_an_unknown_alias_has_an_internal_name_like_a_real_one() -> None:
    one = srp.simulated_user_id(b"pool", "nobody@example.com")
    assert one == srp.simulated_user_id(b"pool", "nobody@example.com")
    assert uuid.UUID(one).version == 4
    assert one != srp.simulated_user_id(b"other", "nobody@example.com")
    assert one != srp.simulated_user_id(b"pool", "nobody2@example.com")


@pytest.mark.parametrize("salt", [bytes(16), b"\x00\x80" + bytes(14), b"\x00" * 15 + b"\x07", b"\xf0" * 16])
def test_clients_that_read_the_salt_as_a_number_agree_with_those_that_keep_the_text(salt: bytes) -> None:
    told = opened(client(PASSWORD), srp.make_verifier(POOL, "mia", PASSWORD, salt)).parameters("mia", "mia")
    assert pad_hex(told["SALT"]) == pad_hex(int(told["SALT"], 16))


def test_names_and_passwords_that_are_no_text() -> None:
    with pytest.raises(errors.InvalidParameterException):
        srp.make_verifier(POOL, "mia", "\ud800", b"s" * 16)
    srp.simulated_verifier(b"pool", "\ud800")
    srp.make_verifier(POOL, "\ud800", "fine", b"s" * 16)


def test_nothing_secret_shows_in_a_repr() -> None:
    verifier = srp.make_verifier(POOL, "mia", PASSWORD, b"s" * 16)
    asked = opened(client(PASSWORD), verifier, private=b"p" * 32)
    shown = repr((verifier, asked, srp.PasswordClaim("BLOCK", "SIGNATURE", NOW_TEXT)))
    assert "pppp" not in shown
    assert repr(verifier.verifier) not in shown
    assert repr(asked.secret_block) not in shown
    assert "BLOCK" not in shown
    assert "SIGNATURE" not in shown


@given(st.datetimes(datetime.datetime(1971, 1, 1), datetime.datetime(2200, 1, 1)))
def test_every_moment_a_client_writes_is_read(moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=datetime.UTC)
    text = AWSSRP.get_cognito_formatted_timestamp(moment)
    assert srp.parse_timestamp(text) == moment.timestamp()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon Mar 3 09:05:07 UTC 2024",  # was a Sunday
        "Fri Feb 30 09:05:07 UTC 2024",
        "Sun Mar 3 24:05:07 UTC 2024",
        "Sun Mar 3 09:05:07 CET 2024",
        "Sun Mar 3 09:05:07 UTC 2024 ",
        "Sun Mar 3 09:05:07 UTC 2024\n",
        "Sun Mar ٣ 09:05:07 UTC 2024",
        "Sat Jan 1 00:00:00 UTC 0000",
        "2024-03-03T09:05:07Z",
    ],
)
def test_a_timestamp_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidParameterException, match="TIMESTAMP format"):
        srp.parse_timestamp(text)


def test_the_verifier_is_the_one_that_the_definition_gives() -> None:
    """x and v written out with nothing but hashlib and pow."""
    salt = bytes.fromhex("8f" * 16)
    inner = hashlib.sha256(b"aB3dE5fG7mia:secret").digest()
    x = int.from_bytes(hashlib.sha256(b"\x00" + salt + inner).digest(), "big")
    made = srp.make_verifier(POOL, "mia", "secret", salt)
    assert int.from_bytes(made.verifier, "big") == pow(2, x, srp.N)
