"""The environment of a command that runs as a process."""

import os
import sys
import tempfile
from pathlib import Path


def environment() -> dict[str, str]:
    """Return the tests' own, without settings of the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORWARD_")}
    return kept | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        # Wherever bytecode is not written, starting would take seconds every time.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "doorward-tests-bytecode"),
    }
