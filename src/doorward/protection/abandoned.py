"""Sign-ins that nobody brought to their end: once their challenge can no longer be answered they have failed."""

from collections.abc import Callable

from doorward.clock import Clock
from doorward.protection.guard import Guard
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
            events = guard.abandon(tx, clock.now(), AT_ONCE)
        for event in events:
            guard.observe(event)
        failed += len(events)
        if len(events) < AT_ONCE:
            break
    return failed
