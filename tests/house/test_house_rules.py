"""The rules of the house that no linter knows: where time, chance, SQL and the network may be touched."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "doorward"
FILES = sorted(SOURCE.rglob("*.py"))

CLOCK = {"time", "random", "secrets", "uuid"}
DATETIME_NOW = {"now", "utcnow", "today"}
NETWORK = {"socket", "smtplib", "urllib.request", "urllib3", "http.client", "requests", "boto3", "httpx"}
MAY_TOUCH_NETWORK = {"messages/smtp.py", "server.py", "bounded_http.py"}
SQL = {"select", "insert", "update", "delete", "text"}


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (module, name) for each import; the name is empty where the whole module is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_only_the_clock_knows_time_and_chance(path: Path) -> None:
    if _name(path) == "clock.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [module for module, _ in _imports(tree) if module.split(".")[0] in CLOCK - {"uuid"}]
    called = [
        node.attr
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and (node.value.id in {"datetime", "date"} and node.attr in DATETIME_NOW)
        )
        or (isinstance(node, ast.Attribute) and node.attr in {"uuid1", "uuid4"})
    ]
    assert not called


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_sql_stands_in_the_store_and_in_queries(path: Path) -> None:
    name = _name(path)
    if name.startswith("store/") or "queries" in name:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    written = [
        item for module, item in _imports(tree) if module.startswith("sqlalchemy") and item in SQL | {""}
    ]
    assert not written
    assert not [item for module, item in _imports(tree) if module.startswith("doorward.store.tables")]


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_only_adapters_touch_the_network(path: Path) -> None:
    name = _name(path)
    if name in MAY_TOUCH_NETWORK or name.startswith("demo/"):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [f"{module}.{item}." for module, item in _imports(tree)]
    assert not [one for one in imported if one.startswith(tuple(f"{module}." for module in NETWORK))]
