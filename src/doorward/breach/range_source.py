"""Ranges of breached passwords' hashes by their first five hex digits, out of full SHA-1 hashes on the disk.

The two forms in which the Pwned Passwords circulate are read as they are, without an import: a directory of
range files (`00000.txt` to `FFFFF.txt`, lines `35 digits:count`) and one file of lines `40 digits:count`
ordered by hash. Nothing is loaded and nothing is kept open: a file that is replaced by another one (renamed
over it) is read from the next request on, by whole.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from doorward.breach.corpus import CorpusUnreadable

PREFIX_DIGITS: Final = 5
MAX_RANGE_BYTES: Final = 4 * 1024 * 1024
"""More than any range has: a billion passwords make about a thousand lines of 40 bytes each."""

_SUFFIX_LINE = re.compile(rb"([0-9A-Fa-f]{35}):([0-9]{1,12})\r?")
_HASH_LINE = re.compile(rb"([0-9A-Fa-f]{40}):[0-9]{1,12}\r?")
_NTLM_LINE = re.compile(rb"[0-9A-Fa-f]{32}(:.*)?\r?")
_RANGE_FILE = re.compile(r"[0-9A-Fa-f]{5}(\.txt)?")
_LONGEST_LINE = 64
_SAMPLES = 64
_CHUNK = 64 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class HashRange:
    """The hashes of one range: lines `SUFFIX:COUNT`, upper case, in the order of the suffixes.

    `modified_at` is when the file that holds them was written (seconds since the epoch), `tag` names its state.
    """

    lines: list[bytes]
    modified_at: float
    tag: str


class RangeSource(Protocol):
    """Where ranges come from."""

    def check(self) -> None:
        """Look whether this is what it should be. Raises CorpusUnreadable, with the cause."""
        ...

    def range(self, prefix: str) -> HashRange:
        """Return the range of five upper-case hex digits. Raises CorpusUnreadable where it cannot be read."""
        ...


def range_source(path: Path) -> RangeSource:
    """Return the source at a path: a directory of range files, or else a file ordered by hash."""
    return RangeDirectory(path) if path.is_dir() else OrderedHashes(path)


class RangeDirectory:
    """A directory of range files, named by their five digits in upper or lower case, with `.txt` or without."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> None:
        """See that a range file stands in it."""
        try:
            with os.scandir(self._path) as entries:
                found = any(_RANGE_FILE.fullmatch(entry.name) for entry in islice(entries, 1000))
        except OSError as cause:
            raise CorpusUnreadable(f"{self._path}: {cause.strerror}.") from cause
        if not found:
            raise CorpusUnreadable(f"{self._path} holds no range files (00000.txt to FFFFF.txt).")

    def range(self, prefix: str) -> HashRange:
        """Return the lines of one file. A file that is not there is a hole in the list, not an empty range."""
        for name in (f"{prefix}.txt", prefix, f"{prefix.lower()}.txt", prefix.lower()):
            file = self._path / name
            try:
                with file.open("rb") as opened:
                    state = os.fstat(opened.fileno())
                    content = opened.read(MAX_RANGE_BYTES + 1)
            except FileNotFoundError:
                continue
            except OSError as cause:
                raise CorpusUnreadable(f"{file}: {cause.strerror}.") from cause
            return _hash_range(sorted(_suffix_lines(file, content)), state)
        raise CorpusUnreadable(f"{self._path} has no file {prefix}.txt.")


class OrderedHashes:
    """One file of lines `HASH:COUNT`, ordered by hash and halved until the range is found.

    It is read by position and not mapped: a file that is cut off under a map ends the process.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._checked: tuple[int, int, int] | None = None

    def check(self) -> None:
        """Look at some lines from the first to the last: are they SHA-1 hashes, and ordered?"""
        descriptor = self._open()
        os.close(descriptor)

    def range(self, prefix: str) -> HashRange:
        """Return the lines whose hashes begin with the prefix."""
        descriptor = self._open()
        try:
            state = os.fstat(descriptor)
            low = prefix.encode()
            start = self._first_at_least(descriptor, state.st_size, low)
            lines = list(self._from(descriptor, start, low))
        except OSError as cause:
            raise CorpusUnreadable(f"{self._path}: {cause.strerror}.") from cause
        finally:
            os.close(descriptor)
        return _hash_range(lines, state)

    def _open(self) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as cause:
            raise CorpusUnreadable(f"{self._path}: {cause.strerror}.") from cause
        try:
            state = os.fstat(descriptor)
            identity = (state.st_ino, state.st_size, state.st_mtime_ns)
            if identity != self._checked:
                self._look_at_samples(descriptor, state.st_size)
                self._checked = identity
        except OSError as cause:
            os.close(descriptor)
            raise CorpusUnreadable(f"{self._path}: {cause.strerror}.") from cause
        except CorpusUnreadable:
            os.close(descriptor)
            raise
        return descriptor

    def _look_at_samples(self, descriptor: int, size: int) -> None:
        if size == 0:
            raise CorpusUnreadable(f"{self._path} is empty.")
        before = b""
        for sample in range(_SAMPLES + 1):
            # The last one stands well before the end, so that there is a line behind it.
            at = min(size * sample // _SAMPLES, max(0, size - 2 * _LONGEST_LINE))
            found = self._line_from(descriptor, at, size)
            if found is None:
                continue
            start, key = found
            if key < before:
                raise CorpusUnreadable(
                    f"{self._path} is not ordered by hash: the line at byte {start} belongs further up."
                )
            before = key

    def _first_at_least(self, descriptor: int, size: int, low: bytes) -> int:
        """Return a position from which the next line is the first that is not below `low`."""
        left, right = 0, size
        while left < right:
            middle = (left + right) // 2
            found = self._line_from(descriptor, middle, size)
            if found is None or found[1] >= low:
                right = middle
            else:
                left = found[0] + 1
        return left

    def _line_from(self, descriptor: int, at: int, size: int) -> tuple[int, bytes] | None:
        """Return the first line that begins at or after a position: where it begins, and its hash."""
        start = at
        if at > 0:
            piece = os.pread(descriptor, _LONGEST_LINE, at - 1)
            end = piece.find(b"\n")
            if end < 0:
                if at - 1 + len(piece) >= size:
                    return None
                raise self._malformed(at)
            start = at + end
        if start >= size:
            return None
        line = os.pread(descriptor, _LONGEST_LINE, start).partition(b"\n")[0]
        return start, self._key(line, start)

    def _from(self, descriptor: int, at: int, prefix: bytes) -> Iterator[bytes]:
        """Yield `SUFFIX:COUNT` from a position on, for as long as the hashes begin with the prefix."""
        taken, rest, before = 0, b"", b""
        if at > 0:
            # The position is the beginning of a line or inside the one before.
            piece = os.pread(descriptor, _LONGEST_LINE, at - 1)
            at += piece.find(b"\n") if b"\n" in piece else len(piece)
        while True:
            chunk = os.pread(descriptor, _CHUNK, at)
            at += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            if not chunk:
                lines, rest = [rest] if rest else [], b""
            for line in lines:
                key = self._key(line, at)
                if not key.startswith(prefix):
                    return
                if key <= before:
                    raise CorpusUnreadable(f"{self._path} is not ordered by hash before byte {at}.")
                before = key
                taken += len(line)
                count = line[len(key) + 1 :].rstrip(b"\r")
                if int(count):
                    yield key[PREFIX_DIGITS:] + b":" + count
            if not chunk:
                return
            if len(rest) > _LONGEST_LINE:
                raise self._malformed(at)
            if taken > MAX_RANGE_BYTES:
                raise CorpusUnreadable(f"{self._path} has more than {MAX_RANGE_BYTES} bytes in one range.")

    def _key(self, line: bytes, at: int) -> bytes:
        match = _HASH_LINE.fullmatch(line)
        if match is None:
            raise self._malformed(at, line)
        return match[1].upper()

    def _malformed(self, at: int, line: bytes = b"") -> CorpusUnreadable:
        if _NTLM_LINE.fullmatch(line):
            return CorpusUnreadable(f"{self._path} holds NTLM hashes; SHA-1 is needed.")
        return CorpusUnreadable(f"{self._path} has no line `SHA-1:COUNT` near byte {at}.")


def _suffix_lines(file: Path, content: bytes) -> Iterator[bytes]:
    if len(content) > MAX_RANGE_BYTES:
        raise CorpusUnreadable(f"{file} is larger than {MAX_RANGE_BYTES} bytes.")
    lines = content.removeprefix(_BYTE_ORDER_MARK).split(b"\n")
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, start=1):
        match = _SUFFIX_LINE.fullmatch(line)
        if match is None:
            raise CorpusUnreadable(f"{file}, line {number}: not `SUFFIX:COUNT`.")
        if int(match[2]):
            # A file that was fetched with padding holds lines that nobody's password is.
            yield match[1].upper() + b":" + match[2]


def _hash_range(lines: list[bytes], state: os.stat_result) -> HashRange:
    tag = f"{state.st_mtime_ns:x}-{state.st_size:x}"
    return HashRange(lines=lines, modified_at=state.st_mtime, tag=tag)
