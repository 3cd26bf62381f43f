"""Emptying the outbox: e-mails go to the SMTP server, and what nothing can deliver is set aside.

A message is marked as being delivered just before its body goes out, and as delivered when the server has
taken it. Where the server of ours stops between the two, it cannot be known which of them is true; the
message is then given up rather than sent twice, and stays readable. Delivered messages keep nothing of what
they said; the others keep it, sealed, until retention deletes them (`message_retention_hours`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

import structlog

from doorward.clock import Clock
from doorward.messages import outbox, queries, smtp
from doorward.messages.queries import OutboxRow
from doorward.messages.smtp import SmtpServer
from doorward.settings import Settings
from doorward.store.engine import Store
from doorward.store.sealing import Keyring, SealError, UnknownKey

POLL_SECONDS: Final = 1.0
AT_ONCE: Final = 100
"""Messages taken in one round."""
LEASE_SECONDS: Final = 120.0
"""How long a delivery may take before it counts as interrupted; well beyond SMTP's own timeouts here."""
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 600.0
USEFUL_SECONDS: Final = {"authentication": 300.0, "forgot-password": 3_600.0}
"""How long trying again makes sense, by kind: as long as the code is good. A day for the others."""
_DAY: Final = 86_400.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Postbox:
    """What delivery works with. `server` is None where no SMTP server is set up."""

    store: Store
    keyring: Keyring
    clock: Clock
    server: SmtpServer | None
    send: Callable[[SmtpServer, EmailMessage, Callable[[], bool]], None] = smtp.send


def smtp_server(settings: Settings) -> SmtpServer | None:
    """Return the SMTP server that the settings name, or None."""
    if settings.smtp_host is None:
        return None
    return SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.mail_from,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
    )


def deliver_due(postbox: Postbox, stopping: Callable[[], bool] = lambda: False) -> int:
    """Take up what is due, until none is left, the server is not reached or `stopping` says so.

    Returns how many messages were taken up.
    """
    now = postbox.clock.now()
    with postbox.store.reading() as tx:
        due = queries.due(tx, now, AT_ONCE)
        interrupted = queries.has_interrupted(tx, now)
    if interrupted:
        with postbox.store.writing() as tx:
            queries.give_up_interrupted(
                tx, now, "The server stopped during the delivery; the message may have arrived."
            )
    deliverable = [row for row in due if row.medium == "EMAIL"] if postbox.server else []
    kept = [row for row in due if row not in deliverable]
    if kept:
        with postbox.store.writing() as tx:
            for row in kept:
                queries.finish(tx, row, "kept", None)
    taken = len(kept)
    for row in deliverable:
        if stopping():
            break
        taken += 1
        if not _deliver(postbox, postbox.server, row):
            break
    return taken


def _deliver(postbox: Postbox, server: SmtpServer | None, row: OutboxRow) -> bool:
    """Deliver one message and note what came of it; return whether the server was reached."""
    assert server is not None  # noqa: S101 -- deliver_due hands over nothing without a server
    reached = True
    if postbox.clock.now() > row.created_at + useful_for(row.kind):
        _finish(postbox, row, "failed", "The message was no longer of use when its turn came.")
        return True
    try:
        message = outbox.open_message(postbox.keyring, row)
        if message is None:
            return True
        mail = smtp.as_mail(message, row.message_id, server.sender)
        postbox.send(server, mail, lambda: _begin(postbox, row))
    except smtp.Taken:
        return True
    except smtp.TryAgain as problem:
        reached = not isinstance(problem, smtp.Unreachable)
        _postpone(postbox, row, str(problem))
    except UnknownKey as problem:
        # A command that began after a rotation has sealed it; this server knows the key from its next start on.
        _postpone(postbox, row, str(problem))
    except (smtp.Refused, smtp.Uncertain, SealError) as problem:
        text = str(problem)
        if isinstance(problem, smtp.Uncertain):
            text = f"The connection broke during the delivery; the message may have arrived. {text}"
        _finish(postbox, row, "failed", text)
    except Exception:
        # One message that nothing was prepared for must not hold up all the others.
        _log.exception("delivery failed", message_id=row.message_id, kind=row.kind)
        _finish(postbox, row, "failed", "An unexpected failure; the log says more.")
    else:
        _finish(postbox, row, "delivered", None)
    return reached


def _begin(postbox: Postbox, row: OutboxRow) -> bool:
    with postbox.store.writing() as tx:
        return queries.begin(tx, row, postbox.clock.now() + LEASE_SECONDS)


def _finish(postbox: Postbox, row: OutboxRow, state: str, problem: str | None) -> None:
    with postbox.store.writing() as tx:
        queries.finish(tx, row, state, problem)
    _log.info("message", message_id=row.message_id, kind=row.kind, state=state, problem=problem)


def _postpone(postbox: Postbox, row: OutboxRow, problem: str) -> None:
    now = postbox.clock.now()
    until = now + pause(row.attempts)
    if until > row.created_at + useful_for(row.kind):
        _finish(postbox, row, "failed", problem)
        return
    with postbox.store.writing() as tx:
        queries.postpone(tx, row, until, problem)
    _log.warning("message postponed", message_id=row.message_id, kind=row.kind, problem=problem)


def pause(attempts: int) -> float:
    """Return how long to wait after so many failed attempts and one more, in seconds."""
    return float(min(FIRST_PAUSE * 2.0 ** min(attempts, 10), LONGEST_PAUSE))


def useful_for(kind: str) -> float:
    """Return how many seconds after it was written a message of a kind is still of use."""
    return USEFUL_SECONDS.get(kind, _DAY)
