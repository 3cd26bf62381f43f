"""The layout of a corpus file, as docs/breach-corpus.md describes it for every program that reads one.

A page of 4,096 bytes holds the header; behind it stand one or more segments, each a directory of blocks and
their entries, each part beginning on a page. Numbers are big-endian. The first 64 bits of a SHA-1 digest,
times the number of blocks, are a number of 64 bits and some more: the part above 2⁶⁴ is the block, the 36 bits
below that are the remainder, which the block keeps.
"""

import hashlib
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

MAGIC: Final = b"DWBREACH"
FORMAT: Final = 1
PAGE: Final = 4096

KEY_BITS: Final = 64
REMAINDER_BITS: Final = 36
ENTRY_BYTES: Final = 5
"""36 bits of remainder, then 4 bits that say how often the password was seen."""

ENTRIES_A_BLOCK: Final = 16
"""On average. With 36 bits kept, a password that is in no list is taken for one of 16 with 16/2³⁶ = 2.3e-10:
four segments made so stay within the bound of 1e-9."""

MOST_BLOCKS: Final = 1 << (KEY_BITS - REMAINDER_BITS)
MOST_SEGMENTS: Final = 16
HIGHEST_FALSE_POSITIVE_RATE: Final = 1e-9

PLACE: Final = struct.Struct(">Q")
"""An item of the directory: 40 bits of offset into the segment's entries, in bytes, 24 bits of their number."""
COUNT_BITS: Final = 24
MOST_IN_A_BLOCK: Final = (1 << COUNT_BITS) - 1

LEVELS: Final = (
    1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
)  # fmt: skip
"""How often a password was seen, at least, for each value of an entry's 4 bits."""

LONGEST_NAME: Final = 128
_FIXED = struct.Struct(f">8sHHIQQQ{len(LEVELS)}Q{LONGEST_NAME}s")
_SEGMENT = struct.Struct(">QQQQQ32s32s")
_DIGEST_BYTES = 32


class FormatError(ValueError):
    """The bytes are no header of a corpus, or of one that this version does not read. The message says why."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a corpus that was built at one time: `blocks` places and the entries in them, in bytes."""

    blocks: int
    entries: int
    directory_at: int
    data_at: int
    data_bytes: int
    directory_sha256: bytes = field(repr=False)
    data_sha256: bytes = field(repr=False)

    @property
    def directory_bytes(self) -> int:
        """How long the directory is."""
        return self.blocks * PLACE.size

    @property
    def false_positive_rate(self) -> float:
        """The probability that a password which is in no list is found here."""
        return self.entries / self.blocks / (1 << REMAINDER_BITS)


@dataclass(frozen=True, slots=True)
class Header:
    """What a corpus says of itself. `created` is in seconds since 1970; `length` is the file's, in bytes."""

    name: str
    created: int
    length: int
    segments: tuple[Segment, ...]
    levels: tuple[int, ...] = LEVELS

    @property
    def entries(self) -> int:
        """How many entries there are, each segment's for itself."""
        return sum(segment.entries for segment in self.segments)

    @property
    def false_positive_rate(self) -> float:
        """The probability that a password which is in no list is found."""
        return sum(segment.false_positive_rate for segment in self.segments)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the header; since it contains those of directories and entries, of the whole corpus."""
        return encode(self)[-_DIGEST_BYTES:]

    @property
    def version(self) -> str:
        """Name, day and the beginning of the digest: what is written into events."""
        day = datetime.fromtimestamp(self.created, UTC).strftime("%Y-%m-%d")
        return f"{self.name}-{day}-{self.digest.hex()[:8]}"


def encode(header: Header) -> bytes:
    """Return the header's page."""
    name = header.name.encode()
    if not 0 < len(name) <= LONGEST_NAME:
        raise FormatError(f"the name must have 1 to {LONGEST_NAME} bytes")
    if not 0 < len(header.segments) <= MOST_SEGMENTS:
        raise FormatError(f"a corpus has 1 to {MOST_SEGMENTS} segments")
    fixed = _FIXED.pack(
        MAGIC, FORMAT, len(header.segments), PAGE, header.length, header.entries, header.created,
        *header.levels, name,
    )  # fmt: skip
    segments = b"".join(
        _SEGMENT.pack(
            one.blocks, one.entries, one.directory_at, one.data_at, one.data_bytes,
            one.directory_sha256, one.data_sha256,
        )
        for one in header.segments
    )  # fmt: skip
    body = (fixed + segments).ljust(PAGE - _DIGEST_BYTES, b"\0")
    return body + hashlib.sha256(body).digest()


def decode(page: bytes, length: int) -> Header:
    """Read a header from the first page of a file that is `length` bytes long.

    Raises FormatError where the page is no header, was damaged, or tells of another length.
    """
    if not page.startswith(MAGIC):
        raise FormatError("it is no breach corpus of doorward")
    if len(page) < PAGE:
        raise FormatError("it is cut off within its header")
    version = int.from_bytes(page[8:10], "big")
    if version != FORMAT:
        raise FormatError(f"its format is version {version}, and this program reads version {FORMAT}")
    body, digest = page[: PAGE - _DIGEST_BYTES], page[PAGE - _DIGEST_BYTES : PAGE]
    if hashlib.sha256(body).digest() != digest:
        raise FormatError("its header is damaged")
    _, _, count, _, told, _, created, *rest = _FIXED.unpack_from(body)
    if told != length:
        raise FormatError(f"it is {length:,} bytes long and should be {told:,}")
    segments = tuple(
        Segment(*_SEGMENT.unpack_from(body, _FIXED.size + _SEGMENT.size * index)) for index in range(count)
    )
    name = rest[-1].rstrip(b"\0").decode(errors="replace")
    header = Header(name, created, told, segments, tuple(rest[:-1]))
    if not segments or not all(_fits(segment, told) for segment in segments):
        raise FormatError("its header contradicts itself")
    return header


def _fits(segment: Segment, length: int) -> bool:
    """Whether a segment lies within the file: a look-up relies on it."""
    return (
        0 < segment.blocks <= MOST_BLOCKS
        and PAGE <= segment.directory_at <= length - segment.directory_bytes
        and PAGE <= segment.data_at <= length - segment.data_bytes
    )


def blocks_for(entries: int) -> int:
    """Return how many blocks a segment of so many entries is given."""
    return max(1, -(-entries // ENTRIES_A_BLOCK))


def page_after(position: int) -> int:
    """Return where the first page begins that is not before a position."""
    return -(-position // PAGE) * PAGE
