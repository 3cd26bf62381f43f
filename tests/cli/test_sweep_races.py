"""What happens while a sweep works: passwords that change, users that go, sign-ins, keys that are rotated."""

import io
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.cli.house import House
from tests.history import kept
from tests.people import App, make_user, sign_in
from tests.scenarios.protected import protected
from tests.scenarios.refusals import RESET_FOR_SECURITY, refused
from tests.server import RunningServer, running

from doorward.breach.leak_file import open_leak
from doorward.directory.password_hash import PasswordHashing
from doorward.sweep.finds import Find, Plan
from doorward.sweep.pace import Pace
from doorward.sweep.queries import Progress
from doorward.sweep.run import Reports, Sweep, run
from doorward.sweep.verifying import Job, Result, Verifier

LEAKED = "Leaked-Horse-7-Battery"
NEW = "Quite-Another-8-Horse"


class Interrupted(Verifier):
    """Verifies, and lets something happen before anybody hears of it, the first time."""

    def __init__(self, server: RunningServer, meanwhile: Callable[[], None]) -> None:
        clock, stopping = server.services.clock, threading.Event()
        super().__init__(PasswordHashing(64, 1, 1), Pace(0.0, None, clock, stopping), 1, 0)
        self._meanwhile: Callable[[], None] | None = meanwhile

    def verify(self, jobs: Sequence[Job]) -> list[Result]:
        results = super().verify(jobs)
        if jobs and self._meanwhile:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        return results


def pool(server: RunningServer, mode: str = "ENFORCED") -> App:
    """Make a pool with berta, whose password is the leaked one."""
    app = protected(server, mode)
    make_user(server, app.pool_id, "berta", LEAKED)
    return app


def leak_in(folder: Path) -> Path:
    leak = folder / "leak"
    leak.write_text(f"berta:{LEAKED}\n")
    return leak


def sweep(
    server: RunningServer, app: App, leak: Path, meanwhile: Callable[[], None] = lambda: None
) -> tuple[Progress, list[Find]]:
    """Sweep in this process; `meanwhile` comes between verifying and treating."""
    services, found = server.services, list[Find]()
    with ExitStack() as stack:
        source = stack.enter_context(open_leak(leak, io.BytesIO()))
        verifier = stack.enter_context(Interrupted(server, meanwhile))
        job = Sweep(
            store=services.store,
            keyring=services.keyring,
            clock=services.clock,
            leak=source,
            kind="pairs",
            plan=Plan(pool_id=app.pool_id, leak="leak", sweep_id="sweep"),
            verifier=verifier,
            rate=1000.0,
            stopping=threading.Event(),
        )
        done = run(job, Reports(find=found.append, left_out=lambda _: None, progress=lambda _: None))
    return done, found


def set_password(server: RunningServer, app: App, password: str) -> None:
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="berta", Password=password, Permanent=True
    )


def status(server: RunningServer, app: App) -> str:
    return server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="berta")["UserStatus"]


def finds(server: RunningServer, app: App) -> int:
    return sum(event.operation == "doorward breach sweep" for event in kept(server, app.pool_id))


def test_who_has_changed_his_password_meanwhile_is_left_alone(server: RunningServer, tmp_path: Path) -> None:
    app = pool(server)
    done, found = sweep(server, app, leak_in(tmp_path), lambda: set_password(server, app, NEW))
    assert (found, done.found, done.deferred) == ([], 0, 0)
    assert (status(server, app), finds(server, app)) == ("CONFIRMED", 0)
    assert sign_in(server, app, "berta", NEW)


def test_the_same_password_set_anew_meanwhile_is_found_all_the_same(
    server: RunningServer, tmp_path: Path
) -> None:
    app = pool(server)
    _, (found,) = sweep(server, app, leak_in(tmp_path), lambda: set_password(server, app, LEAKED))
    assert found.outcome == "reset"
    assert (status(server, app), finds(server, app)) == ("RESET_REQUIRED", 1)


def test_many_that_are_set_anew_meanwhile_are_all_found(
    server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.sweep.run.FINDS_AT_ONCE", 1)
    app, names = protected(server), [f"berta{number}" for number in range(5)]
    for name in names:
        make_user(server, app.pool_id, name, LEAKED)
    leak = tmp_path / "leak"
    leak.write_text("".join(f"{name}:{LEAKED}\n" for name in names))

    def anew() -> None:
        for name in names:
            server.administrator.admin_set_user_password(
                UserPoolId=app.pool_id, Username=name, Password=LEAKED, Permanent=True
            )

    done, found = sweep(server, app, leak, anew)
    assert ([one.outcome for one in found], done.found, done.deferred) == (["reset"] * 5, 5, 0)


def test_who_is_deleted_meanwhile_is_no_find(server: RunningServer, tmp_path: Path) -> None:
    app = pool(server)

    def delete() -> None:
        server.administrator.admin_delete_user(UserPoolId=app.pool_id, Username="berta")

    done, found = sweep(server, app, leak_in(tmp_path), delete)
    assert (found, done.found, finds(server, app)) == ([], 0, 0)


class SweptMeanwhile:
    """A corpus that knows nothing, and lets something happen while it is asked."""

    version = "empty"
    meanwhile: Callable[[], Any] | None = None

    def lookup(self, password: str) -> int:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        return 0


def test_a_find_during_a_sign_in_acts_on_that_sign_in_and_stays(tmp_path: Path) -> None:
    corpus = SweptMeanwhile()
    with running(tmp_path / "data", corpus=corpus) as server:
        app = pool(server)
        corpus.meanwhile = lambda: sweep(server, app, leak_in(tmp_path))
        with refused(*RESET_FOR_SECURITY):
            sign_in(server, app, "berta", LEAKED)
        assert status(server, app) == "RESET_REQUIRED"
        with refused(*RESET_FOR_SECURITY):
            sign_in(server, app, "berta", LEAKED)


def test_a_find_during_a_sign_in_stays_where_the_pool_only_observes(tmp_path: Path) -> None:
    corpus = SweptMeanwhile()
    with running(tmp_path / "data", corpus=corpus) as server:
        app = pool(server, "AUDIT")
        corpus.meanwhile = lambda: sweep(server, app, leak_in(tmp_path))
        for _ in range(2):
            assert sign_in(server, app, "berta", LEAKED)
        assert kept(server, app.pool_id)[-1].risk.compromised
        said = House(server, tmp_path / "data").says("breach", "coverage", "--pool", app.pool_id)
        assert "leak:leak" in said


class TestSealingKeys:
    """Words wait as digests under the sealing keys, which are rotated meanwhile."""

    def test_what_waits_under_an_old_key_is_tested_under_the_new_one(self, tmp_path: Path) -> None:
        data = tmp_path / "data"
        with running(data) as server:
            app = pool(server)
            self._defer(server, app, data, tmp_path)
            assert House(server, data).run("sealing", "rotate").status == 0
        with running(data) as server, refused(*RESET_FOR_SECURITY):
            sign_in(server, app, "berta", LEAKED)

    def test_what_waits_under_a_key_that_the_server_does_not_know_yet_goes_on_waiting(
        self, tmp_path: Path
    ) -> None:
        data = tmp_path / "data"
        with running(data) as server:
            app = pool(server)
            assert House(server, data).run("sealing", "rotate").status == 0
            self._defer(server, app, data, tmp_path)
            assert sign_in(server, app, "berta", LEAKED)
        with running(data) as server:
            with refused(*RESET_FOR_SECURITY):
                sign_in(server, app, "berta", LEAKED)
            said = House(server, data).says("breach", "coverage", "--pool", app.pool_id)
            assert "waiting" not in said

    @staticmethod
    def _defer(server: RunningServer, app: App, data: Path, folder: Path) -> None:
        arguments = ("breach", "sweep", str(leak_in(folder)), "--pool", app.pool_id, "--max", "0")
        assert "1 leaked passwords wait" in House(server, data).says(*arguments)
