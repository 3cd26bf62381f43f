"""The page on the format tells it right: a reader written from it alone finds the same."""

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

from tests.unit.breach.corpora import NOW, make

from doorward.breach.building import Plan, build
from doorward.breach.file import CorpusFile
from doorward.breach.sources import examine

PAGE = Path(__file__).parents[3] / "docs/breach-corpus.md"


def _reader() -> Callable[[bytes, str], int]:
    found = re.search(r"^    import hashlib.*?return total$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    names: dict[str, Callable[[bytes, str], int]] = {}
    exec(textwrap.dedent(found[0]), names)  # the page's own program
    return names["seen"]


def test_the_program_on_the_page_reads_our_files(tmp_path: Path) -> None:
    seen = {f"word {index}": index for index in range(1, 3000)} | {"zürich": 7, "密码": 2_000_000}
    make(tmp_path / "a", seen)
    make(tmp_path / "b", {"word 5": 3, "other": 1})
    build(
        Plan(tmp_path / "c", (examine(tmp_path / "a"), examine(tmp_path / "b")), "both"), NOW, lambda *_: None
    )
    ours, theirs, file = CorpusFile(tmp_path / "c"), _reader(), (tmp_path / "c").read_bytes()
    for word in [*seen, "other", "nobody's", ""]:
        assert theirs(file, word) == ours.lookup(word)
    assert theirs(file, "word 5") == 8
