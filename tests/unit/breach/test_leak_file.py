"""The lines of a leak, however it is packed."""

import gzip
import io
import lzma
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.breach.leak_file import LONGEST_LINE, Leak, LeakUnreadable, Line


def read(content: bytes) -> list[tuple[int, str | None]]:
    return [(line.number, line.text) for line in Leak(io.BytesIO(content), "leak")]


def in_frames(content: bytes) -> bytes:
    return zstandard.compress(content[:7]) + zstandard.compress(content[7:])


PACKED: list[Callable[[bytes], bytes]] = [bytes, gzip.compress, lzma.compress, zstandard.compress, in_frames]


@settings(deadline=None)
@given(lines=st.lists(st.text(st.characters(exclude_characters="\n\r\ufeff", exclude_categories=["Cs"]))))
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_line_comes_back(ending: str, lines: list[str]) -> None:
    content = "".join(line + ending for line in lines).encode()
    if content[:4] not in {b"(\xb5/\xfd"}:
        assert [text for _, text in read(content)] == lines


@pytest.mark.parametrize("pack", PACKED)
def test_a_packed_leak_reads_like_a_plain_one(pack: Callable[[bytes], bytes]) -> None:
    content = b"".join(b"user%d:pass%d\r\n" % (number, number) for number in range(100_000)) + b"end"
    found = read(pack(content))
    assert len(found) == 100_001
    assert found[54_321] == (54_322, "user54321:pass54321")
    assert found[-1] == (100_001, "end")


def test_lines_that_are_no_text_or_too_long_are_left_out_with_their_number() -> None:
    long = b"y" * 3_000_000
    content = b"\xef\xbb\xbffirst\n\xff\xfe\n" + long + b"\n" + b"z" * LONGEST_LINE + b"\n\nlast"
    lines = list(Leak(io.BytesIO(content), "leak"))
    assert [line.problem for line in lines] == [
        None,
        "is not UTF-8",
        f"has more than {LONGEST_LINE} bytes",
        None,
        None,
        None,
    ]
    assert (lines[0].text, lines[4].text, lines[5].text) == ("first", "", "last")
    assert "first" not in repr(lines[0])


@settings(deadline=None)
@given(content=st.binary(max_size=300), count=st.integers(0, 12))
def test_the_digest_tells_whether_what_was_skipped_is_the_same(content: bytes, count: int) -> None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"(\xb5/\xfd", b"\xfd7zXZ")):
        return
    reader, skipper = Leak(io.BytesIO(content), "leak"), Leak(io.BytesIO(content), "leak")
    for _ in zip(range(count), reader, strict=False):
        pass
    skipper.skip(count)
    skipped = skipper.digest()
    assert (skipper.number, skipped) == (reader.number, reader.digest())
    assert list(skipper) == list(reader)
    other = Leak(io.BytesIO(b"x" + content), "leak")
    other.skip(count)
    assert (other.digest() == skipped) == (count == 0)


@pytest.mark.parametrize("pack", PACKED[1:])
def test_a_packed_leak_that_is_cut_off_gives_what_it_has_and_says_so(pack: Callable[[bytes], bytes]) -> None:
    content = b"".join(b"user%d:%d\n" % (number, number * 7919) for number in range(200_000))
    leak = Leak(io.BytesIO(pack(content)[:-20]), "leak.x")
    lines: list[Line] = []
    with pytest.raises(LeakUnreadable, match=r"^leak\.x: after line \d+ the compressed data is damaged"):
        lines.extend(iter(leak))
    assert leak.number == len(lines)


def test_utf_16_is_refused_with_advice() -> None:
    with pytest.raises(LeakUnreadable, match="UTF-16; convert"):
        Leak(io.BytesIO("a:b\n".encode("utf-16")), "leak")
