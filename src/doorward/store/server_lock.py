"""A data directory has one server: of two each would know half of what happens, for they count in memory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE_NAME: Final = "server.lock"


class DataDirectoryInUse(Exception):
    """Another server works on the directory. The sentence names it."""


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold a directory for one server until the block ends or the process does, however it ends.

    The directory is made where it is missing. Commands work beside a server and do not ask. Raises
    DataDirectoryInUse.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(data / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataDirectoryInUse(f"another server is running on {data.resolve()}") from None
        yield
    finally:
        os.close(descriptor)
