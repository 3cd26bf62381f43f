"""Building: what goes in comes out, in bounded pieces, and an interrupted build is gone on with."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.breach.corpora import NOW, make

from doorward.breach.building import BuildError, Plan, build
from doorward.breach.file import CorpusFile, read_header
from doorward.breach.format import ENTRIES_A_BLOCK
from doorward.breach.sources import SourceError, examine
from doorward.breach.verifying import verify

MANY = 300_000
"""Words that take several sorted runs at the least memory: 65,536 keys each."""


def _quiet(_: str, __: float) -> None:
    """Show no progress."""


def _sha1(word: str) -> str:
    return hashlib.sha1(word.encode()).hexdigest()


def _plan(out: Path, *sources: Path, at_least: int = 1) -> Plan:
    return Plan(out, tuple(examine(one) for one in sources), "test", memory=1, at_least=at_least)


def _words(path: Path, begin: int = 0, end: int = MANY) -> Path:
    path.write_bytes(b"".join(b"word %d\n" % index for index in range(begin, end)))
    return path


def test_duplicates_add_up_within_and_across_lists_and_runs(tmp_path: Path) -> None:
    lists = [_words(tmp_path / "1"), _words(tmp_path / "2", MANY // 2, MANY + MANY // 2)]
    dump = tmp_path / "dump"
    dump.write_text(f"{_sha1('word 7')}:40\n{_sha1('alone').upper()}:9\r\n{_sha1('word 7')}:60\n")
    header = build(_plan(tmp_path / "c", *lists, dump), NOW, _quiet)
    assert header.entries == MANY + MANY // 2 + 1
    # Sized by what is different, not by what was read.
    assert abs(header.segments[0].blocks * ENTRIES_A_BLOCK / header.entries - 1) < 0.05
    assert verify(tmp_path / "c", _quiet) == header
    corpus = CorpusFile(tmp_path / "c")
    assert [corpus.lookup(word) for word in ("word 7", f"word {MANY - 1}", "word 8", "alone", f"word {MANY * 2}")] == [
        100, 2, 1, 5, 0,
    ]  # fmt: skip
    assert sorted(one.name for one in tmp_path.iterdir()) == ["1", "2", "c", "dump"]


def test_what_was_seen_too_rarely_in_all_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("twice\nonce\n")
    (tmp_path / "2").write_text("twice\n")
    header = build(_plan(tmp_path / "c", tmp_path / "1", tmp_path / "2", at_least=2), NOW, _quiet)
    assert header.entries == 1
    assert CorpusFile(tmp_path / "c").lookup("twice") == 2
    with pytest.raises(BuildError, match="seen 3 times or more"):
        build(_plan(tmp_path / "c", tmp_path / "1", at_least=3), NOW, _quiet)


def test_corpora_are_merged_with_lists_and_each_other(tmp_path: Path) -> None:
    make(tmp_path / "a", {"tulip": 3, "rose": 1})
    make(tmp_path / "b", {"tulip": 2, "lily": 50})
    (tmp_path / "list").write_text("tulip\nfern\n")
    header = build(_plan(tmp_path / "c", tmp_path / "a", tmp_path / "list", tmp_path / "b"), NOW, _quiet)
    assert verify(tmp_path / "c", _quiet) == header
    corpus = CorpusFile(tmp_path / "c")
    assert [corpus.lookup(word) for word in ("tulip", "rose", "lily", "fern", "oak")] == [6, 1, 50, 1, 0]


def test_so_many_corpora_that_false_positives_pass_the_bound_are_refused(tmp_path: Path) -> None:
    words = {f"word {index}": 1 for index in range(ENTRIES_A_BLOCK)}
    corpora = [tmp_path / str(index) for index in range(5)]
    for path in corpora:
        make(path, words)
    make(tmp_path / "c", {"old": 1})
    with pytest.raises(BuildError, match=r"1\.2e-09, and the bound is 1e-09; build anew"):
        build(_plan(tmp_path / "c", *corpora), NOW, _quiet)
    assert CorpusFile(tmp_path / "c").lookup("old") == 1
    assert build(_plan(tmp_path / "c", *corpora[:4]), NOW, _quiet).false_positive_rate <= 1e-9


def test_a_corpus_may_be_built_into_itself(tmp_path: Path) -> None:
    make(tmp_path / "c", {"old": 1})
    (tmp_path / "list").write_text("new\n")
    build(_plan(tmp_path / "c", tmp_path / "c", tmp_path / "list"), NOW, _quiet)
    corpus = CorpusFile(tmp_path / "c")
    assert (corpus.lookup("old"), corpus.lookup("new")) == (1, 1)


def test_a_wrong_line_leaves_the_old_corpus_and_nothing_else(tmp_path: Path) -> None:
    make(tmp_path / "c", {"old": 1})
    (tmp_path / "list").write_text(f"{_sha1('a')}:1\nnonsense\n")
    with pytest.raises(SourceError, match="list, line 2: "):
        build(_plan(tmp_path / "c", tmp_path / "list"), NOW, _quiet)
    (tmp_path / "list").write_text("\n\r\n\n")
    with pytest.raises(SourceError, match="list: it holds no entry"):
        build(_plan(tmp_path / "c", tmp_path / "list"), NOW, _quiet)
    assert CorpusFile(tmp_path / "c").lookup("old") == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == ["c", "list"]


KILLED = """
import os, signal, sys
from pathlib import Path
from doorward.breach.building import Plan, build
from doorward.breach.sources import examine

out, source, where, share = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])

def progress(name, done):
    if name.startswith(where) and done >= share:
        # The first run is on its way; it is kept once it is in the manifest.
        while not Path(out.parent, f".{out.name}.building", "manifest.json").exists():
            pass
        os.kill(os.getpid(), signal.SIGKILL)

build(Plan(out, (examine(source),), "test", memory=1), 0, progress)
"""


@pytest.mark.parametrize(("where", "share"), [("read", 0.6), ("write", 0.4)])
def test_a_killed_build_leaves_the_old_corpus_and_is_gone_on_with(
    tmp_path: Path, where: str, share: float
) -> None:
    out, source = tmp_path / "c", tmp_path / "list"
    source.write_bytes(b"".join(b"some word of some length %d\n" % index for index in range(MANY)))
    make(out, {"old": 1})
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(out), str(source), where, str(share)],
        check=False, env={"PYTHONPATH": os.pathsep.join(sys.path)}, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    assert CorpusFile(out).lookup("old") == 1
    shown: list[tuple[str, float]] = []
    header = build(_plan(out, source), NOW, lambda name, share: shown.append((name, share)))
    # It did not begin anew.
    assert all(done > 0.1 for name, done in shown if name.startswith("read"))
    again = build(_plan(tmp_path / "from scratch", source), NOW, _quiet)
    assert header.digest == again.digest
    assert verify(out, _quiet).entries == MANY
    assert sorted(one.name for one in tmp_path.iterdir()) == ["c", "from scratch", "list"]


def test_other_lists_do_not_go_on_with_an_interrupted_build_unless_told(tmp_path: Path) -> None:
    out, source = tmp_path / "c", _words(tmp_path / "list")

    def interrupt(name: str, share: float) -> None:
        if name == "write":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(_plan(out, source), NOW, interrupt)
    _words(source, 5, MANY)
    with pytest.raises(
        BuildError, match="from other lists, or these have changed since; --fresh starts anew"
    ):
        build(_plan(out, source), NOW, _quiet)
    (tmp_path / ".c.building" / "manifest.json").write_text("{")
    with pytest.raises(BuildError, match=r"manifest.json is damaged; --fresh"):
        build(_plan(out, source), NOW, _quiet)
    assert build(_plan(out, source), NOW, _quiet, fresh=True).entries == MANY - 5


def test_two_builds_of_one_corpus_do_not_meet(tmp_path: Path) -> None:
    out, source = tmp_path / "c", _words(tmp_path / "list", 0, 10)
    met: list[str] = []

    def meet(_: str, __: float) -> None:
        if not met:
            with pytest.raises(BuildError, match="another process is building there") as problem:
                build(_plan(out, source), NOW, _quiet)
            met.append(str(problem.value))

    build(_plan(out, source), NOW, meet)
    assert met
    assert read_header(out).entries == 10
