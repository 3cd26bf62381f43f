"""What is known of a pool outlives the server: it is rebuilt from the history, the same as it had grown."""

import msgspec
import pytest
from msgspec.structs import astuple
from tests.circumstances import BRISBANE, CALIFORNIA, DAY, LAPTOP, LONDON, STRANGER, sign_in_from
from tests.conftest import ClockedServer
from tests.history import latest
from tests.people import PASSWORD, App, make_user
from tests.scenarios.levels import set_thresholds
from tests.scenarios.protected import judge, protected, with_habits
from tests.scenarios.refusals import BLOCKED, WRONG, refused
from tests.server import RunningServer, running

from doorward.clock import SetClock, SystemClock
from doorward.protection import queries
from doorward.protection.pool_views import PoolView, build
from doorward.protection.rebuilding import rebuild
from doorward.risk.circumstance import Circumstance
from doorward.risk.model import SHIPPED


def test_a_restart_rebuilds_the_view_of_the_pool(tmp_path_factory: pytest.TempPathFactory) -> None:
    data, clock = tmp_path_factory.mktemp("doorward"), SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = protected(server, "AUDIT")
        for number in range(30):
            with refused(*WRONG):
                sign_in_from(server, app, f"name{number}", LONDON, None)
            clock.advance(1)
        sign_in_from(server, app, "anna", LONDON, None)
        before = {reason.signal: reason.weight for reason in latest(server, app).risk.reasons}
        make_user(server, app.pool_id, "berta")
    with running(data, clock) as server:
        clock.advance(1)
        sign_in_from(server, app, "berta", LONDON, None)
        after = {reason.signal: reason.weight for reason in latest(server, app).risk.reasons}
    assert before["stuffing"] > 0
    assert after["stuffing"] == pytest.approx(before["stuffing"], abs=2.5)


def test_a_restart_forgets_neither_habits_nor_feedback(tmp_path_factory: pytest.TempPathFactory) -> None:
    data, clock = tmp_path_factory.mktemp("doorward"), SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = protected(server)
        for _ in range(14):
            sign_in_from(server, app, "anna")
            clock.advance(DAY)
        sign_in_from(server, app, "anna", CALIFORNIA, LAPTOP)
        judge(server, app, latest(server, app).event_id, "Invalid")
    with running(data, clock) as server:
        assert sign_in_from(server, app, "anna")["AuthenticationResult"]
        with refused(*BLOCKED):
            sign_in_from(server, app, "anna", CALIFORNIA, LAPTOP)


def test_what_an_older_engine_has_kept_is_made_anew(tmp_path_factory: pytest.TempPathFactory) -> None:
    data, clock = tmp_path_factory.mktemp("doorward"), SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = protected(server)
        for _ in range(3):
            sign_in_from(server, app, "anna")
            clock.advance(DAY)
        sub = latest(server, app).sub or ""
    with running(data, clock) as server:
        store, guard = server.services.store, server.services.guard
        set_thresholds(server, app, -9.0, -8.0, -7.0)
        with store.writing() as tx:
            profile, view = queries.profile(tx, app.pool_id, sub), queries.kept_view(tx, app.pool_id)
            assert profile is not None
            assert view is not None
            queries.keep_profile(tx, app.pool_id, sub, bytes([profile[0] - 1]) + profile[1:])
            counts = bytes([view.population[0] - 1]) + view.population[1:]
            queries.replace_view(tx, app.pool_id, counts, view.covered, clock.now())
            blocking = msgspec.json.decode(queries.encoded_calibration(tx, app.pool_id) or b"")
            older = blocking | {"model_version": "doorward-3-fitted", "alphas": SHIPPED.alphas[1:]}
            queries.keep_calibration(tx, app.pool_id, msgspec.json.encode(older), clock.now())
        assert sign_in_from(server, app, "anna")["AuthenticationResult"]
        assert latest(server, app).risk.earlier_sign_ins == 0
        known = guard.views.known(app.pool_id)
        assert known is not None
        assert known.population.mass > 1
        clock.advance(DAY)
        rebuild(store, app.pool_id, guard.model, clock.now())
        sign_in_from(server, app, "anna")
        assert latest(server, app).risk.earlier_sign_ins == 4


def test_the_view_that_is_rebuilt_is_the_view_that_had_grown(clocked: ClockedServer) -> None:
    app = with_habits(clocked, days=8)
    with refused(*BLOCKED):
        sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)
    judge(clocked, app, latest(clocked, app).event_id, "Valid")
    clocked.clock.advance(1)
    with refused(*WRONG):
        sign_in_from(clocked, app, "anna", CALIFORNIA, STRANGER, "Wrong-Horse-9")
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    clocked.clock.advance(1)
    with refused(*WRONG):
        sign_in_from(clocked, app, "nobody", CALIFORNIA, STRANGER)
    invite(clocked, app, "invited")
    sign_in_from(clocked, app, "invited", CALIFORNIA, LAPTOP)
    views = clocked.services.guard.views
    grown = views.known(app.pool_id)
    assert grown is not None
    views.forget(app.pool_id)
    with clocked.services.store.reading() as tx:
        assert_alike(build(tx, app.pool_id, clocked.clock.now()), grown, clocked.clock.now())


def assert_alike(one: PoolView, other: PoolView, at: float) -> None:
    """See that two views would judge an attempt from California with anna's laptop alike."""
    circumstance = Circumstance(at=at, address=CALIFORNIA, prefix="8.8.8.0/24", device_id=LAPTOP.device_id)
    views = [view.velocity.view(circumstance, "anna", at) for view in (one, other)]
    assert views[0].usual_seconds == pytest.approx(views[1].usual_seconds, rel=0.02)
    windows = zip(*(astuple(view)[:-1] for view in views), strict=True)
    for mine, its in windows:
        # What is older than four days is left out of the one and weighs next to nothing in the other.
        assert astuple(mine) == pytest.approx(astuple(its), abs=0.02)
    for member in ("counts", "hours", "days", "mass", "reports"):
        assert getattr(one.population, member) == getattr(other.population, member), member
    assert other.population.reports
    assert other.velocity.view(circumstance, "anna", at).address.unknown


def invite(server: RunningServer, app: App, username: str) -> None:
    make_user(server, app.pool_id, username)
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username=username, Password=PASSWORD, Permanent=False
    )
