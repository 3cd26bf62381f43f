"""The breach corpus beside SQLite, a bloom filter and a sorted file: `python -m benchmarks.breach_corpus --entries N`.

Synthetic SHA-1 values with counts, written as a dump of `HASH:COUNT` lines in no order. Every contender gets the
same values, is built and asked in processes of its own, and is asked for the same known and unknown ones.
"""

import argparse
import mmap
import multiprocessing
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rbloom import Bloom

from doorward.breach.file import CorpusFile
from doorward.clock import monotonic

BATCH = 1_000_000
PROBES = 100_000
COLD = 200
RATE = 1e-9
ON_DISK = {"doorward", "SQLite", "sorted text"}
HEX = np.frombuffer(b"0123456789ABCDEF", np.uint8)


@dataclass(frozen=True)
class Built:
    """What it cost to make a contender: seconds, seconds of processor time, bytes kept, most bytes in memory."""

    wall: float
    processor: float
    size: int
    memory: int


@dataclass(frozen=True)
class Asked:
    """What it costs to ask: milliseconds to open, MB that opening takes, µs, wrong answers."""

    opened: float
    resident: float
    known: float
    unknown: float
    slow: float
    missed: int
    wrong: int


def hashes(entries: int, seed: int = 1) -> Iterator[np.ndarray]:
    """Yield synthetic digests, 20 bytes each."""
    chance = np.random.default_rng(seed)
    for begin in range(0, entries, BATCH):
        yield np.frombuffer(chance.bytes(20 * min(BATCH, entries - begin)), np.uint8).reshape(-1, 20)


def write_dump(path: Path, entries: int) -> None:
    """Write the dump. Counts have one to three digits."""
    chance = np.random.default_rng(2)
    with path.open("wb") as out:
        for batch in hashes(entries):
            lines = np.empty((len(batch), 45), np.uint8)
            lines[:, 0:40:2], lines[:, 1:40:2] = HEX[batch >> 4], HEX[batch & 15]
            lines[:, 40], lines[:, 44] = ord(":"), ord("\n")
            counts = chance.integers(1, 1000, len(batch))
            for place, power in enumerate((100, 10, 1)):
                lines[:, 41 + place] = ord("0") + counts // power % 10
            out.write(lines.tobytes())


def probes() -> tuple[list[bytes], list[bytes]]:
    """Return digests that every contender knows, and others."""
    known = next(hashes(BATCH))[:PROBES]
    return [bytes(one) for one in known], [bytes(one) for one in next(hashes(PROBES, seed=3))]


def measured(make: Callable[[], object], kept: Path | None) -> Built:
    """Run what makes a contender, here and in processes that it starts."""
    begun = monotonic()
    size = make()
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return Built(
        monotonic() - begun,
        own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        kept.stat().st_size if kept else int(size),
        max(own.ru_maxrss if not children.ru_maxrss else 0, children.ru_maxrss) * 1024,
    )


def build_doorward(dump: Path, out: Path) -> Built:
    """The command, as an operator runs it, in 512 MB."""
    command = [sys.executable, "-m", "doorward", "breach", "build", str(out), str(dump), "--memory", "512"]
    return measured(lambda: subprocess.run([*command, "--hashes"], check=True, capture_output=True), out)


def build_sorted(dump: Path, out: Path) -> Built:
    """The dump put in order by sort(1) in 512 MB."""
    command = ["sort", "-S", "512M", "--parallel=2", "-T", str(out.parent), "-o", str(out), str(dump)]
    return measured(lambda: subprocess.run(command, check=True, env={"LC_ALL": "C", "PATH": os.defpath}), out)


def build_sqlite(dump: Path, out: Path) -> Built:
    """A table by digest, filled in order from the sorted dump: the best case, and the sorting not counted."""

    def make() -> None:
        database = sqlite3.connect(out)
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        database.execute("CREATE TABLE seen (sha1 BLOB PRIMARY KEY, count INTEGER) WITHOUT ROWID")
        with dump.open("rb") as lines:
            rows = ((bytes.fromhex(line[:40].decode()), int(line[41:])) for line in lines)
            database.executemany("INSERT INTO seen VALUES (?, ?)", rows)
        database.commit()
        database.close()

    return measured(make, out)


def build_bloom(dump: Path, out: Path) -> Built:
    """rbloom at a false-positive rate of 1e-9, kept in a file to be asked by another process."""

    def make() -> None:
        bloom = Bloom(max(1, dump.stat().st_size // 45), RATE, bloom_hash)
        with dump.open("rb") as lines:
            bloom.update(bytes.fromhex(line[:40].decode()) for line in lines)
        bloom.save(out)

    return measured(make, out)


def bloom_hash(sha1: bytes) -> int:
    """Return the 128 bits that rbloom wants."""
    return int.from_bytes(sha1[:16], "big", signed=True)


def open_doorward(path: Path) -> Callable[[bytes], int]:
    """Return how often a digest was seen, by our file."""
    corpus = CorpusFile(path)
    corpus.header  # noqa: B018 - opens it
    return corpus.lookup_digest


def open_sqlite(path: Path) -> Callable[[bytes], int]:
    """Return the same by SQLite."""
    database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)

    def seen(sha1: bytes) -> int:
        row = database.execute("SELECT count FROM seen WHERE sha1 = ?", (sha1,)).fetchone()
        return row[0] if row else 0

    return seen


def open_bloom(path: Path) -> Callable[[bytes], int]:
    """Return whether a digest is in the filter."""
    bloom = Bloom.load(path, bloom_hash)
    return lambda sha1: int(sha1 in bloom)


def open_sorted(path: Path) -> Callable[[bytes], int]:
    """Return the count by bisecting the lines, which are all of one length here."""
    with path.open("rb") as file:
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    view.madvise(mmap.MADV_RANDOM)
    count = len(view) // 45

    def seen(sha1: bytes) -> int:
        wanted = sha1.hex().upper().encode()
        at = bisect_left(range(count), wanted, key=lambda index: view[index * 45 : index * 45 + 40])
        line = view[at * 45 : at * 45 + 45]
        return int(line[41:]) if line[:40] == wanted else 0

    return seen


OPENERS: dict[str, Callable[[Path], Callable[[bytes], int]]] = {
    "doorward": open_doorward,
    "SQLite": open_sqlite,
    "rbloom": open_bloom,
    "sorted text": open_sorted,
}


def resident() -> int:
    """Return the bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE


def timed(ask: Callable[[bytes], int], wanted: list[bytes]) -> tuple[list[float], int]:
    """Return µs for each look-up, in order of size, and how many were found."""
    found, times = 0, []
    for sha1 in wanted:
        begun = monotonic()
        seen = ask(sha1)
        times.append((monotonic() - begun) * 1e6)
        found += seen > 0
    return sorted(times), found


def ask(name: str, path: Path) -> Asked:
    """Open a contender and ask it."""
    known, unknown = probes()
    OPENERS[name](path)  # what the first use of a module costs is not the file's
    before, begun = resident(), monotonic()
    seen = OPENERS[name](path)
    opened, grown = (monotonic() - begun) * 1e3, resident() - before
    timed(seen, known)
    timed(seen, unknown)
    times, found = timed(seen, known)
    other, wrong = timed(seen, unknown)
    return Asked(
        opened, grown / 1e6, times[len(times) // 2], other[len(other) // 2], times[len(times) * 99 // 100],
        len(known) - found, wrong,
    )  # fmt: skip


def cold_reads(name: str, path: Path) -> int:
    """Return the largest number of pages that one look-up reads from the disk."""
    most = 0
    for sha1 in probes()[1][:COLD]:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
        seen = OPENERS[name](path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_inblock
        seen(sha1)
        blocks = resource.getrusage(resource.RUSAGE_SELF).ru_inblock - before
        most = max(most, blocks * 512 // mmap.PAGESIZE)
        del seen
    return most


def apart(work: Callable[..., Any], *arguments: object) -> Any:
    """Run a function in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def compare(entries: int, work: Path) -> None:
    """Build and ask every contender in a directory."""
    dump = work / "dump.txt"
    begun = monotonic()
    apart(write_dump, dump, entries)
    print(
        f"{entries:,} synthetic SHA-1 values: {dump.stat().st_size / 1e9:.2f} GB, {monotonic() - begun:,.0f} s"
    )
    files = {name: work / f"{name.replace(' ', '-')}.out" for name in OPENERS}
    built: dict[str, Built] = {}
    for name, build, source in (
        ("doorward", build_doorward, dump),
        ("sorted text", build_sorted, dump),
        ("SQLite", build_sqlite, files["sorted text"]),
        ("rbloom", build_bloom, dump),
    ):
        built[name] = apart(build, source, files[name])
        print(
            f"{name}: built in {built[name].wall:,.0f} s, {built[name].processor:,.0f} s of processor",
            flush=True,
        )
    print(
        f"\n{'':<13}{'bytes each':>11}{'build s':>9}{'cpu s':>8}{'M/s':>7}{'built in MB':>12}{'open ms':>9}"
        f"{'opened MB':>11}{'known µs':>10}{'unknown':>9}{'p99':>7}{'missed':>8}{'wrong':>7}{'cold reads':>11}"
    )
    for name, path in files.items():
        made, asked = built[name], apart(ask, name, path)
        print(
            f"{name:<13}{made.size / entries:>11.2f}{made.wall:>9.1f}{made.processor:>8.1f}"
            f"{entries / made.wall / 1e6:>7.2f}{made.memory / 1e6:>12,.0f}{asked.opened:>9.2f}{asked.resident:>11.1f}"
            f"{asked.known:>10.2f}{asked.unknown:>9.2f}{asked.slow:>7.1f}{asked.missed:>8}{asked.wrong:>7}"
            f"{apart(cold_reads, name, path) if name in ON_DISK else '':>11}",
            flush=True,
        )
    tell_size(files["doorward"])


def tell_size(path: Path) -> None:
    """Print the size of our file beside the least that its false-positive rate needs."""
    header = CorpusFile(path).header
    rate = header.false_positive_rate
    bits = header.length * 8 / header.entries
    least = -np.log2(rate)
    print(
        f"\nfalse positives {rate:.2g}; {bits:.2f} bits an entry, {bits - 4:.2f} without counts:"
        f" {(bits - 4) / least:.3f} of log2(1/{rate:.2g}) = {least:.2f}"
    )


def main(entries: int = BATCH, directory: Path | None = None) -> None:
    """Compare at one size, in a temporary directory that is removed."""
    work = Path(tempfile.mkdtemp(prefix="breach-corpus-", dir=directory))
    try:
        compare(entries, work)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=BATCH)
    options.add_argument("--directory", type=Path, help="where the files grow")
    given = options.parse_args()
    main(given.entries, given.directory)
