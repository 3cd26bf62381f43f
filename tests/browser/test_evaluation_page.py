"""The page of `doorward evaluate` in a browser: on a desk and on a phone everything is in its place and to be read."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.chromium import chromium
from tests.unit.evaluation.small_file import rows

from doorward.evaluation.rows import write_rows

_OUTSIDE = """() => [...document.querySelectorAll("figure > svg")].flatMap(chart => {
    const frame = chart.getBoundingClientRect()
    return [...chart.querySelectorAll("text")].filter(text => {
        const box = text.getBoundingClientRect()
        return box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom
    }).map(text => `${chart.getAttribute("aria-label")}: ${text.textContent}`)
})"""
"""What is written in a chart and does not lie in it."""

_LETTERS = """() => [...document.querySelectorAll("figure > svg")].map(chart =>
    parseFloat(getComputedStyle(chart.querySelector("text")).fontSize)
        * chart.getBoundingClientRect().width / chart.viewBox.baseVal.width)"""
"""How large the letters of each chart are on the screen, in pixels."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a page and its figures, of a small file."""
    del browser  # Where there is none, nothing need be measured.
    here = tmp_path_factory.mktemp("page")
    write_rows(here / "small.csv", rows(120, 60, 4000, live=True), live=True)
    asked = ["small.csv", "--json", "out.json", "--html", "out.html", "--models", "doorward,freeman"]
    command = [sys.executable, "-m", "doorward", "evaluate", *asked, "--attacks", "200"]
    subprocess.run(command, cwd=here, check=True, capture_output=True)
    return here


@pytest.fixture(params=[1280, 390])
def page(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Iterator[Page]:
    """The page, as wide as a desk's window and as a phone's."""
    page = browser.new_page(viewport={"width": request.param, "height": 844})
    page.goto((report / "out.html").as_uri())
    yield page
    page.close()


def test_nothing_runs_over_the_edge(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(_OUTSIDE) == []


def test_letters_of_charts_can_be_read(page: Page) -> None:
    assert min(page.evaluate(_LETTERS)) >= 9


def test_a_wide_table_keeps_its_names_in_sight(page: Page) -> None:
    table = page.locator(".scroll", has_text="recall at 0.1%").first
    name, figure = table.locator("td").first, table.locator("td").last
    left = "cell => cell.getBoundingClientRect().left"
    before, hidden = name.evaluate(left), table.evaluate("table => table.scrollWidth - table.clientWidth")
    last = figure.evaluate(left)
    table.evaluate("table => table.scrollLeft = 10000")
    assert name.evaluate(left) == before
    assert figure.evaluate(left) == pytest.approx(last - hidden, abs=1)


def test_the_page_tells_how_many_attacks_its_figures_rest_on(page: Page, report: Path) -> None:
    found: dict[str, Any] = json.loads((report / "out.json").read_text(encoding="utf-8"))
    told = page.locator("tr", has_text="attacks in the report stretch").inner_text()
    for attacker, figures in found["models"]["doorward"]["attackers"].items():
        assert f"{attacker.replace('_', ' ')} {figures['attacks']:,}" in told


def test_every_attacker_of_the_tables_is_explained(page: Page) -> None:
    explained = set(page.locator("h2:has-text('What the names mean') + table th").all_inner_texts())
    tables = page.locator("h3:has-text('Attacker: ')").all_inner_texts()
    assert tables
    assert {title.removeprefix("Attacker: ") for title in tables} <= explained
