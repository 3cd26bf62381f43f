"""The users of a pool, page by page, in the order of what is searched for (ListUsers)."""

import sys
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, literal, select, tuple_

from doorward.directory.queries.users import from_row
from doorward.directory.user import User
from doorward.directory.user_filter import UserFilter
from doorward.directory.user_pool import UserPool
from doorward.store.tables import searchable_attributes, users

_FIRST_SURROGATE = 0xD800
_AFTER_SURROGATES = 0xE000
_ENABLED = {False: "Disabled", True: "Enabled"}


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the value that the order goes by, and the user."""

    value: str | float | bool
    sub: str


def page(
    tx: Connection, pool: UserPool, wanted: UserFilter | None, limit: int, after: Position | None
) -> list[tuple[Position, User]]:
    """Return at most `limit` users who pass the filter, those after a position, each with his own position.

    In ascending order of the attribute searched for; without a filter the oldest user first. Case does not
    matter, except for user names where the pool heeds it, and for Enabled and Disabled.
    """
    order, conditions = _search(pool, wanted)
    # The columns that the index begins with: those of the attributes' own table where the search is there.
    table = searchable_attributes if order is searchable_attributes.c.value else users
    query = (
        select(users, order.label("position"))
        .where(table.c.pool_id == pool.id, *conditions)
        .order_by(order, table.c.sub)
        .limit(limit)
    )
    if table is not users:
        query = query.join(table, and_(users.c.pool_id == table.c.pool_id, users.c.sub == table.c.sub))
    if after is not None:
        query = query.where(
            tuple_(order, table.c.sub) > tuple_(literal(after.value, order.type), literal(after.sub))
        )
    return [(Position(row.position, row.sub), from_row(row)) for row in tx.execute(query)]


def _search(
    pool: UserPool, wanted: UserFilter | None
) -> tuple[ColumnElement[Any], list[ColumnElement[bool]]]:
    """Return the column that the order goes by, and what must hold of it."""
    if wanted is None:
        return users.c.created_at, []
    match wanted.attribute:
        case "status":
            states = [state for state, name in _ENABLED.items() if wanted.holds(name)]
            return users.c.enabled, [users.c.enabled.in_(states)]
        case "cognito:user_status":
            return users.c.status, _match(users.c.status, wanted, wanted.value.upper())
        case "username":
            return users.c.username_key, _match(users.c.username_key, wanted, pool.key(wanted.value))
        case "sub":
            return users.c.sub, _match(users.c.sub, wanted, wanted.value.lower())
        case name:
            table = searchable_attributes
            column = table.c.value
            return column, [table.c.name == name, *_match(column, wanted, wanted.value.casefold())]


def _match(column: ColumnElement[str], wanted: UserFilter, value: str) -> list[ColumnElement[bool]]:
    if wanted.operator == "=":
        return [column == value]
    beyond = after_all_with(value)
    return [column >= value, *([column < beyond] if beyond is not None else [])]


def after_all_with(beginning: str) -> str | None:
    """Return the first text, in the order of code points, after all that begin so; None: there is none."""
    kept = beginning.rstrip(chr(sys.maxunicode))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    if following == _FIRST_SURROGATE:
        following = _AFTER_SURROGATES
    return kept[:-1] + chr(following)
