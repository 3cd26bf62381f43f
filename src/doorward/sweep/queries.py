"""Sweeps in the database: how far each has come, what it left for sign-ins, and whom it looks at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from doorward.clock import Instant
from doorward.store.tables import (
    breach_sweeps,
    deferred_leaks,
    searchable_attributes,
    sign_in_names,
    users,
)

_AT_ONCE = 500
_ADDRESSES = ("email", "phone_number", "preferred_username")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the sweep of a leak has come. `step` grows with each change, so that two cannot both go on."""

    leak: str
    started_at: Instant
    step: int = 0
    line: int = 0
    after_sub: str = ""
    prefix_digest: bytes = b""
    verified: int = 0
    found: int = 0
    deferred: int = 0
    finished_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account with the Argon2id digest of its password."""

    sub: str
    digest: str


def progress(tx: Connection, pool_id: str, leak_digests: Sequence[bytes]) -> tuple[bytes, Progress] | None:
    """Return how far a sweep has come, and under which of the digests it is kept; None where none was begun."""
    row = tx.execute(
        select(breach_sweeps).where(
            breach_sweeps.c.pool_id == pool_id, breach_sweeps.c.leak_digest.in_(leak_digests)
        )
    ).first()
    if row is None:
        return None
    names = Progress.__dataclass_fields__
    return row.leak_digest, Progress(**{name: getattr(row, name) for name in names})


def begin(tx: Connection, pool_id: str, leak_digest: bytes, new: Progress) -> None:
    """Keep the beginning of a sweep in place of an earlier one's end."""
    values = {**vars(new), "updated_at": new.started_at}
    tx.execute(
        insert(breach_sweeps)
        .values(pool_id=pool_id, leak_digest=leak_digest, **values)
        .on_conflict_do_update(index_elements=["pool_id", "leak_digest"], set_=values)
    )


def advance(tx: Connection, pool_id: str, leak_digest: bytes, new: Progress, now: Instant) -> bool:
    """Keep how far a sweep has come; False where another one has gone on meanwhile."""
    changed = tx.execute(
        update(breach_sweeps)
        .where(
            breach_sweeps.c.pool_id == pool_id,
            breach_sweeps.c.leak_digest == leak_digest,
            breach_sweeps.c.step == new.step - 1,
            breach_sweeps.c.started_at == new.started_at,
        )
        .values(**vars(new), updated_at=now)
    )
    return changed.rowcount == 1


def names(tx: Connection, pool_id: str) -> Iterator[tuple[str, str]]:
    """Yield (name, sub) for every name and address that accounts with a password are known by."""
    with_password = (users.c.pool_id == pool_id, users.c.password_digest.is_not(None))
    yield from (tuple(row) for row in tx.execute(select(users.c.username, users.c.sub).where(*with_password)))
    for name, table, wanted in (
        (sign_in_names.c.name_key, sign_in_names, ()),
        (
            searchable_attributes.c.value,
            searchable_attributes,
            (searchable_attributes.c.name.in_(_ADDRESSES),),
        ),
    ):
        query = select(name, table.c.sub).where(table.c.pool_id == pool_id, *wanted)
        yield from (tuple(row) for row in tx.execute(query))


def accounts(tx: Connection, pool_id: str, subs: Sequence[str]) -> dict[str, Account]:
    """Return the accounts among some users that have a password, by their `sub`."""
    found: dict[str, Account] = {}
    for begin_at in range(0, len(subs), _AT_ONCE):
        query = select(users.c.sub, users.c.password_digest).where(
            users.c.pool_id == pool_id,
            users.c.sub.in_(subs[begin_at : begin_at + _AT_ONCE]),
            users.c.password_digest.is_not(None),
        )
        found.update((sub, Account(sub, digest)) for sub, digest in tx.execute(query))
    return found


def accounts_after(tx: Connection, pool_id: str, sub: str, limit: int) -> list[Account]:
    """Return at most `limit` accounts that have a password, by their `sub`, those after one."""
    query = (
        select(users.c.sub, users.c.password_digest)
        .where(users.c.pool_id == pool_id, users.c.sub > sub, users.c.password_digest.is_not(None))
        .order_by(users.c.sub)
        .limit(limit)
    )
    return [Account(*row) for row in tx.execute(query)]


def count_accounts(tx: Connection, pool_id: str) -> int:
    """Return how many accounts of a pool have a password."""
    return tx.execute(
        select(func.count())
        .select_from(users)
        .where(users.c.pool_id == pool_id, users.c.password_digest.is_not(None))
    ).scalar_one()


def coverage(tx: Connection, pool_id: str) -> list[tuple[str | None, bool | None, int]]:
    """Return how many stored passwords there are by (corpus version, what it said)."""
    columns = (users.c.corpus_version, users.c.password_compromised)
    query = (
        select(*columns, func.count())
        .where(users.c.pool_id == pool_id, users.c.password_digest.is_not(None))
        .group_by(*columns)
        .order_by(*columns)
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(query)]


@dataclass(slots=True)
class Figures:
    """What the sweeps of a pool have verified and found, and what waits for its sign-ins."""

    verified: int = 0
    found: int = 0
    waiting: int = 0


def figures(tx: Connection) -> dict[str, Figures]:
    """Return the figures of every pool that has any, by its id."""
    by_pool: dict[str, Figures] = {}
    swept = select(
        breach_sweeps.c.pool_id, func.sum(breach_sweeps.c.verified), func.sum(breach_sweeps.c.found)
    ).group_by(breach_sweeps.c.pool_id)
    for pool_id, verified, found in tx.execute(swept):
        by_pool[pool_id] = Figures(verified, found)
    waiting = select(deferred_leaks.c.pool_id, func.count()).group_by(deferred_leaks.c.pool_id)
    for pool_id, count in tx.execute(waiting):
        by_pool.setdefault(pool_id, Figures()).waiting = count
    return by_pool


def count_deferred(tx: Connection, pool_id: str) -> tuple[int, int]:
    """Return for how many users something waits, and how many passwords wait for everyone."""
    of_pool = deferred_leaks.c.pool_id == pool_id
    own = select(func.count(deferred_leaks.c.sub.distinct())).where(of_pool, deferred_leaks.c.sub != "")
    everyones = select(func.count()).where(of_pool, deferred_leaks.c.sub == "")
    return tx.execute(own).scalar_one(), tx.execute(everyones).scalar_one()


def defer(tx: Connection, pool_id: str, digest: bytes, sub: str, leak: str, until: Instant) -> None:
    """Keep a keyed digest for a sign-in; one that is there already stays."""
    tx.execute(
        insert(deferred_leaks)
        .values(pool_id=pool_id, password_digest=digest, sub=sub, leak=leak, expires_at=until)
        .on_conflict_do_nothing()
    )


def deferred(
    tx: Connection, pool_id: str, sub: str, everyones: Sequence[bytes], now: Instant
) -> list[Row[tuple[object, ...]]]:
    """Return what waits for a user, and which of some digests wait for everyone."""
    table = deferred_leaks
    query = select(table).where(
        table.c.pool_id == pool_id,
        or_(table.c.sub == sub, table.c.password_digest.in_(everyones)),
        table.c.expires_at > now,
    )
    return list(tx.execute(query))


def forget_deferred(tx: Connection, pool_id: str, sub: str) -> None:
    """Forget what waits for a user: he has signed in, or is deleted."""
    tx.execute(delete(deferred_leaks).where(deferred_leaks.c.pool_id == pool_id, deferred_leaks.c.sub == sub))


def remove_expired(tx: Connection, now: Instant) -> int:
    """Delete what has waited too long; return how much."""
    return tx.execute(delete(deferred_leaks).where(deferred_leaks.c.expires_at <= now)).rowcount
