"""One database of the user's own in MaxMind DB format (version 2.0): opened, watched, replaced while in use.

What is mapped into memory is a private copy, never the user's file. Writing over a mapped file in place
would kill the process with SIGBUS, and would let it read half of the old tables and half of the new ones. A
file that cannot be read leaves the last readable copy in service, and says so.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import maxminddb

from doorward.network.address import Address

Record = Mapping[str, Any]

_Stamp = tuple[int, int, int]
"""Inode, modification time in nanoseconds, size: what tells one state of a file from another."""

_ABSENT: _Stamp = (0, 0, 0)


class Snapshot:
    """A database as it was at one moment. Safe to read from many threads."""

    def __init__(self, path: Path) -> None:
        """Map a private copy of a file.

        Raises OSError where it cannot be copied, and of the reader's errors any where it is no database.
        """
        with tempfile.TemporaryDirectory(prefix="doorward-mmdb-", ignore_cleanup_errors=True) as place:
            copy = Path(place, "database.mmdb")
            shutil.copyfile(path, copy)
            self._reader = maxminddb.open_database(copy)
        metadata = self._reader.metadata()
        self.kind = metadata.database_type
        self.built = metadata.build_epoch
        self._versions = (4, 6) if metadata.ip_version == 6 else (4,)

    def lookup(self, address: Address) -> Record | None:
        """Return the record of an address; None where the database has none.

        Raises any of the reader's errors where the data is damaged at that place: InvalidDatabaseError as a
        rule, but its C code has been seen to raise SystemError as well.
        """
        if address.version not in self._versions:
            return None
        record = self._reader.get(address)
        return record if isinstance(record, dict) else None


@dataclass(slots=True)
class Watched:
    """A path, the newest readable state of what lies there, and what is wrong with it if anything is."""

    path: Path
    snapshot: Snapshot | None = None
    problem: str | None = None
    _stamp: _Stamp | None = None

    def refresh(self) -> bool:
        """Look whether the file changed and read it if so; tell whether snapshot or problem are new."""
        stamp = self._present()
        if stamp == self._stamp:
            return False
        before = (self.snapshot, self.problem)
        self._stamp = stamp
        if stamp == _ABSENT:
            self.problem = self._says("is not there")
            return before != (self.snapshot, self.problem)
        try:
            snapshot = Snapshot(self.path)
        except OSError as cause:
            self.problem = self._says(f"cannot be read ({cause.strerror or type(cause).__name__})")
        # The reader answers damage with whatever its decoding stumbles over, a SystemError among them.
        except Exception as cause:
            self.problem = self._says(f"is not a readable MaxMind DB ({type(cause).__name__})")
        else:
            if self._present() == stamp:
                self.snapshot, self.problem = snapshot, None
            else:
                # It is being written at this moment; the next check looks again.
                self._stamp = None
        return before != (self.snapshot, self.problem)

    def _present(self) -> _Stamp:
        try:
            found = self.path.stat()
        except OSError:
            return _ABSENT
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _says(self, what: str) -> str:
        instead = "the last readable copy of it serves" if self.snapshot else "the other sources serve"
        return f"The location database {self.path} {what}; {instead}."
