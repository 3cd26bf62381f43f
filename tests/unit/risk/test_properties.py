"""What must hold for every history and every circumstance, hostile ones included."""

from math import isfinite

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from doorward.risk.circumstance import LATEST, Circumstance
from doorward.risk.encoding import decode, encode
from doorward.risk.levels import Level
from doorward.risk.model import SHIPPED
from doorward.risk.population import Population
from doorward.risk.profile import Profile, distrust, learn, trust
from doorward.risk.scene import AccountFacts
from doorward.risk.score import score
from doorward.risk.signals.velocity import campaign
from doorward.risk.velocity import Outcome, Velocity, Window

ANY_TEXT = st.text(st.characters(), max_size=12)
FEW = st.sampled_from(["a", "b", "c", "\ud800", "x" * 70_000])
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
    def everything() -> tuple[bytes, object]:
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
    profile, population = decode(encoded), Population()
    again = score(circumstance, profile, population, account=facts)
    assert isfinite(again.score)
    assert abs(again.score) < 60
    assert abs(again.prior + sum(reason.weight for reason in again.reasons) - again.score) < 1e-9
    assert all(len(reason.sentence) < 300 and reason.sentence.isprintable() for reason in again.reasons)


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
