"""Where synthetic people are: regions that say something of a user, and a location database that is often wrong."""

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.clock import seeded
from doorward.evaluation.columns import UNKNOWN_PLACE
from doorward.evaluation.rows import Row, read_rows
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.data_set import synthesize
from doorward.evaluation.synthesis.geography import Database, Geography
from doorward.evaluation.synthesis.networks import Network

KNOWN_WELL: Final[dict[str, Any]] = {
    "not_located": 0.0,
    "not_located_private": 0.0,
    "without_city": 0.0,
    "wrong_region": 0.0,
    "wrong_city": 0.0,
}
AT_HOME: Final[dict[str, Any]] = {
    "phone_mobile": 0.0,
    "phone_venue": 0.0,
    "desktop_venue": 0.0,
    "vpn_users": 0.0,
    "travellers": 0.0,
    "lease_stays_in_region": 1.0,
}
Make = Callable[..., list[Row]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(**chosen: Any) -> list[Row]:
        choices = msgspec.convert({"users": 2000, "days": 391, "unknown_share": 0.0} | chosen, Choices)
        return list(read_rows(synthesize(tmp_path / "rows.csv", choices, lambda *_: None).data))

    return made


def by_user(rows: list[Row]) -> list[list[Row]]:
    """Return the sign-ins of each user, by the user's own doing."""
    users: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.successful and not row.attack_ip:
            users[row.user_id].append(row)
    return list(users.values())


def prefix(row: Row) -> str:
    return row.address.rpartition(".")[0]


def test_a_24_is_in_one_place_whoever_uses_it(make: Make) -> None:
    places: dict[str, set[tuple[str, str, str, int | None]]] = defaultdict(set)
    rows = make(unknown_share=0.4)
    for row in rows:
        places[prefix(row)].add((row.country, row.region, row.city, row.asn))
    assert {len(found) for found in places.values()} == {1}
    assert any(row.attack_ip and row.region != UNKNOWN_PLACE for row in rows)


def test_names_of_cities_and_regions_nest_and_a_dash_is_not_known(make: Make) -> None:
    for row in make():
        if row.region == UNKNOWN_PLACE:
            assert row.city == UNKNOWN_PLACE
        else:
            assert row.region.startswith(f"{row.country}-")
            assert row.city == UNKNOWN_PLACE or row.city.startswith(f"{row.region}-")


def test_so_many_24s_are_not_located_as_was_chosen(make: Make) -> None:
    located: dict[bool, dict[str, Row]] = {True: {}, False: {}}
    for row in make(not_located=0.2, not_located_private=0.6, without_city=0.3):
        located[row.address.startswith("10.")][prefix(row)] = row
    for private, share in ((False, 0.2), (True, 0.6)):
        found = list(located[private].values())
        assert mean(row.region == UNKNOWN_PLACE for row in found) == pytest.approx(share, abs=0.05)
        known = [row for row in found if row.region != UNKNOWN_PLACE]
        assert mean(row.city == UNKNOWN_PLACE for row in known) == pytest.approx(0.3, abs=0.06)


def test_who_never_moves_nor_goes_out_has_one_region(make: Make) -> None:
    users = by_user(make(**KNOWN_WELL, **AT_HOME, moves_per_year=0.0))
    assert {len({row.region for row in rows}) for rows in users} == {1}
    assert any(len({prefix(row) for row in rows}) > 3 for rows in users)
    # And not everybody the same: the largest region of many has a minor share.
    regions = Counter(rows[0].region for rows in users if rows[0].country == "NO")
    assert len(regions) > 15
    assert 0.1 < regions.most_common(1)[0][1] / regions.total() < 0.4


@pytest.mark.parametrize(("stays", "low", "high"), [(1.0, 0.0, 0.0), (0.0, 0.6, 1.0)])
def test_who_moves_stays_in_the_region_as_chosen(make: Make, stays: float, low: float, high: float) -> None:
    settled = AT_HOME | {"lease_days": ((1.0, 1e9),)}
    rows = make(**KNOWN_WELL, **settled, moves_per_year=3.0, moves_in_region=stays, burst_share=0.0)
    moves = [
        before.region != after.region
        for user in by_user(rows)
        for before, after in pairwise(user)
        if before.asn != after.asn and before.country in {"NO", "US"}
    ]
    assert len(moves) > 500
    assert low <= mean(moves) <= high


def test_visits_are_in_the_region_as_chosen(make: Make) -> None:
    out = AT_HOME | {"phone_venue": 0.3, "desktop_venue": 0.3, "moves_per_year": 0.0}

    def told(elsewhere: float, in_region: float) -> float:
        """Return how often the region is the one in which the user is most often seen."""
        users = by_user(make(**KNOWN_WELL, **out, elsewhere=elsewhere, elsewhere_in_region=in_region))
        regions = [Counter(row.region for row in rows) for rows in users if len(rows) >= 5]
        return mean(seen.most_common(1)[0][1] / seen.total() for seen in regions)

    usual, near, anywhere = told(0.0, 0.0), told(1.0, 1.0), told(1.0, 0.0)
    assert anywhere < near - 0.03
    assert anywhere < usual - 0.03


@pytest.mark.parametrize("central", [True, False])
def test_exits_of_central_carriers_stand_in_the_largest_cities_alone(make: Make, central: bool) -> None:
    phones = {"phone_mobile": 1.0, "vpn_users": 0.0, "travellers": 0.0, "moves_per_year": 0.0}
    rows = make(**KNOWN_WELL, **phones, users=6000, central_carriers=float(central))
    cities = {
        row.city
        for row in rows
        if row.device_type == "mobile" and row.successful and not row.attack_ip and row.country == "NO"
    }
    assert "NO-01-001" in cities
    assert (cities <= {"NO-01-001", "NO-02-001"}) is central


def test_a_region_tells_a_user_from_others_of_the_country_but_not_always(make: Make) -> None:
    users = [
        [row.region for row in rows if row.region != UNKNOWN_PLACE]
        for rows in by_user(make(users=6000))
        if rows[0].country == "NO"
    ]
    own = mean(Counter(regions).most_common(1)[0][1] / len(regions) for regions in users if len(regions) >= 5)
    chance = Random(1)
    strangers = [chance.sample([regions for regions in users if regions], 2) for _ in range(4000)]
    assert 0.65 < own < 0.95
    assert mean(one[0] == other[0] for one, other in strangers) < 0.35


@given(st.floats(0.0, 0.5), st.integers(0, 10_000))
def test_a_place_drawn_in_an_area_is_in_it(share: float, seed: int) -> None:
    chance, geography = seeded(seed), Geography("NO", share)
    for spread in (
        geography.everywhere,
        geography.some(chance),
        geography.sites(chance),
        geography.hubs(chance),
    ):
        assert sum(spread.share(city) for city in spread.cities) == pytest.approx(1.0)
        network = Network(1, geography, spread, ["1.2"], lambda _: [])
        for city in spread.cities[:5]:
            assert spread.city(spread.point(city, chance)) is city
            assert spread.chief(*spread.span(city)) is city
            # A city with less than a /24 of its own shares that of a neighbour.
            if spread.share(city) > 1 / 256:
                assert network.city(network.prefix(chance, city)) is city


@given(st.floats(0.0, 0.5), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_the_city_of_most_is_the_city_of_most(share: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    spread = Geography("NO", share).everywhere
    step = (high - low) / 4000
    points = Counter(spread.city(low + step * (place + 0.5)) for place in range(4000))
    assert points[spread.chief(low, high)] >= points.most_common(1)[0][1] - 2


def test_a_wrong_region_is_drawn_by_population() -> None:
    chance, geography = seeded(1), Geography("NO", 0.4)
    database = Database(Choices(users=1, **KNOWN_WELL | {"wrong_region": 1.0}))
    city = geography.cities[-1][0]
    found = Counter(database.area(city, geography, chance, private=False) for _ in range(20_000))
    for known, share in geography.cities[:3]:
        assert found[known.area] / 20_000 == pytest.approx(share, rel=0.15)
