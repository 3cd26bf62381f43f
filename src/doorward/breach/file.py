"""A corpus in a file: read where it stands, so that it opens at once and all processes share its pages.

What is wanted is read by position out of the page cache and not out of a map: a page that is cut off while it is
read would end the process, however quickly one looked before; and a page that has to come from the disk would
hold up all threads of the interpreter.
"""

import os
import struct
import threading
from collections.abc import Callable
from os import pread
from pathlib import Path
from typing import Final

from doorward.breach.corpus import CorpusUnreadable, digest
from doorward.breach.format import (
    COUNT_BITS,
    ENTRY_BYTES,
    KEY_BITS,
    MOST_IN_A_BLOCK,
    PAGE,
    PLACE,
    REMAINDER_BITS,
    FormatError,
    Header,
    decode,
)
from doorward.clock import monotonic

_REMAINDER_SHIFT: Final = KEY_BITS - REMAINDER_BITS
_REMAINDER_MASK: Final = (1 << REMAINDER_BITS) - 1

_unpacked: Final = PLACE.unpack

_LOOK_EVERY = 1.0
"""Seconds between two looks at the path."""


class _Opened:
    """One version of the file. It stays open for as long as somebody looks into it."""

    __slots__ = ("changed", "descriptor", "header", "inode", "length", "levels", "places", "version")

    def __init__(self, descriptor: int, status: os.stat_result, header: Header) -> None:
        self.inode = status.st_dev, status.st_ino
        self.changed = status.st_ctime_ns
        self.length = status.st_size
        self.header = header
        self.version = header.version
        self.levels = header.levels
        self.places = tuple(
            (one.blocks, one.directory_at, one.data_at, one.data_bytes) for one in header.segments
        )
        if hasattr(os, "posix_fadvise"):
            # One page is wanted at a time; reading ahead would only push out others.
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)
        # Last: whoever failed to make this closes it.
        self.descriptor = descriptor

    def __del__(self) -> None:
        if hasattr(self, "descriptor"):
            os.close(self.descriptor)


class CorpusFile:
    """A corpus file in use. Threads may share it.

    A corpus that is moved into the file's place is taken up within a second; questions under way end on the version
    they began. `at_least`: passwords seen less often are not known. `monotonic` tells seconds.
    """

    def __init__(self, path: Path, at_least: int = 1, monotonic: Callable[[], float] = monotonic) -> None:
        self._path = path
        self._at_least = at_least
        self._monotonic = monotonic
        self._opened: _Opened | None = None
        self._looked = -_LOOK_EVERY
        self._opening = threading.Lock()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    @property
    def header(self) -> Header:
        """What the corpus says of itself. Raises CorpusUnreadable."""
        return self._current().header

    @property
    def version(self) -> str:
        """The corpus's name, day and digest. Raises CorpusUnreadable."""
        return self._current().version

    def lookup(self, password: str) -> int:
        """Return how often the password was seen, at least, or 0. Raises CorpusUnreadable."""
        return self.lookup_digest(digest(password))

    def lookup_digest(self, sha1: bytes) -> int:
        """Return how often the password with this SHA-1 digest was seen, at least, or 0.

        The counts of several segments are added up. Raises CorpusUnreadable.
        """
        opened = self._current()
        descriptor = opened.descriptor
        key = int.from_bytes(sha1[:8], "big")
        seen = 0
        try:
            for blocks, directory_at, data_at, data_bytes in opened.places:
                product = key * blocks
                at = directory_at + (product >> KEY_BITS) * PLACE.size
                (place,) = _unpacked(pread(descriptor, PLACE.size, at))
                length, offset = (place & MOST_IN_A_BLOCK) * ENTRY_BYTES, place >> COUNT_BITS
                if offset + length > data_bytes:
                    raise CorpusUnreadable(f"{self._path} is damaged: a block lies outside of its segment.")
                block = pread(descriptor, length, data_at + offset)
                if len(block) < length:
                    raise CorpusUnreadable(f"{self._path} was cut off while it was read.")
                level = _level(block, (product >> _REMAINDER_SHIFT) & _REMAINDER_MASK)
                if level >= 0:
                    seen += opened.levels[level]
        except struct.error:
            raise CorpusUnreadable(f"{self._path} was cut off while it was read.") from None
        except OSError as cause:
            raise CorpusUnreadable(f"{self._path}: {cause.strerror}.") from cause
        return seen if seen >= self._at_least else 0

    def _current(self) -> _Opened:
        opened = self._opened
        # How long the file is, is asked at every look-up, so that one which is just being written over answers
        # nothing; what is at the path, which takes four times as long, once a second.
        if (
            opened is not None
            and os.lseek(opened.descriptor, 0, os.SEEK_END) == opened.length
            and self._monotonic() < self._looked + _LOOK_EVERY
        ):
            return opened
        with self._opening:
            opened = self._opened
            try:
                status = self._path.stat()
            except OSError as cause:
                raise CorpusUnreadable(f"{self._path}: {cause.strerror}.") from cause
            if (
                opened is None
                or opened.inode != (status.st_dev, status.st_ino)
                or opened.changed != status.st_ctime_ns
                or opened.length != status.st_size
            ):
                opened = self._opened = _open(self._path)
            self._looked = self._monotonic()
            return opened


def read_header(path: Path) -> Header:
    """Return what the corpus at a path says of itself. Raises CorpusUnreadable."""
    return _open(path).header


def _open(path: Path) -> _Opened:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            return _Opened(descriptor, status, decode(os.pread(descriptor, PAGE, 0), status.st_size))
        except BaseException:
            os.close(descriptor)
            raise
    except OSError as cause:
        raise CorpusUnreadable(f"{path}: {cause.strerror}.") from cause
    except FormatError as cause:
        raise CorpusUnreadable(f"{path} cannot be read: {cause}.") from cause


def _level(block: bytes, remainder: int) -> int:
    """Return the 4 bits beside a remainder, or -1 where the block does not have it."""
    # The first 32 bits are sought as bytes. A find that lies across two entries is none.
    beginning, end = (remainder >> 4).to_bytes(4, "big"), remainder & 15
    at = block.find(beginning)
    while at >= 0:
        if at % ENTRY_BYTES == 0 and block[at + 4] >> 4 == end:
            return block[at + 4] & 15
        at = block.find(beginning, at + 1)
    return -1
