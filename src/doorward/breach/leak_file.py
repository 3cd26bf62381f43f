"""A leak as a stream of lines: plain, gzip, xz or zstd, from a file or standard input, in bounded memory.

What is read is never written anywhere. Errors name the file and the line, not what stands there.
"""

import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, cast

import zstandard

LONGEST_LINE: Final = 16_384
"""Bytes; a longer line is no name and password."""

HEAD_BYTES: Final = 65_536
"""The beginning by which a leak is known again, and its kind guessed."""

_BLOCK: Final = 1 << 18
_ZSTD_BLOCK: Final = 1024
"""Compressed bytes taken at once: zstd makes some 32 MB of each at most, whatever it was given."""

_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError, zstandard.ZstdError)


class LeakUnreadable(Exception):
    """The leak cannot be read to its end. The message names the file, the line and the cause."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number, from 1. `text` is None where it is left out, and `problem` says why."""

    number: int
    text: str | None = field(repr=False)
    problem: str | None = None


class Leak:
    """The lines of a leak, once. `name` stands for it in messages; `size` is in bytes, None of a stream."""

    def __init__(self, source: BinaryIO, name: str, size: int | None = None) -> None:
        """Begin to read. Raises LeakUnreadable for an encoding that no line could be read in."""
        self.name = name
        self.size = size
        self.number = 0
        self._source = source
        self._raw = _Counting(source)
        self._so_far = hashlib.sha256()
        self._blocks = _decompressed(self._raw)
        self.head = self._first()
        if self.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise LeakUnreadable(f"{name}: is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)")

    @property
    def taken(self) -> int:
        """How many bytes of the file have been read."""
        return self._raw.count

    def __enter__(self) -> "Leak":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close what it is read from; standard input stays open."""
        self._blocks.close()
        if self.size is not None:
            self._source.close()

    def digest(self) -> bytes:
        """Return the SHA-256 of everything up to the end of the line that was yielded last.

        Of a short leak that is as good as its words: keep it under a key alone.
        """
        return self._so_far.digest()

    def sample(self, most: int = 1000) -> list[str]:
        """Return lines from the beginning as far as they can be read."""
        whole = self.head.rpartition(b"\n")[0] or self.head
        lines = whole.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:most]
        return [line.decode("utf-8", "replace").rstrip("\r") for line in lines if len(line) <= LONGEST_LINE]

    def rest(self, most: int) -> bytes:
        """Return all that has not been read yet. Raises LeakUnreadable where that is more than `most` bytes."""
        kept = [self._buffer[self._at :]]
        size = len(kept[0])
        while size <= most and (block := self._block()):
            kept.append(block)
            size += len(block)
        if size > most:
            raise LeakUnreadable(f"{self.name}: holds more than {most >> 20} MiB; give it as a file")
        return b"".join(kept)

    def skip(self, lines: int) -> None:
        """Read past the first lines without looking into them."""
        while self.number < lines and self._next() is not None:
            pass

    def __iter__(self) -> Iterator[Line]:
        """Yield line after line. Raises LeakUnreadable where the compressed data is damaged or cut off."""
        while (line := self._next()) is not None:
            yield self._read(line)

    def _first(self) -> bytes:
        self._buffer, self._at, self._over = b"", 0, False
        head = b""
        self._broken = False
        try:
            while len(head) < HEAD_BYTES and (block := self._block()):
                head += block
        except LeakUnreadable:
            # What was read before is read all the same; the damage is told when it is reached.
            self._broken = True
        self._buffer = head
        return head[:HEAD_BYTES]

    def _next(self) -> bytes | None:
        """Return the next line without its end; one that is too long comes back cut, but longer than allowed."""
        pieces: list[bytes] = []
        kept = 0
        while True:
            end = self._buffer.find(b"\n", self._at)
            piece = self._buffer[self._at : end if end >= 0 else len(self._buffer)]
            self._so_far.update(piece)
            if kept <= LONGEST_LINE:
                pieces.append(piece[: LONGEST_LINE + 1])
                kept += len(pieces[-1])
            if end >= 0:
                self._at = end + 1
                break
            self._at, self._buffer = 0, self._block()
            if not self._buffer:
                if not kept:
                    return None
                break
        self._so_far.update(b"\n")
        self.number += 1
        return b"".join(pieces)

    def _read(self, line: bytes) -> Line:
        if len(line) > LONGEST_LINE:
            return Line(self.number, None, f"has more than {LONGEST_LINE} bytes")
        if self.number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            return Line(self.number, line.removesuffix(b"\r").decode("utf-8"))
        except UnicodeDecodeError:
            return Line(self.number, None, "is not UTF-8")

    def _block(self) -> bytes:
        try:
            if not self._broken:
                return next(self._blocks, b"")
        except _DAMAGE:
            pass
        # Without the cause: some say what they have read.
        raise LeakUnreadable(
            f"{self.name}: after line {self.number} the compressed data is damaged or cut off"
        )


def open_leak(path: Path | None, standard_input: BinaryIO) -> Leak:
    """Open a file, or standard input (None).

    Raises OSError where the file cannot be opened, and LeakUnreadable where nothing could be read in it.
    """
    if path is None:
        return Leak(standard_input, "standard input")
    source = path.open("rb")
    return Leak(source, str(path), path.stat().st_size)


class _Counting(io.RawIOBase):
    """What is read through it is counted."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        read = getattr(self._source, "read1", self._source.read)
        content: bytes = read(len(view))
        view[: len(content)] = content
        self.count += len(content)
        return len(content)


def _decompressed(raw: _Counting) -> Generator[bytes]:
    """Yield the content in blocks that are never empty. The form is told by the first bytes, not by a name."""
    source = io.BufferedReader(raw, _BLOCK)
    magic = source.peek(4)[:6]
    stream: io.BufferedIOBase = source
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        yield from _from_zstd(source)
        return
    if magic.startswith(b"\x1f\x8b"):
        stream = gzip.GzipFile(fileobj=source)
    elif magic.startswith(b"\xfd7zXZ\x00"):
        stream = lzma.LZMAFile(source, format=lzma.FORMAT_XZ)  # noqa: SIM115
    # What there is at once: before damage something may be whole.
    while block := stream.read1(_BLOCK):
        yield block


def _from_zstd(source: BinaryIO) -> Iterator[bytes]:
    """Frame after frame. The library's own reader takes a frame that is cut off for a whole one."""
    rest = source.read(_ZSTD_BLOCK)
    while rest:
        frame = zstandard.ZstdDecompressor().decompressobj()
        while True:
            if block := frame.decompress(rest):
                yield block
            if frame.eof:
                break
            rest = source.read(_ZSTD_BLOCK)
            if not rest:
                raise EOFError
        rest = frame.unused_data or source.read(_ZSTD_BLOCK)
