"""A corpus file: what was put in is found, what was not is not, and a file that is not whole answers nothing."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.breach.corpora import NOW, keys_of, make

from doorward.breach.corpus import CorpusUnreadable, digest
from doorward.breach.file import CorpusFile, read_header
from doorward.breach.format import ENTRIES_A_BLOCK, LEVELS, PAGE, blocks_for
from doorward.breach.sorting import sorted_once
from doorward.breach.verifying import verify
from doorward.breach.writing import TooUneven, placed_in, write_corpus

WORDS = st.text(min_size=1, max_size=20)


def _quiet(_: str, __: float) -> None:
    """Show no progress."""


def _rounded_down(count: int) -> int:
    return max(level for level in LEVELS if level <= count)


@settings(deadline=None, max_examples=50)
@given(
    seen=st.dictionaries(WORDS, st.integers(1, 2**32 - 1), min_size=1, max_size=300),
    others=st.lists(WORDS, max_size=50),
    blocks=st.sampled_from([None, 1, 7, 4096]),
)
def test_what_was_put_in_is_found_with_its_count_rounded_down(
    tmp_path_factory: pytest.TempPathFactory, seen: dict[str, int], others: list[str], blocks: int | None
) -> None:
    path = tmp_path_factory.mktemp("corpus") / "c"
    make(path, seen, blocks=blocks)
    corpus = CorpusFile(path)
    assert {word: corpus.lookup(word) for word in seen} == {
        word: _rounded_down(count) for word, count in seen.items()
    }
    assert not [word for word in others if word not in seen and corpus.lookup(word)]
    assert verify(path, _quiet).entries == len(seen)


@pytest.mark.parametrize(
    "password", ["zürich", "zu\u0308rich", "пароль", "密码", "🔑🔑🔑🔑", " trailing ", "\ud800x"]
)
def test_the_bytes_are_hashed_as_they_were_typed(tmp_path: Path, password: str) -> None:
    make(tmp_path / "c", {password: 3})
    corpus = CorpusFile(tmp_path / "c")
    assert corpus.lookup(password) == 3
    folded = {"zürich": "zu\u0308rich", "zu\u0308rich": "zürich"}.get(password, password.strip() + "\u200b")
    assert corpus.lookup(folded) == 0
    assert corpus.lookup(password.upper() + "x") == 0


def test_many_entries_lie_within_their_pages_and_are_all_found(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    keys, _ = sorted_once(
        chance.integers(0, 2**64 - 1, 300_000, np.uint64, endpoint=True), np.ones(300_000, np.uint32)
    )
    batches = [(part, np.ones(len(part), np.uint32)) for part in np.array_split(keys, 17)]
    header = write_corpus(tmp_path / "c", "many", NOW, blocks_for(len(keys)), batches)
    assert header.entries == len(keys)
    # verify refuses blocks across pages and entries out of order.
    assert verify(tmp_path / "c", _quiet) == header
    assert header.length * 8 / header.entries < 6 * 8
    corpus = CorpusFile(tmp_path / "c")
    assert all(corpus.lookup_digest(int(key).to_bytes(8, "big") + bytes(12)) for key in keys[::37])
    strangers = chance.integers(0, 2**64 - 1, 20_000, np.uint64, endpoint=True)
    assert not any(corpus.lookup_digest(int(key).to_bytes(8, "big") + bytes(12)) for key in strangers)


def test_the_block_and_remainder_are_the_product_without_its_lowest_bits() -> None:
    keys = [0, 1, 2**28 - 1, 2**63, 2**64 - 1, 0x0123_4567_89AB_CDEF]
    for blocks in (1, 3, 1000, 62_500_000, 2**28):
        placed = placed_in(np.array(keys, np.uint64), blocks)
        assert [int(one) for one in placed] == [key * blocks >> 28 for key in keys]


@given(key=st.integers(0, 2**64 - 1), blocks=st.integers(1, 2**28))
def test_a_place_is_exact_for_every_key(key: int, blocks: int) -> None:
    assert int(placed_in(np.array([key], np.uint64), blocks)[0]) == key * blocks >> 28


def test_a_stretch_of_the_hashes_alone_is_no_trouble(tmp_path: Path) -> None:
    # Some range files of a directory: everything lies in a few blocks, larger than a page.
    keys = np.arange(2**40, 2**40 + 5_000 * 2**30, 2**30, dtype=np.uint64)
    header = write_corpus(tmp_path / "c", "stretch", NOW, 300, [(keys, np.ones(len(keys), np.uint32))])
    assert verify(tmp_path / "c", _quiet).entries == header.entries == 5_000
    corpus = CorpusFile(tmp_path / "c")
    assert all(corpus.lookup_digest(int(key).to_bytes(8, "big")) for key in keys)
    assert corpus.lookup_digest((2**40 - 2**31).to_bytes(8, "big")) == 0


def test_keys_that_no_hash_makes_are_refused_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.breach.writing.MOST_IN_A_BLOCK", 100)
    keys = np.arange(0, 2**40, 2**32, dtype=np.uint64)
    with pytest.raises(TooUneven, match="256 keys share one block"):
        write_corpus(tmp_path / "c", "x", NOW, 4, [(keys, np.ones(len(keys), np.uint32))])
    assert not list(tmp_path.iterdir())


def test_the_rate_of_false_positives_is_bounded_whatever_the_size() -> None:
    for entries in (1, 15, 16, 17, 1_000_003, 4_000_000_000):
        assert entries / blocks_for(entries) / 2**36 <= 2.5e-10
    assert ENTRIES_A_BLOCK / 2**36 < 1e-9


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c"
    make(path, {f"word {index}": 1 for index in range(100)})
    whole = path.read_bytes()
    cut = tmp_path / "cut"
    for length in [*range(0, PAGE + 64), *range(PAGE + 64, len(whole), 61), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(CorpusUnreadable, match="cannot be read"):
            read_header(cut)
    cut.write_bytes(whole + b"\0")
    with pytest.raises(CorpusUnreadable, match="bytes long and should be"):
        read_header(cut)


def test_every_flipped_bit_of_the_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c"
    make(path, {"a": 1})
    whole = bytearray(path.read_bytes())
    for at in range(PAGE):
        whole[at] ^= 1 << at % 8
        path.write_bytes(whole)
        with pytest.raises(CorpusUnreadable):
            read_header(path)
        whole[at] ^= 1 << at % 8


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_verify_finds_every_flipped_bit(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("corpus") / "c"
    make(path, {f"word {index}": 1 + index for index in range(2000)})
    whole = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[at // 8] ^= 1 << at % 8
    path.write_bytes(whole)
    with pytest.raises(CorpusUnreadable):
        verify(path, _quiet)
    try:
        # A look-up reads one block and may not see it; it must end all the same.
        for index in range(50):
            assert CorpusFile(path).lookup(f"word {index}") >= 0
    except CorpusUnreadable:
        pass


def test_a_file_that_is_none_says_why(tmp_path: Path) -> None:
    path = tmp_path / "c"
    with pytest.raises(CorpusUnreadable, match="No such file"):
        CorpusFile(path).lookup("x")
    path.write_bytes(b"")
    with pytest.raises(CorpusUnreadable, match="no breach corpus"):
        CorpusFile(path).lookup("x")
    with pytest.raises(CorpusUnreadable, match="Is a directory"):
        CorpusFile(tmp_path).lookup("x")
    make(path, {"a": 1})
    newer = bytearray(path.read_bytes())
    newer[9] = 2
    path.write_bytes(newer)
    with pytest.raises(CorpusUnreadable, match="version 2, and this program reads version 1"):
        CorpusFile(path).lookup("x")


def test_what_was_seen_less_often_than_asked_for_is_not_known(tmp_path: Path) -> None:
    make(tmp_path / "c", {"rare": 9, "often": 10, "everywhere": 5_000_000})
    corpus = CorpusFile(tmp_path / "c", at_least=10)
    assert [corpus.lookup(word) for word in ("rare", "often", "everywhere")] == [0, 10, 1_000_000]


_WRITTEN_OVER = """
import os, sys, threading, time
from pathlib import Path
from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.file import CorpusFile

path = Path(sys.argv[1])
whole, corpus, stopped, told = path.read_bytes(), CorpusFile(path), threading.Event(), [0, 0]

def ask():
    while not stopped.is_set():
        try:
            corpus.lookup_digest(os.urandom(20))
            told[0] += 1
        except CorpusUnreadable:
            told[1] += 1

asking = [threading.Thread(target=ask) for _ in range(2)]
for one in asking:
    one.start()
for _ in range(300):
    os.truncate(path, 0)
    time.sleep(0.001)
    path.write_bytes(whole)
    time.sleep(0.001)
stopped.set()
for one in asking:
    one.join()
print(*told)
"""


class TestReplacement:
    """Another corpus is put in the place of one that is in use."""

    def test_it_is_taken_up_within_a_second(self, tmp_path: Path) -> None:
        path = tmp_path / "c"
        make(path, {"old": 1}, "first")
        seconds = 0.0
        corpus = CorpusFile(path, monotonic=lambda: seconds)
        assert (corpus.lookup("old"), corpus.lookup("new")) == (1, 0)
        make(path, {"new": 1}, "second")
        assert corpus.lookup("old") == 1
        seconds = 1.0
        assert (corpus.lookup("old"), corpus.lookup("new")) == (0, 1)
        assert corpus.version.startswith("second-")

    def test_a_link_that_is_turned_is_seen_within_a_second(self, tmp_path: Path) -> None:
        make(tmp_path / "1", {"old": 1})
        make(tmp_path / "2", {"new": 1})
        (tmp_path / "c").symlink_to("1")
        seconds = 0.0
        corpus = CorpusFile(tmp_path / "c", monotonic=lambda: seconds)
        assert corpus.lookup("old") == 1
        (tmp_path / "link").symlink_to("2")
        (tmp_path / "link").replace(tmp_path / "c")
        seconds = 1.0
        assert (corpus.lookup("old"), corpus.lookup("new")) == (0, 1)

    def test_one_that_is_gone_or_cut_off_in_place_is_unreadable_until_it_is_put_right(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "c"
        make(path, {f"word {index}": 1 for index in range(5000)})
        whole = path.read_bytes()
        corpus = CorpusFile(path)
        assert corpus.lookup("word 7") == 1
        os.truncate(path, PAGE)
        with pytest.raises(CorpusUnreadable, match="bytes long and should be"):
            corpus.lookup("word 7")
        path.unlink()
        with pytest.raises(CorpusUnreadable, match="No such file"):
            corpus.lookup("word 7")
        path.write_bytes(whole)
        assert corpus.lookup("word 7") == 1

    def test_one_that_is_written_over_again_and_again_ends_nobody(self, tmp_path: Path) -> None:
        """In a process of its own: what would happen if the file were mapped is SIGBUS."""
        path = tmp_path / "c"
        make(path, {f"word {index}": 1 for index in range(5000)})
        ended = subprocess.run(
            [sys.executable, "-c", _WRITTEN_OVER, str(path)], check=False, capture_output=True, text=True
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        answered, unreadable = map(int, ended.stdout.split())
        assert answered > 0
        assert unreadable > 0

    def test_readers_never_see_anything_but_a_whole_version(self, tmp_path: Path) -> None:
        path = tmp_path / "c"
        versions = [{f"{name} {index}": 1 for index in range(500)} | {"both": 1} for name in ("odd", "even")]
        make(path, versions[0])
        # More than a second passes between any two questions.
        corpus = CorpusFile(path, monotonic=partial(next, count(step=2.0)))
        stopped = threading.Event()
        wrong: list[object] = []

        def read() -> None:
            while not stopped.is_set():
                try:
                    if corpus.lookup("both") != 1 or corpus.lookup("neither") != 0:
                        wrong.append("lost an entry")
                except Exception as problem:
                    wrong.append(problem)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for turn in range(60):
            make(path, versions[turn % 2])
        stopped.set()
        for reader in readers:
            reader.join()
        assert not wrong
        assert corpus.lookup("even 3") == 1


def test_descriptors_are_given_back(tmp_path: Path) -> None:
    path = tmp_path / "c"
    for _ in range(5):
        make(path, {"a": 1})
        CorpusFile(path).lookup("a")
    assert not [link for link in _open_files() if link.startswith(str(tmp_path))]


def _open_files() -> Iterator[str]:
    for one in Path("/proc/self/fd").iterdir():
        try:
            yield str(one.readlink())
        except FileNotFoundError:
            continue


def test_the_version_follows_the_contents(tmp_path: Path) -> None:
    first = make(tmp_path / "1", {"a": 1}).version
    assert make(tmp_path / "2", {"a": 1}).version == first
    assert make(tmp_path / "3", {"b": 1}).version != first
    assert first.startswith("test-2026-09-21-")


def test_a_digest_is_looked_up_like_its_password(tmp_path: Path) -> None:
    make(tmp_path / "c", {"tulip": 20})
    assert CorpusFile(tmp_path / "c").lookup_digest(digest("tulip")) == 20
    assert len(keys_of({"a": 1, "b": 1})[0]) == 2
