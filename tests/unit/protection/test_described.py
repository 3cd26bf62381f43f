"""What is said of an attempt's place, over what its address says."""

import pytest

from doorward.network.place import Place
from doorward.network.user_agent import parse as parse_user_agent
from doorward.protection.attempt import Surroundings
from doorward.protection.described import described
from doorward.risk.circumstance import Circumstance

BERLIN = Surroundings(
    place=Place(),
    agent=parse_user_agent(None),
    circumstance=Circumstance(at=0.0, country="DE", region="Berlin", city="Berlin", asn=3320),
)


@pytest.mark.parametrize(
    ("said", "country", "region", "city"),
    [
        ({}, "DE", "Berlin", "Berlin"),
        ({"country": "DE"}, "DE", "Berlin", "Berlin"),
        ({"city": "Spandau"}, "DE", "Berlin", "Spandau"),
        ({"country": "FR"}, "FR", None, None),
        ({"country": "FR", "region": "Brittany"}, "FR", "Brittany", None),
    ],
)
def test_the_region_that_was_found_is_none_of_another_country(
    said: dict[str, str], country: str, region: str | None, city: str | None
) -> None:
    found = described(said).over(BERLIN).circumstance
    assert (found.country, found.region, found.city, found.asn) == (country, region, city, 3320)
