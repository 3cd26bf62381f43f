"""`doorward breach sweep` beside a server that works on the same data."""

import gzip
import lzma
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import zstandard
from tests import srp
from tests.cli.house import House, Printed
from tests.corpus import embedded_corpus
from tests.history import kept, latest, listed
from tests.people import PASSWORD, App, make_app, make_pool, make_user, sign_in
from tests.robustness.planted import Planted
from tests.scenarios.protected import compromised, configure, protected
from tests.scenarios.refusals import RESET_FOR_SECURITY, refused
from tests.server import RunningServer, running

from doorward.history.auth_event import AuthEvent

LEAKED = "Leaked-Horse-7-Battery"
NEW = "Quite-Another-8-Horse"
QUICK = {"DOORWARD_ARGON2_MEMORY": "64", "DOORWARD_ARGON2_ITERATIONS": "1", "DOORWARD_SWEEP_RATE": "0"}


class Beside:
    """A running server and the commands on its data."""

    def __init__(self, server: RunningServer, data: Path) -> None:
        self.server = server
        self.data = data

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Begin a command in a process of its own."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DOORWARD_")}
        return subprocess.Popen(
            [sys.executable, "-m", "doorward", *arguments, "--data", str(self.data)],
            env=environment | QUICK | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, given: bytes = b"") -> Printed:
        """Run a command to its end, in this process: starting one takes long."""
        with patch.dict(os.environ, QUICK):
            return House(self.server, self.data).run(*arguments, given=given)

    def sweep(self, app: App, leak: Path, *options: str, given: bytes = b"") -> str:
        """Sweep with success and return what was said."""
        done = self.run("breach", "sweep", str(leak), "--pool", app.pool_id, *options, given=given)
        assert done.status == 0, done.err
        return done.out


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    data = tmp_path_factory.mktemp("beside")
    with running(data) as server:
        yield Beside(server, data)


def pool(beside: Beside, mode: str = "ENFORCED", **settings: Any) -> App:
    """Make a pool with anna, whose password is none of the leaked ones, and berta, whose is LEAKED."""
    app = protected(beside.server, mode, **settings)
    make_user(beside.server, app.pool_id, "berta", LEAKED)
    return app


def user(beside: Beside, app: App, name: str = "berta") -> dict[str, Any]:
    """Return what is stored of a user."""
    with closing(sqlite3.connect(beside.data / "doorward.db")) as database:
        database.row_factory = sqlite3.Row
        row = database.execute(
            "SELECT * FROM users WHERE pool_id = ? AND username = ?", (app.pool_id, name)
        ).fetchone()
    return dict(row)


def finds(beside: Beside, app: App) -> list[AuthEvent]:
    """Return the events that sweeps have left."""
    return [event for event in kept(beside.server, app.pool_id) if event.operation == "doorward breach sweep"]


def deferred(beside: Beside, app: App) -> int:
    """Return how much waits for sign-ins."""
    with closing(sqlite3.connect(beside.data / "doorward.db")) as database:
        (count,) = database.execute(
            "SELECT count(*) FROM deferred_leaks WHERE pool_id = ?", (app.pool_id,)
        ).fetchone()
    return int(count)


def put(folder: Path, *lines: str, name: str = "leak.txt") -> Path:
    """Write a leak."""
    file = folder / name
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def test_a_leaked_password_must_be_replaced_and_can_be(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    said = beside.sweep(app, put(tmp_path, "nobody:x", f"berta:{LEAKED}", "anna:wrong", f"anna:{LEAKED}"))
    assert f"berta  {user(beside, app)['sub']}  line 2: must choose another password" in said
    assert "4 lines, 3 verifications, 1 found" in said
    assert user(beside, app)["status"] == "RESET_REQUIRED"
    assert user(beside, app, "anna")["status"] == "CONFIRMED"
    assert sign_in(beside.server, app, "anna")
    for way_in in (sign_in, srp.sign_in):
        with refused(*RESET_FOR_SECURITY):
            way_in(beside.server, app, "berta", LEAKED)
    beside.server.anonymous.forgot_password(ClientId=app.client_id, Username="berta")
    beside.server.anonymous.confirm_forgot_password(
        ClientId=app.client_id,
        Username="berta",
        ConfirmationCode=beside.server.last_code(app.pool_id),
        Password=NEW,
    )
    assert sign_in(beside.server, app, "berta", NEW)
    assert user(beside, app)["status"] == "CONFIRMED"
    assert user(beside, app)["password_compromised"] == 0


def test_the_event_shows_the_find_and_says_why(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    beside.sweep(app, put(tmp_path, f"berta:{LEAKED}"), "--name", "Collection 9")
    (shown,) = listed(beside.server, app, "berta")
    assert shown["EventType"] == "PasswordChange"
    assert shown["EventResponse"] == "InProgress"
    assert shown["EventRisk"]["CompromisedCredentialsDetected"] is True
    risk = latest(beside.server, app).risk
    assert (risk.response, risk.corpus_version) == ("reset", "leak:Collection 9")
    assert risk.because == (
        "a sweep found the stored password in the leak Collection 9: the user must choose another one"
    )
    assert risk.reasons[0].sentence == "the stored password stands in the leak Collection 9, line 1"


@pytest.mark.parametrize(
    ("mode", "action", "would"),
    [("AUDIT", "BLOCK", "allow"), ("ENFORCED", "NO_ACTION", "allow")],
)
def test_where_the_policy_does_not_block_the_find_is_marked_alone(
    beside: Beside, tmp_path: Path, mode: str, action: str, would: str
) -> None:
    app = pool(beside, mode)
    configure(beside.server, app, **compromised(action))
    said = beside.sweep(app, put(tmp_path, f"berta:{LEAKED}"))
    assert "marked as compromised" in said
    row = user(beside, app)
    assert (row["status"], row["password_compromised"], row["corpus_version"]) == (
        "CONFIRMED",
        1,
        "leak:leak.txt",
    )
    (event,) = finds(beside, app)
    assert (event.risk.response, event.risk.would_have) == ("allow", would)
    assert sign_in(beside.server, app, "berta", LEAKED)
    assert latest(beside.server, app).risk.compromised is True
    assert user(beside, app)["corpus_version"] == "leak:leak.txt"


def test_what_was_only_marked_acts_once_the_pool_enforces(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside, "AUDIT")
    beside.sweep(app, put(tmp_path, f"berta:{LEAKED}"))
    assert sign_in(beside.server, app, "berta", LEAKED)
    beside.server.administrator.update_user_pool(
        UserPoolId=app.pool_id, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}
    )
    with refused(*RESET_FOR_SECURITY):
        sign_in(beside.server, app, "berta", LEAKED)


def test_report_only_leaves_the_user_and_records_the_find(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    before = user(beside, app)
    leak = put(tmp_path, f"berta:{LEAKED}")
    assert "reported" in beside.sweep(app, leak, "--report-only")
    assert user(beside, app) == before
    (event,) = finds(beside, app)
    assert (event.risk.response, event.risk.would_have, event.risk.compromised) == ("allow", "reset", True)
    assert "must choose another password" in beside.sweep(app, leak)


def test_a_dry_run_finds_and_keeps_nothing(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    before = dump(beside)
    said = beside.sweep(
        app, put(tmp_path, f"berta:{LEAKED}", "anna:x"), "--dry-run", "--max", "1", "--notify"
    )
    assert "must choose another password" in said
    assert "Nothing was kept" in said
    assert dump(beside) == before


def dump(beside: Beside) -> list[str]:
    with closing(sqlite3.connect(beside.data / "doorward.db")) as database:
        # The server's own counters go on beside it.
        return [line for line in database.iterdump() if "pool_views" not in line]


def test_names_lead_to_accounts_whatever_they_are_written_like(beside: Beside, tmp_path: Path) -> None:
    by_mail = make_pool(
        beside.server,
        UsernameAttributes=["email", "phone_number"],
        UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
    )
    app = make_app(beside.server, by_mail)
    admin = beside.server.administrator
    for number, name in enumerate(("cora@example.org", "dora@example.org", "+442071838750")):
        admin.admin_create_user(UserPoolId=by_mail, Username=name, MessageAction="SUPPRESS")
        admin.admin_set_user_password(
            UserPoolId=by_mail, Username=name, Password=f"{LEAKED}:;,|{number}", Permanent=True
        )
    said = beside.sweep(
        app,
        put(
            tmp_path,
            f"CORA@Example.org;{LEAKED}:;,|0",
            f'"dora@example.org","{LEAKED}:;,|1"',
            f"0044 20 7183-8750|{LEAKED}:;,|2",
        ),
    )
    assert "3 found" in said


def test_an_address_that_does_not_sign_in_leads_to_its_account_too(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    assert "1 found" in beside.sweep(app, put(tmp_path, f"berta@example.org\t{LEAKED}"))


@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress, zstandard.compress])
def test_compressed_leaks_from_a_file_and_from_standard_input(
    beside: Beside, tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    app = pool(beside)
    content = compress(f"\ufeffnobody:1\r\nberta:{LEAKED}\r\n".encode())
    leak = tmp_path / "leak"
    leak.write_bytes(content)
    assert "line 2: must" in beside.sweep(app, leak, "--dry-run")
    assert "line 2: must" in beside.sweep(app, Path("-"), given=content)


def test_bad_lines_are_left_out_and_told_without_their_content(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    leak = tmp_path / "leak.txt"
    leak.write_bytes(
        b"anna:caf\xe9-secret\nberta:" + b"y" * 100_000 + b"\n\n:\n" + f"berta:{LEAKED}".encode()
    )
    done = beside.run("breach", "sweep", str(leak), "--pool", app.pool_id, "--format", "pairs")
    assert done.status == 0
    assert f"{leak}:1: is not UTF-8; left out" in done.err
    assert f"{leak}:2: has more than 16384 bytes; left out" in done.err
    assert "line 5: must" in done.out
    assert "secret" not in done.err + done.out
    assert "yyy" not in done.err + done.out


def test_what_cannot_be_read_to_its_end_is_swept_up_to_there(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    leak = tmp_path / "leak.gz"
    filler = "".join(f"{os.urandom(9).hex()}:x\n" for _ in range(5_000))
    leak.write_bytes(gzip.compress(f"berta:{LEAKED}\n{filler}".encode())[:-30_000])
    done = beside.run("breach", "sweep", str(leak), "--pool", app.pool_id)
    assert done.status == 1
    assert "the compressed data is damaged or cut off" in done.err
    assert "Traceback" not in done.err
    assert user(beside, app)["status"] == "RESET_REQUIRED"


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("one\ntwo\na:b\n", [], "say which they are"),
        ("a:b\n", ["--window", "25:00-06:00"], "sweep_window"),
        ("a:b\n", ["--window", "22:00-06:00", "--time-zone", "Mars/Base"], "no time zone"),
        ("one\n", ["--max", "0", "--rate", "-1"], "--rate"),
    ],
)
def test_wrong_use_is_one_line(
    beside: Beside, tmp_path: Path, content: str, options: list[str], said: str
) -> None:
    app = pool(beside)
    leak = tmp_path / "leak"
    leak.write_text(content)
    done = beside.run("breach", "sweep", str(leak), "--pool", app.pool_id, *options)
    assert done.status == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_an_empty_leak_a_missing_one_and_an_unknown_pool(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    empty = put(tmp_path)
    assert "is empty" in beside.sweep(app, empty)
    missing = beside.run("breach", "sweep", str(tmp_path / "none"), "--pool", app.pool_id)
    assert (missing.status, "No such file" in missing.err) == (1, True)
    unknown = beside.run("breach", "sweep", str(empty), "--pool", "eu-west-1_none")
    assert (unknown.status, "there is no user pool" in unknown.err) == (2, True)


def test_bare_passwords_are_tried_on_everybody_once_somebody_said_yes(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    make_user(beside.server, app.pool_id, "clara", LEAKED)
    leak = put(tmp_path, "wrong-one", LEAKED, "wrong-one", "wrong-two")
    asked = beside.run("breach", "sweep", str(leak), "--pool", app.pool_id, given=b"n\n")
    assert (asked.status, asked.out.splitlines()[-1][-18:]) == (1, "Nothing was swept.")
    assert "4 passwords on 3 accounts: 12 verifications" in asked.out
    assert finds(beside, app) == []
    said = beside.run("breach", "sweep", str(leak), "--pool", app.pool_id, given=b"y\n").out
    assert "4 lines, 9 verifications, 2 found" in said
    assert {event.username for event in finds(beside, app)} == {"berta", "clara"}


def test_bare_passwords_from_standard_input_need_yes(beside: Beside) -> None:
    app = pool(beside)
    given = f"{LEAKED}\n".encode()
    refusal = beside.run("breach", "sweep", "-", "--pool", app.pool_id, given=given)
    assert (refusal.status, "--yes" in refusal.err) == (1, True)
    assert "1 found" in beside.sweep(app, Path("-"), "--yes", given=given)


def test_only_verified_addresses_are_mailed_and_only_once(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    make_user(beside.server, app.pool_id, "clara", LEAKED, {"email_verified": "false"})
    leak = put(tmp_path, f"berta:{LEAKED}", f"clara:{LEAKED}")
    assert "mails: 1" in beside.sweep(app, leak, "--notify")
    (mail,) = beside.server.messages(app.pool_id)
    assert (mail.kind, mail.destination, mail.username) == ("password-leaked", "berta@example.org", "berta")
    assert "choose that you have forgotten your password" in mail.text
    assert "://" not in (mail.html or "") + mail.text
    assert "2 known before" in beside.sweep(app, leak, "--notify", "--again")
    assert len(beside.server.messages(app.pool_id)) == 1
    assert len(finds(beside, app)) == 2


def test_what_was_not_tested_is_checked_at_the_next_sign_in(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    said = beside.sweep(app, put(tmp_path, f"berta:{LEAKED}", "anna:not hers"), "--max", "0")
    assert "0 verifications, 0 found" in said
    assert "2 leaked passwords wait" in said
    assert user(beside, app)["status"] == "CONFIRMED"
    assert sign_in(beside.server, app, "anna")
    assert deferred(beside, app) == 1
    with refused("NotAuthorizedException"):
        sign_in(beside.server, app, "berta", "wrong")
    assert deferred(beside, app) == 1
    with refused(*RESET_FOR_SECURITY):
        sign_in(beside.server, app, "berta", LEAKED)
    assert deferred(beside, app) == 0
    event = latest(beside.server, app)
    assert (event.event_type, event.risk.compromised) == ("SignIn", True)
    assert "leak.txt" in event.risk.because
    row = user(beside, app)
    assert (row["status"], row["password_compromised"]) == ("RESET_REQUIRED", 1)


def test_what_was_not_tested_is_marked_at_a_sign_in_also_where_advanced_security_is_off(
    beside: Beside, tmp_path: Path
) -> None:
    app = pool(beside, "OFF")
    beside.sweep(app, put(tmp_path, f"berta:{LEAKED}", "anna:not hers"), "--max", "0")
    for name, password in (("anna", PASSWORD), ("berta", LEAKED)):
        assert sign_in(beside.server, app, name, password)
    assert deferred(beside, app) == 0
    row = user(beside, app)
    assert (row["status"], row["password_compromised"], row["corpus_version"]) == (
        "CONFIRMED",
        1,
        "leak:leak.txt",
    )
    assert not user(beside, app, "anna")["password_compromised"]


def test_bare_passwords_that_were_not_tested_wait_for_everyone(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    beside.sweep(app, put(tmp_path, "other", LEAKED), "--max", "1", "--yes")
    assert deferred(beside, app) == 2
    assert sign_in(beside.server, app, "anna")
    with refused(*RESET_FOR_SECURITY):
        sign_in(beside.server, app, "berta", LEAKED)
    assert deferred(beside, app) == 2


def test_a_damaged_digest_waits_too_and_stops_nothing(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    make_user(beside.server, app.pool_id, "clara", LEAKED)
    with closing(sqlite3.connect(beside.data / "doorward.db", isolation_level=None)) as database:
        database.execute(
            "UPDATE users SET password_digest = '$argon2id$broken' WHERE pool_id = ? AND username = 'berta'",
            (app.pool_id,),
        )
    said = beside.sweep(app, put(tmp_path, f"berta:{LEAKED}", f"clara:{LEAKED}"))
    assert "1 found" in said
    assert "1 leaked passwords wait" in said


def test_a_leak_is_swept_once_unless_asked_again(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    leak = put(tmp_path, f"berta:{LEAKED}")
    beside.sweep(app, leak)
    assert "was swept on" in beside.sweep(app, leak)
    leak.rename(tmp_path / "renamed")
    assert "was swept on" in beside.sweep(app, tmp_path / "renamed")
    assert "1 known before" in beside.sweep(app, tmp_path / "renamed", "--again")


def many(beside: Beside, count: int) -> tuple[App, list[str]]:
    """Make a pool of some users whose passwords are all leaked, and the lines of the leak."""
    app = protected(beside.server)
    lines = []
    for number in range(count):
        make_user(beside.server, app.pool_id, f"user{number}", f"{LEAKED}-{number}")
        lines += [f"user{number}:wrong-{number}", f"user{number}:{LEAKED}-{number}"]
    return app, lines


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_is_ended_goes_on_where_it_was(beside: Beside, tmp_path: Path, how: signal.Signals) -> None:
    app, lines = many(beside, 40)
    leak = put(tmp_path, *lines)
    command = ("breach", "sweep", str(leak), "--pool", app.pool_id, "--notify", "--rate", "10")
    process = beside.start(*command)
    until(lambda: len(finds(beside, app)) > 0)
    process.send_signal(how)
    _, err = process.communicate(timeout=20)
    assert process.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 1)
    if how != signal.SIGKILL:
        assert "stopped; the same command goes on from there" in err.decode()
    assert 0 < len(finds(beside, app)) < 40
    done = beside.run(*command[:-2])
    assert "goes on after line" in done.err
    assert "80 lines" in done.out
    assert sorted(event.username for event in finds(beside, app)) == sorted(f"user{n}" for n in range(40))
    assert len(beside.server.messages(app.pool_id)) == 40
    assert {user(beside, app, f"user{n}")["status"] for n in range(40)} == {"RESET_REQUIRED"}


def test_bare_passwords_go_on_in_the_middle_of_one(beside: Beside, tmp_path: Path) -> None:
    app, _ = many(beside, 40)
    leak = put(tmp_path, f"{LEAKED}-0", "wrong-horse-1", "wrong-horse-2")
    command = ("breach", "sweep", str(leak), "--pool", app.pool_id, "--yes")
    process = beside.start(*command, "--rate", "9")

    def progress() -> tuple[int, str]:
        with closing(sqlite3.connect(beside.data / "doorward.db")) as database:
            row = database.execute(
                "SELECT verified, after_sub FROM breach_sweeps WHERE pool_id = ?", (app.pool_id,)
            ).fetchone()
        return (int(row[0]), str(row[1])) if row else (0, "")

    until(lambda: progress()[0] > 0)
    process.kill()
    process.communicate()
    verified, after = progress()
    assert verified % 41 > 0
    assert after
    done = beside.run(*command)
    assert "3 lines, 123 verifications, 1 found" in done.out


def test_a_leak_that_has_changed_behind_what_was_swept_is_refused(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    head = "x" * 9_000 + ":y\n"
    leak = tmp_path / "leak"
    leak.write_text(head * 10 + f"berta:{LEAKED}\n")
    beside.sweep(app, leak)
    with closing(sqlite3.connect(beside.data / "doorward.db", isolation_level=None)) as database:
        database.execute("UPDATE breach_sweeps SET finished_at = NULL WHERE pool_id = ?", (app.pool_id,))
    leak.write_text(head * 10 + f"anna:{LEAKED}\n")
    done = beside.run("breach", "sweep", str(leak), "--pool", app.pool_id)
    assert (done.status, "no longer what it was up to line 11" in done.err) == (1, True)


def test_two_sweeps_of_one_leak_do_not_both_go_on(beside: Beside, tmp_path: Path) -> None:
    app, lines = many(beside, 10)
    leak = put(tmp_path, *lines)
    command = ("breach", "sweep", str(leak), "--pool", app.pool_id, "--rate", "4")
    two = [beside.start(*command) for _ in range(2)]
    ends = [process.communicate(timeout=60) for process in two]
    assert sorted(process.returncode for process in two) == [0, 1]
    assert any(b"another sweep of this leak is at work" in err for _, err in ends)
    assert len(finds(beside, app)) == 10


def test_outside_of_its_hours_a_sweep_waits(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    hour = time.gmtime().tm_hour
    hours = f"{(hour + 3) % 24:02}:00-{(hour + 4) % 24:02}:00"
    leak = put(tmp_path, f"berta:{LEAKED}")
    process = beside.start("breach", "sweep", str(leak), "--pool", app.pool_id, "--window", hours)
    assert process.stderr is not None
    said = process.stderr.readline()
    assert f"waits for {hours} UTC".encode() in said
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 1
    assert finds(beside, app) == []


def test_coverage_says_what_was_checked_and_what_was_not(beside: Beside, tmp_path: Path) -> None:
    app = pool(beside)
    make_user(beside.server, app.pool_id, "clara")
    beside.sweep(app, put(tmp_path, f"berta:{LEAKED}"), "--name", "new")
    with closing(sqlite3.connect(beside.data / "doorward.db", isolation_level=None)) as database:
        for name, version, known in (("anna", None, None), ("clara", "older-corpus", 0)):
            database.execute(
                "UPDATE users SET corpus_version = ?, password_compromised = ?"
                " WHERE pool_id = ? AND username = ?",
                (version, known, app.pool_id, name),
            )

    present = beside.server.services.known_passwords.corpus.version
    asked = {"DOORWARD_CORPUS": str(embedded_corpus())}

    def said(**environment: str) -> Printed:
        with patch.dict(os.environ, environment):
            return beside.run("breach", "coverage", "--pool", app.pool_id)

    def rows(**environment: str) -> list[list[str]]:
        told = said(**environment).out.splitlines()
        return [line.replace("│", " ").split() for line in told if "│" in line]

    assert rows(**asked) == [
        ["older", "older-corpus", "1", "0"],
        ["leak", "leak:new", "1", "1"],
        ["unchecked", "nothing", "1", "unknown"],
        ["all", "3", "1"],
    ]
    for name in ("anna", "clara"):
        sign_in(beside.server, app, name)
    assert rows(**asked) == [
        ["present", present, "2", "0"],
        ["leak", "leak:new", "1", "1"],
        ["all", "3", "1"],
    ]
    assert f"checked against the present corpus ({present}): 2 of 3" in said(**asked).out
    gone = said(DOORWARD_CORPUS=str(tmp_path / "gone"))
    assert (gone.status, "present corpus cannot be read" in gone.err) == (0, True)
    assert ["older", present, "2", "0"] in rows(DOORWARD_CORPUS=str(tmp_path / "gone"))


def test_coverage_takes_a_range_endpoint_for_one_corpus_whatever_the_day(
    beside: Beside, tmp_path: Path
) -> None:
    app = pool(beside)
    with closing(sqlite3.connect(beside.data / "doorward.db", isolation_level=None)) as database:
        for name, version in (
            ("anna", "range:ranges.internal:9700 2026-01-01"),
            ("berta", "range:elsewhere"),
        ):
            database.execute(
                "UPDATE users SET corpus_version = ? WHERE pool_id = ? AND username = ?",
                (version, app.pool_id, name),
            )
    with patch.dict(os.environ, {"DOORWARD_CORPUS_RANGE_URL": "https://ranges.internal:9700/range"}):
        told = beside.run("breach", "coverage", "--pool", app.pool_id).out
    assert "checked against the present corpus (range:ranges.internal:9700): 1 of 2" in told


def test_no_leaked_word_is_written_anywhere(beside: Beside, tmp_path: Path) -> None:
    planted = Planted()
    app = protected(beside.server)
    lines = []
    for number in range(6):
        word = planted.secret("leaked password", f"Planted-Leak-{number}-Horse")
        make_user(beside.server, app.pool_id, f"user{number}", word)
        lines += [f"user{number}:{word}", f"user{number}:{planted.secret('other', f'Other-Leak-{number}')}"]
    bad = planted.secret("bad line", "Bad-Leak-Horse")
    leak = tmp_path / "leak"
    leak.write_bytes("\n".join(lines).encode() + f"\nuser1:{bad}".encode() + b"\xff\n")
    said = [
        beside.run("breach", "sweep", str(leak), "--pool", app.pool_id, *options)
        for options in (["--dry-run"], ["--max", "0", "--again"], ["--notify", "--again"], ["--report-only"])
    ]
    for done in said:
        assert done.status == 0, done.err
        assert planted.found_in((done.out + done.err).encode()) == set()
    assert len(beside.server.messages(app.pool_id)) == 6
    for mail in beside.server.messages(app.pool_id):
        assert planted.found_in((mail.text + (mail.html or "")).encode()) == set()
    assert deferred(beside, app) == 12
    assert planted.found_in_database(beside.data / "doorward.db") == set()
    for file in beside.data.rglob("*"):
        if file.is_file():
            assert planted.found_in_file(file.read_bytes()) == set(), file
