"""The database: SQLite in WAL mode, one transaction at a time that writes, any number that read.

`writing()` is the one transaction in which an operation changes things; when its block ends, everything in
it is on the disk (`synchronous=FULL`), and when it raises, nothing is. `reading()` sees one consistent
snapshot and never waits for a writer.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from doorward.store import migrations

FILE_NAME = "doorward.db"
_BUSY_TIMEOUT_MS = 30_000


class Store:
    """An open database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # SQLite admits one writer; a lock queues the threads of this process fairly, where SQLite's own
        # busy handler would have them poll. Other processes (the command line) still meet in that handler.
        self._writer = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one snapshot; what it changes is undone."""
        with self._engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose changes are kept, all of them, unless the block raises."""
        with (
            self._writer,
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def open_store(data: Path, *, connections: int = 48) -> Store:
    """Open the database in a directory, creating it and bringing its tables up to date.

    Raises sqlalchemy.exc.DatabaseError where the file is not a database.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = data / FILE_NAME
    if not file.exists():
        file.touch(mode=0o600)
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        # What is written into the database has no business in an error's text, which is logged.
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": _BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    migrations.upgrade(engine)
    return Store(engine)


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling is off: _begin says what kind of transaction begins.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
