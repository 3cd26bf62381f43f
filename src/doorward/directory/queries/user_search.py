"""The users of a pool, page by page, in the order of what is searched for (ListUsers)."""

import sys
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, false, literal, select, tuple_

from doorward.directory.queries.users import from_row
from doorward.directory.user import User
from doorward.directory.user_filter import UserFilter
from doorward.directory.user_pool import UserPool
from doorward.store.tables import searchable_attributes, users

_FIRST_SURROGATE = 0xD800
_AFTER_SURROGATES = 0xE000

_Search = tuple[ColumnElement[Any], list[ColumnElement[bool]], bool]

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
    order, conditions, one_value = _search(pool, wanted)
    # The columns that the index begins with: those of the attributes' own table where the search is there.
    table = searchable_attributes if order is searchable_attributes.c.value else users
    query = select(users, order.label("position")).where(table.c.pool_id == pool.id, *conditions).limit(limit)
    if table is not users:
        query = query.join(table, and_(users.c.pool_id == table.c.pool_id, users.c.sub == table.c.sub))
    # Where all have the same value, the order goes by `sub` alone, and SQLite takes it from the index.
    query = query.order_by(table.c.sub) if one_value else query.order_by(order, table.c.sub)
    if after is not None and one_value:
        query = query.where(table.c.sub > after.sub)
    elif after is not None:
        query = query.where(
            tuple_(order, table.c.sub) > tuple_(literal(after.value, order.type), literal(after.sub))
        )
    return [(Position(row.position, row.sub), from_row(row)) for row in tx.execute(query)]


def _search(pool: UserPool, wanted: UserFilter | None) -> _Search:
    """Return the column that the order goes by, what must hold, and whether only one value of it can."""
    if wanted is None:
        return users.c.created_at, [], False
    one_value = wanted.operator == "="
    match wanted.attribute:
        case "status":
            return _enabled(wanted)
        case "cognito:user_status":
            return users.c.status, _match(users.c.status, wanted, wanted.value.upper()), one_value
        case "username":
            column = users.c.username_key
            return column, _match(column, wanted, pool.key(wanted.value)), one_value
        case "sub":
            return users.c.sub, _match(users.c.sub, wanted, wanted.value.lower()), one_value
        case name:
            table = searchable_attributes
            conditions = _match(table.c.value, wanted, wanted.value.casefold())
            return table.c.value, [table.c.name == name, *conditions], one_value


def _enabled(wanted: UserFilter) -> _Search:
    states = [state for state, name in _ENABLED.items() if wanted.holds(name)]
    if len(states) == len(_ENABLED):
        return users.c.enabled, [], False
    return users.c.enabled, [users.c.enabled == state for state in states] or [false()], True


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
