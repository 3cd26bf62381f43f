"""One request on its way through the house: who asks, when, and what the work is done with."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from doorward.clock import Clock, Instant
from doorward.directory.access_key import AccessKey
from doorward.directory.password_hash import PasswordHashing
from doorward.metrics.counts import Counts
from doorward.protection.guard import Guard
from doorward.protection.known_passwords import KnownPasswords
from doorward.settings import Settings
from doorward.store.engine import Store
from doorward.store.sealing import Keyring
from doorward.tokens.issuer import Issuer
from doorward.triggers.functions import Functions


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the operations work with; put together once, in `doorward.app`."""

    settings: Settings
    clock: Clock
    store: Store
    keyring: Keyring
    password_hash: PasswordHashing
    known_passwords: KnownPasswords
    guard: Guard
    counts: Counts
    issuer: Issuer
    functions: Functions


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request. `now` is the only time it knows, so that all it writes bears the same instant.

    `address` is the caller's (None where it cannot be known) and `address_source` says how it is known;
    `access_key` is None for the operations that need no signature.
    """

    services: Services
    operation: str
    now: Instant
    request_id: str
    address: str | None
    address_source: str
    user_agent: str | None
    access_key: AccessKey | None

    def reading(self) -> AbstractContextManager[Connection]:
        """Open a transaction that sees one snapshot and changes nothing."""
        return self.services.store.reading()

    def writing(self) -> AbstractContextManager[Connection]:
        """Open the transaction that makes the operation's changes: all of them, or none."""
        return self.services.store.writing()
