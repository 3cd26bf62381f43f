"""Files that appear whole or not at all, and are the same bytes whenever they hold the same text."""

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO, cast


@contextmanager
def atomically(path: Path) -> Iterator[TextIO]:
    """Open a text file beside `path` that takes its place at the end; compressed where the name ends in .gz.

    Where the block raises, nothing is left behind and what stood at `path` stays. Raises OSError.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("xb") as raw:
            if path.suffix == ".gz":
                # Neither a name nor a time in the header: same rows, same bytes.
                with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
                    yield from _text(cast(BinaryIO, packed))
            else:
                yield from _text(raw)
            raw.flush()
            os.fsync(raw.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _text(raw: BinaryIO) -> Iterator[TextIO]:
    file = TextIOWrapper(raw, encoding="utf-8", newline="")
    yield file
    file.flush()
    file.detach()
