"""What sign-in remembers between two requests: codes, lockouts, counted attempts and open sessions.

A `subject` is a user's `sub`, or the digest of a name that leads to nobody
(`doorward.signin.stand_in.subject`), so that both are counted alike.
"""

import msgspec
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from doorward.clock import Instant
from doorward.signin.attempt_budget import HOUR, AttemptBudget
from doorward.signin.lockout import QUIET, Lockout
from doorward.store.tables import (
    attempt_counts,
    lockouts,
    passkey_registrations,
    sign_in_sessions,
    software_tokens,
    verification_codes,
)


class StoredCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that was sent and not used yet. `attribute` says where it went."""

    pool_id: str
    subject: str
    purpose: str
    digest: bytes
    attribute: str
    pending_value: str | None
    expires_at: Instant
    failures: int


def code(tx: Connection, pool_id: str, subject: str, purpose: str) -> StoredCode | None:
    """Return the code that was sent last for a purpose, or None."""
    table = verification_codes
    row = tx.execute(
        select(table).where(table.c.pool_id == pool_id, table.c.sub == subject, table.c.purpose == purpose)
    ).one_or_none()
    if row is None:
        return None
    return StoredCode(
        pool_id=row.pool_id,
        subject=row.sub,
        purpose=row.purpose,
        digest=row.code_digest,
        attribute=row.attribute,
        pending_value=row.pending_value,
        expires_at=row.expires_at,
        failures=row.failures,
    )


def keep_code(tx: Connection, stored: StoredCode) -> None:
    """Keep a code in place of the one sent before for the same purpose."""
    values = {
        "code_digest": stored.digest,
        "attribute": stored.attribute,
        "pending_value": stored.pending_value,
        "expires_at": stored.expires_at,
        "failures": stored.failures,
    }
    tx.execute(
        insert(verification_codes)
        .values(pool_id=stored.pool_id, sub=stored.subject, purpose=stored.purpose, **values)
        .on_conflict_do_update(index_elements=["pool_id", "sub", "purpose"], set_=values)
    )


def count_code_failure(tx: Connection, stored: StoredCode) -> None:
    """Count one wrong guess at a code."""
    table = verification_codes
    tx.execute(
        update(table)
        .where(
            table.c.pool_id == stored.pool_id,
            table.c.sub == stored.subject,
            table.c.purpose == stored.purpose,
        )
        .values(failures=table.c.failures + 1)
    )


def remove_code(tx: Connection, pool_id: str, subject: str, purpose: str) -> None:
    """Forget a code: it was used, replaced, or guessed at too often."""
    table = verification_codes
    tx.execute(
        delete(table).where(table.c.pool_id == pool_id, table.c.sub == subject, table.c.purpose == purpose)
    )


def lockout(tx: Connection, pool_id: str, subject: str) -> Lockout:
    """Return how a subject stands; one who has not failed is clear."""
    row = tx.execute(
        select(lockouts).where(lockouts.c.pool_id == pool_id, lockouts.c.subject == subject)
    ).one_or_none()
    if row is None:
        return Lockout.clear()
    return Lockout(failures=row.failures, locked_until=row.locked_until, last_failure=row.last_failure_at)


def keep_lockout(tx: Connection, pool_id: str, subject: str, state: Lockout) -> None:
    """Keep how a subject stands."""
    values = {
        "failures": state.failures,
        "locked_until": state.locked_until,
        "last_failure_at": state.last_failure,
    }
    tx.execute(
        insert(lockouts)
        .values(pool_id=pool_id, subject=subject, **values)
        .on_conflict_do_update(index_elements=["pool_id", "subject"], set_=values)
    )


def forget_lockout(tx: Connection, pool_id: str, subject: str) -> None:
    """Forgive a subject."""
    tx.execute(delete(lockouts).where(lockouts.c.pool_id == pool_id, lockouts.c.subject == subject))


def forget_lockouts_of_user(tx: Connection, pool_id: str, sub: str) -> int:
    """Forgive a user everywhere: each subject that begins with his `sub`. Return how many there were."""
    # A range, which the key serves; a pattern would read every lockout of the pool.
    beyond = sub + "\uffff"
    return tx.execute(
        delete(lockouts).where(
            lockouts.c.pool_id == pool_id, lockouts.c.subject >= sub, lockouts.c.subject < beyond
        )
    ).rowcount


def attempts(tx: Connection, pool_id: str, subject: str, operation: str) -> AttemptBudget:
    """Return the attempts of a subject at an operation that still count."""
    spent = tx.execute(
        select(attempt_counts.c.spent).where(
            attempt_counts.c.pool_id == pool_id,
            attempt_counts.c.subject == subject,
            attempt_counts.c.operation == operation,
        )
    ).scalar_one_or_none()
    return AttemptBudget(tuple(spent or ()))


def keep_attempts(
    tx: Connection,
    pool_id: str,
    subject: str,
    operation: str,
    state: AttemptBudget,
    window: float = HOUR,
) -> None:
    """Keep the attempts of a subject at an operation, as long as they count: `window` seconds."""
    values = {"spent": list(state.spent), "expires_at": max(state.spent, default=0.0) + window}
    tx.execute(
        insert(attempt_counts)
        .values(pool_id=pool_id, subject=subject, operation=operation, **values)
        .on_conflict_do_update(index_elements=["pool_id", "subject", "operation"], set_=values)
    )


def remove_attempts(tx: Connection, pool_id: str, subject: str, operation: str) -> None:
    """Forget the attempts of a subject at an operation."""
    tx.execute(
        delete(attempt_counts).where(
            attempt_counts.c.pool_id == pool_id,
            attempt_counts.c.subject == subject,
            attempt_counts.c.operation == operation,
        )
    )


def remove_attempts_of_user(tx: Connection, pool_id: str, sub: str) -> int:
    """Forget a user's attempts: those of each subject that begins with his `sub`. Return of how many there were any."""
    table = attempt_counts
    # A range, which the key serves.
    of_user = (table.c.subject >= sub) & (table.c.subject < sub + "\uffff")
    return tx.execute(delete(table).where(table.c.pool_id == pool_id, of_user)).rowcount


def keep_session(
    tx: Connection, pool_id: str, session_digest: bytes, sealed_state: bytes, expires_at: Instant
) -> None:
    """Keep the state of a sign-in that waits for its next answer."""
    tx.execute(
        insert(sign_in_sessions).values(
            pool_id=pool_id,
            session_digest=session_digest,
            sealed_state=sealed_state,
            expires_at=expires_at,
        )
    )


def session(tx: Connection, pool_id: str, session_digest: bytes) -> tuple[bytes, Instant] | None:
    """Return the sealed state of a session and when it expires, or None where there is none."""
    row = tx.execute(
        select(sign_in_sessions.c.sealed_state, sign_in_sessions.c.expires_at).where(
            sign_in_sessions.c.pool_id == pool_id,
            sign_in_sessions.c.session_digest == session_digest,
        )
    ).one_or_none()
    return (row.sealed_state, row.expires_at) if row else None


def change_session(tx: Connection, pool_id: str, session_digest: bytes, sealed_state: bytes) -> None:
    """Keep another state of a session, which expires when it would have."""
    tx.execute(
        update(sign_in_sessions)
        .where(
            sign_in_sessions.c.pool_id == pool_id,
            sign_in_sessions.c.session_digest == session_digest,
        )
        .values(sealed_state=sealed_state)
    )


def session_of_any_pool(tx: Connection, session_digest: bytes) -> tuple[bytes, Instant] | None:
    """Return what `session` does, where the pool is not known yet."""
    row = tx.execute(
        select(sign_in_sessions.c.sealed_state, sign_in_sessions.c.expires_at).where(
            sign_in_sessions.c.session_digest == session_digest
        )
    ).one_or_none()
    return (row.sealed_state, row.expires_at) if row else None


def remove_session(tx: Connection, pool_id: str, session_digest: bytes) -> bool:
    """Delete a session; return whether there was one."""
    removed = tx.execute(
        delete(sign_in_sessions).where(
            sign_in_sessions.c.pool_id == pool_id,
            sign_in_sessions.c.session_digest == session_digest,
        )
    )
    return removed.rowcount > 0


def forget_user(tx: Connection, pool_id: str, sub: str) -> None:
    """Delete what sign-in remembers of a user who is being deleted."""
    forget_lockouts_of_user(tx, pool_id, sub)
    remove_attempts_of_user(tx, pool_id, sub)
    for table, column in (
        (verification_codes, verification_codes.c.sub),
        (software_tokens, software_tokens.c.sub),
        (passkey_registrations, passkey_registrations.c.sub),
    ):
        tx.execute(delete(table).where(table.c.pool_id == pool_id, column == sub))


def remove_expired(tx: Connection, now: Instant) -> int:
    """Delete what no longer has any effect; return how many rows."""
    removed = 0
    for table, stale in (
        (verification_codes, verification_codes.c.expires_at <= now),
        (attempt_counts, attempt_counts.c.expires_at <= now),
        (sign_in_sessions, sign_in_sessions.c.expires_at <= now),
        (passkey_registrations, passkey_registrations.c.expires_at <= now),
        (
            lockouts,
            (lockouts.c.locked_until <= now - QUIET) & (lockouts.c.last_failure_at <= now - QUIET),
        ),
    ):
        removed += tx.execute(delete(table).where(stale)).rowcount
    return removed
