"""How fast the user would have travelled since his last sign-in."""

from math import asin, cos, log, radians, sin, sqrt

from doorward.risk.reasons import Reason, because
from doorward.risk.scene import Scene

EARTH_KM = 6371.0
_SHORTEST_HOURS = 1 / 60


def travel(scene: Scene) -> Reason | None:
    """The speed over the great circle, less both places' accuracy radii, where it is more than people travel.

    0 below `travel_easy_kmh`, rising to `travel_at_fastest` at an airliner's speed and by the logarithm
    beyond. A known device or network dampens it: its owner may sit behind a VPN. Time running backwards
    counts as much as forwards.
    """
    c, before, model = scene.circumstance, scene.profile.place, scene.model
    latitude, longitude = c.latitude, c.longitude
    if before is None or latitude is None or longitude is None:
        return None
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        return None
    radius = c.accuracy_km
    accuracy = radius if radius is not None and radius >= 0.0 else 0.0
    distance = great_circle_km(latitude, longitude, before.latitude / 1000, before.longitude / 1000)
    distance -= accuracy + before.accuracy_km
    if distance < model.travel_least_km:
        return None
    hours = max(abs(c.at - before.at) / 3600, _SHORTEST_HOURS)
    speed = distance / hours
    if speed <= model.travel_easy_kmh:
        return None
    if speed < model.travel_fastest_kmh:
        span = model.travel_fastest_kmh - model.travel_easy_kmh
        weight = model.travel_at_fastest * (speed - model.travel_easy_kmh) / span
    else:
        weight = model.travel_at_fastest + log(speed / model.travel_fastest_kmh)
    weight = min(weight, model.travel_at_most)
    known = scene.known_device or scene.known_network
    if known:
        weight *= model.travel_with_known
    return because(
        "travel",
        f"{speed:.0f} km/h",
        weight,
        f"at least {distance:.0f} km since the last sign-in {_ago(hours)}, {speed:.0f} km/h"
        + (", but from a known device or network" if known else ""),
    )


def _ago(hours: float) -> str:
    return f"{hours:.1f} h ago" if hours >= 1 else f"{max(hours * 60, 1):.0f} min ago"


def great_circle_km(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """The distance between two places given in degrees (haversine formula)."""
    phi, other_phi = radians(latitude), radians(other_latitude)
    half = sin((phi - other_phi) / 2) ** 2
    half += cos(phi) * cos(other_phi) * sin(radians(longitude - other_longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(half, 1.0)))
