"""Requests a second over the socket, beside what this machine could do at most: `python -m benchmarks.server`.

The ceilings are measured in the same run: Argon2id on all cores, a trivial answer from the same HTTP server, a
commit that reaches the disk. Clients are processes of their own on the same machine, so they share its cores.
"""

import json
import multiprocessing
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import boto3
from argon2 import PasswordHasher

SECONDS = 8.0
CONNECTIONS = 16
USERS = 200
PASSWORD = "Correct-Horse-9"

TRIVIAL = """
import uvicorn
from doorward.wire.http_protocol import ConnectionLimits, bounded_protocol
body = b'{"Username": "' + b"x" * 700 + b'"}'
async def app(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=PORT, loop="uvloop", lifespan="off", access_log=False, log_level="error",
            http=bounded_protocol(ConnectionLimits()))
"""


def request(operation: str, body: dict[str, object]) -> bytes:
    """Return the bytes of one unsigned request."""
    encoded = json.dumps(body).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n"
        f"X-Amz-Target: AWSCognitoIdentityProviderService.{operation}\r\nContent-Length: {len(encoded)}\r\n\r\n"
    )
    return head.encode() + encoded


def ask(connection: socket.socket, message: bytes) -> bytes:
    """Send a request on a kept connection and return its whole answer."""
    connection.sendall(message)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65_536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def _client(
    port: int, messages: list[bytes], seconds: float, times: "multiprocessing.Queue[list[float]]"
) -> None:
    """Ask on several connections for some seconds, and report how long each answer took."""
    taken: list[float] = []

    def one(part: list[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            end = time.monotonic() + seconds
            number = 0
            while (begun := time.monotonic()) < end:
                answer = ask(connection, part[number % len(part)])
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise SystemExit(answer.decode())
                taken.append(time.monotonic() - begun)
                number += 1

    half = CONNECTIONS // 2
    threads = [threading.Thread(target=one, args=(messages[index::half],)) for index in range(half)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.put(taken)


def load(port: int, messages: list[bytes], seconds: float = SECONDS) -> tuple[float, float, float]:
    """Return requests a second, and the median and 99th percentile of the answers' milliseconds."""
    times: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    clients = [
        multiprocessing.Process(target=_client, args=(port, messages[index::2], seconds, times))
        for index in range(2)
    ]
    for client in clients:
        client.start()
    taken = sorted(times.get() + times.get())
    for client in clients:
        client.join()
    return len(taken) / seconds, median(taken) * 1e3, taken[int(len(taken) * 0.99)] * 1e3


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(arguments: list[str], port: int, **environment: str) -> Iterator[None]:
    """Run a server as a process of its own until the block ends."""
    with subprocess.Popen(arguments, env={**os.environ, **environment}, stdout=subprocess.DEVNULL) as server:
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            yield
        finally:
            server.terminate()


def argon2_ceiling(seconds: float = 4.0) -> float:
    """Return how many passwords a second all cores verify."""
    hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    stored = hasher.hash(PASSWORD)
    counts: list[int] = []

    def verify() -> None:
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            hasher.verify(stored, PASSWORD)
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=verify) for _ in range(os.cpu_count() or 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def commit_ceiling(directory: Path, seconds: float = 2.0) -> float:
    """Return how many one-row transactions a second SQLite brings to the disk (WAL, synchronous=FULL)."""
    with sqlite3.connect(directory / "ceiling.db", isolation_level=None) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE t (n INTEGER)")
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            database.execute("INSERT INTO t VALUES (1)")
            count += 1
    return count / seconds


def measure(port: int, data: Path) -> list[tuple[str, tuple[float, float, float]]]:
    """Set a pool up through boto3 and measure the calls that make most of a directory's traffic."""
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
        UserPoolId=pool,
        ClientName="benchmark",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    begun = time.monotonic()
    for number in range(USERS):
        administrator.admin_create_user(UserPoolId=pool, Username=f"user{number}", MessageAction="SUPPRESS")
        administrator.admin_set_user_password(
            UserPoolId=pool, Username=f"user{number}", Password=PASSWORD, Permanent=True
        )
    seeding = USERS / (time.monotonic() - begun)
    sign_ins = [
        request(
            "InitiateAuth",
            {
                "ClientId": client,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": f"user{number}", "PASSWORD": PASSWORD},
            },
        )
        for number in range(USERS)
    ]
    results = [("users made, one after the other", (seeding, 1e3 / seeding, float("nan")))]
    results.append(("sign-in by password, ENFORCED", load(port, sign_ins)))
    tokens = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for sign_in in sign_ins[:CONNECTIONS]:
            body = json.loads(ask(connection, sign_in).partition(b"\r\n\r\n")[2])
            tokens.append(body["AuthenticationResult"])
    refreshes = [
        request(
            "InitiateAuth",
            {
                "ClientId": client,
                "AuthFlow": "REFRESH_TOKEN_AUTH",
                "AuthParameters": {"REFRESH_TOKEN": token["RefreshToken"]},
            },
        )
        for token in tokens
    ]
    results.append(("refresh", load(port, refreshes)))
    reads = [request("GetUser", {"AccessToken": token["AccessToken"]}) for token in tokens]
    results.append(("GetUser", load(port, reads)))
    return results


def show(name: str, figures: tuple[float, float, float], ceiling: float | None = None) -> None:
    """Print one line."""
    rate, middle, slow = figures
    share = f"{rate / ceiling:>8.2f}" if ceiling else ""
    print(f"{name:<44}{rate:>10,.0f}/s{middle:>9.1f}{slow:>9.1f} ms{share}")


def main() -> None:
    """Measure everything once."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        argon2, commits = argon2_ceiling(), commit_ceiling(directory)
        port = free_port()
        with process([sys.executable, "-c", TRIVIAL.replace("PORT", str(port))], port):
            trivial = load(port, [request("GetUser", {"AccessToken": "x" * 900})] * CONNECTIONS)
        print(f"{'':<44}{'rate':>12}{'median':>9}{'p99':>9}{'of ceiling':>14}")
        show("ceiling: Argon2id on all cores", (argon2, 1e3 / argon2, float("nan")))
        show("ceiling: SQLite commits, FULL", (commits, 1e3 / commits, float("nan")))
        show("ceiling: the HTTP server, a trivial answer", trivial)
        port, data = free_port(), directory / "data"
        serve: list[str] = [
            sys.executable,
            "-m",
            "doorward",
            "serve",
            "--data",
            str(data),
            "--port",
            str(port),
        ]
        with process(serve, port, DOORWARD_LOG_LEVEL="error"):
            for name, figures in measure(port, data):
                show(name, figures, _ceiling(name, argon2, trivial[0]))


def _ceiling(name: str, argon2: float, trivial: float) -> float:
    return argon2 if "sign-in" in name or "users" in name else trivial


if __name__ == "__main__":
    main()
