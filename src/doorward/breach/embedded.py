"""The small corpus that is always there: the 30,000 common passwords which the package `zxcvbn` brings along.

The list holds each password in lower case, with a rank and no count; it is matched exactly as it stands, so
`password1` is known and `Password1` is not. That is the port's rule, not a weakness of this list alone: a
corpus answers for the very password, and a list of breaches holds the capitalised forms that were breached.
"""

import importlib.metadata
import importlib.util
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

from doorward.breach.corpus import CorpusUnreadable, digest

_KEY_BYTES = 8


class EmbeddedCorpus:
    """A list held in memory as sorted 64-bit beginnings of SHA-1 digests: eight bytes a password.

    Another password collides with one of 30,000 entries with a probability of 2e-15.
    """

    def __init__(self, passwords: Iterable[str], name: str) -> None:
        self._keys = array("Q", sorted({_key(password) for password in passwords}))
        self._version = f"{name}-{len(self._keys)}"

    @property
    def version(self) -> str:
        """The source's name and version, and the number of entries."""
        return self._version

    def __len__(self) -> int:
        return len(self._keys)

    def lookup(self, password: str) -> int:
        """Return 1 where the list has the password, else 0: it tells ranks, not how often."""
        key = _key(password)
        at = bisect_left(self._keys, key)
        return int(at < len(self._keys) and self._keys[at] == key)


def load_embedded(package: str = "zxcvbn") -> EmbeddedCorpus:
    """Read the list that the installed `zxcvbn`, or a package laid out like it, ships.

    Raises CorpusUnreadable where the package is not there or keeps its list elsewhere.
    """
    return EmbeddedCorpus(_listed_passwords(package), f"{package}-{_version(package)}")


def _listed_passwords(package: str) -> list[str]:
    # The module of lists is run by itself: importing the package would also build its matching dictionaries,
    # some 20 MB that nothing here needs.
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise CorpusUnreadable(f"The package {package} is not installed.")
    source = Path(found.origin).with_name("frequency_lists.py")
    lists = importlib.util.spec_from_file_location("doorward_frequency_lists", source)
    if lists is None or lists.loader is None:
        raise CorpusUnreadable(f"{source} cannot be loaded.")
    module = importlib.util.module_from_spec(lists)
    try:
        lists.loader.exec_module(module)
        passwords = module.FREQUENCY_LISTS["passwords"]
    except (OSError, SyntaxError, AttributeError, KeyError) as cause:
        raise CorpusUnreadable(f"{source} holds no list of passwords.") from cause
    return list(passwords)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _key(password: str) -> int:
    return int.from_bytes(digest(password)[:_KEY_BYTES], "big")
