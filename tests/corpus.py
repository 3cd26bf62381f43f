"""The embedded corpus, made once for all tests: to make it anew for every server would take a second each."""

import tempfile
from functools import cache
from pathlib import Path

from doorward.breach.embedded import build_embedded, embedded_name


@cache
def embedded_corpus() -> Path:
    """Return where the embedded corpus is."""
    path = Path(tempfile.gettempdir()) / f"doorward-tests-{embedded_name()}.corpus"
    if not path.exists():
        build_embedded(path, 0.0)
    return path
