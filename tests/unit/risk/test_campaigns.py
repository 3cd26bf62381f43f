"""Campaigns told in the engine's own terms: what is tried, from where, and what the others notice of it."""

import pytest
from msgspec.structs import replace

from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import Level
from doorward.risk.model import SHIPPED
from doorward.risk.population import Population
from doorward.risk.profile import Profile, learn
from doorward.risk.score import Assessment, score
from doorward.risk.velocity import Outcome, Velocity, is_afar

DAY = 86_400.0
HOUR = 3600.0
NOW = 1_700_000_000.0
POOL = Population()


def somewhere(number: int, **known: object) -> Circumstance:
    """A place and a client that nobody else has."""
    prefix = f"10.{number // 250}.{number % 250}"
    made = Circumstance(
        at=NOW,
        address=f"{prefix}.7",
        prefix=f"{prefix}.0/24",
        asn=1000 + number,
        country="DE",
        user_agent=f"Mozilla/5.0 ({number})",
        device_type="desktop",
        os="Windows",
        browser="Chrome",
    )
    return replace(made, **known)


def with_habits(circumstance: Circumstance) -> Profile:
    profile = Profile()
    for day in range(20, 0, -1):
        profile = learn(profile, replace(circumstance, at=NOW - day * DAY))
    return profile


def quiet_days(velocity: Velocity, people: int = 400) -> None:
    """Two days before NOW on which people sign in and one in ten mistypes and gives up."""
    for number in range(people):
        at = NOW - 2 * DAY + number * (2 * DAY / people)
        outcome = Outcome.FAILURE if number % 10 == 0 else Outcome.SUCCESS
        velocity.note(somewhere(number), f"person-{number}", outcome, at)


def assessed(
    velocity: Velocity, circumstance: Circumstance, name: str, at: float, profile: Profile | None = None
) -> Assessment:
    now = replace(circumstance, at=at)
    return score(now, profile or Profile(), POOL, velocity.view(now, name, at))


def weight(assessment: Assessment, signal: str) -> float:
    return sum(reason.weight for reason in assessment.reasons if reason.signal == signal)


def list_from_everywhere(velocity: Velocity, tries: int, seconds: float) -> float:
    """Names tried each from an address, AS and client of its own; returns when the last was."""
    for number in range(tries):
        where = somewhere(1000 + number)
        outcome = Outcome.UNKNOWN_NAME if number % 2 else Outcome.FAILURE
        velocity.note(where, f"victim-{number}", outcome, NOW + number * seconds)
    return NOW + tries * seconds


def test_a_list_tried_from_ten_thousand_addresses_shows_in_the_whole_pool() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    before = assessed(velocity, somewhere(5000), "victim", NOW)
    at = list_from_everywhere(velocity, 25, 2.0)
    during = assessed(velocity, somewhere(5000), "victim", at)
    assert weight(before, "stuffing") == 0
    assert weight(during, "stuffing") > 2
    assert "the whole pool" in next(r.sentence for r in during.reasons if r.signal == "stuffing")
    # Nobody is blocked for what others do somewhere: a newcomer stays below Medium.
    assert during.level <= Level.LOW


def test_a_list_of_users_names_is_not_hidden_by_names_that_never_existed() -> None:
    """A pool in which twenty made-up names a minute fail at any time, and a name of its users in eight seconds."""
    velocity = Velocity()
    quiet_days(velocity)
    beats = 6 * 3600 // 3
    for beat in range(beats):
        at = NOW + 3.0 * (beat - beats)
        velocity.note(somewhere(9000 + beat % 4000), f"made-up-{beat}", Outcome.UNKNOWN_NAME, at)
    for number in range(50):
        at = NOW + 8.0 * number
        velocity.note(somewhere(2000 + number), f"user-{number}", Outcome.FAILURE, at)
        for beat in range(3):
            made_up = f"made-up-too-{number}-{beat}"
            velocity.note(
                somewhere(13_000 + 3 * number + beat), made_up, Outcome.UNKNOWN_NAME, at + 2.0 * beat
            )
    during = assessed(velocity, somewhere(5000), "victim", NOW + 401)
    assert weight(during, "stuffing") > 2
    assert "names of users failed" in next(r.sentence for r in during.reasons if r.signal == "stuffing")


def test_people_at_home_hardly_notice_a_list_tried_elsewhere() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    home = somewhere(5)
    anna = with_habits(home)
    at = list_from_everywhere(velocity, 200, 1.0)
    assert assessed(velocity, home, "anna", at, anna).level is Level.NONE
    away = weight(assessed(velocity, somewhere(5000), "anna", at, anna), "stuffing")
    assert weight(assessed(velocity, home, "anna", at, anna), "stuffing") < 0.4 * away


def test_a_list_from_the_users_own_carrier_spares_who_comes_as_always() -> None:
    """A carrier's /24 with many users, from whose addresses a list is tried, each address a few names."""
    velocity = Velocity()
    quiet_days(velocity)
    for number in range(60):
        exit = somewhere(5, address=f"10.0.5.{100 + number % 30}")
        velocity.note(exit, f"victim-{number}", Outcome.FAILURE, NOW + number)
    at = NOW + 60
    home = somewhere(5, user_agent="Mozilla/5.0 (Windows NT 10.0) Chrome/98.0")
    anna = with_habits(home)
    assert assessed(velocity, home, "anna", at, anna).level <= Level.LOW
    updated = replace(home, user_agent="Mozilla/5.0 (Windows NT 10.0) Chrome/99.0")
    assert weight(assessed(velocity, updated, "anna", at, anna), "stuffing") < 3.5
    # Who has the network but not the client may be the list's, and so may be who has neither.
    for stranger in (somewhere(5, user_agent="curl/8.5.0"), somewhere(5, user_agent="curl/8.5.0", asn=9)):
        assert weight(assessed(velocity, stranger, "bert", at), "stuffing") > 9
    other = somewhere(5, user_agent="curl/8.5.0", browser="curl", os=None, device_type=None)
    assert assessed(velocity, other, "anna", at, anna).level >= Level.MEDIUM


def test_what_is_certain_of_a_list_is_not_certain_of_each_customer_of_its_as() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    for number in range(6):
        velocity.note(somewhere(1000 + number, asn=3320), f"victim-{number}", Outcome.FAILURE, NOW + number)
    few = weight(assessed(velocity, somewhere(5000, asn=3320), "anna", NOW + 6), "stuffing")
    for number in range(6, 60):
        velocity.note(somewhere(1000 + number, asn=3320), f"victim-{number}", Outcome.FAILURE, NOW + number)
    many = weight(assessed(velocity, somewhere(5000, asn=3320), "anna", NOW + 60), "stuffing")
    assert 2 < few < 2.6 < many <= SHIPPED.campaign_at_most.asn


def test_a_list_of_a_name_a_minute_shows_by_the_hour_and_its_alarm_ends_with_it() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    weights = []
    for number in range(50):
        at = list_from_everywhere_at(velocity, number)
        weights.append(weight(assessed(velocity, somewhere(5000), "anna", at), "stuffing"))
    assert max(weights[:5]) == 0
    assert min(weights[25:]) > 1
    assert weight(assessed(velocity, somewhere(5000), "anna", at + HOUR / 2), "stuffing") == 0


def list_from_everywhere_at(velocity: Velocity, number: int) -> float:
    """One more name of a list that is tried a name a minute, each from elsewhere."""
    at = NOW + number * 60
    velocity.note(somewhere(1000 + number), f"victim-{number}", Outcome.FAILURE, at)
    return at


def test_who_is_guessed_at_from_everywhere_is_not_kept_out_of_his_own_home() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    for number in range(60):
        velocity.note(somewhere(1000 + number), "anna", Outcome.FAILURE, NOW + number)
    anna = with_habits(somewhere(5))
    assert assessed(velocity, somewhere(5), "anna", NOW + 60, anna).level is Level.NONE
    assert assessed(velocity, somewhere(5000), "anna", NOW + 60, anna).level is Level.HIGH


def test_the_alarm_ends_soon_after_the_list() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    at = list_from_everywhere(velocity, 100, 1.0)
    assert weight(assessed(velocity, somewhere(5000), "victim", at + HOUR), "stuffing") == 0


def test_as_many_failures_spread_over_a_day_are_no_alarm() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    at = list_from_everywhere(velocity, 25, DAY / 25)
    assert weight(assessed(velocity, somewhere(5000), "victim", at), "stuffing") == 0


def test_a_rush_in_which_some_mistype_is_no_alarm() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    for number in range(200):
        outcome = Outcome.FAILURE if number % 8 == 0 else Outcome.SUCCESS
        velocity.note(somewhere(1000 + number), f"colleague-{number}", outcome, NOW + number)
    assert weight(assessed(velocity, somewhere(5000), "anna", NOW + 200), "stuffing") == 0


def test_a_pool_where_most_names_fail_every_day_is_not_alarmed_by_its_usual() -> None:
    velocity = Velocity()
    for number in range(4000):
        outcome = Outcome.SUCCESS if number % 3 == 0 else Outcome.UNKNOWN_NAME
        velocity.note(somewhere(number), f"name-{number}", outcome, NOW - DAY + number * (DAY / 4000))
    noisy = assessed(velocity, somewhere(5000), "anna", NOW)
    assert weight(noisy, "stuffing") == 0


def test_a_program_that_shows_one_client_from_many_addresses_is_found_by_it() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    for number in range(12):
        bot = somewhere(1000 + number, user_agent="python-requests/2.25.1")
        velocity.note(bot, f"victim-{number}", Outcome.FAILURE, NOW - HOUR + number * 240)
    now = assessed(velocity, somewhere(5000, user_agent="python-requests/2.25.1"), "victim", NOW)
    assert weight(now, "stuffing") > 2
    assert weight(assessed(velocity, somewhere(5000), "victim", NOW), "stuffing") == 0


def test_a_list_from_one_address_leaves_its_as_and_the_pool_alone() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    for number in range(300):
        velocity.note(somewhere(1, asn=3320), f"victim-{number}", Outcome.FAILURE, NOW + number)
    at = NOW + 300
    assert assessed(velocity, somewhere(1, asn=3320), "victim", at).level is Level.HIGH
    neighbour = somewhere(2, asn=3320, user_agent=somewhere(1).user_agent)
    assert weight(assessed(velocity, neighbour, "bert", at), "stuffing") == 0


def test_five_prompts_in_ten_minutes_weigh_and_eight_are_a_level_even_for_a_new_user() -> None:
    velocity = Velocity()
    stranger = somewhere(9)
    weights, levels = [], []
    for number in range(8):
        at = NOW + number * 75
        assessment = assessed(velocity, stranger, "anna", at)
        weights.append(weight(assessment, "mfa_fatigue"))
        levels.append(assessment.level)
        velocity.note(stranger, "anna", Outcome.PROMPTED, at)
    assert weights[:3] == [0, 0, 0], "people ask for a code again"
    assert weights[4] > 1
    assert levels[-1] >= Level.LOW
    assert assessed(velocity, stranger, "anna", NOW + 2 * HOUR).level is Level.NONE


def theft(velocity: Velocity, thief: Circumstance, victims: int) -> list[Assessment]:
    """One program uses the sessions of users from other countries, each with its victim's client."""
    found = []
    for number in range(victims):
        home = somewhere(number, country=("NO", "US", "BR")[number % 3])
        profile = with_habits(home)
        at = NOW + number * 60
        stolen = replace(
            home, address=thief.address, prefix=thief.prefix, asn=thief.asn, country=thief.country
        )
        found.append(assessed(velocity, stolen, f"victim-{number}", at, profile))
        velocity.note(stolen, f"victim-{number}", Outcome.SUCCESS, at, afar=is_afar(profile, stolen))
    return found


def test_sessions_of_users_from_elsewhere_used_at_one_address_are_found() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    weights = [weight(one, "strangers") for one in theft(velocity, somewhere(4000), 8)]
    assert weights[:2] == [0, 0], "two travellers are no thief"
    assert all(one > 2 for one in weights[4:])
    assert max(weights) <= SHIPPED.strangers_at_most


def test_a_hotel_where_the_natives_sign_in_too_is_not_taken_for_a_thief() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    hotel = somewhere(4000)
    for number in range(12):
        velocity.note(hotel, f"native-{number}", Outcome.SUCCESS, NOW - 600 + number)
    assert [weight(one, "strangers") for one in theft(velocity, hotel, 4)] == [0, 0, 0, 0]


def test_who_is_at_home_is_not_held_for_a_thief_of_the_strangers_beside_him() -> None:
    velocity = Velocity()
    quiet_days(velocity)
    theft(velocity, somewhere(4000), 10)
    native = with_habits(somewhere(4001))
    assert weight(assessed(velocity, somewhere(4000), "anna", NOW + 700, native), "strangers") == 0


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_who_got_in_counts_as_from_afar(outcome: Outcome) -> None:
    velocity = Velocity()
    velocity.note(somewhere(1), "anna", outcome, NOW, afar=True)
    inside = outcome in {Outcome.SUCCESS, Outcome.PROMPTED}
    assert velocity.view(somewhere(1), "bert", NOW).address.afar == (1.0 if inside else 0.0)
