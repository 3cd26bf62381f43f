"""Where the lists of passwords are that packages ship, for `make corpus-1m` and `make corpus-5m`."""

import sys
import zipfile
from pathlib import Path

from doorward.breach.embedded import LISTS, list_files


def main(of: str) -> None:
    """Print where an installed list is, or all lists in a wheel."""
    if of in LISTS:
        print(*list_files([of]), sep="\n")
        return
    with zipfile.ZipFile(Path(of)) as wheel:
        for name in wheel.namelist():
            if "/passwords/" in name and name.endswith(".txt"):
                sys.stdout.buffer.write(wheel.read(name))


if __name__ == "__main__":
    main(sys.argv[1])
