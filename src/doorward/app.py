"""Puts the parts together: the only module that names concrete ones."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from anyio import to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from doorward.breach.embedded import load_embedded
from doorward.call import Services
from doorward.clock import Clock, SystemClock
from doorward.directory.password_hash import PasswordHashing
from doorward.directory.queries import user_pools
from doorward.messages.delivery import Delivery
from doorward.network import user_agent
from doorward.network.locator import Locator
from doorward.operations.table import OPERATIONS
from doorward.protection.guard import Guard
from doorward.retention import Retention
from doorward.risk.model import SHIPPED
from doorward.risk.policy import SetupAtRisk
from doorward.settings import Settings
from doorward.store import sealing_keys
from doorward.store.engine import FILE_NAME, Store, open_store
from doorward.store.sealing import Keyring
from doorward.tokens.issuer import Issuer
from doorward.wire.dispatch import HttpRequest, answer
from doorward.wire.limits import Limits


@dataclass(frozen=True)
class Vault:
    """The data directory, opened: the database and the keys that unseal what it keeps secret."""

    store: Store
    keyring: Keyring


def open_vault(settings: Settings) -> Vault:
    """Open a data directory, creating it where it is missing.

    Raises SealError where its keys are missing or unusable, and sqlalchemy.exc.DatabaseError where its database is
    not one.
    """
    fresh = not (settings.data / FILE_NAME).exists()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = settings.sealing_keys.get_secret_value() if settings.sealing_keys else None
    keyring = sealing_keys.load(settings.data, environment, create=fresh)
    return Vault(open_store(settings.data, connections=settings.threads + 8), keyring)


def build_services(settings: Settings, vault: Vault, base_url: str, clock: Clock | None = None) -> Services:
    """Put together what the operations work with; `base_url` is how clients reach the server."""
    corpus = load_embedded()
    return Services(
        settings=settings,
        clock=clock or SystemClock(),
        store=vault.store,
        keyring=vault.keyring,
        password_hash=PasswordHashing(
            settings.argon2_memory, settings.argon2_iterations, settings.argon2_parallelism
        ),
        corpus=corpus,
        guard=Guard(
            locator=Locator(settings.geo_databases),
            corpus=corpus,
            model=SHIPPED,
            when_unreadable=settings.corpus_unreadable,
            setup=SetupAtRisk.ALWAYS if settings.mfa_setup_at_high else SetupAtRisk.UP_TO_MEDIUM,
        ),
        issuer=Issuer(
            vault.keyring,
            base_url=settings.public_url or base_url if settings.issuer == "doorward" else None,
            region=settings.region,
        ),
    )
