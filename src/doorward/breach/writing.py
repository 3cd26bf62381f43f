"""Writing a corpus file: sorted keys in, blocks out, and the file put in its place in one move."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from doorward.breach.format import (
    COUNT_BITS,
    ENTRY_BYTES,
    KEY_BITS,
    LEVELS,
    MOST_BLOCKS,
    MOST_IN_A_BLOCK,
    PAGE,
    PLACE,
    REMAINDER_BITS,
    Header,
    Segment,
    encode,
    page_after,
)
from doorward.breach.sorting import Counts, Keys, added_up, naming

_SPAN = 1 << 18
"""Blocks that are laid out at a time."""

_LOW = np.uint64(0xFFFF_FFFF)
_32 = np.uint64(32)
_REMAINDER = np.uint64(REMAINDER_BITS)
_REMAINDER_MASK = np.uint64((1 << REMAINDER_BITS) - 1)


class TooUneven(ValueError):
    """The keys are not spread as SHA-1 spreads them: a block would hold more than the format can say."""


@contextmanager
def replacing(path: Path, meanwhile: Path | None = None) -> Iterator[int]:
    """Yield the descriptor of a file that takes the place of `path` when the block ends without an exception.

    Until then the old file stays as it is; a reader sees the one or the other, whole. `meanwhile`: where the
    new file grows, on the same file system.
    """
    beside = meanwhile or path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        try:
            with naming(beside):
                yield descriptor
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def write_at(descriptor: int, data: bytes, at: int) -> None:
    """Write all of it."""
    left = memoryview(data)
    while left:
        written = os.pwrite(descriptor, left, at)
        left, at = left[written:], at + written


class SegmentWriter:
    """Writes one segment from its keys, which come in order; `at` is the page where it begins."""

    def __init__(self, descriptor: int, at: int, blocks: int) -> None:
        if not 0 < blocks <= MOST_BLOCKS:
            raise TooUneven(f"a segment has 1 to {MOST_BLOCKS:,} blocks, not {blocks:,}")
        self._descriptor = descriptor
        self._blocks = blocks
        self._directory_at = at
        self._data_at = page_after(at + blocks * PLACE.size)
        self._next_block = 0
        self._end = 0
        self._entries = 0
        self._directory_digest = hashlib.sha256()
        self._data_digest = hashlib.sha256()
        self._begun: tuple[Keys, Counts] = (np.empty(0, np.uint64), np.empty(0, np.uint32))

    def add(self, keys: Keys, counts: Counts) -> None:
        """Take up keys in order, none below those taken before."""
        if len(keys) == 0:
            return
        begun_keys, begun_counts = self._begun
        # The last block may go on with what comes next, and the last key may be the same once it is cut to 36 bits.
        placed, counts = added_up(
            np.concatenate((begun_keys, placed_in(keys, self._blocks))),
            np.concatenate((begun_counts, counts)),
        )
        unfinished = int(placed[-1]) >> REMAINDER_BITS
        cut = int(np.searchsorted(placed, np.uint64(unfinished << REMAINDER_BITS)))
        self._begun = placed[cut:], counts[cut:]
        self._write(placed[:cut], counts[:cut], unfinished)

    def finish(self) -> Segment:
        """Write what is left and return what was written."""
        self._write(*self._begun, self._blocks)
        return Segment(
            blocks=self._blocks,
            entries=self._entries,
            directory_at=self._directory_at,
            data_at=self._data_at,
            data_bytes=self._end,
            directory_sha256=self._directory_digest.digest(),
            data_sha256=self._data_digest.digest(),
        )

    def _write(self, placed: Keys, counts: Counts, until: int) -> None:
        for begin in range(self._next_block, until, _SPAN):
            end = min(until, begin + _SPAN)
            first, last = (
                int(np.searchsorted(placed, np.uint64(edge << REMAINDER_BITS)))
                if edge < MOST_BLOCKS
                else len(placed)
                for edge in (begin, end)
            )
            self._write_span(placed[first:last], counts[first:last], begin, end)
        self._next_block = until

    def _write_span(self, placed: Keys, counts: Counts, begin: int, end: int) -> None:
        in_block = (placed >> _REMAINDER).astype(np.int64) - begin
        sizes = np.bincount(in_block, minlength=end - begin)
        if int(sizes.max()) > MOST_IN_A_BLOCK:
            raise TooUneven(
                f"{int(sizes.max()):,} keys share one block; these are no SHA-1 digests of passwords"
            )
        offsets, data = self._laid_out(sizes * ENTRY_BYTES, entries(placed, counts))
        directory = ((offsets << COUNT_BITS) | sizes).astype(">u8").tobytes()
        write_at(self._descriptor, directory, self._directory_at + begin * PLACE.size)
        write_at(self._descriptor, data, self._data_at + self._end)
        self._directory_digest.update(directory)
        self._data_digest.update(data)
        self._end += len(data)
        self._entries += len(placed)

    def _laid_out(self, lengths: npt.NDArray[np.int64], data: bytes) -> tuple[npt.NDArray[np.int64], bytes]:
        """Put blocks one behind the other so that none lies across two pages unless it is larger than one.

        Return where each begins, and the bytes with what fills the pages up.
        """
        ends = np.cumsum(lengths)
        offsets = ends - lengths
        pieces, position, index, taken = [], self._end, 0, 0
        while index < len(ends):
            room = -position % PAGE or PAGE
            fitting = int(ends.searchsorted(taken + room, "right"))
            if fitting == index:
                if room < PAGE:
                    pieces.append(bytes(room))
                    position += room
                    continue
                fitting = index + 1
            offsets[index:fitting] += position - taken
            upto = int(ends[fitting - 1])
            pieces.append(data[taken:upto])
            position += upto - taken
            index, taken = fitting, upto
        return offsets, b"".join(pieces)


def placed_in(keys: Keys, blocks: int) -> Keys:
    """Return block and remainder of keys, as one number: key times blocks without its lowest 28 bits."""
    # A product of 92 bits in two halves of 64.
    times = np.uint64(blocks)
    low = (keys & _LOW) * times
    high = (keys >> _32) * times + (low >> _32)
    kept = np.uint64(KEY_BITS - REMAINDER_BITS)
    return (high << (_32 - kept)) | ((low & _LOW) >> kept)


def entries(placed: Keys, counts: Counts) -> bytes:
    """Return the five bytes of each entry: 36 bits of remainder, and how often it was seen in four."""
    level = np.searchsorted(np.array(LEVELS, np.uint32), counts, "right").astype(np.uint64) - np.uint64(1)
    whole = ((placed & _REMAINDER_MASK) << np.uint64(4)) | level
    return whole.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - ENTRY_BYTES :].tobytes()


def copied_segment(descriptor: int, at: int, source: Path, segment: Segment) -> Segment:
    """Copy a segment of another corpus as it stands; return what it is in its new place."""
    data_at = page_after(at + segment.directory_bytes)
    with source.open("rb") as file:
        for there, here, length in (
            (segment.directory_at, at, segment.directory_bytes),
            (segment.data_at, data_at, segment.data_bytes),
        ):
            done = 0
            while done < length:
                piece = os.pread(file.fileno(), min(1 << 22, length - done), there + done)
                if not piece:
                    raise OSError(f"{source} ends too early")
                write_at(descriptor, piece, here + done)
                done += len(piece)
    return replace(segment, directory_at=at, data_at=data_at)


def write_header(descriptor: int, name: str, created: int, segments: Sequence[Segment]) -> Header:
    """Write the header, which closes the file, and return it."""
    end = max(page_after(one.data_at + one.data_bytes) for one in segments)
    os.ftruncate(descriptor, end)
    header = Header(name, created, end, tuple(segments))
    write_at(descriptor, encode(header), 0)
    return header


def write_corpus(
    path: Path, name: str, created: int, blocks: int, batches: Iterable[tuple[Keys, Counts]]
) -> Header:
    """Write a corpus of one segment from keys in order."""
    with replacing(path) as descriptor:
        writer = SegmentWriter(descriptor, PAGE, blocks)
        for keys, counts in batches:
            writer.add(keys, counts)
        return write_header(descriptor, name, created, [writer.finish()])
