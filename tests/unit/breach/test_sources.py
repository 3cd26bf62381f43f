"""Sources: what they are taken for, how they are read, and what is said of one that cannot be."""

import gzip
import hashlib
import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zstandard
from tests.unit.breach.corpora import make

from doorward.breach.sources import SourceError, examine, read

WORDS = ["password", "Tr0ub4dor&3", "zürich", "пароль", "correct horse"]


def _sha1(word: str) -> str:
    return hashlib.sha1(word.encode()).hexdigest().upper()


def _found(path: Path, words: bool | None = None) -> list[tuple[str, int]]:
    """Return the first 16 digits of each digest, and its count."""
    return [
        (f"{int(key):016X}", int(count))
        for batch in read(examine(path, words))
        for key, count in zip(batch.keys, batch.counts, strict=True)
    ]


@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress, zstandard.compress])
def test_lists_are_read_plain_and_compressed(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    words, dump = tmp_path / "words", tmp_path / "dump"
    words.write_bytes(compress("\r\n".join(WORDS).encode()))
    dump.write_bytes(compress("".join(f"{_sha1(word)}:{at + 1}\n" for at, word in enumerate(WORDS)).encode()))
    assert (examine(words).kind, examine(dump).kind) == ("words", "hashes")
    assert _found(words) == [(_sha1(word)[:16], 1) for word in WORDS]
    assert _found(dump) == [(_sha1(word)[:16], at + 1) for at, word in enumerate(WORDS)]


@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress, zstandard.compress])
def test_reading_goes_on_where_it_ended(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "words"
    path.write_bytes(compress(b"".join(b"some word %d\n" % index for index in range(700_000))))
    whole = list(read(examine(path)))
    assert len(whole) > 2
    rest = list(read(examine(path), whole[0].position, whole[0].lines))
    assert np.array_equal(
        np.concatenate([one.keys for one in rest]), np.concatenate([one.keys for one in whole[1:]])
    )
    assert rest[-1].lines == 700_000
    assert rest[-1].share == 1.0


def test_several_compressed_parts_in_one_file_are_all_read(tmp_path: Path) -> None:
    for compress in (gzip.compress, lzma.compress, zstandard.compress):
        (tmp_path / "words").write_bytes(compress(b"one\n") + compress(b"two\n"))
        assert len(_found(tmp_path / "words")) == 2


def test_a_directory_of_range_files_is_read(tmp_path: Path) -> None:
    ranges = tmp_path / "ranges"
    ranges.mkdir()
    for at, word in enumerate(WORDS):
        name = _sha1(word)[:5]
        file = ranges / [name, f"{name}.txt", name.lower(), f"{name}.txt.gz", name][at]
        text = f"{_sha1(word)[5:]}:{at + 3}\r\n{'0' * 35}:0".encode()
        file.write_bytes(gzip.compress(text) if file.suffix == ".gz" else text)
    (ranges / ".downloaded").write_text("by somebody")
    assert sorted(_found(ranges)) == sorted((_sha1(word)[:16], at + 3) for at, word in enumerate(WORDS))


def test_one_range_file_is_read_by_its_name(tmp_path: Path) -> None:
    word = WORDS[0]
    path = tmp_path / f"{_sha1(word)[:5]}.txt"
    path.write_text(f"{_sha1(word)[5:]}:7\n")
    assert _found(path) == [(_sha1(word)[:16], 7)]
    path.write_text(f"{_sha1(word)}:8\n")
    assert _found(path) == [(_sha1(word)[:16], 8)]


def test_what_the_lines_are_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("A" * 32 + "\nhello\n")
    assert len(_found(path, words=True)) == 2
    path.write_text("hello\n")
    with pytest.raises(SourceError, match=r"list, line 1: it does not begin"):
        _found(path, words=False)


def test_a_byte_order_mark_is_no_part_of_the_first_password(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"\xef\xbb\xbfpassword\n\xef\xbb\xbfpassword\n")
    assert _found(path) == [(_sha1("password")[:16], 1), (_sha1("\ufeffpassword")[:16], 1)]


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        (b"", "list: it is empty"),
        (gzip.compress(b"", mtime=0), "list: it is empty"),
        (
            b"A" * 32 + b":5\n",
            "line 1: 32 hexadecimal digits are no SHA-1 digest; NTLM and MD5 lists cannot be used",
        ),
        (b"PK\x03\x04....", "list: it is a zip archive"),
        (b"SQLite format 3\0", "list: it is an SQLite database"),
        ("password\n".encode("utf-16"), "list: it is text in UTF-16"),
        (b"ab\0cd\n", "list: it is a binary file"),
        (gzip.compress(b"word\n" * 100_000)[:-20], "after line [0-9,]+: it is damaged or cut off"),
        (lzma.compress(b"word\n" * 100_000)[:-20], "it is damaged or cut off"),
        (zstandard.compress(bytes(range(1, 256)) * 9000)[:-20], "it is damaged or cut off"),
        (
            b"A" * 40 + b":1\n" + b"B" * 40 + b":2\n" + b"C" * 20,
            r"list, line 3: it is cut off: 20 hexadecimal digits",
        ),
        (b"x" * (6 << 20), r"list, line 1: it is longer than"),
    ],
)
def test_what_cannot_be_read_is_named_with_file_and_line(tmp_path: Path, contents: bytes, why: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(contents)
    with pytest.raises(SourceError, match=why) as problem:
        _found(path)
    assert str(path) in str(problem.value)


def test_a_wrong_line_far_behind_is_counted_right(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"\r\n".join([b"A" * 40 + b":12"] * 250_000 + [b"nonsense"] + [b"B" * 40]))
    with pytest.raises(SourceError, match=r"list, line 250,001: "):
        _found(path)


@pytest.mark.parametrize(
    ("name", "contents", "why"),
    [
        ("00001", b"", "00001: it is empty"),
        ("00001.txt", b"A" * 34 + b":1", "00001.txt, line 1: it does not begin with 35"),
        ("00001.txt", b"A" * 27 + b":1", "00001.txt, line 1: it is|no SHA-1 digest"),
        ("README", b"hello", "README: it is no range file"),
        ("00000.txt", b"A" * 35 + b":1", "stands for the same range"),
    ],
)
def test_a_wrong_range_file_is_named(tmp_path: Path, name: str, contents: bytes, why: str) -> None:
    (tmp_path / "00000").write_bytes(b"A" * 35 + b":1\n")
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(SourceError, match=why):
        _found(tmp_path)


def test_an_empty_directory_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="it is empty"):
        examine(tmp_path)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        examine(tmp_path / "nowhere")


def test_a_corpus_is_known_by_its_beginning(tmp_path: Path) -> None:
    make(tmp_path / "c", {"a": 1})
    assert examine(tmp_path / "c").kind == "corpus"
