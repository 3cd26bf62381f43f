"""`doorward synthesize` from the outside: what it writes, says and refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "src"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doorward", "synthesize", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )


def test_it_writes_the_file_and_shows_the_audit(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv.gz"
    result = run("--users", "1500", "--days", "200", "--seed", "3", "--out", str(out), "--live")
    assert result.returncode == 0, result.stderr
    assert "Fingerprint audit" in result.stdout
    # One line a step where there is no terminal.
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "people", "attacks", "strangers", "writing", "audit",
    ]  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {
        "rows.csv.gz", "rows.csv.gz.choices.json", "rows.csv.gz.choices.txt", "rows.csv.gz.labels.csv",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("--users", "0", "--out", "rows.csv"),
        ("--users", "10"),
        ("--users", "ten", "--out", "rows.csv"),
        ("--users", "10", "--out", "/nowhere/at/all/rows.csv"),
        ("--users", "10", "--unknown-share", "0.95", "--out", "rows.csv"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stderr.startswith("doorward: ")
