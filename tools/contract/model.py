"""Reads what the generator needs from botocore's `cognito-idp` service model.

Names, constraints and errors are facts of the interface and are taken over; the model's documentation texts
are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore
from botocore.loaders import Loader

SERVICE = "cognito-idp"


@dataclass(frozen=True)
class Model:
    """The service model: `operations` and `shapes` by name, as botocore's JSON has them."""

    botocore_version: str
    api_version: str
    operations: dict[str, dict[str, Any]]
    shapes: dict[str, dict[str, Any]]

    def reachable(self) -> list[str]:
        """Return the names of all shapes that a request or a response can contain, sorted."""
        waiting = [
            operation[side]["shape"]
            for operation in self.operations.values()
            for side in ("input", "output")
            if side in operation
        ]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(references(self.shapes[name]))
        return sorted(seen)


def references(shape: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the shapes that a shape directly refers to."""
    for member in shape.get("members", {}).values():
        yield member["shape"]
    for part in ("member", "key", "value"):
        if part in shape:
            yield shape[part]["shape"]


def is_signed(operation: dict[str, Any]) -> bool:
    """Tell whether a call of the operation must carry an AWS signature."""
    return operation.get("authtype") != "none"


@cache
def load() -> Model:
    """Load the model of the botocore that is installed."""
    raw = Loader().load_service_model(SERVICE, "service-2")
    return Model(
        botocore_version=botocore.__version__,
        api_version=raw["metadata"]["apiVersion"],
        operations=raw["operations"],
        shapes=raw["shapes"],
    )
