import pytest

from doorward.network.country_points import country_area, country_name, distance_km

# Towns that are not among the points the circles are made of.
TOWNS = {
    "Marseille": ("FR", 43.30, 5.37),
    "Brest": ("FR", 48.39, -4.49),
    "Mumbai": ("IN", 19.08, 72.88),
    "Delhi": ("IN", 28.61, 77.21),
    "Cape Town": ("ZA", -33.92, 18.42),
    "Durban": ("ZA", -29.86, 31.02),
    "Van": ("TR", 38.50, 43.38),
    "Miami": ("US", 25.76, -80.19),
    "Hilo": ("US", 19.71, -155.08),
    "Guangzhou": ("CN", 23.13, 113.26),
    "Harbin": ("CN", 45.80, 126.53),
    "Perth": ("AU", -31.95, 115.86),
    "Suva": ("FJ", -18.12, 178.44),
    "Labasa": ("FJ", -16.43, 179.36),
    "Magadan": ("RU", 59.57, 150.80),
    "Kaliningrad": ("RU", 54.71, 20.51),
    "Las Palmas": ("ES", 28.12, -15.44),
    "Barcelona": ("ES", 41.39, 2.17),
    "Sapporo": ("JP", 43.06, 141.35),
    "Naha": ("JP", 26.21, 127.68),
    "Jeddah": ("SA", 21.49, 39.19),
    "Lagos": ("NG", 6.45, 3.39),
    "Iquitos": ("PE", -3.75, -73.25),
    "Chiang Mai": ("TH", 18.79, 98.98),
    "Tromsø": ("NO", 69.65, 18.96),
    "Galway": ("IE", 53.27, -9.05),
}


@pytest.mark.parametrize("town", TOWNS)
def test_the_circle_of_a_country_holds_its_towns(town: str) -> None:
    country, latitude, longitude = TOWNS[town]
    area = country_area(country)
    assert area is not None
    assert distance_km((area.latitude, area.longitude), (latitude, longitude)) <= area.radius_km


def test_the_circle_is_not_so_wide_that_it_says_nothing() -> None:
    radius = {code: area.radius_km for code in ("SG", "IE", "DE", "FR", "US") if (area := country_area(code))}
    assert radius["SG"] <= 300
    assert radius["SG"] <= radius["IE"] < radius["DE"] < radius["FR"] < radius["US"] < 5000


def test_countries_far_apart_stay_apart() -> None:
    norway, brazil = country_area("NO"), country_area("BR")
    assert norway
    assert brazil
    apart = distance_km((norway.latitude, norway.longitude), (brazil.latitude, brazil.longitude))
    assert apart - norway.radius_km - brazil.radius_km > 3000


def test_a_country_across_the_date_line_lies_there_and_not_in_africa() -> None:
    area = country_area("FJ")
    assert area
    assert abs(area.longitude) > 170


def test_reunion_does_not_lie_in_dubai() -> None:
    area = country_area("RE")
    assert area
    assert area.latitude == pytest.approx(-20.9, abs=0.5)


def test_distances_are_those_of_the_globe() -> None:
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015, abs=1)
    assert distance_km((51.507, -0.128), (48.857, 2.352)) == pytest.approx(344, abs=2)
    assert distance_km((10, 10), (10, 10)) == pytest.approx(0, abs=0.001)


def test_unknown_countries_have_neither_name_nor_place() -> None:
    assert country_name("ZZ") is None
    assert country_area("ZZ") is None
    assert country_name("AU") == "Australia"
    assert country_name("GB") == "United Kingdom"
