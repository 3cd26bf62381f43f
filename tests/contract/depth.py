"""How many examples the tests over the wire try: few and always the same, or many and new ones.

`DOORWARD_TEST_DEPTH=100 make test TESTS=tests/contract` tries a hundred times as many.
"""

import os

from hypothesis import HealthCheck, Phase, settings

DEPTH = int(os.environ.get("DOORWARD_TEST_DEPTH", "1"))


def examples(count: int) -> settings:
    """Return the settings for a test of so many examples."""
    return settings(
        max_examples=count * DEPTH,
        deadline=None,
        derandomize=DEPTH == 1,
        database=None,
        # Few examples are spread better by chance than by what hypothesis thinks simplest.
        phases=[Phase.explicit, Phase.generate] if DEPTH == 1 else list(Phase),
        suppress_health_check=list(HealthCheck),
    )
