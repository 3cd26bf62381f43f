"""What the shipped defaults make of ordinary and less ordinary days. Each test is one story."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec
import pytest
from msgspec.structs import replace

from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import Level, Thresholds
from doorward.risk.model import Model
from doorward.risk.population import Population
from doorward.risk.profile import Profile, distrust, learn, trust
from doorward.risk.scene import AccountFacts
from doorward.risk.score import Assessment, score
from doorward.risk.velocity import QUIET, Outcome, Velocity, VelocityView

HOUR = 3600.0
DAY = 24 * HOUR
START = 1_700_000_000.0 // DAY * DAY

LAPTOP = Circumstance(
    at=START,
    address="198.51.100.23",
    prefix="198.51.100.0/24",
    asn=3320,
    country="DE",
    city="Hamburg",
    latitude=53.55,
    longitude=9.99,
    accuracy_km=20.0,
    network_kind="residential",
    user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0",
    browser="Chrome",
    browser_version="126",
    os="Windows",
    os_version="10",
    device_type="desktop",
    device_id="laptop-of-anna",
    fingerprint="f-laptop",
    language="de-DE",
    timezone="01:00",
)
PHONE = replace(
    LAPTOP,
    address="203.0.113.80",
    prefix="203.0.113.0/24",
    asn=6805,
    accuracy_km=100.0,
    network_kind="mobile",
    user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Mobile Safari/604.1",
    browser="Mobile Safari",
    browser_version="17.5",
    os="iOS",
    os_version="17.5",
    device_type="mobile",
    device_id="phone-of-anna",
    fingerprint="f-phone",
)
STRANGER = Circumstance(
    at=START,
    address="192.0.2.200",
    prefix="192.0.2.0/24",
    asn=28573,
    country="BR",
    city="Recife",
    latitude=-8.05,
    longitude=-34.9,
    accuracy_km=50.0,
    network_kind="residential",
    user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Firefox/127.0",
    browser="Firefox",
    browser_version="127",
    os="Linux",
    device_type="desktop",
    device_id="stranger",
    fingerprint="f-stranger",
    language="pt-BR",
    timezone="-03:00",
)
DEVICE = (
    "user_agent",
    "browser",
    "browser_version",
    "os",
    "device_type",
    "device_id",
    "fingerprint",
)
BRAZIL = {
    "address": STRANGER.address,
    "prefix": STRANGER.prefix,
    "asn": STRANGER.asn,
    "country": "BR",
    "city": "Recife",
    "latitude": -8.05,
    "longitude": -34.9,
    "accuracy_km": 50.0,
}


def annas_days(days: int = 14) -> Iterator[Circumstance]:
    """Two sign-ins a day: the laptop at home in the morning, on every second evening the phone outside."""
    for day in range(days):
        yield replace(LAPTOP, at=START + day * DAY + 8 * HOUR)
        if day % 2:
            last = 80 + day % 5
            yield replace(PHONE, at=START + day * DAY + 18 * HOUR, address=f"203.0.113.{last}")
        else:
            yield replace(LAPTOP, at=START + day * DAY + 19 * HOUR)


NOW = START + 14 * DAY + 9 * HOUR


def pool_of_people() -> Population:
    """Two hundred people of one country with their own networks and devices, and some of others."""
    pool = Population()
    for person in range(200):
        device = PHONE if person % 3 == 0 else LAPTOP
        abroad = {"country": "BR", "asn": 28573} if person % 20 == 0 else {}
        circumstance = replace(
            device,
            at=START + person * 600,
            address=f"10.{person}.7.9",
            prefix=f"10.{person}.7.0/24",
            device_id=f"device-{person}",
            user_agent=f"{device.user_agent} {person % 40}",
            **abroad,
        )
        for earlier in range(3):
            pool.observe(circumstance, earlier)
    return pool


POOL = pool_of_people()


def anna() -> Profile:
    profile = Profile()
    for circumstance in annas_days():
        profile = learn(profile, circumstance)
    return profile


ANNA = anna()


def assess(
    circumstance: Circumstance, profile: Profile = ANNA, velocity: VelocityView = QUIET, at: float = NOW
) -> Assessment:
    return score(replace(circumstance, at=at), profile, POOL, velocity)


ORDINARY = {
    "the laptop at home": LAPTOP,
    "the phone outside": PHONE,
    "the laptop, another address of the same /24": replace(LAPTOP, address="198.51.100.77"),
    "the laptop in another network of the country": replace(
        LAPTOP, address="10.9.9.9", prefix="10.9.9.0/24", asn=680, network_kind=None
    ),
    "the laptop on the phone's network": replace(
        PHONE, **{name: getattr(LAPTOP, name) for name in ("user_agent", "browser", "browser_version", "os",
                                                          "device_type", "device_id", "fingerprint")}
    ),
    "the laptop with an updated browser": replace(
        LAPTOP, browser_version="127", user_agent="Chrome/127", fingerprint="f-laptop-127"
    ),
}  # fmt: skip


@pytest.mark.parametrize("circumstance", ORDINARY.values(), ids=ORDINARY.keys())
def test_an_ordinary_sign_in_is_no_risk(circumstance: Circumstance) -> None:
    assert assess(circumstance).level is Level.NONE


def test_a_known_device_in_a_new_country_is_at_most_medium() -> None:
    assessment = assess(replace(LAPTOP, **BRAZIL, timezone="-03:00"), at=NOW + 2 * DAY)
    assert Level.LOW <= assessment.level <= Level.MEDIUM


def test_a_new_device_in_a_new_country_is_high() -> None:
    assert assess(STRANGER, at=NOW + 2 * DAY).level is Level.HIGH


def test_a_new_device_of_the_same_make_in_a_new_country_is_high() -> None:
    thief = replace(LAPTOP, **BRAZIL, device_id="thief", fingerprint="f-thief")
    assert assess(thief, at=NOW + 2 * DAY).level is Level.HIGH


def test_a_new_client_without_a_device_id_in_a_new_country_is_high() -> None:
    bare = replace(STRANGER, device_id=None, fingerprint=None, language=None, timezone=None, latitude=None)
    assert assess(bare).level is Level.HIGH


def test_impossible_travel_with_a_known_device_is_not_above_medium() -> None:
    travelled = assess(replace(LAPTOP, **BRAZIL), at=NOW - 13.5 * HOUR)
    assert any(reason.signal == "travel" for reason in travelled.reasons)
    assert travelled.level <= Level.MEDIUM


@pytest.mark.parametrize(
    ("hours_before_now", "said"), [(14.5, "30 min ago"), (15.0, "1 min ago"), (12.0, "3.0 h ago")]
)
def test_travel_says_how_long_ago_the_last_sign_in_was(hours_before_now: float, said: str) -> None:
    travelled = assess(replace(LAPTOP, **BRAZIL), at=NOW - hours_before_now * HOUR)
    (sentence,) = [reason.sentence for reason in travelled.reasons if reason.signal == "travel"]
    assert f"since the last sign-in {said}, " in sentence


def test_impossible_travel_weighs_more_without_a_known_device() -> None:
    def weight(circumstance: Circumstance) -> float:
        reasons = assess(circumstance, at=NOW - 13.5 * HOUR).reasons
        return sum(reason.weight for reason in reasons if reason.signal == "travel")

    assert weight(STRANGER) > 2 * weight(replace(LAPTOP, **BRAZIL)) > 0


def test_places_known_only_to_the_country_are_no_travel() -> None:
    vague = replace(LAPTOP, latitude=48.1, longitude=11.6, accuracy_km=600.0)
    assert not any(reason.signal == "travel" for reason in assess(vague, at=NOW - 13.5 * HOUR).reasons)


def test_a_new_device_at_home_is_at_most_low() -> None:
    new = replace(
        STRANGER,
        **{name: getattr(LAPTOP, name) for name in (*BRAZIL, "network_kind", "language", "timezone")},
    )
    assert assess(new).level <= Level.LOW


@pytest.mark.parametrize(
    "circumstance",
    [
        Circumstance(at=NOW),
        replace(LAPTOP, address=None, prefix=None, asn=None, country=None, latitude=None, network_kind=None),
        replace(LAPTOP, user_agent=None, browser=None, browser_version=None, os=None, device_type=None,
                device_id=None, fingerprint=None, language=None, timezone=None),
    ],
    ids=["nothing", "no network", "no client"],
)  # fmt: skip
def test_what_is_not_known_is_at_most_low(circumstance: Circumstance) -> None:
    assert assess(circumstance).level <= Level.LOW
    assert assess(circumstance, profile=Profile()).level <= Level.LOW


@pytest.mark.parametrize("days", [10, 14, 15, 60, 400])
@pytest.mark.parametrize("with_asn", [True, False])
@pytest.mark.parametrize("others", ["a pool of people", "nobody", "herself alone"])
def test_the_verdicts_hold_whatever_is_known_of_others(days: int, with_asn: bool, others: str) -> None:
    pool = POOL if others == "a pool of people" else Population()

    def seen(circumstance: Circumstance) -> Circumstance:
        return circumstance if with_asn else replace(circumstance, asn=None, network_kind=None, latitude=None)

    profile = Profile()
    for circumstance in annas_days(days):
        if others == "herself alone":
            pool.observe(seen(circumstance), profile.successes)
        profile = learn(profile, seen(circumstance))

    def level(circumstance: Circumstance) -> Level:
        at = START + (days + 2) * DAY + 9 * HOUR
        return score(replace(seen(circumstance), at=at), profile, pool).level

    elsewhere = {"address": "10.1.1.1", "prefix": "10.1.1.0/24", "asn": 680}
    other_device = {name: getattr(STRANGER, name) for name in DEVICE}
    assert level(LAPTOP) is Level.NONE
    assert level(replace(LAPTOP, address="198.51.100.9")) is Level.NONE
    assert level(replace(LAPTOP, **elsewhere)) is Level.NONE
    assert level(replace(LAPTOP, **other_device)) <= Level.LOW
    assert level(replace(LAPTOP, **other_device, **elsewhere)) <= Level.MEDIUM
    assert level(replace(LAPTOP, **BRAZIL, timezone="-03:00")) <= Level.MEDIUM
    assert level(replace(LAPTOP, **BRAZIL, network_kind="vpn")) <= Level.MEDIUM
    assert level(STRANGER) is Level.HIGH
    bare = replace(STRANGER, device_id=None, fingerprint=None, language=None, timezone=None)
    assert level(bare) is Level.HIGH


def test_the_first_sign_in_of_a_new_user_is_no_risk() -> None:
    assert assess(LAPTOP, profile=Profile()).level is Level.NONE


@pytest.mark.parametrize("kind", ["tor", "hosting", "vpn"])
def test_rarity_alone_never_makes_more_than_low_of_a_new_user(kind: str) -> None:
    odd = replace(STRANGER, network_kind=kind, context_signature="invalid")
    assert assess(odd, profile=Profile()).level <= Level.LOW


def test_rarity_alone_never_makes_high_of_a_user_with_four_sign_ins() -> None:
    profile = Profile()
    for day in range(4):
        profile = learn(profile, replace(LAPTOP, at=NOW - (5 - day) * DAY))
    tor = replace(STRANGER, network_kind="tor")
    assert assess(tor, profile=profile).level is Level.MEDIUM


def stuffed(velocity: Velocity, tries: int = 30, hit: int | None = 4) -> list[Assessment]:
    """A list of names tried from one address, three seconds apart, against users without history."""
    assessments = []
    for number in range(tries):
        at = NOW + number * 3
        name = f"victim-{number}"
        view = velocity.view(STRANGER, name, at)
        assessments.append(assess(STRANGER, Profile(), view, at))
        outcome = Outcome.SUCCESS if number == hit else Outcome.FAILURE
        velocity.note(STRANGER, name, outcome, at)
    return assessments


def test_stuffing_from_one_address_is_high_from_the_tenth_name_on() -> None:
    assessments = stuffed(Velocity())
    assert all(assessment.level is Level.HIGH for assessment in assessments[9:])
    assert assessments[1].level is Level.NONE


def test_stuffing_without_a_hit_is_high_from_the_eighth_name_on() -> None:
    assert all(assessment.level is Level.HIGH for assessment in stuffed(Velocity(), hit=None)[7:])


def test_stuffing_does_not_touch_a_user_elsewhere() -> None:
    velocity = Velocity()
    stuffed(velocity, 100)
    at = NOW + 400
    assert assess(LAPTOP, velocity=velocity.view(LAPTOP, "anna", at), at=at).level is Level.NONE
    newcomer = velocity.view(PHONE, "newcomer", at)
    assert assess(PHONE, Profile(), newcomer, at).level is Level.NONE


def test_stuffing_spread_over_one_network_shows_there() -> None:
    velocity = Velocity()
    last = None
    for number in range(40):
        at = NOW + number * 5
        bot = replace(STRANGER, address=f"192.0.2.{number}", device_id=f"bot-{number}")
        last = assess(bot, Profile(), velocity.view(bot, f"victim-{number}", at), at)
        velocity.note(bot, f"victim-{number}", Outcome.FAILURE, at)
    assert last is not None
    assert last.level is Level.HIGH


@pytest.mark.parametrize(("failing", "suspected"), [(6, False), (9, True)])
def test_a_pool_is_under_attack_where_far_more_fails_than_people_mistype(
    failing: int, suspected: bool
) -> None:
    """So many of ten attempts, each from an address, a device and an AS of its own."""
    velocity = Velocity()
    for number in range(200):
        own = replace(STRANGER, address=f"10.0.{number}.1", prefix=f"10.0.{number}.0/24", asn=number + 1,
                      device_id=f"device-{number}")  # fmt: skip
        outcome = Outcome.UNKNOWN_NAME if number % 10 < failing else Outcome.SUCCESS
        velocity.note(own, f"name-{number}", outcome, NOW)
    reasons = assess(LAPTOP, velocity=velocity.view(LAPTOP, "anna", NOW)).reasons
    assert any(reason.signal == "pool_under_attack" for reason in reasons) is suspected


def test_a_shared_office_is_no_campaign() -> None:
    velocity = Velocity()
    for number in range(30):
        at = NOW + number * 900
        office = replace(LAPTOP, device_id=f"desk-{number}")
        assessment = assess(office, Profile(), velocity.view(office, f"colleague-{number}", at), at)
        assert assessment.level is Level.NONE
        if number % 6 == 0:  # some mistype first
            velocity.note(office, f"colleague-{number}", Outcome.FAILURE, at)
        velocity.note(office, f"colleague-{number}", Outcome.SUCCESS, at + 5)


def test_guessing_one_users_password_raises_the_risk() -> None:
    velocity = Velocity()
    before = assess(STRANGER, Profile(), velocity.view(STRANGER, "anna", NOW), NOW)
    for number in range(12):
        velocity.note(STRANGER, "anna", Outcome.FAILURE, NOW + number)
    after = assess(STRANGER, Profile(), velocity.view(STRANGER, "anna", NOW + 20), NOW + 20)
    assert after.level > before.level
    assert after.level >= Level.MEDIUM
    # The user himself, at home, is not locked out by it.
    at_home = assess(LAPTOP, velocity=velocity.view(LAPTOP, "anna", NOW + 20), at=NOW + 20)
    assert at_home.level is Level.NONE


def test_prompts_in_quick_succession_raise_the_risk() -> None:
    velocity = Velocity()
    for number in range(6):
        velocity.note(STRANGER, "anna", Outcome.PROMPTED, NOW + number * 60)
    assessment = assess(STRANGER, Profile(), velocity.view(STRANGER, "anna", NOW + 400), NOW + 400)
    assert any(reason.signal == "mfa_fatigue" and reason.weight > 1 for reason in assessment.reasons)


def test_valid_feedback_lowers_the_risk_at_once() -> None:
    at = NOW + 2 * DAY
    assert assess(STRANGER, at=at).level is Level.HIGH
    confirmed = trust(ANNA, replace(STRANGER, at=at), at + 60)
    assert assess(STRANGER, profile=confirmed, at=at + 120).level is Level.NONE
    assert assess(LAPTOP, profile=confirmed, at=at + DAY).level is Level.NONE


def test_no_reason_counts_a_confirmation_as_a_sign_in() -> None:
    at = NOW + 2 * DAY
    confirmed = trust(ANNA, replace(STRANGER, at=at), at + 60)
    sentences = [reason.sentence for reason in assess(STRANGER, profile=confirmed, at=at + 120).reasons]
    assert "some earlier sign-ins or confirmations came from this device" in sentences
    assert not any(" of 28 " in sentence for sentence in sentences)
    later = [reason.sentence for reason in assess(LAPTOP, profile=confirmed, at=at + 400 * DAY).reasons]
    assert any(" of 28 earlier sign-ins" in sentence for sentence in later)


def test_valid_feedback_clears_a_user_of_a_campaign_on_his_network() -> None:
    velocity = Velocity()
    stuffed(velocity)
    at = NOW + 200
    view = velocity.view(STRANGER, "anna", at)
    assert assess(STRANGER, velocity=view, at=at).level is Level.HIGH
    assert assess(STRANGER, trust(ANNA, replace(STRANGER, at=at), at), view, at).level <= Level.LOW


def test_invalid_feedback_raises_the_risk_of_a_known_circumstance_at_once() -> None:
    assert assess(LAPTOP).level is Level.NONE
    reported = distrust(ANNA, replace(LAPTOP, at=NOW - HOUR), NOW)
    assert assess(LAPTOP, profile=reported, at=NOW + 1).level is Level.HIGH


def test_invalid_feedback_on_a_stranger_leaves_the_users_own_ways_alone() -> None:
    reported = distrust(ANNA, replace(STRANGER, at=NOW), NOW + 60, learned=False)
    assert assess(STRANGER, profile=reported, at=NOW + 90).level is Level.HIGH
    assert assess(LAPTOP, profile=reported, at=NOW + 90).level is Level.NONE


def test_the_reported_device_stays_suspect_on_another_network() -> None:
    reported = distrust(ANNA, replace(STRANGER, at=NOW), NOW + 60, learned=False)
    elsewhere = replace(STRANGER, **{name: getattr(LAPTOP, name) for name in BRAZIL})
    assert assess(elsewhere, profile=reported).score > assess(elsewhere).score + 3


def test_the_later_judgement_holds() -> None:
    reported = distrust(ANNA, replace(LAPTOP, at=NOW - HOUR), NOW)
    taken_back = trust(reported, replace(LAPTOP, at=NOW - HOUR), NOW + 60)
    assert assess(LAPTOP, profile=taken_back, at=NOW + 120).level is Level.NONE
    again = distrust(taken_back, replace(LAPTOP, at=NOW - HOUR), NOW + 180)
    assert assess(LAPTOP, profile=again, at=NOW + 240).level is Level.HIGH


def test_an_allowed_stranger_becomes_normal_step_by_step() -> None:
    profile, scores = ANNA, []
    for day in range(6):
        at = NOW + (2 + day) * DAY
        scores.append(assess(STRANGER, profile=profile, at=at).score)
        profile = learn(profile, replace(STRANGER, at=at))
    # The hour of the day moves the last ones a little.
    assert all(later < earlier + 0.3 for earlier, later in pairwise(scores))
    assert scores[1] < scores[0] - 5
    assert assess(STRANGER, profile=profile, at=NOW + 8 * DAY).level is Level.NONE


def test_no_network_is_trusted_forever() -> None:
    fresh = assess(LAPTOP, at=NOW)
    after_two_years = assess(LAPTOP, at=NOW + 730 * DAY)
    assert after_two_years.score > fresh.score + 3


def test_reports_against_a_network_weigh_on_other_users() -> None:
    pool = pool_of_people()
    newcomer = Profile()
    circumstance = replace(STRANGER, at=NOW)
    before = score(circumstance, newcomer, pool).score
    pool.report(circumstance, "anna", NOW)
    one = score(circumstance, newcomer, pool).score
    for number in range(50):
        pool.report(circumstance, "anna", NOW + number)
    assert score(circumstance, newcomer, pool).score == pytest.approx(one, abs=0.01)
    assert before < one <= before + 0.81
    for number in range(50):
        pool.report(circumstance, f"user-{number}", NOW)
    assert score(circumstance, newcomer, pool).score <= before + pool.model.reputation_at_most


def test_a_leaked_password_and_a_strange_network_are_more_than_either() -> None:
    facts = AccountFacts(created_at=START - 400 * DAY, compromised=True, takeovers=1)
    known = replace(LAPTOP, at=NOW)
    with_leak = score(known, ANNA, POOL, account=facts)
    assert with_leak.score > assess(LAPTOP).score
    assert with_leak.level is Level.NONE


def test_a_sentence_names_what_is_new() -> None:
    sentences = [reason.sentence for reason in assess(replace(LAPTOP, asn=680, address="10.1.1.1",
                                                              prefix="10.1.1.0/24")).reasons]  # fmt: skip
    assert "first sign-in from AS680; 28 of 28 earlier ones were in DE" in sentences


def test_a_signal_group_can_be_switched_off() -> None:
    model = Model(without=frozenset({"network", "travel"}))
    circumstance = replace(STRANGER, at=NOW - 13.5 * HOUR)
    named = {reason.signal for reason in score(circumstance, ANNA, POOL, model=model).reasons}
    everything = {reason.signal for reason in score(circumstance, ANNA, POOL).reasons}
    assert everything - named == {"network", "network_kind", "travel"}


def test_a_model_can_be_kept_and_read_again() -> None:
    model = Model(version="fitted", thresholds=Thresholds(-1.0, 1.0, 3.0, "2026-11-22"), prior=-5.0)
    assert msgspec.json.decode(msgspec.json.encode(model), type=Model) == model


def test_hostile_values_stand_harmless_in_a_sentence() -> None:
    hostile = replace(STRANGER, country="\x1b[2J\u202e" + "A" * 70_000)
    for reason in assess(hostile).reasons:
        assert reason.sentence.isprintable()
        assert len(reason.sentence) < 300
