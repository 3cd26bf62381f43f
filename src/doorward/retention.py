"""Forgetting in time: what has expired or is older than the settings allow is deleted, a little at a time."""

import threading

import structlog

from doorward.call import Services
from doorward.clock import Instant
from doorward.history import queries as events
from doorward.messages import queries as messages
from doorward.signin import queries as signin
from doorward.tokens import queries as tokens

EVERY_SECONDS = 60.0
EVENTS_AT_ONCE = 1_000
"""Events deleted in one transaction, so that sign-ins do not wait for it."""

_DAY = 86_400.0
_HOUR = 3_600.0
_log = structlog.get_logger(__name__)


class Retention:
    """A thread that wakes now and then and deletes what is over."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, once the transaction in hand is done."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_SECONDS):
            try:
                delete_expired(self._services)
            except Exception:
                # A failure here (a full disk) must not end the thread: the next round tries again.
                _log.exception("retention failed")


def delete_expired(services: Services) -> None:
    """Delete expired sessions, codes, lockouts, token families and keys, and what is past its retention."""
    now = services.clock.now()
    with services.store.writing() as tx:
        signin.remove_expired(tx, now)
        tokens.remove_expired(tx, now)
        tokens.remove_retired(tx, now)
        messages.remove_before(tx, now - services.settings.message_retention_hours * _HOUR)
    _delete_events(services, now - services.settings.event_retention_days * _DAY, of_nobody=False)
    _delete_events(services, now - services.settings.unknown_user_retention_days * _DAY, of_nobody=True)


def _delete_events(services: Services, before: Instant, *, of_nobody: bool) -> None:
    removed = EVENTS_AT_ONCE
    while removed == EVENTS_AT_ONCE:
        with services.store.writing() as tx:
            removed = events.remove_before(tx, before, EVENTS_AT_ONCE, of_nobody=of_nobody)
