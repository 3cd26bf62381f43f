"""Each dependency is justified, and the page names no other."""

import re
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    groups = project["dependency-groups"].values()
    requirements = [*project["project"]["dependencies"], *chain(*extras, *groups)]
    return {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in requirements}


def _justified() -> set[str]:
    rows = re.findall(
        r"^\| ([a-z][^|]*) \|", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.M
    )
    return {name for row in rows for name in row.split(", ")} - {"package"}


def test_every_dependency_is_justified_in_a_line() -> None:
    assert _declared() == _justified()
