import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.breach import range_source as module
from doorward.breach.corpus import CorpusUnreadable, digest
from doorward.breach.range_source import OrderedHashes, RangeDirectory, range_source

HASHES = st.sets(
    st.one_of(
        st.binary(min_size=20, max_size=20),
        # Many of one neighbourhood, so that ranges have more than a line.
        st.binary(min_size=17, max_size=17).map(lambda rest: b"\x21\xbd\x1f" + rest),
    ),
    min_size=1,
    max_size=400,
)


def line(key: str, count: int = 1) -> str:
    return f"{key}:{count}\r\n"


def written(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(hashes=HASHES, end=st.sampled_from(["\n", "\r\n"]), last=st.booleans(), lower=st.booleans())
def test_a_range_of_an_ordered_file_is_what_a_scan_finds(
    tmp_path: Path, hashes: set[bytes], end: str, last: bool, lower: bool
) -> None:
    keys = sorted(one.hex().upper() for one in hashes)
    lines = [f"{key.lower() if lower else key}:{int(key[-3:], 16) + 1}" for key in keys]
    source = OrderedHashes(written(tmp_path / "hashes.txt", end.join(lines) + (end if last else "")))
    for prefix in {key[:5] for key in keys} | {"00000", "FFFFF", "21BD1", "21BD0"}:
        expected = [f"{key[5:]}:{int(key[-3:], 16) + 1}".encode() for key in keys if key.startswith(prefix)]
        assert source.range(prefix).lines == expected


def test_a_large_range_is_read_over_many_chunks(tmp_path: Path) -> None:
    keys = [f"ABCDE{number:035X}" for number in range(5_000)]
    text = line("ABCDD" + "F" * 35) + "".join(line(key, 7) for key in keys) + line("ABCDF" + "0" * 35)
    found = OrderedHashes(written(tmp_path / "hashes.txt", text)).range("ABCDE")
    assert found.lines == [f"{key[5:]}:7".encode() for key in keys]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("no hashes here\n" * 20, "no line `SHA-1:COUNT` near byte 0"),
        ("x" * 5_000, "no line `SHA-1:COUNT`"),
        (line("A" * 32) * 30, "NTLM"),
        ("A" * 40 + "\n", "no line"),
        ("A" * 40 + ":-1\n", "no line"),
        ("A" * 40 + ":" + "9" * 13 + "\n", "no line"),
        ("\x00" * 1000, "no line"),
        (
            "".join(line(digest(str(number)).hex(), 900 - number) for number in range(900)),
            "not ordered by hash",
        ),
    ],
    ids=["empty", "words", "one line", "NTLM", "no count", "negative", "long count", "zeros", "by count"],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, text: str, problem: str) -> None:
    source = range_source(written(tmp_path / "hashes.txt", text))
    for ask in (source.check, lambda: source.range("AAAAA")):
        with pytest.raises(CorpusUnreadable, match=problem) as caught:
            ask()
        assert str(tmp_path / "hashes.txt") in str(caught.value)


def test_a_file_that_is_not_there_says_so_and_is_read_once_it_is(tmp_path: Path) -> None:
    file = tmp_path / "hashes.txt"
    source = range_source(file)
    with pytest.raises(CorpusUnreadable, match="No such file"):
        source.range("AAAAA")
    written(file, line("A" * 40, 3))
    assert source.range("AAAAA").lines == [b"A" * 35 + b":3"]


def test_a_replaced_file_is_read_and_looked_at_anew(tmp_path: Path) -> None:
    file = written(tmp_path / "hashes.txt", line("A" * 40, 3))
    source = range_source(file)
    before = source.range("AAAAA")
    written(tmp_path / "next", line("A" * 40, 4) + line("A" * 39 + "B", 5)).replace(file)
    after = source.range("AAAAA")
    assert after.lines == [b"A" * 35 + b":4", b"A" * 34 + b"B:5"]
    assert after.tag != before.tag
    written(tmp_path / "next", "rubbish\n").replace(file)
    with pytest.raises(CorpusUnreadable):
        source.range("AAAAA")


def test_a_file_cut_off_in_service_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    lines = [line(f"{number:05X}" + "0" * 35) for number in range(2_000)]
    file = written(tmp_path / "hashes.txt", "".join(lines))
    source = range_source(file)
    assert source.range("00001").lines
    os.truncate(file, len(lines[0]) * 1_000 + 20)
    with pytest.raises(CorpusUnreadable, match="no line"):
        source.range("003E8")


def test_lines_that_are_unordered_or_double_within_a_range_are_not_served(tmp_path: Path) -> None:
    double = line("A" * 40) * 2
    with pytest.raises(CorpusUnreadable, match="not ordered"):
        range_source(written(tmp_path / "hashes.txt", double)).range("AAAAA")


def test_a_range_beyond_all_measure_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RANGE_BYTES", 1_000)
    keys = [f"ABCDE{number:035X}" for number in range(3_000)]
    with pytest.raises(CorpusUnreadable, match="more than 1000 bytes"):
        OrderedHashes(written(tmp_path / "hashes.txt", "".join(map(line, keys)))).range("ABCDE")
    written(tmp_path / "ABCDE.txt", "".join(line(key[5:]) for key in keys))
    with pytest.raises(CorpusUnreadable, match="larger than 1000 bytes"):
        RangeDirectory(tmp_path).range("ABCDE")


@pytest.mark.parametrize("name", ["21BD1.txt", "21BD1", "21bd1.txt", "21bd1"])
def test_a_directory_of_range_files_is_read(tmp_path: Path, name: str) -> None:
    text = "\ufeff" + line("f" * 35, 2) + line("0" * 35, 52579) + line("1" * 35, 0)
    written(tmp_path / name, text)
    source = range_source(tmp_path)
    source.check()
    assert source.range("21BD1").lines == [b"0" * 35 + b":52579", b"F" * 35 + b":2"]


def test_a_range_file_that_is_missing_is_no_empty_range(tmp_path: Path) -> None:
    written(tmp_path / "21BD1.txt", line("0" * 35))
    with pytest.raises(CorpusUnreadable, match=r"no file 00000\.txt"):
        range_source(tmp_path).range("00000")


@pytest.mark.parametrize("bad", ["x", "0" * 34 + ":1", "0" * 35, "0" * 35 + ":1:1", "\r", "0" * 35 + ":"])
def test_a_broken_range_file_names_the_line(tmp_path: Path, bad: str) -> None:
    file = written(tmp_path / "21BD1.txt", line("0" * 35) + bad + "\n" + line("1" * 35))
    with pytest.raises(CorpusUnreadable) as caught:
        range_source(tmp_path).range("21BD1")
    assert f"{file}, line 2" in str(caught.value)


def test_a_directory_of_other_things_says_so(tmp_path: Path) -> None:
    written(tmp_path / "readme.txt", "")
    with pytest.raises(CorpusUnreadable, match="holds no range files"):
        range_source(tmp_path).check()
