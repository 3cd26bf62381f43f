"""Where the sealing keys come from: the environment, or a file beside the data.

The file is made once, whole and readable by its owner alone; rotating adds a key at its end. Who loses it
loses every sealed secret, so it is never made anew where data already exists, and belongs into the backup,
apart from the data.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from doorward.clock import random_bytes
from doorward.store.sealing import Keyring, SealError, new_key, parse_keys, write_keys

FILE_NAME: Final = "sealing.keys"

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LARGEST_FILE: Final = 1 << 20


def load(data_dir: Path, environment: str | None, *, create: bool = True) -> Keyring:
    """Return the keys: those of `environment` (the value of DOORWARD_SEALING_KEYS) alone where it has any.

    Otherwise those of the file in `data_dir`, which is made where it is missing, unless `create` is false:
    say so where a database exists, because a new key would open nothing in it. The file is read again where a
    value comes that another process has sealed with a key from after this call.
    Raises SealError for keys that do not parse, or a file that is missing or that others can read.
    """
    if environment is not None and environment.strip():
        return Keyring.parse(environment)
    path = data_dir / FILE_NAME
    if not path.exists():
        if not create:
            raise SealError(
                f"The key file {path} is missing; without it the stored secrets cannot be opened."
            )
        _create(path)
    return Keyring(parse_keys(_read(path)), now=lambda: parse_keys(_read(path)))


def add_key(data_dir: Path) -> str:
    """Add a new key to the file, which seals from the next start on, and return its id.

    Old keys stay: they still open what they sealed. Raises SealError as `load` does.
    """
    path = data_dir / FILE_NAME
    with _alone(data_dir):
        keys = [*parse_keys(_read(path)), new_key()]
        Keyring(keys)
        temporary = _write_beside(path, write_keys(keys))
        temporary.replace(path)
        _flush_directory(data_dir)
    return keys[-1][0]


def _create(path: Path) -> None:
    """Make the file with one key. Another process may do the same at once: the first one's file stays."""
    with _alone(path.parent):
        if path.exists():
            return
        temporary = _write_beside(path, write_keys([new_key()]))
        temporary.replace(path)
        _flush_directory(path.parent)


def _read(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as failure:
        raise SealError(f"The key file {path} cannot be read: {failure.strerror}.") from None
    with os.fdopen(descriptor, "rb") as file:
        # Asked of the open file, so that it cannot be another one by the time it is read.
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise SealError(f"The key file {path} is not a file.")
        if facts.st_uid not in (os.geteuid(), 0):
            raise SealError(f"The key file {path} belongs to another user.")
        if facts.st_mode & _OTHERS:
            raise SealError(f"Others can read the key file {path}; make it private with: chmod 600 {path}")
        try:
            return file.read(_LARGEST_FILE).decode("ascii")
        except UnicodeDecodeError:
            raise SealError(f"The key file {path} does not hold keys.") from None


def _write_beside(path: Path, text: str) -> Path:
    """Write a new file next to `path`, for its owner alone, down to the disk, and return its path."""
    temporary = path.with_name(f".{path.name}.{random_bytes(8).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return temporary


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Let one process at a time change the file; the lock is on the directory and ends with the process."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
