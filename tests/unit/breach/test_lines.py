"""Lines into keys: what counts as a password or a digest, and what is said of a line that is neither."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.breach.lines import LineError, of_hashes, of_words

SHA1 = st.binary(min_size=20, max_size=20)
COUNT = st.integers(1, 10**12)


def _key(word: bytes) -> int:
    return int.from_bytes(hashlib.sha1(word).digest()[:8], "big")


@given(
    st.lists(
        st.binary(max_size=30).filter(lambda word: b"\n" not in word and not word.endswith(b"\r")),
        max_size=30,
    ),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
)
def test_words_are_hashed_as_they_stand_without_their_lines_end(
    words: list[bytes], end: bytes, last: bool
) -> None:
    text = end.join(words) + (end if last else b"")
    keys, counts = of_words(text)
    assert [int(key) for key in keys] == [_key(word) for word in words if word]
    assert all(counts == 1)


@given(
    st.lists(st.tuples(SHA1, st.none() | COUNT, st.booleans()), max_size=40),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
    st.booleans(),
)
def test_digests_are_read_in_either_case_with_and_without_counts(
    rows: list[tuple[bytes, int | None, bool]], end: str, last: bool
) -> None:
    lines = [
        (sha1.hex().upper() if upper else sha1.hex()) + ("" if count is None else f":{count}")
        for sha1, count, upper in rows
    ]
    keys, counts = of_hashes((end.join(lines) + (end if last else "")).encode())
    assert [int(key) for key in keys] == [int.from_bytes(sha1[:8], "big") for sha1, _, _ in rows]
    assert [int(count) for count in counts] == [
        min(1 if count is None else count, 2**32 - 1) for _, count, _ in rows
    ]


@given(st.lists(st.tuples(SHA1, COUNT), min_size=1, max_size=20))
def test_lines_of_a_range_file_lack_their_first_five_digits(rows: list[tuple[bytes, int]]) -> None:
    rows = [(b"\xab\xcd\xe0"[:2] + bytes([0xE0 | sha1[2] & 15]) + sha1[3:], count) for sha1, count in rows]
    text = "\r\n".join(f"{sha1.hex().upper()[5:]}:{count}" for sha1, count in rows)
    keys, _ = of_hashes(text.encode(), "aBcDe")
    assert [int(key) for key in keys] == [int.from_bytes(sha1[:8], "big") for sha1, _ in rows]


def test_what_only_pads_a_range_is_left_out() -> None:
    keys, counts = of_hashes(b"A" * 35 + b":0\n" + b"B" * 35 + b":2\n", "00000")
    assert [int(key) for key in keys] == [0x00000BBBBBBBBBBB]
    assert list(counts) == [2]


GOOD = b"A" * 40 + b":1\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"A" * 39, "cut off: 39 hexadecimal digits"),
        (b"A" * 39 + b":5", "does not begin with 40 hexadecimal digits"),
        (b"A" * 39 + b"G:5", "does not begin with 40 hexadecimal digits"),
        (b"\xff" * 40, "does not begin with 40 hexadecimal digits"),
        (b" " + b"A" * 40, "does not begin with 40 hexadecimal digits"),
        (b"A" * 41, "no colon"),
        (b"A" * 40 + b" 5", "no colon"),
        (b"A" * 40 + b":", "count is missing"),
        (b"A" * 40 + b":-5", "count is no number"),
        (b"A" * 40 + b":1x", "count is no number"),
        (b"A" * 40 + b":" + b"9" * 30, "count is too long"),
        (b"A" * 32, "NTLM and MD5"),
        (b"A" * 32 + b":5", "NTLM and MD5"),
        (b"A" * 20 + b":5", "cut off: 20 hexadecimal digits"),
        (b"hello", "does not begin with 40 hexadecimal digits"),
        (b":5", "does not begin with 40 hexadecimal digits"),
    ],
)
def test_the_first_wrong_line_is_named(line: bytes, why: str) -> None:
    for end in (b"\n", b"\r\n", b""):
        with pytest.raises(LineError, match=why) as problem:
            of_hashes(GOOD * 2 + b"\r\n" + line + end + (b"zzz\n" if end else b""))
        assert problem.value.line == 3
