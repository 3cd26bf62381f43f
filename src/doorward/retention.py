"""Forgetting in time: what has expired or is older than the settings allow is deleted, a little at a time."""

from doorward.call import Services
from doorward.clock import Instant
from doorward.history import queries as events
from doorward.messages import queries as messages
from doorward.protection import queries as protection
from doorward.signin import queries as signin
from doorward.sweep import queries as sweep
from doorward.tokens import queries as tokens

EVERY_SECONDS = 60.0
EVENTS_AT_ONCE = 1_000
"""Events deleted in one transaction, so that sign-ins do not wait for it."""

_DAY = 86_400.0
_HOUR = 3_600.0


def delete_expired(services: Services) -> None:
    """Delete expired sessions, codes, lockouts, token families keys and ways out, and what is past its retention."""
    now = services.clock.now()
    with services.store.writing() as tx:
        signin.remove_expired(tx, now)
        tokens.remove_expired(tx, now)
        tokens.remove_retired(tx, now)
        sweep.remove_expired(tx, now)
        protection.remove_expired(tx, now)
        messages.remove_before(tx, now - services.settings.message_retention_hours * _HOUR)
    _delete_events(services, now - services.settings.event_retention_days * _DAY, of_nobody=False)
    _delete_events(services, now - services.settings.unknown_user_retention_days * _DAY, of_nobody=True)


def _delete_events(services: Services, before: Instant, *, of_nobody: bool) -> None:
    removed = EVENTS_AT_ONCE
    while removed == EVENTS_AT_ONCE:
        with services.store.writing() as tx:
            removed = events.remove_before(tx, before, EVENTS_AT_ONCE, of_nobody=of_nobody)
