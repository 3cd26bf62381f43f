"""`doorward events`: a recorded attempt with its reasons, read beside the server that recorded it."""

import re

import pytest
from tests.circumstances import sign_in_from
from tests.cli.house import House
from tests.history import kept, listed
from tests.people import App
from tests.scenarios.levels import force_level
from tests.scenarios.protected import configure, protected, takeover
from tests.scenarios.refusals import BLOCKED, WRONG, refused


@pytest.fixture
def app(house: House) -> App:
    """A pool in which everything is High, and is blocked."""
    made = protected(house.server)
    configure(house.server, made, **takeover(low="BLOCK", medium="BLOCK", high="BLOCK"))
    force_level(house.server, made, "High")
    return made


def test_a_block_is_shown_with_the_weights_that_add_up_to_its_score(house: House, app: App) -> None:
    with refused(*BLOCKED):
        sign_in_from(house.server, app, "anna")
    (event_id,) = [event["EventId"] for event in listed(house.server, app)]
    said = house.says("events", "show", "--pool", app.pool_id, event_id)
    assert "SignIn (AdminInitiateAuth) of anna" in said
    assert "Fail: Password Success" in said
    (event,) = kept(house.server, app.pool_id)
    assert f"AccountTakeover: block ({event.risk.because})" in said
    assert event.risk.score is not None
    assert [reason.sentence for reason in event.risk.reasons if reason.sentence not in said] == []
    weights = [float(weight) for weight in re.findall(r"│ ([+-]\d+\.\d{3}) +│", said)]
    assert len(weights) == len(event.risk.reasons) + 1
    assert sum(weights) == pytest.approx(event.risk.score, abs=0.001)


def test_one_earlier_sign_in_is_told_as_one(house: House) -> None:
    app = protected(house.server, "AUDIT")
    for _ in range(2):
        sign_in_from(house.server, app, "anna")
    newest = kept(house.server, app.pool_id)[-1]
    assert newest.risk.earlier_sign_ins == 1
    lines = house.says("events", "show", "--pool", app.pool_id, newest.event_id).splitlines()
    assert next(line.rstrip("│ ") for line in lines if "risk " in line).endswith(", 1 earlier sign-in")


def test_the_list_has_the_newest_first_and_unknown_names_by_a_digest(house: House, app: App) -> None:
    with refused(*BLOCKED):
        sign_in_from(house.server, app, "anna")
    with refused(*WRONG):
        sign_in_from(house.server, app, "a-Password-in-the-wrong-field-7")
    all_of_them = house.says("events", "list", "--pool", app.pool_id)
    assert "a-Password-in-the-wrong-field-7" not in all_of_them
    ids = [event.event_id for event in kept(house.server, app.pool_id)]
    assert len(ids) == 2
    assert all_of_them.index(ids[1]) < all_of_them.index(ids[0])
    of_anna = house.says("events", "list", "--pool", app.pool_id, "--user", "anna")
    assert (ids[0] in of_anna, ids[1] in of_anna) == (True, False)
    newest = house.says("events", "list", "--pool", app.pool_id, "--limit", "1")
    assert (ids[0] in newest, ids[1] in newest) == (False, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "not-an-event"), "there is no event not-an-event"),
        (("list", "--user", "nobody"), "there is no user nobody"),
        (("list", "--limit", "0"), "--limit"),
    ],
)
def test_what_does_not_exist_is_named(house: House, app: App, arguments: tuple[str, ...], said: str) -> None:
    ended = house.run("events", *arguments, "--pool", app.pool_id)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_an_event_of_another_pool_is_none(house: House, app: App) -> None:
    with refused(*BLOCKED):
        sign_in_from(house.server, app, "anna")
    (event,) = kept(house.server, app.pool_id)
    other = protected(house.server)
    ended = house.run("events", "show", "--pool", other.pool_id, event.event_id)
    assert (ended.status, ended.out) == (2, "")


def test_simulate_takes_country_and_region_as_options(house: House) -> None:
    app = protected(house.server)
    sign_in_from(house.server, app, "anna")
    said = house.says(
        "simulate", "--pool", app.pool_id, "--user", "anna", "--country", "BR", "--region", "Bahia"
    )
    assert "first sign-in from BR, after 1 from elsewhere" in said
