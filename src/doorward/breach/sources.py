"""What a corpus is built from: word lists, dumps of SHA-1 digests, directories of range files, plain or compressed."""

import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import numpy as np
import zstandard

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

from doorward.breach import format as layout
from doorward.breach.lines import NTLM_DIGITS, PREFIX_DIGITS, SHA1_DIGITS, LineError, of_hashes, of_words
from doorward.breach.sorting import Counts, Keys

Kind = Literal["words", "hashes", "ranges", "corpus"]

_CHUNK = 1 << 22
_LONGEST_LINE = 1 << 20
_ZSTD_PIECE = 1 << 14
"""Packed bytes that are unpacked at a time, however much comes of them."""
_RANGE_NAME = re.compile(rf"([0-9A-Fa-f]{{{PREFIX_DIGITS}}})(\.txt)?(\.gz|\.xz|\.zst)?")
_HEX_LINE = re.compile(rb"([0-9A-Fa-f]+)(:[0-9]*)?\r?(\n|$)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FOREIGN = {
    b"PK\x03\x04": "a zip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"BZh": "compressed by bzip2",
    b"Rar!": "a RAR archive",
    b"SQLite format 3\0": "an SQLite database",
    b"\x7fELF": "a program",
    b"%PDF": "a PDF",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
_BROKEN = (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error, zstandard.ZstdError)


class SourceError(ValueError):
    """A source cannot be used. The message names the file and, where there is one, the line; never a password."""


@dataclass(frozen=True, slots=True)
class Source:
    """A list to build from, looked at: what it is, how large, and when it was written."""

    path: Path
    kind: Kind
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Keys of a source, and how far it is read with them.

    `position` counts bytes of decompressed text, or range files; `lines` those before it; `share` is between
    0 and 1, of the source.
    """

    keys: Keys
    counts: Counts
    position: int
    lines: int
    share: float


def examine(path: Path, words: bool | None = None) -> Source:
    """Look what a source is. `words`: it is said to be a list of passwords (True) or of digests (False).

    Raises SourceError where it is of no kind that can be read, and OSError where it is not there.
    """
    status = path.stat()
    if path.is_dir():
        files = _range_files(path)
        return Source(path, "ranges", len(files), status.st_mtime_ns)
    with path.open("rb") as raw:
        beginning = raw.read(16)
    if beginning.startswith(layout.MAGIC):
        return Source(path, "corpus", status.st_size, status.st_mtime_ns)
    kind: Kind = _kind(path) if words is None else "words" if words else "hashes"
    return Source(path, kind, status.st_size, status.st_mtime_ns)


def read(source: Source, position: int = 0, lines: int = 0) -> Iterator[Batch]:
    """Yield what a source holds, from where an earlier reading came to.

    Raises SourceError at the first line that is wrong.
    """
    if source.kind == "ranges":
        return _read_ranges(source, position)
    prefix = ""
    if source.kind == "hashes" and (named := _RANGE_NAME.fullmatch(source.path.name)):
        # A dump in one file has lines of 40 digits, whatever its name.
        prefix = named[1] if _digits(_beginning(source.path)) == SHA1_DIGITS - PREFIX_DIGITS else ""
    return _read_file(source, prefix, position, lines)


def _kind(path: Path) -> Kind:
    digits = _digits(_beginning(path))
    if digits == SHA1_DIGITS:
        return "hashes"
    if digits == SHA1_DIGITS - PREFIX_DIGITS and _RANGE_NAME.fullmatch(path.name):
        return "hashes"
    if digits == NTLM_DIGITS:
        raise SourceError(
            f"{path}, line 1: {NTLM_DIGITS} hexadecimal digits are no SHA-1 digest; NTLM and MD5 lists cannot be used"
            " (if these are passwords: --words)"
        )
    return "words"


def _digits(beginning: bytes) -> int:
    """Return how many hexadecimal digits the first line consists of, but for a count; 0 where it is another."""
    found = _HEX_LINE.match(beginning)
    return len(found[1]) if found else 0


def _beginning(path: Path) -> bytes:
    with path.open("rb") as raw:
        try:
            beginning = _decompressed(raw).read(4096)
        except _BROKEN as problem:
            raise SourceError(f"{path}: it is damaged or cut off ({problem})") from None
    if not beginning:
        raise SourceError(f"{path}: it is empty")
    for magic, what in _FOREIGN.items():
        if beginning.startswith(magic):
            raise SourceError(f"{path}: it is {what}, not a list of lines")
    if b"\0" in beginning:
        raise SourceError(f"{path}: it is a binary file, not a list of lines")
    return beginning.removeprefix(_BYTE_ORDER_MARK)


def _decompressed(raw: IO[bytes]) -> IO[bytes]:
    magic = raw.read(6)
    raw.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return io.BufferedReader(gzip.GzipFile(fileobj=raw))
    if magic == b"\xfd7zXZ\0":
        return io.BufferedReader(lzma.LZMAFile(raw))
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        return io.BufferedReader(_ZstdText(raw), _ZSTD_PIECE)
    return raw


class _ZstdText(io.RawIOBase):
    """The text of a file of zstd frames. Unlike the library's own reader it notices where the last is cut off."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._packed = b""
        self._text = b""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: "Buffer", /) -> int:
        """Fill a buffer as far as there is text. Raises EOFError where the file ends within a frame."""
        while not self._text:
            packed = self._packed or self._raw.read(_ZSTD_PIECE)
            if not packed:
                if self._frame is not None:
                    raise EOFError("the last frame is not complete")
                return 0
            self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            self._text, self._packed = self._frame.decompress(packed), b""
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        room = memoryview(buffer)
        count = min(len(room), len(self._text))
        room[:count], self._text = self._text[:count], self._text[count:]
        return count


def _read_file(source: Source, prefix: str, position: int, lines: int) -> Iterator[Batch]:
    with source.path.open("rb") as raw:
        text = _decompressed(raw)
        for piece in _whole_lines(source.path, text, position, lines):
            position += len(piece)
            keys, counts = _keys(source, piece, prefix, lines)
            lines += piece.count(b"\n")
            yield Batch(keys, counts, position, lines, raw.tell() / source.size if source.size else 1.0)


def _keys(source: Source, piece: bytes, prefix: str, lines: int) -> tuple[Keys, Counts]:
    text = piece.removeprefix(_BYTE_ORDER_MARK) if lines == 0 else piece
    if source.kind == "words":
        return of_words(text)
    try:
        return of_hashes(text, prefix)
    except LineError as problem:
        raise SourceError(f"{source.path}, line {lines + problem.line + 1:,}: {problem}") from None


def _whole_lines(path: Path, text: IO[bytes], position: int, lines: int) -> Iterator[bytes]:
    rest = b""
    try:
        _skip(text, position)
        while piece := text.read(_CHUNK):
            cut = piece.rfind(b"\n") + 1
            if not cut:
                rest += piece
                if len(rest) > _LONGEST_LINE:
                    raise SourceError(
                        f"{path}, line {lines + 1:,}: it is longer than {_LONGEST_LINE:,} bytes; not a list of lines"
                    )
                continue
            whole, rest = rest + piece[:cut], piece[cut:]
            lines += whole.count(b"\n")
            yield whole
    except _BROKEN as problem:
        raise SourceError(f"{path}, after line {lines:,}: it is damaged or cut off ({problem})") from None
    if rest:
        yield rest


def _skip(text: IO[bytes], position: int) -> None:
    if isinstance(text, io.BufferedReader) and not isinstance(text.raw, io.FileIO):
        while position > 0:
            position -= len(text.read(min(position, _CHUNK)) or bytes(position))
    else:
        text.seek(position)


def _range_files(path: Path) -> list[Path]:
    files = sorted(one for one in path.iterdir() if not one.name.startswith("."))
    if not files:
        raise SourceError(f"{path}: it is empty")
    seen: dict[str, Path] = {}
    for one in files:
        named = _RANGE_NAME.fullmatch(one.name)
        if named is None or not one.is_file():
            raise SourceError(f"{one}: it is no range file, whose name is {PREFIX_DIGITS} hexadecimal digits")
        prefix = named[1].upper()
        if prefix in seen:
            raise SourceError(f"{one}: {seen[prefix].name} stands for the same range")
        seen[prefix] = one
    return files


def _read_ranges(source: Source, position: int) -> Iterator[Batch]:
    files = _range_files(source.path)
    keys: list[Keys] = []
    counts: list[Counts] = []
    for index in range(position, len(files)):
        of_file = _read_range(files[index])
        keys.append(of_file[0])
        counts.append(of_file[1])
        if index + 1 == len(files) or sum(map(len, keys)) >= _CHUNK // 64:
            yield Batch(np.concatenate(keys), np.concatenate(counts), index + 1, 0, (index + 1) / len(files))
            keys, counts = [], []


def _read_range(path: Path) -> tuple[Keys, Counts]:
    try:
        with path.open("rb") as raw:
            text = _decompressed(raw).read().removeprefix(_BYTE_ORDER_MARK)
    except _BROKEN as problem:
        raise SourceError(f"{path}: it is damaged or cut off ({problem})") from None
    if not text.strip():
        raise SourceError(f"{path}: it is empty")
    try:
        return of_hashes(text, path.name[:PREFIX_DIGITS])
    except LineError as problem:
        raise SourceError(f"{path}, line {problem.line + 1:,}: {problem}") from None
