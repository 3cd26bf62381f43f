"""Sorting more hashes than fit into memory: sorted runs on the disk, read back side by side.

A run is three parts in one file: the keys (the first 64 bits of each SHA-1), sorted and each once; how often each
was seen; and every 1,024th key again. All are little-endian, as numpy has them at hand.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint32]

MOST_SEEN = 0xFFFF_FFFF
_SAMPLE = 1024
"""Of so many keys of a run one is looked at, to cut all runs into slices at the same keys."""


@dataclass(frozen=True, slots=True)
class Run:
    """A sorted run on the disk and how many keys it has."""

    path: Path
    length: int


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name the file in what fails meanwhile: an open file that cannot be written to does not say which it is."""
    try:
        yield
    except OSError as problem:
        if problem.filename is None and problem.errno is not None:
            raise OSError(problem.errno, problem.strerror, str(path)) from problem
        raise


def sorted_once(keys: Keys, counts: Counts) -> tuple[Keys, Counts]:
    """Return keys in order, each once, with its counts added up; the sum ends at 2³² - 1."""
    order = np.argsort(keys)
    return added_up(keys[order], counts[order])


def added_up(keys: Keys, counts: Counts) -> tuple[Keys, Counts]:
    """Return sorted keys each once, with its counts added up; the sum ends at 2³² - 1."""
    if len(keys) == 0:
        return keys, counts
    new = np.empty(len(keys), bool)
    new[0] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    first = np.flatnonzero(new)
    if len(first) == len(keys):
        return keys, counts
    sums = np.add.reduceat(counts.astype(np.uint64), first)
    return keys[first], np.minimum(sums, MOST_SEEN).astype(np.uint32)


def write_run(path: Path, keys: Keys, counts: Counts) -> Run:
    """Write a sorted run and see it onto the disk."""
    with naming(path), path.open("wb") as file:
        file.write(keys.astype("<u8", copy=False).data)
        file.write(counts.astype("<u4", copy=False).data)
        file.write(np.ascontiguousarray(keys[::_SAMPLE], "<u8").data)
        file.flush()
        os.fsync(file.fileno())
    return Run(path, len(keys))


def slices(runs: Sequence[Run], records: int) -> list[list[tuple[int, int]]]:
    """Cut the runs at the same keys into slices of about so many records; each is a stretch of every run."""
    samples = [_samples(run) for run in runs]
    together = np.sort(np.concatenate(samples))
    step = max(1, records // _SAMPLE)
    cuts = np.unique(together[step::step])
    positions = [
        [0, *_positions(run, sampled, cuts), run.length] for run, sampled in zip(runs, samples, strict=True)
    ]
    return [[(one[at], one[at + 1]) for one in positions] for at in range(len(cuts) + 1)]


def read_slice(runs: Sequence[Run], stretches: Sequence[tuple[int, int]]) -> tuple[Keys, Counts]:
    """Return what a slice holds, sorted, each key once."""
    keys, counts = [], []
    for run, (begin, end) in zip(runs, stretches, strict=True):
        if end > begin:
            with run.path.open("rb") as file:
                keys.append(_read_keys(file.fileno(), begin, end))
                counts.append(
                    np.frombuffer(_read(file.fileno(), run.length * 8 + begin * 4, (end - begin) * 4), "<u4")
                )
    if not keys:
        return np.empty(0, np.uint64), np.empty(0, np.uint32)
    if len(keys) == 1:
        return keys[0], counts[0]
    return sorted_once(np.concatenate(keys), np.concatenate(counts))


def seen_at_least(often: int, keys: Keys, counts: Counts) -> tuple[Keys, Counts]:
    """Return those keys, and their counts, that were seen so often."""
    if often <= 1:
        return keys, counts
    kept = counts >= often
    return keys[kept], counts[kept]


def distinct(
    runs: Sequence[Run], parts: Sequence[Sequence[tuple[int, int]]], at_least: int = 1, looked_at: int = 8
) -> int:
    """Return how many different keys the slices hold that were seen so often: counted in some, carried over to all."""
    if len(runs) == 1 and at_least <= 1:
        return runs[0].length
    seen = kept = 0
    for part in parts[:: max(1, len(parts) // looked_at)]:
        seen += sum(end - begin for begin, end in part)
        kept += len(seen_at_least(at_least, *read_slice(runs, part))[0])
    return -(-sum(run.length for run in runs) * kept // seen) if seen else 0


def _samples(run: Run) -> Keys:
    with run.path.open("rb") as file:
        return np.frombuffer(_read(file.fileno(), run.length * 12, -(-run.length // _SAMPLE) * 8), "<u8")


def _read_keys(descriptor: int, begin: int, end: int) -> Keys:
    return np.frombuffer(_read(descriptor, begin * 8, (end - begin) * 8), "<u8")


def _read(descriptor: int, at: int, length: int) -> bytes:
    pieces = []
    while length:
        piece = os.pread(descriptor, length, at)
        if not piece:
            raise OSError("a sorted run ends too early")
        pieces.append(piece)
        at, length = at + len(piece), length - len(piece)
    return b"".join(pieces)


def _positions(run: Run, sampled: Keys, cuts: Keys) -> list[int]:
    """Return how many of a run's keys are below each cut."""
    below = np.searchsorted(sampled, cuts)
    found = []
    with run.path.open("rb") as file:
        for cut, sample in zip(cuts, below, strict=True):
            begin = max(0, int(sample) - 1) * _SAMPLE
            end = min(run.length, int(sample) * _SAMPLE)
            found.append(begin + int(np.searchsorted(_read_keys(file.fileno(), begin, end), cut)))
    return found
