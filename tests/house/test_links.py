"""Pages lead somewhere: every link in them that is not to another site is to a file of the project, and the README
lists them all."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
_LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page: Path) -> None:
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_lists_every_page() -> None:
    listed = set(_LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert {f"docs/{page.name}" for page in ROOT.glob("docs/*.md")} - listed == set()


def test_the_readme_counts_the_operations_as_the_coverage_does() -> None:
    count = re.compile(r"(\d+) of (?:the API's )?(\d+)")
    said = [
        count.search((ROOT / page).read_text(encoding="utf-8")) for page in ("README.md", "docs/coverage.md")
    ]
    assert all(said)
    assert len({one.groups() for one in said if one}) == 1
