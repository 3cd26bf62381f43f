import itertools
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from doorward.network.locator import Locator
from doorward.network.place import UNKNOWN, Place

WriteMmdb = Callable[..., Path]

NOW = 1_700_000_000.0
BERLIN = {
    "city": {"names": {"de": "Berlin", "en": "Berlin"}},
    "subdivisions": [{"iso_code": "BE", "names": {"en": "Berlin"}}, {"names": {"en": "Mitte"}}],
    "country": {"iso_code": "DE", "names": {"en": "Germany", "de": "Deutschland"}},
    "location": {"latitude": 52.52, "longitude": 13.4, "accuracy_radius": 20, "time_zone": "Europe/Berlin"},
    "registered_country": {"iso_code": "US"},
}
OSLO = {
    "city": {"names": {"en": "Oslo"}},
    "country": {"iso_code": "NO", "is_in_european_union": False, "names": {"en": "Norway"}},
    "location": {"latitude": 59.91, "longitude": 10.75},
    "subdivisions": [{"names": {"en": "Oslo"}}],
}
TELENOR = {"autonomous_system_number": 2119, "autonomous_system_organization": "Telenor Norge AS"}


def test_without_databases_the_country_is_known_and_its_circle() -> None:
    place = Locator().locate("1.2.3.4", NOW)
    assert (place.country, place.country_name, place.city, place.asn) == ("AU", "Australia", None, None)
    assert place.latitude is not None
    assert -45 < place.latitude < -10
    assert place.accuracy_km is not None
    assert place.accuracy_km > 1500
    assert Locator().locate("2001:4860:4860::8888", NOW).country == "US"
    assert Locator().locate("::ffff:1.2.3.4", NOW) == place


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "10.0.0.1",
        "127.0.0.1",
        "::1",
        "fe80::1%eth0",
        "nonsense",
        "1.2.3.4.5",
        "9" * 10**6,
        "\ud800",
    ],
)
def test_absent_private_and_unreadable_addresses_are_unknown_places(
    address: str | None, write_mmdb: WriteMmdb, tmp_path: Path
) -> None:
    database = write_mmdb(tmp_path / "city.mmdb", {"0.0.0.0/1": BERLIN, "::/1": BERLIN})
    assert Locator([database]).locate(address, NOW) == UNKNOWN


def test_a_city_file_and_an_asn_file_make_one_place(write_mmdb: WriteMmdb, tmp_path: Path) -> None:
    city = write_mmdb(tmp_path / "city.mmdb", {"81.2.0.0/16": BERLIN, "2a00:1450::/32": BERLIN})
    asn = write_mmdb(tmp_path / "asn.mmdb", {"81.2.69.0/24": TELENOR})
    locator = Locator([city, asn])
    assert locator.locate("81.2.69.142", NOW) == Place(
        country="DE",
        country_name="Germany",
        region="Berlin",
        city="Berlin",
        latitude=52.52,
        longitude=13.4,
        accuracy_km=20.0,
        asn=2119,
        as_organisation="Telenor Norge AS",
    )
    assert locator.locate("81.2.70.1", NOW).asn is None
    assert locator.locate("2a00:1450::5", NOW).city == "Berlin"
    assert locator.locate("1.2.3.4", NOW).country == "AU"
    assert locator.problems == ()
    assert locator.sources() == ("Test", "Test", "iptocc")


def test_db_ip_gives_no_radius_so_one_is_assumed(write_mmdb: WriteMmdb, tmp_path: Path) -> None:
    database = write_mmdb(tmp_path / "dbip.mmdb", {"81.2.0.0/16": OSLO}, "DBIP-City-Lite")
    place = Locator([database]).locate("81.2.69.142", NOW)
    assert (place.city, place.accuracy_km) == ("Oslo", 50.0)


def test_a_position_without_a_city_is_as_rough_as_the_country(write_mmdb: WriteMmdb, tmp_path: Path) -> None:
    middle = {"country": {"iso_code": "US"}, "location": {"latitude": 37.751, "longitude": -97.822}}
    database = write_mmdb(tmp_path / "city.mmdb", {"81.2.0.0/16": middle})
    place = Locator([database]).locate("81.2.69.142", NOW)
    assert place.country_name == "United States"
    assert place.accuracy_km is not None
    assert place.accuracy_km > 3000


def test_the_flat_schema_is_read_too(write_mmdb: WriteMmdb, tmp_path: Path) -> None:
    flat = {"country_code": "NO", "city": "Oslo", "latitude": 59.91, "longitude": "10.75", "state1": "Oslo"}
    database = write_mmdb(tmp_path / "flat.mmdb", {"81.2.0.0/16": flat}, ip_version=4)
    place = Locator([database]).locate("81.2.69.142", NOW)
    assert (place.country, place.region, place.city) == ("NO", "Oslo", "Oslo")
    assert (place.latitude, place.longitude) == (59.91, 10.75)
    assert Locator([database]).locate("2001:4860:4860::8888", NOW).country == "US"


@pytest.mark.parametrize(
    ("subdivisions", "region"),
    [
        ([{"iso_code": "BY"}], "BY"),
        ([{"names": {"de": "Bayern"}}], None),
        ([], None),
        (["Bavaria"], None),
        ("Bavaria", None),
        ({"names": {"en": "Bavaria"}}, None),
        ([{"names": {"en": "B" * 200}}], "B" * 128),
        ([{"names": {"en": "\n"}}], None),
    ],
)
def test_the_region_is_the_largest_subdivision_with_an_english_name_or_a_code(
    subdivisions: object, region: str | None, write_mmdb: WriteMmdb, tmp_path: Path
) -> None:
    database = write_mmdb(tmp_path / "city.mmdb", {"81.2.69.0/24": BERLIN | {"subdivisions": subdivisions}})
    assert Locator([database]).locate("81.2.69.142", NOW).region == region


def test_a_country_file_never_hides_the_city(write_mmdb: WriteMmdb, tmp_path: Path) -> None:
    country = write_mmdb(tmp_path / "country.mmdb", {"81.2.0.0/16": {"country": {"iso_code": "GB"}}})
    city = write_mmdb(tmp_path / "city.mmdb", {"81.2.69.0/24": BERLIN})
    locator = Locator([country, city])
    assert (locator.locate("81.2.69.142", NOW).country, locator.locate("81.2.69.142", NOW).city) == (
        "DE",
        "Berlin",
    )
    assert locator.locate("81.2.70.1", NOW).country == "GB"


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({"is_anonymous": True, "is_anonymous_vpn": True}, "vpn"),
        ({"is_anonymous": True, "is_tor_exit_node": True, "is_hosting_provider": True}, "tor"),
        ({"is_anonymous": True}, "proxy"),
        ({"is_hosting_provider": True}, "hosting"),
        ({"traits": {"user_type": "residential"}}, "residential"),
        ({"traits": {"user_type": "cellular"}}, "mobile"),
        ({"traits": {"user_type": "cellular", "is_anonymous_vpn": True}}, "vpn"),
        ({"user_type": "college"}, "organisation"),
        ({"connection_type": "Cellular"}, "mobile"),
        ({"is_tor_exit_node": False, "user_type": "made up"}, None),
        ({"is_tor_exit_node": 1}, None),
    ],
)
def test_the_kind_of_network(
    record: dict[str, object], kind: str | None, write_mmdb: WriteMmdb, tmp_path: Path
) -> None:
    database = write_mmdb(tmp_path / "kind.mmdb", {"81.2.0.0/16": record})
    place = Locator([database]).locate("81.2.69.142", NOW)
    assert (place.kind, place.country) == (kind, "GB")


@pytest.mark.parametrize(
    "record",
    [
        {"country": {"iso_code": "Germany"}},
        {"country": "DE"},
        {"country": {"iso_code": 7}},
        {"country": {}, "location": {"latitude": 1.0, "longitude": 1.0}},
        {"autonomous_system_number": 0},
        {"autonomous_system_number": 2**40},
        {"autonomous_system_number": "AS1"},
        "only a text",
    ],
)
def test_a_record_that_makes_no_sense_counts_as_none(
    record: object, write_mmdb: WriteMmdb, tmp_path: Path
) -> None:
    database = write_mmdb(tmp_path / "odd.mmdb", {"81.2.0.0/16": record})
    assert Locator([database]).locate("81.2.69.142", NOW) == Locator().locate("81.2.69.142", NOW)


@pytest.mark.parametrize("latitude", [91.0, float("nan"), float("inf"), True, "north"])
def test_an_impossible_position_falls_back_to_the_country(
    latitude: object, write_mmdb: WriteMmdb, tmp_path: Path
) -> None:
    record = {"country": {"iso_code": "NO"}, "location": {"latitude": latitude, "longitude": 10.0}}
    database = write_mmdb(tmp_path / "odd.mmdb", {"81.2.0.0/16": record})
    place = Locator([database]).locate("81.2.69.142", NOW)
    assert place.country == "NO"
    assert place.accuracy_km is not None
    assert place.accuracy_km > 300


def test_a_replaced_file_is_read_after_the_interval_and_not_before(
    write_mmdb: WriteMmdb, tmp_path: Path
) -> None:
    path = write_mmdb(tmp_path / "city.mmdb", {"81.2.0.0/16": BERLIN})
    locator = Locator([path], check_every=60.0)
    assert locator.locate("81.2.69.142", NOW).city == "Berlin"
    write_mmdb(path, {"81.2.0.0/16": OSLO})
    assert locator.locate("81.2.69.142", NOW + 59).city == "Berlin"
    assert locator.locate("81.2.69.142", NOW + 60).city == "Oslo"


def test_a_file_written_over_in_place_is_read_again(write_mmdb: WriteMmdb, tmp_path: Path) -> None:
    path = write_mmdb(tmp_path / "city.mmdb", {"81.2.0.0/16": BERLIN})
    fresh = write_mmdb(tmp_path / "other.mmdb", {"81.2.0.0/16": OSLO}).read_bytes()
    locator = Locator([path])
    assert locator.locate("81.2.69.142", NOW).city == "Berlin"
    # Cut to nothing while it is in use, which would kill a process that had mapped it.
    os.truncate(path, 0)
    assert locator.locate("81.2.69.143", NOW + 1).city == "Berlin"
    assert locator.locate("81.2.69.144", NOW + 60).city == "Berlin"
    assert "last readable copy" in locator.problems[0]
    path.write_bytes(fresh)
    assert locator.locate("81.2.69.144", NOW + 120).city == "Oslo"
    assert locator.problems == ()


def test_a_missing_file_is_a_problem_and_serves_once_it_is_there(
    write_mmdb: WriteMmdb, tmp_path: Path
) -> None:
    path = tmp_path / "city.mmdb"
    locator = Locator([path])
    assert locator.locate("81.2.69.142", NOW).country == "GB"
    assert str(path) in locator.problems[0]
    write_mmdb(path, {"81.2.0.0/16": BERLIN})
    assert locator.locate("81.2.69.142", NOW + 60).city == "Berlin"
    path.unlink()
    assert locator.locate("81.2.69.142", NOW + 120).city == "Berlin"
    assert "is not there" in locator.problems[0]


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"\xab\xcd\xefMaxMind.com", b"\xab\xcd\xefMaxMind.com\xe1\x41a\x41b"]
)
def test_a_file_that_is_no_database_is_a_problem_and_not_an_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "city.mmdb"
    path.write_bytes(content)
    locator = Locator([path])
    assert locator.locate("81.2.69.142", NOW).country == "GB"
    assert "not a readable MaxMind DB" in locator.problems[0]


def test_a_directory_is_a_problem_and_not_an_error(tmp_path: Path) -> None:
    locator = Locator([tmp_path])
    assert locator.locate("81.2.69.142", NOW).country == "GB"
    assert len(locator.problems) == 1


def test_no_damage_anywhere_in_a_file_reaches_a_sign_in(write_mmdb: WriteMmdb, tmp_path: Path) -> None:
    whole = write_mmdb(tmp_path / "whole.mmdb", {"81.2.0.0/16": BERLIN}, ip_version=4).read_bytes()
    path = tmp_path / "city.mmdb"
    seen_damaged = False
    for at, flipped in itertools.product(range(len(whole)), (0x01, 0x20, 0xFF)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ flipped]) + whole[at + 1 :])
        locator = Locator([path])
        place = locator.locate("81.2.69.142", NOW)
        assert place.country is None or len(place.country) == 2
        seen_damaged = seen_damaged or any("is damaged" in problem for problem in locator.problems)
    assert seen_damaged


def test_threads_locate_while_the_file_is_being_replaced(write_mmdb: WriteMmdb, tmp_path: Path) -> None:
    path = write_mmdb(tmp_path / "city.mmdb", {"81.2.0.0/16": BERLIN})
    locator = Locator([path], check_every=0.0, remember=8)
    seen: set[str | None] = set()
    failures: list[BaseException] = []

    def look() -> None:
        try:
            for last in range(400):
                seen.add(locator.locate(f"81.2.69.{last % 250}", NOW).city)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for round_ in range(20):
        write_mmdb(path, {"81.2.0.0/16": OSLO if round_ % 2 else BERLIN})
    for thread in threads:
        thread.join()
    assert failures == []
    assert seen <= {"Berlin", "Oslo"}
    assert locator.locate("81.2.69.1", NOW).city == "Oslo"
