"""A file, several models, two processes: everything that the report tells."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.sharedctypes import SynchronizedArray
from os import _exit
from pathlib import Path
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask
from threading import Thread
from typing import Any, Final

from doorward.evaluation.models.catalogue import LIVE, MODELS
from doorward.evaluation.models.isolation_forest import ForestMissing
from doorward.evaluation.protocol import ATTACKS, Plan
from doorward.evaluation.rows import read_rows
from doorward.evaluation.run import run
from doorward.evaluation.stretches import DAY, survey

PROCESSES: Final = 2
_COSTLIEST_FIRST: Final = ("doorward", LIVE, "isolation_forest", "freeman", "set_membership")
_POLL: Final = 1.0

Progress = Callable[[str, float], None]
"""Told what is being done and the share of it that is done, from 0 to 1."""


def evaluate(
    path: Path,
    *,
    models: Sequence[str] = tuple(MODELS),
    seed: int = 1,
    attacks: int = ATTACKS,
    sampled_users: int | None = None,
    live: bool = True,
    progress: Progress = lambda _what, _share: None,
    left_out: Callable[[str], None] = lambda _why: None,
) -> dict[str, Any]:
    """Return the figures of each model on a file.

    `left_out` is told why a model is missing. Raises RowError for a malformed file, ValueError for one that
    cannot be evaluated, OSError where it cannot be read.
    """
    surveyed = survey(read_rows(path, progress=lambda done, size: progress("survey", done / max(size, 1))))
    plan = Plan(survey=surveyed, seed=seed, attacks=attacks, sampled_users=sampled_users)
    if sampled_users is not None and sampled_users < surveyed.users:
        plan = _thinned(plan, sampled_users / surveyed.users)
    wanted = [name for name in _COSTLIEST_FIRST if name in models]
    if not (live and surveyed.live) and LIVE in wanted:
        wanted.remove(LIVE)
        if live:
            left_out(f"{LIVE} is left out: the file has no device id, language or time zone")
    found = _found(path, plan, wanted, progress, left_out)
    return {
        "models": {name: found[name] for name in MODELS if name in found},
        "data": _described(path, plan),
        "seed": seed,
    }


def _thinned(plan: Plan, kept: float) -> Plan:
    """The same plan, told how many legitimate sign-ins the sampled users have (about)."""
    first, fit, thresholds, report = (round(count * kept) for count in plan.survey.legitimate)
    replaced = type(plan.survey)(
        plan.survey.rows,
        plan.survey.users,
        plan.survey.successes,
        (first, fit, thresholds, report),
        plan.survey.stretches,
        plan.survey.live,
    )
    return Plan(survey=replaced, seed=plan.seed, attacks=plan.attacks, sampled_users=plan.sampled_users)


def _found(
    path: Path, plan: Plan, wanted: list[str], progress: Progress, left_out: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    context = get_context("spawn")
    done = context.Array("q", len(wanted))
    with ProcessPoolExecutor(PROCESSES, context, _begin, (done,)) as pool:
        try:
            with _interrupts_left_out():
                futures = {
                    pool.submit(_run, path, plan, name, place): name for place, name in enumerate(wanted)
                }
            while futures:
                ended, _ = wait(futures, timeout=_POLL, return_when=FIRST_COMPLETED)
                for running in futures.values():
                    rows = done[wanted.index(running)]
                    if rows:
                        progress(running, min(rows / max(plan.survey.rows, 1), 0.99))
                for future in ended:
                    name = futures.pop(future)
                    try:
                        found[name] = future.result()
                    except ForestMissing as problem:
                        left_out(f"{name} is left out: {problem}")
                    progress(name, 1.0)
        except BaseException:
            # Nobody waits for what they would still find out; the pool ends once they have ended.
            for child in active_children():
                child.terminate()
            raise
    return found


@contextmanager
def _interrupts_left_out() -> Iterator[None]:
    """Start processes that leave Ctrl-C, which reaches all of them, to this one; it ends them.

    Blocked rather than ignored: what comes meanwhile is not lost, and what is started inherits it.
    """
    before = pthread_sigmask(SIG_BLOCK, {SIGINT})
    try:
        yield
    finally:
        pthread_sigmask(SIG_SETMASK, before)


_rows_done: "list[SynchronizedArray[int]]" = []
"""In a process that was begun: one array, the rows done of each model."""


def _begin(done: "SynchronizedArray[int]") -> None:
    _rows_done.append(done)
    Thread(target=_end_with_the_one_who_waits, daemon=True).start()


def _end_with_the_one_who_waits() -> None:
    if (waiting := parent_process()) is not None:
        waiting.join()
        _exit(1)  # it was killed, and so could not end this one


def _run(path: Path, plan: Plan, name: str, place: int) -> dict[str, Any]:
    def said(rows: int) -> None:
        _rows_done[-1][place] = rows

    return run(path, plan, name, said)


def _described(path: Path, plan: Plan) -> dict[str, Any]:
    surveyed, stretches = plan.survey, plan.survey.stretches
    return {
        "file": path.name,
        "rows": surveyed.rows,
        "users": surveyed.users,
        "successes": surveyed.successes,
        "days": (stretches.last - stretches.first) / DAY,
        "warm_up_days": (stretches.fit - stretches.first) / DAY,
        "begins": {
            "warm_up": stretches.first,
            "fit": stretches.fit,
            "thresholds": stretches.thresholds,
            "report": stretches.report,
        },
        "legitimate": dict(zip(("warm_up", "fit", "thresholds", "report"), surveyed.legitimate, strict=True)),
        "attacks_wanted": plan.attacks,
        "rows_ahead": plan.rows_ahead,
        "days_ahead": plan.days_ahead,
        "sampled_users": plan.sampled_users,
        "live_columns": surveyed.live,
    }
