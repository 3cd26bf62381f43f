"""What becomes of an account whose stored password stands in a leak: what the pool's policy says."""

from dataclasses import dataclass
from typing import Literal

import msgspec
from sqlalchemy import Connection

from doorward.breach.check import LEAK
from doorward.clock import Instant
from doorward.directory.queries import user_pools, users
from doorward.directory.user import User
from doorward.directory.usernames import known_as
from doorward.history import queries as events
from doorward.messages import outbox
from doorward.messages.leak_notice import leak_notice
from doorward.protection.leak_finding import demands_reset, finding
from doorward.store.sealing import Keyring
from doorward.sweep.verifying import Job

Outcome = Literal["reset", "marked", "reported", "known", "changed", "gone"]

RESETTABLE = frozenset({"CONFIRMED", "FORCE_CHANGE_PASSWORD"})
"""Of other users nobody can sign in: one to be reset is so already, one without confirmation has no way out."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sweep does about its finds.

    `leak` is the leak's name. `report_only` leaves users as they are and records the find; `dry_run` keeps
    nothing at all; `notify` puts a mail into the outbox. `most` verifications are made and the rest waits, as
    keyed digests, for sign-ins within `defer_seconds`.
    """

    pool_id: str
    leak: str
    sweep_id: str
    report_only: bool = False
    dry_run: bool = False
    notify: bool = False
    most: int | None = None
    defer_seconds: float = 365 * 86_400.0

    @property
    def label(self) -> str:
        """What stands in place of a corpus version."""
        return LEAK + self.leak

    @property
    def defers(self) -> bool:
        """Whether what is not tested waits for sign-ins; what only reports leaves nothing behind that acts."""
        return not (self.dry_run or self.report_only)


@dataclass(frozen=True)
class Find:
    """An account whose password stands in the leak, and what was done.

    `reset`: he must choose another password. `marked`: the password is marked as compromised. `reported`: the
    event alone. `known`: all that was done before.
    """

    username: str
    sub: str
    line: int
    outcome: Outcome
    notified: bool = False


def treat(tx: Connection, keyring: Keyring, plan: Plan, job: Job, now: Instant) -> Find:
    """Do about a find what the plan and the pool's policy say, in the caller's transaction.

    The user is read anew: one who has changed his password since it was verified is left alone (`changed`).
    """
    pool = user_pools.require(tx, plan.pool_id)
    user = users.find_by_sub(tx, pool.id, job.sub)
    if user is None or user.password is None:
        return Find("", job.sub, job.line, "gone")
    username = known_as(pool, user)
    if user.password.digest != job.digest:
        return Find(username, user.sub, job.line, "changed")
    would = demands_reset(tx, pool)
    reset = would and not plan.report_only and user.status in RESETTABLE
    if user.password.compromised and not reset:
        return Find(username, user.sub, job.line, "known")
    outcome: Outcome = "reset" if reset else "reported" if plan.report_only else "marked"
    if plan.dry_run:
        return Find(username, user.sub, job.line, outcome)
    if not plan.report_only:
        _mark(tx, user, plan.label, now, reset=reset)
    if pool.advanced_security_mode != "OFF":
        events.add(
            tx,
            finding(
                pool,
                user,
                sweep_id=plan.sweep_id,
                leak=plan.label,
                line=job.line,
                reset=reset,
                would=would,
                now=now,
            ),
        )
    notice = leak_notice(pool, user, reset=reset, now=now) if plan.notify else None
    if notice is not None:
        outbox.put(tx, keyring, notice)
    return Find(username, user.sub, job.line, outcome, notice is not None)


def _mark(tx: Connection, user: User, label: str, now: Instant, *, reset: bool) -> None:
    if user.password is None:
        return
    marked = msgspec.structs.replace(user.password, compromised=True, corpus_version=label)
    changed = msgspec.structs.replace(user, password=marked)
    if reset:
        changed = msgspec.structs.replace(changed, status="RESET_REQUIRED", modified_at=now)
    users.change_password(tx, changed)
