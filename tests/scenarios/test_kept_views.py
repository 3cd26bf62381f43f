"""The pools' counts outlive the server as a copy; what the copy lacks is replayed, and it is never believed blindly."""

from pathlib import Path

import pytest
from tests.circumstances import BRISBANE, CALIFORNIA, LONDON, STRANGER, sign_in_from
from tests.history import latest
from tests.people import App
from tests.scenarios.protected import judge, protected
from tests.scenarios.refusals import WRONG, refused
from tests.server import RunningServer, running

from doorward.clock import SetClock, SystemClock
from doorward.protection import queries
from doorward.protection.pool_views import PoolView, build
from doorward.protection.queries import KeptView
from doorward.protection.view_keeping import keep_views
from doorward.risk.population import Population


def lived(server: RunningServer, clock: SetClock) -> App:
    """A pool in which something of everything has happened."""
    app = protected(server, "AUDIT")
    for address in (LONDON, LONDON, CALIFORNIA):
        sign_in_from(server, app, "anna", address)
        clock.advance(3600)
    judge(server, app, latest(server, app).event_id, "Invalid")
    with refused(*WRONG):
        sign_in_from(server, app, "nobody", BRISBANE, STRANGER)
    clock.advance(1)
    return app


def view_of(server: RunningServer, app: App) -> PoolView:
    found = server.services.guard.views.known(app.pool_id)
    assert found is not None
    return found


def alike(one: Population, other: Population) -> bool:
    members = ("counts", "hours", "days", "mass", "totals", "reports", "landmark", "scale")
    return all(getattr(one, member) == getattr(other, member) for member in members)


def kept(server: RunningServer, app: App) -> KeptView:
    with server.services.store.reading() as tx:
        found = queries.kept_view(tx, app.pool_id)
    assert found is not None
    return found


def rebuilt(server: RunningServer, app: App) -> PoolView:
    with server.services.store.reading() as tx:
        return build(tx, app.pool_id, server.services.clock.now())


def keep(server: RunningServer) -> None:
    keep_views(server.services.store, server.services.guard.views, server.services.clock.now())


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doorward")


def test_a_server_that_ends_keeps_what_it_counted(data: Path) -> None:
    clock = SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = lived(server, clock)
        grown = view_of(server, app).population
    with running(data, clock) as server:
        assert alike(rebuilt(server, app).population, grown)
        sign_in_from(server, app, "anna")
        assert view_of(server, app).population.mass > grown.mass


def test_a_stale_copy_only_means_replay(data: Path) -> None:
    clock = SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = lived(server, clock)
        keep(server)
        stale = kept(server, app)
        sign_in_from(server, app, "anna", BRISBANE)
        clock.advance(1)
        judge(server, app, latest(server, app).event_id, "Invalid")
        sign_in_from(server, app, "anna", LONDON)
        event = latest(server, app)
        judge(server, app, event.event_id, "Valid")
        grown = view_of(server, app).population
        # As if the server had been killed: the copy is that of before.
        with server.services.store.writing() as tx:
            assert queries.keep_view(tx, app.pool_id, stale.generation, stale.population, stale.covered, 0.0)
        again = rebuilt(server, app)
    # What was reported is not learned again in a replay; all else is the same.
    assert again.population.reports == grown.reports
    assert again.population.mass <= grown.mass
    assert again.covered.up_to == view_of(server, app).covered.up_to
    server.services.guard.observe(event)
    assert alike(view_of(server, app).population, grown)


def test_an_event_that_the_replay_has_counted_is_not_counted_again(data: Path) -> None:
    clock = SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = lived(server, clock)
        again = rebuilt(server, app)
        mass, names = again.population.mass, again.velocity
        again.observe(latest(server, app))
        assert again.population.mass == mass
        assert again.velocity is names


@pytest.mark.parametrize(
    ("population", "covered"),
    [
        (b"", b"{}"),
        (b"\x63 a version to come", b'{"up_to":1,"beyond":[]}'),
        (b"\x01 damaged", b'{"up_to":1,"beyond":[]}'),
        (b"\x02 of the version before", b'{"up_to":1,"beyond":[]}'),
        (None, b"nonsense"),
        (None, b'{"up_to":"x"}'),
    ],
)
def test_a_damaged_copy_is_made_anew_from_the_history(
    data: Path, population: bytes | None, covered: bytes
) -> None:
    clock = SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = lived(server, clock)
        keep(server)
        good = kept(server, app)
        with server.services.store.writing() as tx:
            queries.keep_view(
                tx,
                app.pool_id,
                good.generation,
                good.population if population is None else population,
                covered,
                0.0,
            )
        again = rebuilt(server, app)
        assert again.population.mass > 0
        assert again.population.reports == view_of(server, app).population.reports


def test_counts_that_were_made_anew_replace_those_in_memory(data: Path) -> None:
    clock = SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = lived(server, clock)
        keep(server)
        before = kept(server, app)
        with server.services.store.writing() as tx:
            queries.replace_view(tx, app.pool_id, before.population, before.covered, 0.0)
        sign_in_from(server, app, "anna")
        keep(server)
        assert server.services.guard.views.known(app.pool_id) is None
        assert kept(server, app).generation == before.generation + 1
        sign_in_from(server, app, "anna")
        keep(server)
        assert kept(server, app).population != before.population


def test_a_deleted_pool_is_kept_no_more(data: Path) -> None:
    clock = SetClock(SystemClock().now())
    with running(data, clock) as server:
        app = lived(server, clock)
        view = view_of(server, app)
        server.administrator.delete_user_pool(UserPoolId=app.pool_id)
        server.services.guard.views._views[app.pool_id] = view
        keep(server)
        assert server.services.guard.views.known(app.pool_id) is None
