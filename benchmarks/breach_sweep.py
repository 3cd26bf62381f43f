"""The sweep beside Argon2id's ceiling, and sign-ins beside the sweep: `python -m benchmarks.breach_sweep`.

Both are measured in turns with what they are compared with, since other work on the machine comes and goes. For
the first, processor time counts beside the clock's: it does not depend on what else runs.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from statistics import median

import boto3
from tests.people import make_pool, make_user
from tests.server import running

from benchmarks.server import PASSWORD, argon2_ceiling, free_port, load, process, request
from doorward.breach.leak_file import open_leak
from doorward.clock import SystemClock
from doorward.directory.password_hash import PasswordHashing
from doorward.logging import configure
from doorward.sweep.finds import Plan
from doorward.sweep.pace import Pace
from doorward.sweep.run import Reports, Sweep, run
from doorward.sweep.verifying import Verifier

ROUNDS = 5
USERS = 40
VERIFICATIONS = 160
LOADED_SECONDS = 6.0


class Timed(PasswordHashing):
    """Argon2id, and how long the threads were in it."""

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def verify(self, stored: str, password: str) -> bool:
        begun = time.monotonic()
        found = super().verify(stored, password)
        self.seconds.append(time.monotonic() - begun)
        return found


def swept(server: object, pool: str, leak: Path) -> tuple[float, float, float]:
    """Sweep on all cores without a pace.

    Return verifications a second, of the clock and of processor time, and which part of the threads' time was
    Argon2id itself: at the ceiling all of it is.
    """
    hashing = Timed()
    services = server.services  # type: ignore[attr-defined]
    stopping = threading.Event()
    pace = Pace(0.0, None, SystemClock(), stopping)
    with open_leak(leak, sys.stdin.buffer) as source, Verifier(hashing, pace, 0, 0) as verifier:
        job = Sweep(
            store=services.store,
            keyring=services.keyring,
            clock=SystemClock(),
            leak=source,
            kind="pairs",
            plan=Plan(pool_id=pool, leak="benchmark", sweep_id="benchmark"),
            verifier=verifier,
            rate=verifier.measure(),
            stopping=stopping,
        )
        reports = Reports(find=lambda _: None, left_out=lambda _: None, progress=lambda _: None)
        begun, used = time.monotonic(), time.process_time()
        done = run(job, reports, anew=True)
        taken = time.monotonic() - begun
        inside = sum(hashing.seconds) / (taken * verifier.workers)
        return done.verified / taken, done.verified / (time.process_time() - used), inside


def ceiling() -> tuple[float, float]:
    """Return what all cores verify in a second, of the clock and of processor time."""
    used = time.process_time()
    seconds = 3.0
    rate = argon2_ceiling(seconds)
    return rate, rate * seconds / (time.process_time() - used)


def beside_the_ceiling(directory: Path) -> None:
    """Every line leads to an account, and one in ten is a find: what a sweep costs at most beside Argon2id."""
    with running(
        directory / "ceiling", argon2_memory=19_456, argon2_iterations=2, log_level="error"
    ) as server:
        pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
        for number in range(USERS):
            make_user(server, pool, f"user{number}", f"{PASSWORD}-{number}")
        lines = [f"user{number % USERS}:wrong-{number}" for number in range(VERIFICATIONS - USERS)]
        lines += [f"user{number}:{PASSWORD}-{number}" for number in range(USERS)]
        leak = directory / "leak.txt"
        leak.write_text("\n".join(lines))
        clock, used, inside = [], [], []
        for _ in range(ROUNDS):
            before, here, after = ceiling(), swept(server, pool, leak), ceiling()
            clock.append(2 * here[0] / (before[0] + after[0]))
            used.append(2 * here[1] / (before[1] + after[1]))
            inside.append(here[2])
            print(f"  sweep {here[0]:6.1f}/s, ceiling {before[0]:6.1f} and {after[0]:6.1f}/s", flush=True)
    print(f"of the ceiling, by the clock           median {median(clock):.3f}  ({_all(clock)})")
    print(f"threads' time that is Argon2id itself  median {median(inside):.3f}  ({_all(inside)})")
    print(f"of the ceiling, by processor time      median {median(used):.3f}  ({_all(used)})")


def beside_sign_ins(directory: Path) -> None:
    """Sign-ins on 16 connections, as fast as the server answers them, with and without a sweep as it is shipped."""
    port, data = free_port(), directory / "data"
    command = [sys.executable, "-m", "doorward"]
    serve = [*command, "serve", "--data", str(data), "--port", str(port)]
    with process(serve, port, DOORWARD_LOG_LEVEL="error"):
        pool, sign_ins = _people(port, data)
        leak = directory / "words.txt"
        leak.write_text("\n".join(f"leaked-{number}" for number in range(10_000)))
        sweep = subprocess.Popen(
            [*command, "breach", "sweep", str(leak), "--pool", pool, "--yes", "--data", str(data)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not _verified(data):
                time.sleep(1)
            without, beside = [], []
            for _ in range(ROUNDS):
                for number, kept in ((signal.SIGSTOP, without), (signal.SIGCONT, beside)):
                    os.kill(sweep.pid, number)
                    rate, middle, slow = load(port, sign_ins, LOADED_SECONDS)
                    kept.append(middle)
                    what = "alone" if kept is without else "beside a sweep"
                    print(
                        f"  {what:<16}{rate:6.1f}/s, median {middle:6.1f} ms, p99 {slow:6.1f} ms", flush=True
                    )
        finally:
            os.kill(sweep.pid, signal.SIGCONT)
            sweep.terminate()
            sweep.wait()
    print(f"the sweep verified {_verified(data):,} passwords while it was let, at most 10 a second")
    ratios = [one / other for one, other in zip(beside, without, strict=True)]
    print(f"sign-ins' median, alone {median(without):.1f} ms, beside a sweep {median(beside):.1f} ms;"
          f" ratio, median of the rounds {median(ratios):.3f}  ({_all(ratios)})")  # fmt: skip


def _verified(data: Path) -> int:
    with closing(sqlite3.connect(data / "doorward.db")) as database:
        row = database.execute("SELECT verified FROM breach_sweeps").fetchone()
    return int(row[0]) if row else 0


def _people(port: int, data: Path) -> tuple[str, list[bytes]]:
    """Make a pool with users through boto3; return it and a sign-in of each."""
    lines = (data / "first-access-key").read_text(encoding="ascii").split()
    key_id, secret = (line.partition("=")[2] for line in lines)
    administrator = boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
    )
    pool = administrator.create_user_pool(
        PoolName="benchmark", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}
    )["UserPool"]["Id"]
    client = administrator.create_user_pool_client(
        UserPoolId=pool, ClientName="benchmark", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    messages = []
    for number in range(USERS):
        name = f"user{number}"
        administrator.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        administrator.admin_set_user_password(
            UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True
        )
        parameters = {"USERNAME": name, "PASSWORD": PASSWORD}
        body = {"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
        messages.append(request("InitiateAuth", dict(body)))
    return pool, messages


def _all(ratios: list[float]) -> str:
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)


def main() -> None:
    """Measure both."""
    configure("error", "console")
    with tempfile.TemporaryDirectory() as folder:
        beside_the_ceiling(Path(folder))
        beside_sign_ins(Path(folder))


if __name__ == "__main__":
    main()
