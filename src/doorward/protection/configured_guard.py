"""The guard, as the settings want it."""

from doorward.metrics.counts import Counts
from doorward.network.locator import Locator
from doorward.protection.guard import Guard
from doorward.risk.model import SHIPPED
from doorward.risk.policy import SetupAtRisk
from doorward.settings import Settings


def guard_of(settings: Settings, counts: Counts) -> Guard:
    """Return a guard with the shipped model; what it decides is counted in `counts`."""
    return Guard(
        locator=Locator(settings.geo_databases),
        model=SHIPPED,
        setup=SetupAtRisk.ALWAYS if settings.mfa_setup_at_high else SetupAtRisk.UP_TO_MEDIUM,
        counts=counts,
    )
