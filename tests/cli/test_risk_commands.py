"""`doorward risk` and `doorward simulate`, beside a server that works on the same data."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.circumstances import CALIFORNIA, LAPTOP, LONDON, sign_in_from
from tests.cli.house import House
from tests.histories import put
from tests.history import latest
from tests.past import history
from tests.people import App, make_pool
from tests.scenarios.protected import configure, protected, takeover
from tests.server import running

from doorward.clock import SetClock
from doorward.evaluation.rows import Row, write_rows
from doorward.protection import queries
from doorward.risk.encoding import decode
from doorward.risk.model import SHIPPED
from doorward.risk.population_encoding import decode as decode_counts

NOW = 1_704_000_000.0
NOBODY = "eu-west-1_nobodyhas"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("house")
    with running(data, SetClock(NOW)) as server:
        yield House(server, data)


@pytest.fixture(scope="module")
def app(house: House) -> App:
    """A pool with forty days of two hundred people, and anna."""
    made = protected(house.server, "AUDIT")
    with house.server.services.store.writing() as tx:
        put(tx, made.pool_id, history())
    return made


def calibrated(house: House, app: App) -> bytes | None:
    with house.server.services.store.reading() as tx:
        return queries.encoded_calibration(tx, app.pool_id)


def simulated(house: House, app: App, *arguments: str, given: bytes = b"") -> Any:
    printed = house.run(
        "simulate", "--pool", app.pool_id, "--user", "anna", "--json-out", "-", *arguments, given=given
    )
    assert printed.status == 0, printed.err
    return json.loads(printed.out)


def test_calibrated_thresholds_act_in_the_running_server(house: House, app: App) -> None:
    dry = house.says("risk", "calibrate", "--pool", app.pool_id, "--dry-run")
    assert "Nothing was kept" in dry
    assert calibrated(house, app) is None
    said = house.says("risk", "calibrate", "--pool", app.pool_id, "--budget", "10,5,1")
    assert "calibrated: from 4160 sign-ins of 200 users" in said
    assert "caught: vpn" in said
    assert house.says("risk", "calibrate", "--pool", app.pool_id, "--budget", "10,5,1") == said
    described = house.says("risk", "show", "--pool", app.pool_id)
    assert "thresholds  calibrated" in described
    thresholds = simulated(house, app, "--address", LONDON)["thresholds"]
    assert thresholds["source"] == "calibrated"
    sign_in_from(house.server, app, "anna", CALIFORNIA, LAPTOP)
    risk = latest(house.server, app).risk
    assert risk.score is not None
    assert (risk.level == "High") == (risk.score >= thresholds["high"])


def test_fitted_concentrations_act_and_are_kept_by_a_later_calibration(house: House) -> None:
    app = protected(house.server, "AUDIT")
    with house.server.services.store.writing() as tx:
        put(tx, app.pool_id, history())
    where = ("--pool", app.pool_id, "--budget", "10,5,1")
    assert "Nothing was kept" in house.says("risk", "fit", *where, "--dry-run")
    assert calibrated(house, app) is None
    assert "calibrated: from 4160 sign-ins of 200 users" in house.says("risk", "fit", *where)
    assert "concentrations  fitted to the pool" in house.says("risk", "show", "--pool", app.pool_id)
    assert simulated(house, app, "--address", LONDON)["model_version"] == f"{SHIPPED.version}-fitted"
    sign_in_from(house.server, app, "anna")
    fitted = json.loads(calibrated(house, app) or b"")["alphas"]
    assert fitted != list(SHIPPED.alphas)
    house.says("risk", "calibrate", *where)
    assert json.loads(calibrated(house, app) or b"")["alphas"] == fitted
    house.says("risk", "fit", "--pool", app.pool_id, "--forget")
    assert calibrated(house, app) is None
    assert simulated(house, app, "--address", LONDON)["model_version"] == SHIPPED.version


def test_too_short_a_history_to_fit_changes_nothing(house: House) -> None:
    app = protected(house.server)
    with house.server.services.store.writing() as tx:
        queries.keep_calibration(tx, app.pool_id, b"{}", NOW)
    done = house.run("risk", "fit", "--pool", app.pool_id)
    assert (done.status, "Nothing was changed" in done.out) == (1, True)
    assert calibrated(house, app) == b"{}"


def test_too_short_a_history_says_so_and_takes_an_older_calibration_away(house: House) -> None:
    app = protected(house.server)
    with house.server.services.store.writing() as tx:
        queries.keep_calibration(tx, app.pool_id, b"{}", NOW)
    done = house.run("risk", "calibrate", "--pool", app.pool_id)
    assert (done.status, "shipped: too little history: 0 sign-ins" in done.out) == (1, True)
    assert calibrated(house, app) is None
    assert "thresholds  shipped" in house.says("risk", "show", "--pool", app.pool_id)


@pytest.mark.parametrize("command", ["calibrate", "fit"])
def test_a_script_learns_from_a_dry_run_that_the_history_is_too_short(house: House, command: str) -> None:
    app = protected(house.server)
    with house.server.services.store.writing() as tx:
        queries.keep_calibration(tx, app.pool_id, b"{}", NOW)
    assert house.run("risk", command, "--pool", app.pool_id, "--dry-run").status == 1
    assert calibrated(house, app) == b"{}"


@pytest.mark.parametrize("damaged", [b"", b"nonsense", b'{"thresholds": [9, 1, 0]}', b"\xff"])
def test_a_damaged_calibration_leaves_the_shipped_thresholds(house: House, damaged: bytes) -> None:
    app = protected(house.server)
    with house.server.services.store.writing() as tx:
        queries.keep_calibration(tx, app.pool_id, damaged, NOW)
    sign_in_from(house.server, app, "anna")
    assert "thresholds  shipped" in house.says("risk", "show", "--pool", app.pool_id)


def test_show_tells_the_pools_settings_from_a_clients(house: House) -> None:
    app = protected(house.server)
    configure(house.server, app, client=True, **takeover(low="NO_ACTION", medium="BLOCK", high="BLOCK"))
    lines = house.says("risk", "show", "--pool", app.pool_id).splitlines()
    of_pool = next(line for line in lines if "the pool" in line)
    of_client = next(line for line in lines if app.client_id in line)
    assert ("default" in of_pool, "NO_ACTION" in of_pool) == (True, False)
    assert ("saved" in of_client, "NO_ACTION" in of_client) == (True, True)
    assert "mode        ENFORCED" in lines


def test_rebuild_makes_profiles_and_counts_anew(house: House) -> None:
    app = protected(house.server, "AUDIT")
    for _ in range(3):
        sign_in_from(house.server, app, "anna")
    sub = latest(house.server, app).sub
    assert sub is not None
    store = house.server.services.store
    with store.reading() as tx:
        grown = queries.profile(tx, app.pool_id, sub)
    with store.writing() as tx:
        queries.keep_profile(tx, app.pool_id, sub, b"\x09damaged")
        count = put(tx, app.pool_id, history(users=60, days=2))
    said = house.says("risk", "rebuild", "--pool", app.pool_id)
    assert f"from {count + 3} events" in said
    with store.reading() as tx:
        assert queries.profile(tx, app.pool_id, sub) == grown
        other = queries.profile(tx, app.pool_id, "user-1")
        kept = queries.kept_view(tx, app.pool_id)
    assert other is not None
    assert decode(other).successes in {1, 2}
    assert kept is not None
    assert decode_counts(kept.population).mass > 30


def test_simulate_says_what_then_happens(house: House) -> None:
    app, clock = protected(house.server), house.server.services.clock
    assert isinstance(clock, SetClock)
    for _ in range(5):
        sign_in_from(house.server, app, "anna")
        clock.advance(3600)
    seen = json.loads(bytes(latest(house.server, app).circumstance))
    names = ("address", "user_agent", "device_id", "fingerprint", "language", "timezone")
    described = {name: seen[name] for name in names} | {"at": clock.now()}
    told = simulated(house, app, "--json", "-", given=json.dumps(described).encode())
    sign_in_from(house.server, app, "anna")
    event = latest(house.server, app)
    # Only velocity, which a process of its own makes from the history, may differ by a little.
    assert told["score"] == pytest.approx(event.risk.score, abs=0.01)
    assert (told["level"], told["decision"]) == (event.risk.level or "None", event.risk.decision)
    assert told["score"] == pytest.approx(told["prior"] + sum(reason["weight"] for reason in told["reasons"]))


def test_simulate_writes_nothing_down_and_shows_the_reasons(house: House, app: App, tmp_path: Path) -> None:
    with house.server.services.store.reading() as tx:
        before = list(tx.exec_driver_sql("SELECT count(*), max(concluded) FROM auth_events"))
    where = ("--pool", app.pool_id, "--user", "anna", "--address", "1.2.3.4", "--device-id", "odd")
    printed = house.says("simulate", *where, "--mode", "ENFORCED")
    assert "decision" in printed
    assert "prior" in printed
    out = tmp_path / "out.json"
    house.says("simulate", *where, "--json-out", str(out))
    assert json.loads(out.read_text(encoding="utf-8"))["mode"] == "AUDIT"
    with house.server.services.store.reading() as tx:
        assert list(tx.exec_driver_sql("SELECT count(*), max(concluded) FROM auth_events")) == before


def test_what_is_said_of_the_place_stands_over_what_the_address_says(house: House, app: App) -> None:
    plain = simulated(house, app, "--json", "-", given=b'{"address": "81.2.69.142"}')
    tor = simulated(house, app, "--json", "-", given=b'{"address": "81.2.69.142", "network_kind": "tor"}')
    signals = [{reason["signal"] for reason in told["reasons"]} for told in (plain, tor)]
    assert signals[1] - signals[0] >= {"network_kind"}


def test_a_user_agent_of_64_kb_is_cut_and_costs_nothing(house: House, app: App) -> None:
    long = json.dumps({"user_agent": "Mozilla " * 8192}).encode()
    cut = json.dumps({"user_agent": ("Mozilla " * 8192)[:1024]}).encode()
    one, other = (simulated(house, app, "--json", "-", given=text) for text in (long, cut))
    assert one == other


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"{",
        b"[]",
        b'{"latitude": NaN}',
        b'{"latitude": 1e999}',
        b'{"latitude": 91}',
        b'{"at": 1e300}',
        b'{"address": "300.1.2.3"}',
        b'{"country": "Germany"}',
        b'{"asn": -1}',
        b'{"shoe_size": 44}',
        b'{"user_agent": 5}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"user_agent": "' + b"x" * (1 << 20) + b'"}',
    ],
)
def test_a_description_that_describes_nothing_is_one_line(house: House, app: App, given: bytes) -> None:
    done = house.run("simulate", "--pool", app.pool_id, "--user", "anna", "--json", "-", given=given)
    assert (done.status, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert ".." not in done.err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("risk", "show", "--pool", NOBODY), 2),
        (("risk", "calibrate", "--pool", NOBODY), 2),
        (("risk", "rebuild", "--pool", NOBODY), 2),
        (("risk", "fit", "--pool", NOBODY), 2),
        (("risk", "fit", "--pool", NOBODY, "--forget"), 2),
        (("risk", "fit", "--pool", NOBODY, "--budget", "1,5,2"), 2),
        (("risk", "calibrate", "--pool", NOBODY, "--budget", "1,5,2"), 2),
        (("risk", "calibrate", "--pool", NOBODY, "--budget", "nan,nan,nan"), 2),
        (("risk", "calibrate", "--pool", NOBODY, "--budget", "5,1"), 2),
        (("simulate", "--pool", NOBODY, "--user", "anna"), 2),
        (("simulate", "--pool", NOBODY, "--user", "anna", "--json", "/no/such/file"), 1),
        (("simulate", "--pool", NOBODY, "--user", "anna", "--json", "-", "--address", LONDON), 2),
        (("simulate", "--pool", NOBODY, "--user", "anna", "--address", "nowhere"), 2),
        (("simulate", "--pool", NOBODY, "--user", "anna", "--country", "Brazil"), 2),
        (("simulate", "--pool", NOBODY, "--user", "anna", "--json-out", "/"), 2),
        (("simulate", "--pool", NOBODY, "--user", "anna", "--json-out", "/no/such/file"), 2),
        (("simulate", "--history", "/no/such/file", "--user", "7"), 1),
        (("simulate", "--history", "/dev/null", "--user", "7"), 1),
        (("simulate", "--history", "/dev/null", "--user", "7", "--client", "of-no-file"), 2),
    ],
)
def test_an_error_is_one_line(house: House, arguments: tuple[str, ...], status: int) -> None:
    done = house.run(*arguments)
    assert (done.status, done.out) == (status, "")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("command", [("risk", "show"), ("risk", "rebuild"), ("simulate", "--user", "anna")])
def test_a_mistyped_directory_is_not_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    mistyped = tmp_path / "dta"
    ended = subprocess.run(
        [sys.executable, "-m", "doorward", *command, "--pool", NOBODY, "--data", str(mistyped)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr == f"doorward: Invalid value for --data: there is no Doorward data in {mistyped}\n"
    assert not mistyped.exists()


def test_simulate_wants_a_user_a_client_of_the_pool_and_a_mode(house: House, app: App) -> None:
    where = ("simulate", "--pool", app.pool_id)
    assert "no user 'nobody'" in house.run(*where, "--user", "nobody").err
    assert "no app client" in house.run(*where, "--user", "anna", "--client", "other").err
    off = make_pool(house.server)
    assert house.run("simulate", "--pool", off, "--user", "anna").status == 2


def test_simulate_after_the_history_of_a_file(house: House, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    rows = [
        Row(n, NOW + n * 86_400, 7, None, LONDON, "GB", "", "", None, "", "Chrome 126", "Windows 10", "desktop",
            successful=True, attack_ip=False, takeover=False, device_id="laptop")
        for n in range(20)
    ]  # fmt: skip
    write_rows(file, rows, live=True)
    where = ("simulate", "--history", str(file), "--user")
    usual, strange = (
        json.loads(house.says(*where, "7", "--address", address, "--device-id", device, "--json-out", "-"))
        for address, device in ((LONDON, "laptop"), ("1.2.3.4", "other"))
    )
    assert (usual["level"], usual["earlier_sign_ins"]) == ("None", 20)
    assert (strange["level"], strange["response"]) == ("High", "block")
    for user in ("8", "anna", "9" * 400):
        assert (house.run(*where, user).status, house.run(*where, user).err.count("\n")) == (1, 1)
    file.write_text(file.read_text(encoding="utf-8").replace("86400", "x").replace(LONDON, "no address", 1))
    assert "row 1" in house.run(*where, "7").err
    assert house.run("simulate", "--user", "7").status == 2
    assert house.run(*where, "7", "--pool", NOBODY).status == 2
