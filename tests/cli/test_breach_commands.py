"""`doorward breach`, as a process: what it prints, how it ends, and what it leaves behind."""

import hashlib
import os
import pty
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.environment import environment


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """A directory to run commands in."""

    at: Path

    def breach(self, *arguments: str, given: bytes = b"", before: Callable[[], None] | None = None) -> Done:
        """Run `doorward breach`."""
        done = subprocess.run(
            [sys.executable, "-m", "doorward", "breach", *arguments],
            check=False, cwd=self.at, input=given, capture_output=True, env=environment(), preexec_fn=before,
        )  # fmt: skip
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def write(self, name: str, text: str) -> str:
        """Write a list."""
        (self.at / name).write_bytes(text.encode())
        return name


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def _sha1(word: str) -> str:
    return hashlib.sha1(word.encode()).hexdigest().upper()


def test_a_corpus_is_built_shown_checked_and_verified(shell: Shell) -> None:
    words = shell.write("words.txt", "password\r\nzürich\r\nPa55word!\r\n")
    dump = shell.write("dump.txt", f"{_sha1('password')}:41\n{_sha1('密码').lower()}:5000\n")
    built = shell.breach("build", "ours.corpus", words, dump, "--name", "spring leak")
    assert built.status == 0, built.err
    assert built.out.startswith("ours.corpus: 4 passwords in ")
    assert built.err.splitlines() == ["read words.txt: done", "read dump.txt: done", "write: done"]

    asked = "password\nzürich\n密码\r\nPa55word\n\nzu\u0308rich".encode() + b"\n\xff\xfe\nPa55word!"
    checked = shell.breach("check", "--corpus", "ours.corpus", given=asked)
    assert checked.out.splitlines() == [
        "compromised: seen 20 times",
        "compromised: seen 1 times",
        "compromised: seen 1000 times",
        "not found",
        "not found",
        "not found",
        "not found",
        "compromised: seen 1 times",
    ]
    told = dict(
        line.split(maxsplit=1) for line in shell.breach("info", "--corpus", "ours.corpus").out.splitlines()
    )
    assert (told["name"], told["passwords"]) == ("spring leak", "4")
    assert told["version"].startswith("spring leak-20")
    verified = shell.breach("verify", "--corpus", "ours.corpus")
    assert (verified.status, verified.out) == (0, "ours.corpus: 4 passwords, all in order\n")


def test_a_damaged_corpus_fails_in_one_line(shell: Shell) -> None:
    shell.breach("build", "c", shell.write("words", "a\nb\n"))
    damaged = bytearray((shell.at / "c").read_bytes())
    damaged[-8192 + 3] ^= 1
    (shell.at / "c").write_bytes(damaged)
    assert shell.breach("info", "--corpus", "c").status == 0
    verified = shell.breach("verify", "--corpus", "c")
    assert verified.status == 1
    assert verified.err.splitlines()[-1].startswith("doorward: c, segment 1: ")
    (shell.at / "c").write_bytes(damaged[:5000])
    for command in ("info", "check", "verify"):
        cut = shell.breach(command, "--corpus", "c", given=b"x\n")
        assert (cut.status, cut.out) == (1, "")
        assert cut.err.splitlines() == [
            "doorward: c cannot be read: it is 5,000 bytes long and should be 12,288."
        ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "doorward: list: it is empty"),
        ("\n\n", "doorward: list: it holds no entry"),
        (f"{'A' * 40}:1\n{'B' * 40}:x\n", "doorward: list, line 2: the count is no number"),
        (
            "8846F7EAEE8FB117AD06BDD830B7586C:9\n",
            "doorward: list, line 1: 32 hexadecimal digits are no SHA-1 digest;",
        ),
    ],
)
def test_a_list_that_cannot_be_used_leaves_the_old_corpus(shell: Shell, text: str, says: str) -> None:
    shell.breach("build", "c", shell.write("good", "old\n"))
    refused = shell.breach("build", "c", shell.write("list", text))
    assert refused.status == 1
    assert refused.err.splitlines()[-1].startswith(says)
    assert shell.breach("check", "--corpus", "c", given=b"old\n").out == "compromised: seen 1 times\n"


def test_wrong_use_is_told_apart_from_failure(shell: Shell) -> None:
    words = shell.write("words", "a\n")
    assert shell.breach("build", "nowhere/c", words).status == 2
    (shell.at / "folder").mkdir()
    assert shell.breach("build", "folder", words).status == 2
    assert list((shell.at).glob(".*.building")) == []
    assert shell.breach("build", "c", words, "--memory", "1").status == 2
    assert shell.breach("build", "c", words, "--name", "x" * 200).status == 2
    assert shell.breach("build", "c").status == 2
    missing = shell.breach("build", "c", "nowhere")
    assert (missing.status, missing.err) == (1, "doorward: nowhere: No such file or directory\n")


def test_a_full_disk_is_named_and_the_same_command_goes_on(shell: Shell) -> None:
    shell.breach("build", "c", shell.write("good", "old\n"))
    words = shell.write("words", "".join(f"word {index}\n" for index in range(30_000)))

    def full() -> None:
        # Writing beyond it fails as it does on a disk that is full.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    stopped = shell.breach("build", "c", words, before=full)
    assert stopped.status == 1
    assert stopped.err.splitlines()[-1] == f"doorward: {shell.at}/.c.building/run-00000: File too large"
    assert shell.breach("check", "--corpus", "c", given=b"old\nword 5\n").out.splitlines()[1] == "not found"
    assert shell.breach("build", "c", words).status == 0
    assert shell.breach("check", "--corpus", "c", given=b"word 5\n").out == "compromised: seen 1 times\n"


_PEAK = """
import re, sys
from pathlib import Path
from doorward.cli import main
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_memory_stays_within_its_bound(shell: Shell) -> None:
    dump = b"".join(b"%040X:1\n" % int.from_bytes(os.urandom(20), "big") for _ in range(800_000))
    (shell.at / "dump").write_bytes(dump)
    built = subprocess.run(
        [sys.executable, "-c", _PEAK, "breach", "build", "c", "dump", "--memory", "192"],
        check=True, cwd=shell.at, env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert 100 * 1024 < int(built.stdout.split()[-1]) <= 192 * 1024


def test_a_password_that_is_typed_is_not_shown(shell: Shell) -> None:
    shell.breach("build", "c", shell.write("words", "tulips4ever\n"))
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "doorward", "breach", "check", "--corpus", "c"],
        cwd=shell.at, stdin=slave, stdout=slave, stderr=slave, env=environment(), start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    shown = b""
    # Its blank comes when nothing that is typed is shown any more; what was typed before is thrown away.
    while b"Password: " not in shown:
        shown += os.read(master, 1000)
    os.write(master, b"tulips4ever\n")
    try:
        while piece := os.read(master, 1000):
            shown += piece
    except OSError:
        # Linux tells the end of a pseudo-terminal so.
        pass
    os.close(master)
    assert process.wait() == 0
    assert b"compromised: seen 1 times" in shown
    assert b"tulips" not in shown


def test_without_a_file_the_servers_corpus_is_asked(shell: Shell) -> None:
    found = shell.breach("check", "--data", "data", given=b"P@ssw0rd\nPassword1!\n")
    assert found.out.splitlines() == ["compromised: seen 1 times"] * 2, found.err
    assert (shell.at / "data/breach.corpus").exists()
