"""The migrations lead to exactly the tables that the code works with."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from doorward.store.engine import FILE_NAME, open_store
from doorward.store.tables import metadata


def test_a_new_database_has_the_tables_of_the_code(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / FILE_NAME}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_every_key_begins_with_the_pool(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / FILE_NAME}")
    columns = inspect(engine)
    first = {
        table: columns.get_pk_constraint(table)["constrained_columns"][0]
        for table in columns.get_table_names()
        if table not in {"alembic_version", "access_keys"}
    }
    engine.dispose()
    assert set(first.values()) == {"pool_id"}


def test_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    store = open_store(data)
    with store.writing():
        modes = {file.name: file.stat().st_mode & 0o777 for file in data.iterdir()}
    store.close()
    assert data.stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600}
