"""`doorward synthesize` from the outside: what it writes, says and refuses."""

import os
import resource
import signal
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


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    result = subprocess.run(
        [
            sys.executable, "-m", "doorward", "synthesize", "--users", "500", "--days", "60",
            "--out", str(tmp_path / "rows.csv"),
        ],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == "doorward: File too large"
    assert not list(tmp_path.iterdir())


def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    out.write_text("an older file", encoding="utf-8")
    begun = subprocess.Popen(
        [sys.executable, "-m", "doorward", "synthesize", "--users", "30000", "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert begun.stderr is not None
    assert begun.stderr.readline().startswith("people")
    begun.send_signal(signal.SIGINT)
    _, told = begun.communicate(timeout=120)
    assert begun.returncode != 0
    assert "Traceback" not in told
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["an older file"]
