"""Building a corpus: sources into sorted runs, runs into a file. What is done is kept and gone on with.

Beside the corpus, while it is built, stands a directory `.NAME.building` with the runs and a manifest of them. The
same command finds it and goes on behind the last run; it is removed when the corpus is in its place.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from doorward.breach.file import read_header
from doorward.breach.format import (
    HIGHEST_FALSE_POSITIVE_RATE,
    MOST_SEGMENTS,
    PAGE,
    Header,
    Segment,
    blocks_for,
    page_after,
)
from doorward.breach.sorting import (
    Counts,
    Keys,
    Run,
    distinct,
    read_slice,
    seen_at_least,
    slices,
    sorted_once,
    write_run,
)
from doorward.breach.sources import Source, SourceError, read
from doorward.breach.writing import SegmentWriter, copied_segment, replacing, write_header

Progress = Callable[[str, float], None]
"""What is done, and which share of it, from 0 to 1."""

LEAST_MEMORY = 192
"""Mebibytes: the interpreter, the command line's libraries and a batch of lines take about 150 of them."""

_BASE_BYTES = 150 << 20
_MOST_RECORDS = 1 << 21
"""More at a time would not be faster: what is sorted no longer fits into the processor's cache."""

_BYTES_A_RECORD = 130
"""What sorting and writing a key take at their highest, in the two threads together; measured."""


class BuildError(ValueError):
    """A corpus cannot be built as it is asked for. The message says why."""


class _Done(msgspec.Struct, frozen=True):
    """A run, and how far the sources are read with it."""

    file: str
    length: int
    source: int
    position: int
    lines: int


class _Manifest(msgspec.Struct):
    """What a build is of, and what is done of it."""

    sources: list[tuple[str, str, int, int]]
    runs: list[_Done]
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be built. `memory` in mebibytes; `at_least`: leave out what was seen less often in all."""

    out: Path
    sources: tuple[Source, ...]
    name: str
    memory: int = 512
    at_least: int = 1

    @property
    def work(self) -> Path:
        """Where the runs are kept meanwhile."""
        return self.out.with_name(f".{self.out.name}.building")

    @property
    def records(self) -> int:
        """How many keys are sorted at a time."""
        return max(1 << 16, min(_MOST_RECORDS, ((self.memory << 20) - _BASE_BYTES) // _BYTES_A_RECORD))


def build(plan: Plan, now: float, progress: Progress, fresh: bool = False) -> Header:
    """Build a corpus and put it in its place; until then an old one there stays as it is.

    Raises SourceError, BuildError, CorpusUnreadable for a corpus among the sources, and OSError.
    """
    corpora = [read_header(one.path) for one in plan.sources if one.kind == "corpus"]
    given = [segment for corpus in corpora for segment in corpus.segments]
    with _work_directory(plan.work):
        listed = [one for one in plan.sources if one.kind != "corpus"]
        runs = _runs(plan, listed, progress, fresh) if listed else []
        _see_that_it_fits(given, bool(runs))
        with replacing(plan.out, plan.work / "corpus") as descriptor:
            segments: list[Segment] = []
            if runs:
                segments.append(_segment(plan, runs, descriptor, progress))
            for source, corpus in zip(
                (one for one in plan.sources if one.kind == "corpus"), corpora, strict=True
            ):
                for segment in corpus.segments:
                    end = max((page_after(one.data_at + one.data_bytes) for one in segments), default=PAGE)
                    segments.append(copied_segment(descriptor, end, source.path, segment))
                progress(f"copy {source.path.name}", 1.0)
            header = write_header(descriptor, plan.name, int(now), segments)
            if header.false_positive_rate > HIGHEST_FALSE_POSITIVE_RATE:
                raise BuildError(_too_many(header.false_positive_rate))
        shutil.rmtree(plan.work)
    return header


def _see_that_it_fits(given: Sequence[Segment], more: bool) -> None:
    rate = sum(one.false_positive_rate for one in given)
    if rate > HIGHEST_FALSE_POSITIVE_RATE or len(given) + more > MOST_SEGMENTS:
        raise BuildError(_too_many(rate))


def _too_many(rate: float) -> str:
    return (
        f"together these corpora would take a password for a known one with {rate:.2g}, and the bound is"
        f" {HIGHEST_FALSE_POSITIVE_RATE:g}; build anew from the lists that they were built from"
    )


@contextmanager
def _work_directory(work: Path) -> Iterator[None]:
    work.mkdir(exist_ok=True)
    with (work / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildError(f"another process is building there: {work}") from None
        yield


def _runs(plan: Plan, sources: Sequence[Source], progress: Progress, fresh: bool) -> list[Run]:
    """Read the sources into sorted runs, going on where an interrupted build ended."""
    described: list[tuple[str, str, int, int]] = [
        (str(one.path.absolute()), one.kind, one.size, one.modified) for one in sources
    ]
    manifest = _manifest(plan, described, fresh)
    if not manifest.complete:
        try:
            with ThreadPoolExecutor(1) as beside:
                _read_into_runs(plan, sources, manifest, progress, beside)
        except SourceError:
            # A list that is wrong will be another one when it is tried again.
            shutil.rmtree(plan.work)
            raise
    return [Run(plan.work / done.file, done.length) for done in manifest.runs if done.length]


def _manifest(plan: Plan, described: list[tuple[str, str, int, int]], fresh: bool) -> _Manifest:
    kept = plan.work / "manifest.json"
    if kept.exists() and not fresh:
        try:
            manifest = msgspec.json.decode(kept.read_bytes(), type=_Manifest)
        except msgspec.DecodeError:
            raise BuildError(f"{kept} is damaged; --fresh starts anew") from None
        if manifest.sources != described:
            raise BuildError(
                f"{plan.work} holds what is done of a build from other lists, or these have changed since; --fresh"
                " starts anew"
            )
        return manifest
    for old in plan.work.iterdir():
        if old.name != "lock":
            old.unlink()
    return _Manifest(described, [])


def _read_into_runs(
    plan: Plan, sources: Sequence[Source], manifest: _Manifest, progress: Progress, beside: ThreadPoolExecutor
) -> None:
    last = manifest.runs[-1] if manifest.runs else _Done("", 0, 0, 0, 0)
    gathered: list[tuple[Keys, Counts]] = []
    pending: Future[None] | None = None
    waiting = 0
    for index in range(last.source, len(sources)):
        source = sources[index]
        position, lines = (last.position, last.lines) if index == last.source else (0, 0)
        found = position > 0
        step = f"read {source.path.name}"
        for batch in read(source, position, lines):
            gathered.append((batch.keys, batch.counts))
            waiting += len(batch.keys)
            found = found or len(batch.keys) > 0
            position, lines = batch.position, batch.lines
            progress(step, batch.share)
            if waiting >= plan.records:
                if pending:
                    pending.result()
                pending = beside.submit(_keep, plan, manifest, gathered, (index, position, lines))
                gathered, waiting = [], 0
        if not found:
            raise SourceError(f"{source.path}: it holds no entry")
        progress(step, 1.0)
    if pending:
        pending.result()
    if gathered:
        _keep(plan, manifest, gathered, (len(sources), 0, 0))
    manifest.complete = True
    _write_manifest(plan, manifest)


def _keep(
    plan: Plan, manifest: _Manifest, gathered: list[tuple[Keys, Counts]], reached: tuple[int, int, int]
) -> None:
    """Sort what was gathered into a run, and write down that it is done."""
    keys = np.concatenate([one for one, _ in gathered])
    counts = np.concatenate([one for _, one in gathered])
    gathered.clear()
    file = f"run-{len(manifest.runs):05}"
    run = write_run(plan.work / file, *sorted_once(keys, counts))
    manifest.runs.append(_Done(file, run.length, *reached))
    _write_manifest(plan, manifest)


def _write_manifest(plan: Plan, manifest: _Manifest) -> None:
    with replacing(plan.work / "manifest.json", plan.work / "manifest.new") as descriptor:
        os.write(descriptor, msgspec.json.encode(manifest))


def _segment(plan: Plan, runs: Sequence[Run], descriptor: int, progress: Progress) -> Segment:
    """Merge the runs into a segment."""
    parts = slices(runs, plan.records)
    expected = distinct(runs, parts, plan.at_least)
    if not expected:
        raise BuildError(f"no password was seen {plan.at_least:,} times or more")
    blocks = blocks_for(expected)
    writer = SegmentWriter(descriptor, PAGE, blocks)
    with ThreadPoolExecutor(1) as beside:
        pending: Future[None] | None = None
        for done, part in enumerate(parts, 1):
            keys, counts = read_slice(runs, part)
            keys, counts = seen_at_least(plan.at_least, keys, counts)
            if pending:
                pending.result()
            pending = beside.submit(writer.add, keys, counts)
            progress("write", done / len(parts))
        if pending:
            pending.result()
    return writer.finish()
