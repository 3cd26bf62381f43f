"""What must hold for every history and every circumstance, hostile ones included."""

from itertools import count
from math import isfinite
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from doorward.risk.circumstance import LATEST, Circumstance
from doorward.risk.encoding import decode, encode
from doorward.risk.levels import Level
from doorward.risk.model import SHIPPED
from doorward.risk.population import Population
from doorward.risk.profile import FULL, KEPT, MARKS_KEPT, Mark, Place, Profile, distrust, learn, trust
from doorward.risk.scene import AccountFacts
from doorward.risk.score import Assessment, score
from doorward.risk.signals.velocity import campaign
from doorward.risk.traits import ADDRESS, LONGEST, TRAITS, USER_AGENT, key_of, keys_of, platform_of
from doorward.risk.velocity import NAMES_KEPT, Outcome, Velocity, VelocityView, Window

ANY_TEXT = st.text(st.characters(), max_size=12)
FEW = st.sampled_from(["a", "b", "c", "\ud800", "x" * 70_000])
UNIQUE = count()
TEXT = st.none() | FEW | ANY_TEXT
ANY_FLOAT = st.none() | st.floats(-400, 400) | st.sampled_from([float("nan"), float("inf"), -float("inf")])
TIME = st.floats(1.6e9, 1.9e9) | st.sampled_from([0.0, -1e9, LATEST, -LATEST, 1.7e9])

CIRCUMSTANCES = st.builds(
    Circumstance,
    at=TIME,
    address=TEXT,
    prefix=TEXT,
    asn=st.none() | st.integers(-(2**70), 2**70) | st.integers(1, 5) | st.just(10**6000),
    country=TEXT,
    region=TEXT,
    latitude=ANY_FLOAT,
    longitude=ANY_FLOAT,
    accuracy_km=ANY_FLOAT,
    network_kind=st.sampled_from([None, "residential", "mobile", "hosting", "vpn", "tor"]),
    user_agent=TEXT,
    browser=TEXT,
    browser_version=TEXT,
    os=TEXT,
    device_type=TEXT,
    device_id=TEXT,
    fingerprint=TEXT,
    language=TEXT,
    timezone=TEXT,
    remembered_device=st.booleans(),
    context_signature=st.sampled_from(["valid", "invalid", "absent"]),
)
LESSONS = st.lists(st.tuples(st.sampled_from(["learn", "trust", "distrust"]), CIRCUMSTANCES), max_size=25)
OUTCOMES = st.lists(
    st.tuples(CIRCUMSTANCES, st.sampled_from(["anna", "bert", "carl"]), st.sampled_from(Outcome), TIME),
    max_size=20,
)
FACTS = st.builds(
    AccountFacts,
    created_at=st.none() | TIME,
    password_changed_at=st.none() | TIME,
    compromised=st.booleans(),
    takeovers=st.integers(0, 2**40),
)


def taught(lessons: list[tuple[str, Circumstance]]) -> Profile:
    profile = Profile()
    for lesson, circumstance in lessons:
        if lesson == "learn":
            profile = learn(profile, circumstance)
        elif lesson == "trust":
            profile = trust(profile, circumstance, circumstance.at)
        else:
            profile = distrust(profile, circumstance, circumstance.at)
    return profile


@settings(max_examples=150, deadline=None)
@given(LESSONS, OUTCOMES, LESSONS, CIRCUMSTANCES, FACTS)
def test_a_score_is_finite_deterministic_and_the_sum_of_its_reasons(
    lessons: list[tuple[str, Circumstance]],
    attempts: list[tuple[Circumstance, str, Outcome, float]],
    of_others: list[tuple[str, Circumstance]],
    circumstance: Circumstance,
    facts: AccountFacts,
) -> None:
    def everything() -> tuple[bytes, Assessment]:
        profile, population, velocity = taught(lessons), Population(), Velocity()
        for earlier, (lesson, other) in enumerate(of_others):
            population.observe(other, earlier % 3)
            if lesson == "distrust":
                population.report(other, str(earlier), other.at)
        for attempt, name, outcome, at in attempts:
            velocity.note(attempt, name, outcome, at)
        view = velocity.view(circumstance, "anna", circumstance.at)
        return encode(profile), score(circumstance, profile, population, view, facts)

    encoded, assessment = everything()
    assert everything() == (encoded, assessment)
    in_an_empty_pool = score(circumstance, decode(encoded), Population(), account=facts)
    for told in (assessment, in_an_empty_pool):
        assert isfinite(told.score)
        assert abs(told.score) < 60
        assert abs(told.prior + sum(reason.weight for reason in told.reasons) - told.score) < 1e-9
        assert all(len(reason.sentence) < 300 and reason.sentence.isprintable() for reason in told.reasons)


def test_more_taken_back_than_was_learned_leaves_a_profile_that_scores() -> None:
    """A profile is begun anew where it cannot be read; feedback on what happened before then still comes."""
    client = Circumstance(at=1.7e9, device_type="desktop", os="Linux", browser="Firefox")
    profile = Profile()
    for number in range(KEPT[USER_AGENT]):
        profile = learn(profile, replace(client, user_agent=f"Mozilla/5.0 Firefox/{number}"))
    for at in (1.7e9 + 1.5e7, 1.7e9 + 1.51e7):  # weighs more than what was learned half a year before
        profile = distrust(profile, Circumstance(at=at, user_agent="curl/8.0"), at)
    assert profile.successes
    assert profile.totals[USER_AGENT] == 0
    assert len(profile.counts[USER_AGENT]) == KEPT[USER_AGENT]
    again = score(replace(client, user_agent="Mozilla/5.0 Firefox/1"), profile, Population())
    assert isfinite(again.score)


@settings(max_examples=150, deadline=None)
@given(LESSONS)
def test_a_profile_survives_its_encoding_and_stays_small(lessons: list[tuple[str, Circumstance]]) -> None:
    profile = taught(lessons)
    encoded = encode(profile)
    assert decode(encoded) == profile
    assert len(encoded) <= 1200


@settings(max_examples=150, deadline=None)
@given(CIRCUMSTANCES, st.integers(0, 4))
def test_rarity_alone_never_blocks_a_user_with_few_sign_ins(stranger: Circumstance, sign_ins: int) -> None:
    home = Circumstance(at=1.7e9, address="198.51.100.1", country="DE", user_agent="home", latitude=53.0)
    profile = Profile()
    for number in range(sign_ins):
        profile = learn(profile, replace(home, at=home.at + number * 86_400))
    level = score(stranger, profile, Population()).level
    assert level <= (Level.MEDIUM if sign_ins else Level.LOW)


@settings(max_examples=100, deadline=None)
@given(LESSONS, CIRCUMSTANCES)
def test_learning_a_circumstance_never_makes_it_high(
    lessons: list[tuple[str, Circumstance]], circumstance: Circumstance
) -> None:
    """Five sign-ins that were let pass make a circumstance ordinary, whatever was learned before."""
    only_learned = [(kind, other) for kind, other in lessons if kind == "learn"]
    profile = taught(only_learned)
    for _ in range(5):
        profile = learn(profile, circumstance)
    assert score(circumstance, profile, Population()).level < Level.HIGH


@settings(max_examples=100, deadline=None)
@given(LESSONS, CIRCUMSTANCES)
def test_valid_feedback_never_raises_and_invalid_never_lowers(
    lessons: list[tuple[str, Circumstance]], circumstance: Circumstance
) -> None:
    profile, pool = taught([(kind, other) for kind, other in lessons if kind == "learn"]), Population()
    before = score(circumstance, profile, pool)
    at = circumstance.at
    trusted = score(circumstance, trust(profile, circumstance, at), pool)
    assert trusted.level <= before.level or trusted.level is Level.NONE
    reported = score(circumstance, distrust(profile, circumstance, at, learned=False), pool)
    assert reported.level >= before.level


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 60))
def test_more_failing_names_never_lower_the_risk(failing: int, more: int, signed_in: int) -> None:
    def weight(number: int) -> float:
        return campaign(Window(names=float(number + signed_in), failing=float(number)), SHIPPED)

    assert weight(failing) <= weight(failing + more)


COUNT = st.floats(0, 1e12) | st.just(0.0) | st.floats(0, 100)
WINDOWS = st.builds(
    Window,
    attempts=COUNT,
    failures=COUNT,
    names=COUNT,
    failing=COUNT,
    unknown=COUNT,
    prompts=COUNT,
    afar=COUNT,
)
VIEWS = st.builds(
    VelocityView,
    user=WINDOWS,
    address=WINDOWS,
    prefix=WINDOWS,
    asn=WINDOWS,
    device=WINDOWS,
    client=WINDOWS,
    pool=WINDOWS,
    lately=WINDOWS,
    hours=WINDOWS,
    usual=WINDOWS,
    usual_seconds=st.floats(0, 1e9) | st.just(0.0),
)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 12), VIEWS, st.sampled_from(["DE", "BR", None]))
def test_whatever_was_counted_conduct_stays_finite_and_within_its_bounds(
    earlier: int, view: VelocityView, country: str | None
) -> None:
    home = Circumstance(
        at=1.7e9, address="192.0.2.1", prefix="192.0.2.0/24", asn=1, country="DE", user_agent="x"
    )
    profile = taught([("learn", home)] * earlier)
    assessment = score(replace(home, country=country), profile, Population(), view)
    assert isfinite(assessment.score)
    most = {
        "stuffing": max(astuple(SHIPPED.campaign_at_most)),
        "brute_force": SHIPPED.guesses_at_most,
        "mfa_fatigue": SHIPPED.prompts_at_most,
        "strangers": SHIPPED.strangers_at_most,
        "pool_under_attack": SHIPPED.pool_at_most,
    }
    for reason in assessment.reasons:
        if reason.signal in most:
            assert 0 < reason.weight <= most[reason.signal]


def test_a_hostile_history_leaves_nothing_that_grows_with_it() -> None:
    """What an attempt costs hangs on what is kept; ten times the history must not keep more."""

    def kept(attempts: int) -> tuple[int, int]:
        velocity, profile = Velocity(), Profile()
        for number in range(attempts):
            text = f"{number}-" + "x" * 2000
            hostile = Circumstance(
                at=1.7e9 + number * (-1) ** number * 1e5, address=text, prefix="p", asn=1 + number, country=text,
                region=text,
                user_agent=text, browser=text, os=text, device_type=text, device_id="d", language=text,
            )  # fmt: skip
            profile = learn(profile, hostile)
            velocity.note(hostile, text, tuple(Outcome)[number % len(Outcome)], hostile.at)
        tally = velocity._prefixes[key_of("p")]
        return len(encode(profile)), len(tally.seen)

    few, many = kept(300), kept(3000)
    assert many[0] <= 1200
    assert many[0] <= few[0] * 1.1
    assert many[1] <= NAMES_KEPT


def test_no_profile_whatever_it_was_taught_is_larger_than_is_promised() -> None:
    """Every count at its most, every key and time of the longest encoding: nothing that is learned exceeds it."""
    mark = Mark(2**32 - 1, 2**32 - 1, -(2**40), True)
    largest = Profile(
        -(2**40),
        -(2**40),
        2**40,
        FULL,
        [FULL] * TRAITS,
        [{2**32 - 1 - number: FULL for number in range(kept)} for kept in KEPT],
        [FULL] * 24,
        [FULL] * 7,
        Place(-90_000, -180_000, 20_100, -(2**40)),
        [mark] * MARKS_KEPT,
        [mark] * MARKS_KEPT,
    )
    assert decode(encode(largest)) == largest
    assert len(encode(largest)) <= 1200
    once_more = learn(largest, Circumstance(at=2.0**40, address="a", user_agent="b", device_id="c"))
    assert len(encode(once_more)) <= 1200


@pytest.mark.parametrize("text", ["1", "1.", "1_", "/", "Android ", "1" * 30 + "x", " ", "(", "\ud800", "٣"])
def test_no_user_agent_costs_much_more_than_another_of_its_length(text: str) -> None:
    """What people send is looked at in some 20 µs; a pattern that tries again from each place takes 14 ms."""

    def seconds(of: str) -> float:
        def once() -> float:
            hostile = f"{next(UNIQUE)}x{of * LONGEST}"  # what was seen before is remembered
            began = process_time()
            platform_of(hostile)
            return process_time() - began

        return min(once() for _ in range(7))

    assert seconds(text) < 40 * seconds("Mozilla/5.0 ")


def test_keys_that_are_kept_are_those_of_the_attempt_at_hand() -> None:
    """The keys of the last attempt are remembered; an equal or a later one must not be given another's."""
    one = Circumstance(at=1.7e9, address="192.0.2.1", asn=1)
    other = replace(one, address="192.0.2.2")
    assert keys_of(one) == keys_of(replace(one))
    assert keys_of(one) != keys_of(other)
    assert keys_of(one)[ADDRESS] == key_of("192.0.2.1")
