"""The models by their names."""

from collections.abc import Callable
from typing import Final

from doorward.evaluation.models.adapter import Model
from doorward.evaluation.models.doorward import Doorward
from doorward.evaluation.models.freeman import Freeman
from doorward.evaluation.models.isolation_forest import IsolationForestModel
from doorward.evaluation.models.set_membership import SetMembership

LIVE: Final = "doorward_live"
"""Doorward with device id, language and time zone, where the file has them."""

MODELS: Final[dict[str, Callable[[int], Model]]] = {
    "doorward": lambda _seed: Doorward(live=False, fit=True),
    LIVE: lambda _seed: Doorward(live=True, fit=True),
    "freeman": lambda _seed: Freeman(),
    "set_membership": lambda _seed: SetMembership(),
    "isolation_forest": IsolationForestModel,
}
"""Each is made from the seed. All see the same rows; all but `doorward_live` the published columns alone."""
