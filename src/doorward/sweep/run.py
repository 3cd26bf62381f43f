"""A sweep from its beginning to its end: batches are verified, and what they come to is written.

Finds, and how far the sweep has come, are written in one transaction: killed at any moment, it goes on where
it was and treats nobody twice.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from doorward.breach.leak_file import Leak, LeakUnreadable, Line
from doorward.breach.leak_lines import Kind
from doorward.clock import Clock, monotonic
from doorward.store.engine import Store
from doorward.store.sealing import Keyring
from doorward.sweep import batches, deferred, queries
from doorward.sweep.batches import Batch
from doorward.sweep.finds import Find, Plan, treat
from doorward.sweep.queries import Progress
from doorward.sweep.verifying import Job, Verifier

BATCH_SECONDS = 8.0
"""What one batch takes, and what is done again after a kill."""

FINDS_AT_ONCE = 100
"""Finds in one transaction, so that sign-ins do not wait for it."""

_PURPOSE = "swept leaks"
_TRIES = 3


class SweepTaken(Exception):
    """Another sweep of the same leak is at work."""


class LeakChanged(Exception):
    """The leak begins as one that was swept in part, but does not go on as it did."""


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Who is told what while a sweep works. `progress` comes after every batch."""

    find: Callable[[Find], None]
    left_out: Callable[[Line], None]
    progress: Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What a sweep works with. `rate` is how many verifications a second it will come to."""

    store: Store
    keyring: Keyring
    clock: Clock
    leak: Leak
    kind: Kind
    plan: Plan
    verifier: Verifier
    rate: float
    stopping: threading.Event


def earlier(sweep: Sweep) -> Progress | None:
    """Return how far a sweep of the same leak, of the same kind, has come before."""
    with sweep.store.reading() as tx:
        found = queries.progress(tx, sweep.plan.pool_id, _digests(sweep))
    return found[1] if found else None


def run(sweep: Sweep, reports: Reports, *, anew: bool = False) -> Progress:
    """Sweep, from where it was left; `anew`: from the beginning. Returns how far it came.

    `finished_at` is None where it was stopped. Raises SweepTaken, LeakChanged, and LeakUnreadable
    once everything before the damage is done.
    """
    digest, begun = _begun(sweep, anew=anew)
    state = _State(digest, begun, monotonic())
    try:
        for batch in _batches(sweep, state, reports):
            _work_on(sweep, state, batch, reports)
            reports.progress(state.progress)
            if sweep.stopping.is_set():
                break
        else:
            state.progress = replace(state.progress, finished_at=sweep.clock.now())
    except LeakUnreadable:
        _finish(sweep, state)
        raise
    _finish(sweep, state)
    return state.progress


def _finish(sweep: Sweep, state: "_State") -> None:
    with _writing(sweep) as tx:
        _advance(tx, sweep, state)


@dataclass
class _State:
    """How far the sweep is, and when that was last written."""

    digest: bytes
    progress: Progress
    kept_at: float


def _digests(sweep: Sweep) -> tuple[bytes, ...]:
    """Return the digests by which this sweep of this leak is known, under every key."""
    beginning = hashlib.sha256(sweep.leak.head).digest()
    report_only = b"report only" if sweep.plan.report_only else b""
    return sweep.keyring.digests(_PURPOSE, b"\x00".join((sweep.kind.encode(), report_only, beginning)))


def _begun(sweep: Sweep, *, anew: bool) -> tuple[bytes, Progress]:
    """Go on where the leak was left, if its lines up to there are the same; else begin."""
    digests = _digests(sweep)
    fresh = Progress(leak=sweep.plan.leak, started_at=sweep.clock.now())
    if sweep.plan.dry_run:
        return digests[0], fresh
    with sweep.store.reading() as tx:
        found = queries.progress(tx, sweep.plan.pool_id, digests)
    if found is not None and not anew:
        digest, before = found
        sweep.leak.skip(before.line)
        same = sweep.keyring.matches(_PURPOSE, sweep.leak.digest(), before.prefix_digest)
        if before.line == 0 or (same and sweep.leak.number == before.line):
            return digest, replace(before, finished_at=None)
        raise LeakChanged(
            f"{sweep.leak.name}: is no longer what it was up to line {before.line}; --again begins anew"
        )
    digest = found[0] if found else digests[0]
    with sweep.store.writing() as tx:
        queries.begin(tx, sweep.plan.pool_id, digest, fresh)
    return digest, fresh


def _batches(sweep: Sweep, state: _State, reports: Reports) -> Iterator[Batch]:
    pool_id, budget = sweep.plan.pool_id, _Budget(sweep, state)
    if sweep.kind == "pairs":
        return batches.of_pairs(sweep.leak, sweep.store, pool_id, budget, reports.left_out)
    after = state.progress.after_sub
    return batches.of_passwords(sweep.leak, sweep.store, pool_id, budget, reports.left_out, after)


@dataclass(frozen=True)
class _Budget:
    sweep: Sweep
    state: _State

    def size(self) -> int:
        return max(8, int(self.sweep.rate * BATCH_SECONDS))

    def left(self) -> int | None:
        most = self.sweep.plan.most
        return None if most is None else max(0, most - self.state.progress.verified)


def _work_on(sweep: Sweep, state: _State, batch: Batch, reports: Reports) -> None:
    """Verify a batch and write what came of it; how far the sweep is, only with a find or now and then."""
    results = list(zip(batch.jobs, sweep.verifier.verify(batch.jobs), strict=True))
    done = [(job, result) for job, result in results if result != "not-done"]
    waiting = [(job.sub, job.password) for job, result in done if result == "untestable"]
    progress = replace(state.progress, verified=state.progress.verified + len(done))
    if len(done) == len(results):
        waiting += batch.deferred
        progress = replace(
            progress,
            line=batch.line,
            after_sub=batch.after_sub,
            prefix_digest=sweep.keyring.digest(_PURPOSE, batch.prefix_digest),
        )
    state.progress = progress
    _write(sweep, state, [job for job, result in done if result == "match"], waiting, reports)


def _write(
    sweep: Sweep, state: _State, matches: list[Job], waiting: list[tuple[str, str]], reports: Reports
) -> None:
    changed: list[Job] = []
    tries = 1
    while matches:
        part, matches = matches[:FINDS_AT_ONCE], matches[FINDS_AT_ONCE:]
        now = sweep.clock.now()
        with _writing(sweep) as tx:
            finds = [treat(tx, sweep.keyring, sweep.plan, job, now) for job in part]
            changed += [job for job, find in zip(part, finds, strict=True) if find.outcome == "changed"]
            treated = [find for find in finds if find.outcome not in {"changed", "gone"}]
            state.progress = replace(state.progress, found=state.progress.found + len(treated))
            if not matches and not changed:
                _keep(tx, sweep, state, waiting)
                waiting = []
        for find in treated:
            reports.find(find)
        if not matches and tries < _TRIES:
            matches, changed, tries = _still_matching(sweep, changed), [], tries + 1
    waiting += [(job.sub, job.password) for job in changed]
    if waiting or monotonic() - state.kept_at >= BATCH_SECONDS:
        with _writing(sweep) as tx:
            _keep(tx, sweep, state, waiting)


def _still_matching(sweep: Sweep, jobs: list[Job]) -> list[Job]:
    """Try again on those whose stored digest has changed: the same password, made anew, or another one."""
    if not jobs:
        return []
    with sweep.store.reading() as tx:
        present = queries.accounts(tx, sweep.plan.pool_id, [job.sub for job in jobs])
    anew = [replace(job, digest=present[job.sub].digest) for job in jobs if job.sub in present]
    return [job for job in anew if sweep.verifier.again(job.digest, job.password) == "match"]


def _keep(tx: Connection, sweep: Sweep, state: _State, waiting: list[tuple[str, str]]) -> None:
    plan, now = sweep.plan, sweep.clock.now()
    if plan.defers:
        for sub, password in waiting:
            deferred.defer(
                tx,
                sweep.keyring,
                plan.pool_id,
                sub,
                password,
                leak=plan.label,
                until=now + plan.defer_seconds,
            )
        state.progress = replace(state.progress, deferred=state.progress.deferred + len(waiting))
    _advance(tx, sweep, state)


def _advance(tx: Connection, sweep: Sweep, state: _State) -> None:
    if sweep.plan.dry_run:
        return
    state.progress = replace(state.progress, step=state.progress.step + 1)
    state.kept_at = monotonic()
    if not queries.advance(tx, sweep.plan.pool_id, state.digest, state.progress, sweep.clock.now()):
        raise SweepTaken("another sweep of this leak is at work in this pool, or the pool was deleted")


def _writing(sweep: Sweep) -> AbstractContextManager[Connection]:
    # What a dry run changes would be undone.
    return sweep.store.reading() if sweep.plan.dry_run else sweep.store.writing()
