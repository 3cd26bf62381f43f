"""Lines of a list into keys and counts: passwords as they stand, or SHA-1 digests in hex with a count."""

import hashlib
import re
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from doorward.breach.sorting import MOST_SEEN, Counts, Keys

SHA1_DIGITS: Final = 40
PREFIX_DIGITS: Final = 5
"""The hexadecimal digits that a range file has in its name and not in its lines."""
NTLM_DIGITS: Final = 32

_LONGEST_COUNT = 18
_NEWLINE, _RETURN, _COLON, _ZERO = b"\n\r:0"
_NO_DIGIT = 255
_HEX = re.compile(rb"[0-9A-Fa-f]+")
_VALUES = np.full(256, _NO_DIGIT, np.uint8)
for _digits in (b"0123456789abcdef", b"0123456789ABCDEF"):
    _VALUES[list(_digits)] = range(16)

_Positions = npt.NDArray[np.int64]


class LineError(ValueError):
    """A line is not what the list should hold; `line` counts from 0 within what was read."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


def of_words(text: bytes) -> tuple[Keys, Counts]:
    """Return the keys of passwords, one a line, each seen once.

    A password is its bytes as they stand, without the line's end (LF or CRLF). Empty lines are passed over.
    """
    words = text.split(b"\n")
    if b"\r" in text:
        words = [word.removesuffix(b"\r") for word in words]
    sha1 = hashlib.sha1
    digests = b"".join([sha1(word, usedforsecurity=False).digest()[:8] for word in words if word])
    keys = np.frombuffer(digests, ">u8").astype(np.uint64)
    return keys, np.ones(len(keys), np.uint32)


def of_hashes(text: bytes, prefix: str = "") -> tuple[Keys, Counts]:
    """Return the keys and counts of `HASH` or `HASH:COUNT` lines; a count of 0, which only pads, is left out.

    `prefix`: the digits that every line lacks at its beginning. Raises LineError for the first line that is
    neither empty nor such a one.
    """
    if not text.strip():
        return np.empty(0, np.uint64), np.empty(0, np.uint32)
    try:
        return _of_hashes(text, prefix)
    except LineError as problem:
        # All lines are asked the same before any is asked the next: one before may be wrong in another way.
        of_hashes(b"\n".join(text.split(b"\n")[: problem.line]), prefix)
        raise


def _of_hashes(text: bytes, prefix: str) -> tuple[Keys, Counts]:
    digits = SHA1_DIGITS - len(prefix)
    read = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(read == _NEWLINE)
    if read[-1] != _NEWLINE:
        ends = np.append(ends, len(read))
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    lengths = ends - starts
    lengths -= (lengths > 0) & (read[ends - 1] == _RETURN)
    lines = np.flatnonzero(lengths > 0)
    starts, lengths = starts[lines], lengths[lines]
    _see(
        lines,
        lengths >= digits,
        lambda at: _too_short(text[starts[at] : starts[at] + lengths[at]].partition(b":")[0], digits),
    )
    values = _VALUES[np.lib.stride_tricks.sliding_window_view(read, digits)[starts]]
    if values.max() == _NO_DIGIT:
        _see(
            lines,
            (values != _NO_DIGIT).all(axis=1),
            lambda _: f"it does not begin with {digits} hexadecimal digits",
        )
    if prefix:
        given = np.array([int(digit, 16) for digit in prefix], np.uint8)
        whole = np.empty((len(values), 16), np.uint8)
        whole[:, : len(given)] = given
        whole[:, len(given) :] = values[:, : 16 - len(given)]
        values = whole
    paired = (values[:, 0:16:2] << 4) | values[:, 1:16:2]
    keys = paired.view(">u8").ravel().astype(np.uint64)
    counts = _counts(read, lines, starts + digits, lengths - digits)
    if (counts == 0).any():
        keys, counts = keys[counts > 0], counts[counts > 0]
    return keys, counts


def _counts(read: npt.NDArray[np.uint8], lines: _Positions, at: _Positions, lengths: _Positions) -> Counts:
    """Read `:COUNT` at each position; nothing there is a count of 1."""
    told = lengths > 0
    last = len(read) - 1
    _see(lines, ~told | (read[np.minimum(at, last)] == _COLON), lambda _: "after the digits stands no colon")
    _see(lines, ~told | (lengths > 1), lambda _: "the count is missing")
    _see(lines, lengths <= 1 + _LONGEST_COUNT, lambda _: "the count is too long")
    counts = np.where(told, 0, 1).astype(np.int64)
    for digit in range(1, int(lengths.max(initial=0))):
        there = np.flatnonzero(lengths > digit)
        value = read[at[there] + digit].astype(np.int64) - _ZERO
        wrong = (value < 0) | (value > 9)
        if wrong.any():
            raise LineError(int(lines[there[np.argmax(wrong)]]), "the count is no number")
        counts[there] = counts[there] * 10 + value
    return np.minimum(counts, MOST_SEEN).astype(np.uint32)


def _too_short(told: bytes, digits: int) -> str:
    length = len(told)
    if not _HEX.fullmatch(told):
        return f"it does not begin with {digits} hexadecimal digits"
    if length == digits - (SHA1_DIGITS - NTLM_DIGITS):
        return f"{length} hexadecimal digits are no SHA-1 digest; NTLM and MD5 lists cannot be used"
    return f"it is cut off: {length} hexadecimal digits, and a digest has {digits}"


def _see(lines: _Positions, right: npt.NDArray[np.bool_], why: Callable[[int], str]) -> None:
    if not right.all():
        at = int(np.argmin(right))
        raise LineError(int(lines[at]), why(at))
