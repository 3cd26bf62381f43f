"""Whether a corpus file is what its header says, byte for byte, and in order."""

import hashlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.file import read_header
from doorward.breach.format import COUNT_BITS, ENTRY_BYTES, MOST_IN_A_BLOCK, PAGE, PLACE, Header, Segment

_BLOCKS = 1 << 18

Part = Callable[[int, int], bytes]
"""What stands in the file from one position up to another."""


def verify(path: Path, progress: Callable[[str, float], None]) -> Header:
    """Read a whole corpus: digests, places and order of every entry. Return its header.

    Raises CorpusUnreadable for the first thing that is wrong.
    """
    header = read_header(path)
    with path.open("rb") as file:
        part = partial(_part, path, file.fileno())
        for index, segment in enumerate(header.segments, 1):
            why = _wrong(part, segment, partial(progress, f"segment {index}"))
            if why:
                raise CorpusUnreadable(f"{path}, segment {index}: {why}.")
        if not _empty_between(part, header):
            raise CorpusUnreadable(f"{path}: there is something between its parts.")
    return header


def _part(path: Path, descriptor: int, begin: int, end: int) -> bytes:
    """Return what stands from one position up to another."""
    read = os.pread(descriptor, end - begin, begin)
    if len(read) < end - begin:
        raise CorpusUnreadable(f"{path} was cut off while it was read.")
    return read


def _wrong(part: Part, segment: Segment, progress: Callable[[float], None]) -> str | None:
    """Say what is wrong with a segment, or nothing."""
    directory, data = hashlib.sha256(), hashlib.sha256()
    read = entries = 0
    for begin in range(0, segment.blocks, _BLOCKS):
        end = min(segment.blocks, begin + _BLOCKS)
        raw = part(segment.directory_at + begin * PLACE.size, segment.directory_at + end * PLACE.size)
        directory.update(raw)
        places = np.frombuffer(raw, ">u8").astype(np.int64)
        sizes, offsets = places & MOST_IN_A_BLOCK, places >> COUNT_BITS
        upto = int((offsets + sizes * ENTRY_BYTES).max())
        if upto > segment.data_bytes or not _follow(offsets, sizes * ENTRY_BYTES, read):
            return f"the blocks from {begin:,} on do not follow each other"
        bytes_ = part(segment.data_at + read, segment.data_at + upto)
        data.update(bytes_)
        if not _ordered(bytes_, offsets - read, sizes):
            return f"entries of the blocks from {begin:,} on are not in order"
        read, entries = upto, entries + int(sizes.sum())
        progress(end / segment.blocks)
    if directory.digest() != segment.directory_sha256:
        return "the directory is not what it was when it was written"
    if data.digest() != segment.data_sha256:
        return "the entries are not what they were when they were written"
    if entries != segment.entries or read != segment.data_bytes:
        return f"it has {entries:,} entries and should have {segment.entries:,}"
    return None


def _empty_between(part: Part, header: Header) -> bool:
    """Whether the pages hold nothing but zeros beside directories and entries."""
    parts = sorted(
        place
        for one in header.segments
        for place in ((one.directory_at, one.directory_bytes), (one.data_at, one.data_bytes))
    )
    end = PAGE
    for begin, length in (*parts, (header.length, 0)):
        if begin < end or begin - end >= PAGE or any(part(end, begin)):
            return False
        end = begin + length
    return True


def _follow(offsets: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], begin: int) -> bool:
    """Whether blocks stand one behind the other, with less than a page between, and none across two pages."""
    ends = offsets + lengths
    gaps = offsets - np.concatenate((np.array([begin]), ends[:-1]))
    there = lengths > 0
    across = there & (lengths <= PAGE) & (offsets // PAGE != (ends - 1) // PAGE)
    return bool((gaps >= 0).all() and (gaps < PAGE).all() and not across.any())


def _ordered(data: bytes, offsets: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> bool:
    """Whether the remainders of each block rise."""
    total = int(sizes.sum())
    if not total:
        return True
    block = np.repeat(np.arange(len(sizes)), sizes)
    at = offsets[block] + (np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)) * ENTRY_BYTES
    entry = np.zeros((total, 8), np.uint8)
    entry[:, 8 - ENTRY_BYTES :] = np.lib.stride_tricks.sliding_window_view(
        np.frombuffer(data, np.uint8), ENTRY_BYTES
    )[at]
    remainder = entry.view(">u8").ravel().astype(np.int64) >> 4
    return bool(((np.diff(remainder) > 0) | (np.diff(block) > 0)).all())
