"""Sign-ins that nobody brought to their end: once their challenge can no longer be answered they have failed."""

from collections.abc import Callable

import msgspec

from doorward.clock import Clock
from doorward.history import queries as events
from doorward.protection.guard import Guard
from doorward.protection.recording import with_end
from doorward.store.engine import Store

EVERY_SECONDS = 15.0
AT_ONCE = 200
"""Events changed in one transaction, so that sign-ins do not wait for it."""


def fail_abandoned(
    store: Store, guard: Guard, clock: Clock, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Let every sign-in fail whose challenge was not answered in time, and count it; return how many."""
    failed = 0
    while not stopping():
        with store.writing() as tx:
            overdue = events.overdue(tx, clock.now(), AT_ONCE)
            ended = [with_end(tx, msgspec.structs.replace(event, response="Fail")) for event in overdue]
            for event in ended:
                events.change(tx, event)
        for event in ended:
            guard.observe(event)
        failed += len(ended)
        if len(ended) < AT_ONCE:
            break
    return failed
