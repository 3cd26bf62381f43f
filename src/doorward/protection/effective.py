"""Which settings act in a pool, where each comes from, and what is the default."""

from dataclasses import dataclass

from sqlalchemy import Connection

from doorward.directory.user_pool import UserPool
from doorward.protection import calibrating, configuration, queries
from doorward.protection.configuration import ProtectionConfiguration
from doorward.risk.calibration import Calibration
from doorward.risk.fitting import is_fitted
from doorward.risk.levels import Thresholds
from doorward.risk.model import Model
from doorward.risk.policy import RISKY


@dataclass(frozen=True)
class Acting:
    """The settings of a pool or client. `whose` is empty for the pool; `source` is `saved` or `default`."""

    whose: str
    source: str
    configured: ProtectionConfiguration

    def actions(self) -> dict[str, str]:
        """Return the response of each level; a level without one allows."""
        found = {level: self.configured.actions.get(level) for level in RISKY}
        return {
            level.wire_name or "": (action.event_action.value + (" + notify" if action.notify else ""))
            if action
            else "NO_ACTION"
            for level, action in found.items()
        }


@dataclass(frozen=True)
class EffectiveSettings:
    """Everything that decides about an attempt in a pool; `fitted` says that `alphas` are the pool's own."""

    mode: str
    model_version: str
    thresholds: Thresholds
    shipped: Thresholds
    calibration: Calibration | None
    alphas: tuple[float, ...]
    fitted: bool
    acting: list[Acting]


def effective_settings(tx: Connection, pool: UserPool, model: Model) -> EffectiveSettings:
    """Return what acts in a pool: its own settings, or the defaults, and those of each client that has some."""
    calibration = calibrating.kept(tx, pool.id, model)
    saved = {one.client_id or "": one for one in queries.configurations(tx, pool.id)}
    acting = [
        Acting(whose, "saved" if whose in saved else "default", configuration.from_saved(saved.get(whose)))
        for whose in sorted({"", *saved})
    ]
    engine = calibrating.acting_model(model, calibration)
    return EffectiveSettings(
        mode=pool.advanced_security_mode,
        model_version=engine.version,
        thresholds=engine.thresholds,
        shipped=model.thresholds,
        calibration=calibration,
        alphas=engine.alphas,
        fitted=is_fitted(engine.version),
        acting=acting,
    )
