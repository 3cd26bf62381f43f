"""The data directory, opened."""

from dataclasses import dataclass

from doorward.settings import Settings
from doorward.store import sealing_keys
from doorward.store.engine import FILE_NAME, Store, open_store
from doorward.store.sealing import Keyring


@dataclass(frozen=True)
class Vault:
    """The data directory, opened: the database and the keys that unseal what it keeps secret."""

    store: Store
    keyring: Keyring


def open_vault(settings: Settings) -> Vault:
    """Open a data directory, creating it where it is missing.

    Raises SealError where its keys are missing or unusable, and sqlalchemy.exc.DatabaseError where its
    database is not one.
    """
    fresh = not (settings.data / FILE_NAME).exists()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = settings.sealing_keys.get_secret_value() if settings.sealing_keys else None
    keyring = sealing_keys.load(settings.data, environment, create=fresh)
    return Vault(open_store(settings.data, connections=settings.threads + 8), keyring)
