"""Users in the database: searched page by page, and never two under one name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from tests.unit.directory.pools import given, pool

from doorward.directory.name_claims import claim_aliases, require_free_username
from doorward.directory.new_user import new_user
from doorward.directory.queries import user_pools, users
from doorward.directory.queries.user_search import Position, page
from doorward.directory.user import User
from doorward.directory.user_filter import parse_filter
from doorward.directory.user_pool import UserPool
from doorward.store.engine import Store, open_store
from doorward.wire.contract import UsernameConfigurationType
from doorward.wire.errors import (
    AliasExistsException,
    InvalidParameterException,
    UsernameExistsException,
)

ALIASES = ["email", "phone_number", "preferred_username"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def keep(store: Store, of: UserPool, *many: User) -> None:
    with store.writing() as tx:
        if user_pools.find(tx, of.id) is None:
            user_pools.add(tx, of)
        for user in many:
            users.add(tx, of, user)


def person(of: UserPool, username: str, number: int = 0, /, **values: str) -> User:
    return new_user(
        of,
        username,
        given(**values),
        client=None,
        status="CONFIRMED",
        now=float(number),
        sub=f"00000000-0000-4000-8000-{number:012d}",
    )


def found(store: Store, of: UserPool, filter_text: str, limit: int = 2) -> list[str]:
    """Walk all pages, and return the names in the order they came."""
    names: list[str] = []
    after: Position | None = None
    while True:
        with store.reading() as tx:
            part = page(tx, of, parse_filter(filter_text), limit, after)
        names += [user.username for _, user in part]
        if len(part) < limit:
            return names
        after = part[-1][0]


def test_without_a_filter_the_oldest_comes_first_and_each_once(store: Store) -> None:
    of = pool()
    keep(store, of, *[person(of, f"u{number}", number // 3 * 3 + number % 3) for number in range(7)])
    assert found(store, of, "") == [f"u{number}" for number in range(7)]


def test_equal_values_are_not_lost_between_pages(store: Store) -> None:
    of = pool()
    keep(store, of, *[person(of, f"u{number}", number, name="Ann") for number in range(5)])
    assert found(store, of, 'name = "Ann"', limit=2) == [f"u{number}" for number in range(5)]
    assert found(store, of, 'status = "Enabled"', limit=2) == [f"u{number}" for number in range(5)]
    assert found(store, of, 'cognito:user_status = "confirmed"', limit=2) == [f"u{n}" for n in range(5)]


@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ('name = "ann lee"', ["first"]),
        ('name ^= "AN"', ["first", "second"]),
        ('name ^= "z"', []),
        ('name ^= "%"', ["third"]),
        ('name = "_"', []),
        ('email ^= "A@"', ["first"]),
        ('phone_number ^= "+1202"', ["second"]),
        ('username = "first"', ["first"]),
        ('username = "First"', []),
        ('username ^= "f"', ["first"]),
        ('sub = "00000000-0000-4000-8000-000000000002"', ["second"]),
        ('sub ^= "00000000-0000-4000-8000-"', ["first", "second", "third"]),
        ('cognito:user_status ^= "conf"', ["first", "second", "third"]),
        ('cognito:user_status = "UNCONFIRMED"', []),
        ('status = "Disabled"', []),
        ('status = "enabled"', []),
        ('status ^= "E"', ["first", "second", "third"]),
        ('status ^= ""', ["first", "second", "third"]),
        ('family_name ^= ""', []),
    ],
)
def test_a_search_finds_what_it_names(store: Store, filter_text: str, expected: list[str]) -> None:
    of = pool()
    keep(
        store,
        of,
        person(of, "first", 1, name="Ann Lee", email="a@example.com"),
        person(of, "second", 2, name="Anton", phone_number="+12025550100"),
        person(of, "third", 3, name="% of all"),
    )
    assert found(store, of, filter_text) == expected


def test_user_names_ignore_case_where_the_pool_does(store: Store) -> None:
    of = pool(username_configuration=UsernameConfigurationType(case_sensitive=False))
    keep(store, of, person(of, "Ann", 1))
    assert found(store, of, 'username = "aNN"') == ["Ann"]


def test_a_search_stays_in_its_pool_and_follows_changes(store: Store) -> None:
    of = pool()
    ann = person(of, "ann", 1, name="Ann")
    keep(store, of, ann)
    with store.writing() as tx:
        users.change(tx, of, person(of, "ann", 1, name="Bea"))
    assert found(store, of, 'name = "Ann"') == []
    assert found(store, of, 'name = "bea"') == ["ann"]
    with store.writing() as tx:
        users.remove(tx, ann)
    assert found(store, of, 'name = "bea"') == []


@pytest.mark.parametrize(
    ("filter_text", "value"),
    [
        ("", 1.0),
        ('cognito:user_status ^= "C"', "CONFIRMED"),
        ('status = "Enabled"', True),
        ('username ^= "a"', "ann"),
        ('sub ^= "0"', "0"),
        ('email = "ann@example.com"', "ann@example.com"),
        ('email ^= "ann"', "ann@example.com"),
    ],
)
def test_a_page_is_read_by_an_index_and_not_sorted(
    store: Store, filter_text: str, value: str | float | bool
) -> None:
    said: list[str] = []
    with store.reading() as tx:

        def explain(connection: Connection, _: object, statement: str, values: Any, *rest: object) -> None:
            if not statement.startswith("EXPLAIN"):
                plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values)
                said.extend(step.detail for step in plan)

        event.listen(tx, "before_cursor_execute", explain)
        page(tx, pool(), parse_filter(filter_text), 61, Position(value, "s"))
    assert said
    assert all(step.startswith("SEARCH") for step in said), said


def test_a_name_that_leads_to_somebody_is_taken(store: Store) -> None:
    of = pool(alias_attributes=ALIASES)
    ann = person(of, "ann", 1, email="ann@example.com", email_verified="true", preferred_username="fox")
    keep(store, of, ann)
    with store.reading() as tx:
        for name in ("ann", "fox", "ann@example.com", ann.sub):
            with pytest.raises(UsernameExistsException):
                require_free_username(tx, of, name, "taken")
        require_free_username(tx, of, "bea", "taken")


def test_an_alias_belongs_to_one_user(store: Store) -> None:
    of = pool(alias_attributes=ALIASES)
    keep(store, of, person(of, "ann", 1, email="ann@example.com", email_verified="true"))
    bea = person(of, "bea", 2, email="ann@example.com")
    proven = person(of, "bea", 2, email="ann@example.com", email_verified="true")
    with store.writing() as tx:
        claim_aliases(tx, of, bea, 5.0)
        with pytest.raises(AliasExistsException) as refused:
            claim_aliases(tx, of, proven, 5.0)
        assert refused.value.message == "An account with the given email already exists."
        claim_aliases(tx, of, proven, 5.0, force=True)
        users.add(tx, of, proven)
        former = users.require(tx, of, "ann")
        assert former.attributes["email_verified"] == "false"
        assert users.require(tx, of, "ann@example.com").username == "bea"


def test_a_preferred_name_is_nobody_elses_name(store: Store) -> None:
    of = pool(alias_attributes=["preferred_username", "email"])
    keep(store, of, person(of, "ann", 1))
    with store.writing() as tx:
        with pytest.raises(AliasExistsException):
            claim_aliases(tx, of, person(of, "bea", 2, preferred_username="ann"), 5.0, force=True)
        claim_aliases(tx, of, person(of, "ann", 1, preferred_username="ann"), 5.0)
        changed = person(of, "ann", 1)
        changed.attributes["preferred_username"] = "bea@example.com"
        with pytest.raises(InvalidParameterException):
            claim_aliases(tx, of, changed, 5.0)


def test_an_address_in_place_of_the_name_never_passes_on(store: Store) -> None:
    of = pool(username_attributes=["email"])
    keep(store, of, person(of, "ann@example.com", 1))
    with store.writing() as tx, pytest.raises(AliasExistsException):
        claim_aliases(tx, of, person(of, "ann@example.com", 2), 5.0, force=True)
