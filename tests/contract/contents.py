"""Everything that a store holds: to see whether it changed, and to put it back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from doorward.store.engine import Store
from doorward.store.tables import metadata

Contents = Mapping[str, Sequence[Any]]
"""Every row of every table."""

_READ = {table.name: select(table).order_by(*table.primary_key.columns) for table in metadata.sorted_tables}


def contents(store: Store) -> Contents:
    """Return every row of every table, in the order of the keys."""
    with store.reading() as tx:
        return {name: tx.execute(query).all() for name, query in _READ.items()}


def put_back(store: Store, kept: Contents) -> None:
    """Make the store hold again what it held."""
    with store.writing() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.execute(table.delete())
        for table in metadata.sorted_tables:
            rows = [row._asdict() for row in kept[table.name]]
            if rows:
                tx.execute(table.insert(), rows)


def difference(before: Contents, after: Contents) -> dict[str, tuple[int, int]]:
    """Return the tables that changed, with the number of rows that went and that came."""
    changed = {}
    for name, rows in before.items():
        if rows != after[name]:
            gone = [row for row in rows if row not in after[name]]
            come = [row for row in after[name] if row not in rows]
            changed[name] = (len(gone), len(come))
    return changed
