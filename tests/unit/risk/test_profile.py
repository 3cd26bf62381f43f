"""The profile: what it keeps, how it forgets, how it is written."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from doorward.risk.circumstance import Circumstance
from doorward.risk.encoding import LONGEST, VERSION, ProfileUnreadable, ProfileVersionUnknown, decode, encode
from doorward.risk.profile import KEPT, Profile, distrust, learn, trust, unlearn
from doorward.risk.traits import ADDRESS, COUNTRY, NAMES, NETWORK_KIND, TRAITS, key_of, keys_of

DAY = 86_400.0
HALF_LIFE = 90 * DAY
T0 = 1_700_000_000.0


def circumstance(at: float = T0, number: int = 0) -> Circumstance:
    return Circumstance(
        at=at,
        address=f"192.0.2.{number}",
        prefix=f"pre{number}",
        asn=number + 1,
        country=f"C{number}",
        region=f"R{number}",
        latitude=number % 90,
        longitude=number % 180,
        accuracy_km=20_000.0,
        network_kind="mobile",
        user_agent=f"ua {number}",
        browser=f"b {number}",
        browser_version=f"v {number}",
        os=f"os {number}",
        device_type=f"t {number}",
        device_id=f"d {number}",
        fingerprint=f"f {number}",
        language=f"l {number}",
        timezone=f"z {number}",
    )


def decayed(profile: Profile, trait: int, value: str, at: float) -> float:
    return profile.counts[trait].get(key_of(value), 0) * profile.scale(at, HALF_LIFE)


def test_a_sign_in_counts_half_after_the_half_life() -> None:
    profile = learn(Profile(), circumstance())
    assert decayed(profile, ADDRESS, "192.0.2.0", T0) == 1.0
    assert decayed(profile, ADDRESS, "192.0.2.0", T0 + HALF_LIFE) == pytest.approx(0.5)


def test_old_and_new_sign_ins_decay_alike_across_landmarks() -> None:
    profile = learn(Profile(), circumstance())
    for quarter in range(1, 9):
        profile = learn(profile, circumstance(T0 + quarter * HALF_LIFE, 1))
    at = T0 + 8 * HALF_LIFE
    expected = sum(0.5**age for age in range(8))
    assert decayed(profile, ADDRESS, "192.0.2.1", at) == pytest.approx(expected, rel=0.03)
    assert decayed(profile, ADDRESS, "192.0.2.0", at) == pytest.approx(0.5**8, abs=0.02)


def test_what_has_decayed_to_nothing_is_dropped() -> None:
    profile = learn(Profile(), circumstance())
    profile = learn(profile, circumstance(T0 + 20 * HALF_LIFE, 1))
    assert key_of("C0") not in profile.counts[COUNTRY]


def test_the_commonest_values_are_kept() -> None:
    profile = Profile()
    for at in range(50):
        profile = learn(profile, circumstance(T0 + at))
        profile = learn(profile, circumstance(T0 + at, at + 1))
    assert all(len(of_trait) <= kept for of_trait, kept in zip(profile.counts, KEPT, strict=True))
    assert decayed(profile, ADDRESS, "192.0.2.0", T0 + 50) == pytest.approx(50, rel=0.01)
    assert key_of("192.0.2.50") in profile.counts[ADDRESS]


def test_the_size_is_bounded_however_long_the_history() -> None:
    profile = Profile()
    for number in range(3000):
        strange = circumstance(T0 + number * 9000, number % 50)
        profile = learn(profile, strange)
        if number % 40 == 0:
            profile = trust(profile, strange, strange.at)
        if number % 40 == 7:
            profile = distrust(profile, strange, strange.at)
    assert all(len(of_trait) == min(kept, 50) or trait == NETWORK_KIND for trait, (of_trait, kept)
               in enumerate(zip(profile.counts, KEPT, strict=True)))  # fmt: skip
    assert len(encode(profile)) <= 1200


def test_the_size_is_bounded_where_every_count_is_full() -> None:
    """The worst that the encoding allows for a week-old profile of a machine that signs in ceaselessly."""
    full = 200_000 * 32
    profile = Profile(
        int(T0), int(T0), int(T0), 200_000,
        [full] * TRAITS,
        [{2**32 - 1 - entry: full for entry in range(kept)} for kept in KEPT],
        [full] * 24, [full] * 7,
    )  # fmt: skip
    profile = learn(profile, circumstance())
    for number in range(5):
        profile = trust(profile, circumstance(T0, number), T0)
        profile = distrust(profile, circumstance(T0, number + 100), T0, learned=False)
    assert len(encode(profile)) <= 1200


def test_unlearning_takes_back_one_lesson_exactly() -> None:
    before = learn(learn(Profile(), circumstance()), circumstance(T0 + 60))
    after = unlearn(learn(before, circumstance(T0 + DAY, 7)), circumstance(T0 + DAY, 7))
    assert after.counts == before.counts
    assert after.totals == before.totals
    assert after.hours == before.hours
    assert after.days == before.days
    assert after.successes == before.successes
    assert after.place is None


def test_learning_leaves_the_earlier_profile_as_it_was() -> None:
    profile = learn(Profile(), circumstance())
    written = encode(profile)
    learn(profile, circumstance(T0 + 1, 1))
    trust(profile, circumstance(T0 + 1, 1), T0 + 1)
    distrust(profile, circumstance(), T0 + 1)
    assert encode(profile) == written


def test_time_running_backwards_makes_nothing_heavier() -> None:
    profile = learn(Profile(), circumstance(T0))
    profile = learn(profile, circumstance(T0 - 1000 * DAY))
    assert decayed(profile, ADDRESS, "192.0.2.0", T0 - 1000 * DAY) < 1.1
    assert profile.last_at == int(T0)
    assert profile.first_at == int(T0 - 1000 * DAY)


def test_the_last_place_is_the_latest_one() -> None:
    profile = learn(Profile(), circumstance(T0, 10))
    profile = learn(profile, circumstance(T0 - 60, 20))
    assert profile.place is not None
    assert profile.place.latitude == 10_000


def test_a_profile_of_another_version_says_so() -> None:
    with pytest.raises(ProfileVersionUnknown, match="version 9"):
        decode(b"\x09" + encode(Profile())[1:])


@pytest.mark.parametrize(
    "hostile",
    [b"", bytes([VERSION]), bytes([VERSION, 255]), bytes([VERSION]) + b"\x91" * 2000, bytes(LONGEST + 1)],
)
def test_bytes_that_are_no_profile_are_refused(hostile: bytes) -> None:
    with pytest.raises(ProfileUnreadable):
        decode(hostile)


@given(st.binary(max_size=200), st.integers(0, 5000))
def test_damaged_bytes_are_refused_or_read_as_a_usable_profile(noise: bytes, where: int) -> None:
    good = bytearray(encode(trust(learn(Profile(), circumstance()), circumstance(), T0)))
    start = where % len(good)
    good[start : start + len(noise)] = noise
    try:
        profile = decode(bytes(good))
    except ProfileUnreadable:
        return
    learned = learn(profile, circumstance(T0 + 1, 3))
    assert decode(encode(learned)) == learned


def test_a_negative_count_is_no_profile() -> None:
    raw = msgspec.msgpack.decode(encode(learn(Profile(), circumstance()))[1:])
    raw[4][0] = -5
    with pytest.raises(ProfileUnreadable):
        decode(bytes([VERSION]) + msgspec.msgpack.encode(raw))


@pytest.mark.parametrize("at", [float("nan"), float("inf"), 1e300])
def test_a_time_that_is_none_is_refused(at: float) -> None:
    with pytest.raises(ValueError, match="finite number of seconds"):
        Circumstance(at=at)


def test_the_same_browser_on_another_system_is_another_browser() -> None:
    windows = Circumstance(at=T0, device_type="desktop", os="Windows", browser="Chrome")
    keys, others = keys_of(windows), keys_of(replace(windows, os="Linux"))
    browser = NAMES.index("browser")
    assert keys[browser] != others[browser]
    assert 0 not in keys_of(circumstance())
