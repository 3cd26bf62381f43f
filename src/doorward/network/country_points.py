"""A circle for each country, for addresses of which nothing but the country is known.

The principal places of a country are those of the time zone database (`zone.tab` of the package `tzdata`),
and its names those of `iso3166.tab` there. `zone1970.tab` is of no use here: it gives Réunion the position
of Dubai, because clocks there agree. The database needs one place per time zone only, so a large country
with one clock has one place; for those, outlying towns are added below.

The circle is the smallest one around a country's places, widened by `MARGIN_KM`. It errs on the wide side:
a travel speed computed between two circles subtracts both radii, so a wide circle can only hide a journey,
never invent one.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG)."""

MARGIN_KM = 300.0
"""How far beyond its listed places a country is taken to reach."""

_Point = tuple[float, float]
_Vector = tuple[float, float, float]

_USUAL_NAMES = {"GB": "United Kingdom", "KP": "North Korea", "KR": "South Korea"}
"""Where `iso3166.tab` inverts or abbreviates a name that people look for."""

_OUTLYING: dict[str, tuple[_Point, ...]] = {
    # Towns near the far ends of countries that have fewer clocks than their size would suggest:
    # degrees north and east, to the nearest tenth.
    "AF": ((34.3, 62.2), (37.1, 70.6), (31.0, 61.9)),
    "AO": ((-5.6, 12.2), (-17.1, 15.7), (-11.9, 22.9)),
    "BO": ((-11.0, -68.8), (-22.0, -63.7)),
    "BW": ((-20.0, 23.4), (-25.2, 25.7)),
    "CF": ((4.3, 15.0), (5.4, 26.5), (10.3, 22.8)),
    "CN": ((39.5, 76.0), (48.4, 134.3), (18.3, 109.5), (53.5, 122.3)),
    "CO": ((12.5, -71.7), (-4.2, -69.9), (0.8, -77.6)),
    "DE": ((54.8, 9.4), (47.7, 10.3)),
    "DZ": ((22.8, 5.5), (27.7, -8.1), (24.6, 9.5)),
    "EG": ((22.3, 31.6), (31.6, 25.2)),
    "ES": ((42.3, 3.2), (43.4, -8.4)),
    "ET": ((14.3, 37.9), (6.9, 44.3), (3.5, 39.1)),
    "FI": ((69.9, 27.0),),
    "FR": ((43.7, 7.3), (48.4, -4.5), (41.9, 8.7), (43.3, -1.7), (51.0, 2.4)),
    "GB": ((50.1, -5.5), (60.2, -1.1)),
    "IN": ((8.1, 77.5), (34.2, 77.6), (23.2, 68.7), (27.5, 95.9), (9.2, 92.8)),
    "IR": ((39.5, 44.5), (25.3, 60.6), (27.1, 54.0)),
    "IT": ((37.1, 15.3), (45.7, 7.3), (35.5, 12.6)),
    "JP": ((45.4, 141.7), (26.2, 127.7), (24.3, 124.2), (43.3, 145.6)),
    "KE": ((3.9, 41.9), (-4.0, 39.7)),
    "LY": ((22.4, 14.0), (24.2, 23.3), (31.8, 25.1)),
    "MA": ((35.8, -5.8), (28.0, -12.9)),
    "MG": ((-12.3, 49.3), (-25.0, 46.9)),
    "ML": ((14.4, -11.4), (20.2, 1.0), (16.0, 2.4)),
    "MM": ((27.3, 97.4), (10.0, 98.6)),
    "MR": ((20.9, -17.0), (25.2, -11.6), (16.6, -7.3)),
    "MZ": ((-11.3, 40.4), (-25.9, 32.6)),
    "NA": ((-17.5, 24.3), (-28.5, 16.4), (-17.4, 12.6)),
    "NE": ((21.0, 12.9), (14.2, 1.5), (13.3, 12.6)),
    "NG": ((13.1, 13.2), (13.1, 5.2)),
    "NO": ((70.4, 31.1), (58.0, 7.5)),
    "PE": ((-3.6, -80.5), (-18.0, -70.2), (-3.7, -73.2)),
    "PH": ((18.6, 120.8), (6.1, 125.2), (5.0, 119.8)),
    "PK": ((36.8, 74.8), (25.1, 61.8)),
    "SA": ((31.7, 38.7), (16.9, 42.6), (17.5, 47.1), (28.4, 48.5)),
    "SD": ((21.8, 31.4), (13.4, 22.4), (19.6, 37.2)),
    "SE": ((67.9, 20.2), (55.4, 13.0)),
    "SO": ((11.8, 51.2), (-0.4, 42.5), (10.4, 43.4)),
    "SS": ((9.5, 31.7), (5.4, 26.5)),
    "TD": ((21.3, 17.0), (8.6, 16.1)),
    "TH": ((20.4, 99.9), (6.0, 101.9)),
    "TM": ((40.0, 53.0), (37.8, 65.2)),
    "TR": ((39.7, 44.0), (37.0, 35.3), (36.6, 29.1)),
    "TZ": ((-4.9, 29.7), (-10.3, 40.2), (-1.3, 31.8)),
    "VE": ((11.7, -70.2), (4.6, -61.1)),
    "VN": ((22.8, 105.0), (8.6, 104.7)),
    "YE": ((16.7, 53.1), (12.6, 54.0), (17.0, 43.8)),
    "ZA": ((-33.9, 18.4), (-22.3, 30.0), (-28.6, 16.5)),
    "ZM": ((-17.5, 24.3), (-9.3, 32.8)),
}


@dataclass(frozen=True, slots=True)
class CountryArea:
    """A circle that holds a country's inhabited places: degrees (WGS 84), kilometres."""

    latitude: float
    longitude: float
    radius_km: float


def distance_km(first: _Point, second: _Point) -> float:
    """Return the great-circle distance between two points of (latitude, longitude) in degrees."""
    return _arc_km(_vector(first), _vector(second))


@cache
def country_name(code: str) -> str | None:
    """Return the English name of a country by its ISO 3166-1 alpha-2 code; None for a code nobody has."""
    return _USUAL_NAMES.get(code) or _names().get(code)


@cache
def country_area(code: str) -> CountryArea | None:
    """Return the circle of a country by its ISO 3166-1 alpha-2 code; None where its places are not known."""
    points = _points().get(code)
    if not points:
        return None
    vectors = [_vector(point) for point in (*points, *_OUTLYING.get(code, ()))]
    centre = _centre(vectors)
    radius = max(_arc_km(centre, vector) for vector in vectors) + MARGIN_KM
    x, y, z = centre
    return CountryArea(
        latitude=round(math.degrees(math.asin(max(-1.0, min(1.0, z)))), 2),
        longitude=round(math.degrees(math.atan2(y, x)), 2),
        radius_km=float(math.ceil(radius)),
    )


def _centre(vectors: list[_Vector], rounds: int = 200) -> _Vector:
    """Approximate the centre of the smallest circle around points on a sphere.

    Walk from any of them towards whichever is farthest, in ever smaller steps (Bădoiu and Clarkson 2003).
    """
    centre = vectors[0]
    if len(vectors) == 1:
        return centre
    for step in range(1, rounds + 1):
        farthest = min(vectors, key=lambda vector: _dot(centre, vector))
        part = 1 / (step + 1)
        centre = _unit(tuple(c + (f - c) * part for c, f in zip(centre, farthest, strict=True)))
    return centre


def _rows(name: str) -> Iterable[list[str]]:
    table = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))


@cache
def _names() -> dict[str, str]:
    return {row[0]: row[1] for row in _rows("iso3166.tab")}


@cache
def _points() -> dict[str, tuple[_Point, ...]]:
    places: dict[str, list[_Point]] = {}
    for row in _rows("zone.tab"):
        places.setdefault(row[0], []).append(_coordinates(row[1]))
    return {code: tuple(points) for code, points in places.items()}


def _coordinates(text: str) -> _Point:
    """Read an ISO 6709 position, ±DDMM±DDDMM or ±DDMMSS±DDDMMSS."""
    cut = max(text.rfind("+"), text.rfind("-"))
    return _degrees(text[:cut], 2), _degrees(text[cut:], 3)


def _degrees(text: str, width: int) -> float:
    sign = -1.0 if text[0] == "-" else 1.0
    digits = text[1:]
    seconds = digits[width + 2 :]
    return sign * (int(digits[:width]) + int(digits[width : width + 2]) / 60 + int(seconds or 0) / 3600)


def _vector(point: _Point) -> _Vector:
    latitude, longitude = math.radians(point[0]), math.radians(point[1])
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )


def _dot(first: _Vector, second: _Vector) -> float:
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


def _unit(vector: tuple[float, ...]) -> _Vector:
    x, y, z = vector
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length


def _arc_km(first: _Vector, second: _Vector) -> float:
    return EARTH_RADIUS_KM * math.acos(max(-1.0, min(1.0, _dot(first, second))))
