"""Corpora for tests: made by the product, from passwords and how often they were seen."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from doorward.breach.corpus import digest
from doorward.breach.format import Header, blocks_for
from doorward.breach.sorting import Counts, Keys, sorted_once
from doorward.breach.writing import write_corpus

NOW = 1_790_000_000


def keys_of(seen: Mapping[str, int]) -> tuple[Keys, Counts]:
    """Return keys in order, and counts."""
    keys = np.array([int.from_bytes(digest(word)[:8], "big") for word in seen], np.uint64)
    return sorted_once(keys, np.array(list(seen.values()), np.uint32))


def make(path: Path, seen: Mapping[str, int], name: str = "test", blocks: int | None = None) -> Header:
    """Write a corpus of one segment."""
    keys, counts = keys_of(seen)
    return write_corpus(path, name, NOW, blocks or blocks_for(len(keys)), [(keys, counts)])
