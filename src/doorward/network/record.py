"""What a record of a location database says, whichever of the known schemas it follows.

Nested, as in GeoLite2 and GeoIP2 (City, Country, ASN, ISP, Anonymous-IP, Connection-Type, Enterprise) and in
DB-IP's files, which keep the same names; or flat (`country_code`, `state1`, `city`, `latitude`), as in the repackaged
lists of ip-location-db. A field of the wrong type or out of range counts as absent.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorward.network.country_points import country_area, country_name
from doorward.network.place import NetworkKind

ASSUMED_CITY_RADIUS_KM = 50.0
"""How far from a city's position an address may be where the database (DB-IP's, for one) does not say."""

_LONGEST_NAME = 128
_LARGEST_RADIUS_KM = 20_038.0
_LARGEST_ASN = 2**32 - 1

_FLAGS: tuple[tuple[str, NetworkKind], ...] = (
    ("is_tor_exit_node", "tor"),
    ("is_anonymous_vpn", "vpn"),
    ("is_public_proxy", "proxy"),
    ("is_residential_proxy", "proxy"),
    ("is_anonymous_proxy", "proxy"),
    ("is_hosting_provider", "hosting"),
    ("is_anonymous", "proxy"),
)

_USER_TYPES: dict[str, NetworkKind] = {
    "consumer_privacy_network": "vpn",
    "hosting": "hosting",
    "content_delivery_network": "hosting",
    "search_engine_spider": "hosting",
    "cellular": "mobile",
    "residential": "residential",
    "dialup": "residential",
    "business": "organisation",
    "cafe": "organisation",
    "college": "organisation",
    "government": "organisation",
    "library": "organisation",
    "military": "organisation",
    "school": "organisation",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """The geographical part of a place, all from one source, so that city and country never disagree.

    `whole_country`: the position is no more than the circle of the country.
    """

    country: str
    country_name: str | None
    region: str | None
    city: str | None
    latitude: float | None
    longitude: float | None
    accuracy_km: float | None
    whole_country: bool = False


def spot(record: Mapping[str, Any]) -> Spot | None:
    """Return where a record puts an address; None where it names no country."""
    country = _mapping(record, "country")
    code = _code(country.get("iso_code")) or _code(record.get("country_code"))
    if code is None:
        return None
    region = _region(record)
    city = _english(_mapping(record, "city")) or _name(record.get("city"))
    location = _mapping(record, "location") or record
    latitude = _number(location.get("latitude"), -90.0, 90.0)
    longitude = _number(location.get("longitude"), -180.0, 180.0)
    if latitude is None or longitude is None:
        return country_spot(code, _english(country), region, city)
    accuracy = _number(location.get("accuracy_radius"), 1.0, _LARGEST_RADIUS_KM)
    if accuracy is None and city is None:
        # Without a city the position is some middle of the country.
        area = country_area(code)
        accuracy = area.radius_km if area else None
    return Spot(
        code,
        _english(country) or country_name(code),
        region,
        city,
        latitude,
        longitude,
        accuracy or ASSUMED_CITY_RADIUS_KM,
    )


def country_spot(
    code: str, name: str | None = None, region: str | None = None, city: str | None = None
) -> Spot:
    """Return the circle of a country as the position of an address of which nothing nearer is known."""
    area = country_area(code)
    name = name or country_name(code)
    if area is None:
        return Spot(code, name, region, city, None, None, None, whole_country=True)
    return Spot(code, name, region, city, area.latitude, area.longitude, area.radius_km, whole_country=True)


def autonomous_system(record: Mapping[str, Any]) -> tuple[int, str | None] | None:
    """Return the number and the holder of the autonomous system; None where the record has no number."""
    for part in (record, _mapping(record, "traits")):
        number = part.get("autonomous_system_number")
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= _LARGEST_ASN:
            return number, _name(part.get("autonomous_system_organization"))
    return None


def network_kind(record: Mapping[str, Any]) -> NetworkKind | None:
    """Return what sort of network the record's flags and types describe; None where it has none of them."""
    parts = (record, _mapping(record, "traits"))
    for flag, kind in _FLAGS:
        if any(part.get(flag) is True for part in parts):
            return kind
    for part in parts:
        described = part.get("user_type")
        if isinstance(described, str) and described in _USER_TYPES:
            return _USER_TYPES[described]
        if part.get("connection_type") == "Cellular":
            return "mobile"
    return None


def _mapping(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _region(record: Mapping[str, Any]) -> str | None:
    """The largest of the subdivisions, which come from the largest to the smallest."""
    subdivisions = record.get("subdivisions")
    if isinstance(subdivisions, list | tuple) and subdivisions and isinstance(subdivisions[0], Mapping):
        largest = subdivisions[0]
        return _english(largest) or _name(largest.get("iso_code"))
    return _name(record.get("state1"))


def _english(record: Mapping[str, Any]) -> str | None:
    return _name(_mapping(record, "names").get("en"))


def _name(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return "".join(filter(str.isprintable, value[:_LONGEST_NAME])).strip() or None


def _code(value: object) -> str | None:
    if isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha():
        return value.upper()
    return None


def _number(value: object, least: float, most: float) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if least <= value <= most else None
