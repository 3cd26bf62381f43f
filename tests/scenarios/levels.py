"""Attempts of any level, without a history that would bring them to it."""

from typing import Final

import msgspec
from tests.people import App
from tests.server import RunningServer

from doorward.protection import queries
from doorward.risk.calibration import Budget, Calibration
from doorward.risk.levels import Thresholds

BELOW, ABOVE = -1e6, 1e6
LOWEST: Final = {
    "none": (ABOVE, ABOVE + 1, ABOVE + 2),
    "Low": (BELOW, ABOVE, ABOVE + 1),
    "Medium": (BELOW, BELOW + 1, ABOVE),
    "High": (BELOW, BELOW + 1, BELOW + 2),
}
"""Thresholds between which every score has the level."""


def force_level(server: RunningServer, app: App, level: str) -> None:
    """Calibrate a pool so that every attempt of a user with some sign-ins behind him has the level."""
    set_thresholds(server, app, *LOWEST[level])


def set_thresholds(server: RunningServer, app: App, low: float, medium: float, high: float) -> None:
    """Calibrate a pool to thresholds."""
    calibration = Calibration(
        thresholds=Thresholds(low, medium, high, source="calibrated"),
        source="calibrated",
        sign_ins=0,
        users=0,
        expected=None,
        caught={},
        at=0.0,
        budget=Budget(),
        model_version=server.services.guard.model.version,
        because="",
    )
    with server.services.store.writing() as tx:
        queries.keep_calibration(tx, app.pool_id, msgspec.json.encode(calibration), 0.0)
