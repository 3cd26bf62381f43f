"""Bringing a database's tables up to date, at every start.

A new version comes by `make migration NAME=what_it_does`, which compares `doorward.store.tables` with the
versions there are.
"""

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def configuration() -> Config:
    """Return Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", "doorward.store:migrations")
    return config


def upgrade(engine: Engine) -> None:
    """Apply the versions that the database has not seen yet, in one transaction."""
    config = configuration()
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
