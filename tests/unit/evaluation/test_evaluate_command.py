"""`doorward evaluate` on a small file: the JSON's form, the page, errors of one line, nothing half-written."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from tests.unit.evaluation.small_file import rows

from doorward.evaluation.rows import write_rows
from doorward.risk.fitting import fitted_version
from doorward.risk.model import SHIPPED


def doorward(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "doorward", "evaluate", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("evaluate") / "small.csv"
    write_rows(file, rows(120, 60, 4000, live=True), live=True)
    return file


@pytest.fixture(scope="module")
def told(small: Path) -> tuple[dict[str, Any], str, str]:
    out, page = small.with_name("out.json"), small.with_name("out.html")
    ended = doorward(
        small, "--json", out, "--html", page, "--attacks", "200",
        "--models", "doorward,doorward_live,freeman,set_membership", "--seed", "7",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(out.read_text(encoding="utf-8")), page.read_text(encoding="utf-8"), ended.stdout


def test_the_figures_have_the_promised_form(told: tuple[dict[str, Any], str, str]) -> None:
    found, _, _ = told
    assert set(found) == {"models", "data", "seed"}
    assert found["seed"] == 7
    assert found["data"]["rows"] == 4000
    assert found["models"]["doorward"]["model_version"] == fitted_version(SHIPPED.version)
    for name in ("doorward", "freeman", "set_membership"):
        model = found["models"][name]
        assert model["microseconds_per_score"] > 0
        for attacker in ("naive", "vpn", "targeted"):
            figures = model["attackers"][attacker]
            assert 0 <= figures["auc"] <= 1
            assert {"0.001", "0.01", "0.05", "0.1"} <= set(figures["recall_at"])
            assert {"0.98", "0.99", "0.995"} <= set(figures["asked_at_tpr"])
            assert {"4", "12", "39"} <= set(figures["median_reauthentications"]["0.99"])


def test_stronger_attackers_are_harder_to_tell(told: tuple[dict[str, Any], str, str]) -> None:
    attackers = told[0]["models"]["doorward"]["attackers"]
    assert attackers["naive"]["auc"] > attackers["targeted"]["auc"] > attackers["targeted_asn"]["auc"]


def test_the_page_needs_nothing_from_outside(told: tuple[dict[str, Any], str, str]) -> None:
    _, page, _ = told
    assert page.count("<svg") > 10
    for outside in ("http://", "https://", "src=", "@import", "<script", "<link", "url("):
        assert outside not in page


def test_the_terminal_shows_the_tables(told: tuple[dict[str, Any], str, str]) -> None:
    _, _, printed = told
    assert "Attacker: naive" in printed
    assert "Median re-authentications, vpn" in printed


def test_a_malformed_row_is_named_and_nothing_is_written(small: Path, tmp_path: Path) -> None:
    lines = small.read_text(encoding="utf-8").splitlines()
    lines[3000] = lines[3000].replace(",True,", ",perhaps,", 1).replace(",False,", ",perhaps,", 1)
    broken, out = tmp_path / "broken.csv", tmp_path / "out.json"
    broken.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ended = doorward(broken, "--json", out)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"doorward: {broken}: row 3000, column")
    assert len(ended.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == [broken]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--models", "oracle"], "there is no model 'oracle'"),
        (["--json", "/nowhere/at/all.json"], "/nowhere/at is not a directory"),
        (["--attacks", "5"], "greater than or equal to 100"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(small: Path, arguments: list[str], sentence: str) -> None:
    ended = doorward(small, *arguments)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_what_would_be_written_over_is_refused_before_anything_is_measured(
    small: Path, tmp_path: Path
) -> None:
    out, before = tmp_path / "out", small.read_bytes()
    wrong: list[list[str | Path]] = [["--json", small], ["--html", tmp_path], ["--json", out, "--html", out]]
    for arguments in wrong:
        ended = doorward(small, *arguments)
        assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (2, "", 1)
    assert small.read_bytes() == before
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing_half_written(small: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable, "-m", "doorward", "evaluate", str(small), "--models", "set_membership",
            "--attacks", "100", "--json", str(tmp_path / "out.json"),
        ],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)),
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "doorward: File too large"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it_and_its_processes_at_once(
    small: Path, tmp_path: Path, number: signal.Signals
) -> None:
    begun = subprocess.Popen(
        [sys.executable, "-m", "doorward", "evaluate", str(small), "--json", str(tmp_path / "out.json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert begun.stderr is not None
    assert begun.stderr.readline() == "survey: done\n"
    if number is signal.SIGINT:
        # A terminal sends it to every process of the command.
        os.killpg(begun.pid, number)
    else:
        begun.send_signal(number)
    # Ends when the last process has closed its end of the pipes.
    _, told = begun.communicate(timeout=60)
    assert begun.returncode != 0
    assert "Traceback" not in told
    assert not list(tmp_path.iterdir())


_INTERRUPTED: Final = """
import os, signal, sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from doorward.evaluation.evaluate import evaluate

file, submit = Path(sys.argv[1]), ProcessPoolExecutor.submit

def interrupted(pool, *arguments):
    file.unlink()
    os.mkfifo(file)  # that nobody writes to: what reads it would read on for ever
    os.kill(os.getpid(), signal.SIGINT)
    return submit(pool, *arguments)

ProcessPoolExecutor.submit = interrupted
evaluate(file, models=["set_membership"])
"""


def test_ctrl_c_that_comes_while_processes_are_started_ends_them(small: Path, tmp_path: Path) -> None:
    file = tmp_path / "small.csv"
    shutil.copy(small, file)
    begun = subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTED, str(file)], stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        _, told = begun.communicate(timeout=60)
    finally:
        if begun.poll() is None:
            os.killpg(begun.pid, signal.SIGKILL)
    assert told.splitlines()[-1] == b"KeyboardInterrupt"


def test_a_missing_file_is_a_failure(tmp_path: Path) -> None:
    ended = doorward(tmp_path / "none.csv")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert "No such file" in ended.stderr
