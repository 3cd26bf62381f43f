"""From the lines of a leak to the passwords that are tried on accounts, a batch at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from doorward.breach.leak_file import Leak, LeakUnreadable, Line
from doorward.breach.leak_lines import name_forms, possible_password, readings
from doorward.clock import monotonic
from doorward.store.engine import Store
from doorward.sweep import queries
from doorward.sweep.accounts import Accounts
from doorward.sweep.deferred import EVERYONE
from doorward.sweep.verifying import Job

LINES_AT_ONCE = 20_000
NAMES_AGE_SECONDS = 600.0
"""After so long the accounts are read anew: a sweep may take days."""

_REMEMBERED = 1_000_000
"""Passwords tried, by their hash, that are not tried on the same account again."""


@dataclass(frozen=True)
class Batch:
    """Jobs, what waits for sign-ins as (sub, password), and where the leak is done once both are."""

    jobs: list[Job]
    line: int
    prefix_digest: bytes
    after_sub: str = ""
    deferred: list[tuple[str, str]] = field(default_factory=list, repr=False)


class Budget(Protocol):
    """Says how many jobs a batch should hold, and how many verifications are left (None: no bound)."""

    def size(self) -> int: ...

    def left(self) -> int | None: ...


LeftOut = Callable[[Line], None]
"""Is told of each line that is left out."""


class _Tried:
    """What was tried on an account. Bounded: what is forgotten is tried again, no more."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def is_new(self, *what: str) -> bool:
        tried = hash(what)
        if tried in self._hashes:
            return False
        if len(self._hashes) >= _REMEMBERED:
            self._hashes.clear()
        self._hashes.add(tried)
        return True


def of_pairs(leak: Leak, store: Store, pool_id: str, budget: Budget, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the batches of a leak of names and passwords; many hold no job, since few names are ours."""
    tried, accounts, read_at = _Tried(), Accounts(()), float("-inf")
    at_once = 64
    while lines := _some(leak, at_once):
        if monotonic() - read_at > NAMES_AGE_SECONDS:
            with store.reading() as tx:
                accounts, read_at = Accounts(queries.names(tx, pool_id)), monotonic()
        found = [
            one for one in dict.fromkeys(_leading_to(accounts, lines, left_out)) if tried.is_new(*one[1:])
        ]
        with store.reading() as tx:
            stored = queries.accounts(tx, pool_id, sorted({sub for _, sub, _ in found}))
        jobs = [
            Job(line, sub, stored[sub].digest, password) for line, sub, password in found if sub in stored
        ]
        left = budget.left()
        begun = jobs if left is None else jobs[:left]
        waiting = [(job.sub, job.password) for job in jobs[len(begun) :]]
        yield Batch(begun, leak.number, leak.digest(), deferred=waiting)
        if len(jobs) > budget.size():
            at_once = max(1, at_once // 2)
        elif 2 * len(jobs) <= budget.size():
            at_once = min(2 * at_once, LINES_AT_ONCE)


def of_passwords(
    leak: Leak, store: Store, pool_id: str, budget: Budget, left_out: LeftOut, after_sub: str = ""
) -> Iterator[Batch]:
    """Yield the batches of a leak of bare passwords: each on every account, in the order of their `sub`.

    `after_sub` is the account after which the first password goes on.
    """
    tried = _Tried()
    jobs: list[Job] = []
    waiting: list[tuple[str, str]] = []
    while lines := _before(leak):
        before, (line,) = lines
        password = line.text
        if password is None:
            left_out(line)
        elif possible_password(password) and tried.is_new(password):
            while True:
                left = budget.left()
                wanted = budget.size() - len(jobs)
                if left is not None:
                    wanted = min(wanted, left - len(jobs))
                    if wanted <= 0 and left - len(jobs) <= 0:
                        waiting.append((EVERYONE, password))
                        break
                with store.reading() as tx:
                    page = queries.accounts_after(tx, pool_id, after_sub, wanted)
                jobs += [Job(line.number, one.sub, one.digest, password) for one in page]
                if len(page) < wanted:
                    break
                after_sub = page[-1].sub
                if len(jobs) >= budget.size():
                    yield Batch(jobs, line.number - 1, before, after_sub, waiting)
                    jobs, waiting = [], []
        after_sub = ""
        if len(jobs) >= budget.size() or len(waiting) >= LINES_AT_ONCE or leak.number % LINES_AT_ONCE == 0:
            yield Batch(jobs, leak.number, leak.digest(), "", waiting)
            jobs, waiting = [], []
    yield Batch(jobs, leak.number, leak.digest(), "", waiting)


def _before(leak: Leak) -> tuple[bytes, list[Line]] | None:
    before = leak.digest()
    lines = _some(leak, 1)
    return (before, lines) if lines else None


def _some(leak: Leak, most: int) -> list[Line]:
    """Read lines; what stands before damage is worked on before the damage is told."""
    lines: list[Line] = []
    try:
        lines.extend(islice(leak, most))
    except LeakUnreadable:
        if not lines:
            raise
    return lines


def _leading_to(accounts: Accounts, lines: list[Line], left_out: LeftOut) -> Iterator[tuple[int, str, str]]:
    """Yield (line, sub, password) for every reading of a line whose name leads to an account."""
    names: list[str] = []
    read: list[tuple[int, str]] = []
    for line in lines:
        if line.text is None:
            left_out(line)
            continue
        for name, password in readings(line.text):
            for form in name_forms(name):
                names.append(form)
                read.append((line.number, password))
    for (number, password), subs in zip(read, accounts.find(names), strict=True):
        for sub in subs:
            yield number, sub, password
