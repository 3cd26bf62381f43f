"""When an attempt comes: the hour of the day and day of the week (UTC), and how long after the last one."""

from math import log2

from doorward.risk.profile import hour_and_day
from doorward.risk.reasons import NEGLIGIBLE, Reason, because
from doorward.risk.scene import Scene

_DAYS = ("Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday")
_CONCENTRATION = 8.0
_POOL_CONCENTRATION = 24.0


def hour(scene: Scene) -> Reason | None:
    """p(hour | pool) · p(day | pool) over the same of the user, the hour smoothed over its neighbours."""
    profile, pool, scale = scene.profile, scene.population, scene.scale
    if not profile.successes:
        return None
    of_day, of_week = hour_and_day(scene.circumstance.at)
    mass = pool.mass * pool.scale + _POOL_CONCENTRATION
    hour_of_pool = (_around(pool.hours, of_day) * pool.scale + _POOL_CONCENTRATION / 24) / mass
    day_of_pool = (pool.days[of_week] * pool.scale + _POOL_CONCENTRATION / 7) / mass
    total = scene.sign_ins + _CONCENTRATION
    hour_of_user = (_around(profile.hours, of_day) * scale + _CONCENTRATION * hour_of_pool) / total
    day_of_user = (profile.days[of_week] * scale + _CONCENTRATION * day_of_pool) / total
    weight = scene.evidence(hour_of_pool * day_of_pool / (hour_of_user * day_of_user), scene.model.hour)
    if -NEGLIGIBLE < weight < NEGLIGIBLE:
        return None  # often, and a sentence costs more than the weight
    usual = "a usual" if weight < -0.1 else "an unusual" if weight > 0.3 else "an ordinary"
    value = f"{_DAYS[of_week]} {of_day:02d} h UTC"
    return because("hour", value, weight, f"{usual} time for this user: {value}")


def _around(hours: list[float] | list[int], hour: int) -> float:
    """The hour's count, smoothed over two hours before and after (weights 1 2 3 2 1)."""
    return (
        hours[hour - 2] + 2 * hours[hour - 1] + 3 * hours[hour] + 2 * hours[hour - 23] + hours[hour - 22]
    ) / 9


def absence(scene: Scene) -> Reason | None:
    """A long silence: half a unit for each doubling beyond `absence_free_days`, bounded."""
    if not scene.profile.successes:
        return None
    model = scene.model
    days = (scene.circumstance.at - scene.profile.last_at) / 86_400
    if days <= model.absence_free_days:
        return None
    weight = min(0.5 * log2(days / model.absence_free_days), model.absence_at_most)
    return because("absence", f"{days:.0f} days", weight, f"the last sign-in was {days:.0f} days ago")
