"""An evaluation as JSON."""

from math import isfinite

import msgspec

from doorward.evaluation.reporting.tables import Evaluation


def document(evaluation: Evaluation) -> str:
    """Return the JSON text; what could not be measured is null."""
    return msgspec.json.format(msgspec.json.encode(_finite(evaluation)), indent=2).decode() + "\n"


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value
