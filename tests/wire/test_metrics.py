"""What is counted, fetched over a real socket as Prometheus does."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError
from tests.cli.house import House
from tests.people import PASSWORD, App, make_user, sign_in
from tests.scenarios.protected import configure, protected, ranges, takeover
from tests.server import RunningServer, running

from doorward.breach.corpus import CorpusUnreadable
from doorward.settings import Settings

KNOWN = "password1"
RELAXED: Any = {"Policies": {"PasswordPolicy": {"MinimumLength": 6}}}
TOKEN = "a-token-of-prometheus"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running(tmp_path, metrics=True) as server:
        yield server


def fetch(server: RunningServer, method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager() as pool:
        return pool.request(method, f"{server.endpoint}/metrics", headers=headers, retries=False)


def counted(server: RunningServer, name: str, **labels: str) -> float:
    """Return a count; 0 where there is none with these labels, all of which must be told."""
    answer = fetch(server)
    assert answer.status == 200
    for family in text_string_to_metric_families(answer.data.decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return 0.0


def risk(server: RunningServer, app: App, name: str, level: str = "", operation: str = "SignIn") -> float:
    labels = {"operation": operation, "user_pool_id": app.pool_id} | ({"risk_level": level} if level else {})
    return counted(server, f"cognito_{name}_total", **labels)


def successes(server: RunningServer, app: App, name: str, client: str | None = None) -> tuple[float, float]:
    """Return CloudWatch's Sum and SampleCount."""
    labels = {"user_pool": app.pool_id, "user_pool_client": client or app.client_id}
    return tuple(counted(server, f"cognito_{name}_successes_{part}", **labels) for part in ("sum", "count"))  # type: ignore[return-value]


def test_it_is_served_in_prometheus_form(server: RunningServer) -> None:
    answer = fetch(server)
    assert (answer.status, answer.headers["content-type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    assert answer.headers["cache-control"] == "no-store"
    assert b"# HELP cognito_account_takeover_risk_total AccountTakeoverRisk: " in answer.data
    assert b"# TYPE cognito_sign_in_successes summary" in answer.data


def test_every_series_is_documented(server: RunningServer) -> None:
    app = protected(server)
    sign_in(server, app, "anna")
    page = (Path(__file__).parents[2] / "docs/operating.md").read_text(encoding="utf-8")
    told = {
        sample.name
        for family in text_string_to_metric_families(fetch(server).data.decode())
        for sample in family.samples
    }
    assert "cognito_sign_in_successes_count" in told
    assert not {
        name for name in told if f"`{name.replace('_successes_count', '_successes_sum')}`" not in page
    }


def test_sign_ins_are_counted_with_and_without_success(server: RunningServer) -> None:
    app = protected(server)
    sign_in(server, app, "anna")
    for name in ("anna", "nobody"):
        with pytest.raises(ClientError):
            sign_in(server, app, name, "Wrong-Horse-9-Battery")
    assert successes(server, app, "sign_in") == (1, 3)
    assert risk(server, app, "no_risk") == 3
    assert risk(server, app, "risk") == 0


def test_where_advanced_security_is_off_successes_are_counted_all_the_same(server: RunningServer) -> None:
    app = protected(server, "OFF")
    sign_in(server, app, "anna")
    assert successes(server, app, "sign_in") == (1, 1)
    assert risk(server, app, "no_risk") == 0


def test_a_challenge_is_no_end(server: RunningServer) -> None:
    app = protected(server)
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="anna", Password=PASSWORD, Permanent=False
    )
    asked = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
    )
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert successes(server, app, "sign_in") == (0, 0)
    assert risk(server, app, "no_risk") == 0
    server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "anna", "NEW_PASSWORD": "Quite-Another-8-Horse"},
    )
    assert successes(server, app, "sign_in") == (1, 1)
    assert risk(server, app, "no_risk") == 1


def test_renewed_tokens_are_counted(server: RunningServer) -> None:
    app = protected(server)
    token = sign_in(server, app, "anna")["RefreshToken"]
    for given in (token, "nonsense"):
        try:
            server.anonymous.initiate_auth(
                ClientId=app.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": given},
            )
        except ClientError:
            assert given == "nonsense"
    assert successes(server, app, "token_refresh") == (1, 2)
    server.anonymous.get_tokens_from_refresh_token(ClientId=app.client_id, RefreshToken=token)
    with suppress(ClientError):
        server.anonymous.get_tokens_from_refresh_token(ClientId=app.client_id, RefreshToken="nonsense")
    assert successes(server, app, "token_refresh") == (2, 4)
    assert successes(server, app, "sign_in") == (1, 1)


def test_sign_ups_are_counted_by_client_and_those_of_administrators_apart(server: RunningServer) -> None:
    app = protected(server, **RELAXED)
    for name, password in (("berta", PASSWORD), ("carla", KNOWN)):
        try:
            server.anonymous.sign_up(ClientId=app.client_id, Username=name, Password=password)
        except ClientError:
            assert password == KNOWN
    assert successes(server, app, "sign_up") == (1, 2)
    assert risk(server, app, "compromised_credential_risk", "high", "SignUp") == 1
    before = successes(server, app, "sign_up", "Admin")
    invited: Any = {"UserPoolId": app.pool_id, "Username": "dora"}
    server.administrator.admin_create_user(**invited, MessageAction="SUPPRESS")
    server.administrator.admin_create_user(**invited, MessageAction="RESEND")
    assert successes(server, app, "sign_up", "Admin") == (before[0] + 1, before[1] + 1)


def test_a_compromised_password_is_a_risk(server: RunningServer) -> None:
    app = protected(server, "AUDIT", **RELAXED)
    make_user(server, app.pool_id, "berta", KNOWN)
    sign_in(server, app, "berta", KNOWN)
    assert risk(server, app, "compromised_credential_risk", "high") == 1
    assert risk(server, app, "risk") == 1
    assert risk(server, app, "override_block", "high") == 0
    assert counted(server, "doorward_corpus_lookups_total", outcome="found") == 2


def test_what_the_configuration_blocks_is_counted_where_it_blocks(server: RunningServer) -> None:
    for mode, blocked in (("ENFORCED", 1), ("AUDIT", 0)):
        app = protected(server, mode)
        configure(server, app, **ranges(blocked=("127.0.0.0/8",)))
        try:
            sign_in(server, app, "anna")
        except ClientError:
            assert mode == "ENFORCED"
        assert risk(server, app, "override_block", "high") == blocked
        assert risk(server, app, "risk") == 1
        assert successes(server, app, "sign_in") == (1 - blocked, 1)


def test_a_level_is_a_takeover_risk(server: RunningServer) -> None:
    app = protected(server, "AUDIT")
    configure(server, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="BLOCK"))
    for name in "abcdefghijkl" * 3:
        with pytest.raises(ClientError):
            sign_in(server, app, f"nobody {name}", "Wrong-Horse-9-Battery")
    sign_in(server, app, "anna")
    levels = [risk(server, app, "account_takeover_risk", level) for level in ("low", "medium", "high")]
    assert sum(levels) == 1
    assert risk(server, app, "risk") == 1


class _Unreadable:
    version = "none"

    def lookup(self, password: str) -> int:
        raise CorpusUnreadable("gone")


def test_a_corpus_that_cannot_be_read_is_counted(tmp_path: Path) -> None:
    with running(tmp_path, metrics=True, corpus=_Unreadable()) as server:
        sign_in(server, protected(server), "anna")
        assert (
            counted(server, "doorward_corpus_lookups_total", outcome="unreadable") == 3
        )  # invited, set, shown


def test_sweeps_of_the_command_line_are_shown(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, metrics=True) as server:
        app = protected(server)
        leak = tmp_path / "leak.txt"
        leak.write_text(f"anna:{PASSWORD}\nanna:Another-Horse-9\nnobody:{PASSWORD}\n")
        done = House(server, data).run("breach", "sweep", str(leak), "--pool", app.pool_id, "--rate", "0")
        assert done.status == 0, done.err
        of_pool = {"user_pool_id": app.pool_id}
        assert counted(server, "doorward_sweep_verified", **of_pool) == 2
        assert counted(server, "doorward_sweep_found", **of_pool) == 1
        assert counted(server, "doorward_sweep_waiting", **of_pool) == 0


def test_nothing_is_shown_of_whoever_tries_nor_of_what_he_tries(server: RunningServer) -> None:
    app = protected(server)
    sign_in(server, app, "anna")
    for name, client in (("somebody-else", app.client_id), ("anna", "0" * 26)):
        with pytest.raises(ClientError):
            server.anonymous.initiate_auth(
                ClientId=client,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": name, "PASSWORD": "Wrong-Horse-9-Battery"},
            )
    shown = fetch(server).data.decode()
    for secret in ("anna", "somebody-else", "Wrong-Horse", PASSWORD, "0" * 26, "127.0.0.1"):
        assert secret not in shown


def test_what_is_deleted_is_forgotten(server: RunningServer) -> None:
    app = protected(server)
    sign_in(server, app, "anna")
    server.administrator.delete_user_pool_client(UserPoolId=app.pool_id, ClientId=app.client_id)
    shown = fetch(server).data.decode()
    assert app.client_id not in shown
    assert app.pool_id in shown
    server.administrator.delete_user_pool(UserPoolId=app.pool_id)
    assert app.pool_id not in fetch(server).data.decode()


def test_it_is_off_unless_the_settings_say_so(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert fetch(server).status == 404


def test_a_token_is_asked_for_where_there_is_one(tmp_path: Path) -> None:
    with running(tmp_path, metrics=True, metrics_token=TOKEN) as server:
        for wrong in (
            None,
            "",
            "Bearer",
            "Bearer ",
            f"Basic {TOKEN}",
            f"Bearer {TOKEN}x",
            "Bearer tökén",
            TOKEN,
        ):
            given = {} if wrong is None else {"authorization": wrong}
            refused = fetch(server, **given)
            assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
            assert b"cognito" not in refused.data
        assert fetch(server, authorization=f"Bearer {TOKEN}").status == 200
        assert fetch(server, authorization=f"bearer {TOKEN}").status == 200


def test_a_token_that_anybody_could_guess_is_no_setting() -> None:
    with pytest.raises(ValidationError):
        Settings(metrics_token="")
    assert "prometheus" not in repr(Settings(metrics_token=TOKEN))


def test_pages_in_a_browser_are_not_served(server: RunningServer) -> None:
    refused = fetch(server, origin="https://evil.example")
    assert refused.status == 403
    assert b"cognito" not in refused.data


@pytest.mark.parametrize(
    "accept", ["application/openmetrics-text;version=x", "text/plain;version=9.x", "\x80"]
)
def test_what_the_client_would_accept_changes_nothing(server: RunningServer, accept: str) -> None:
    answer = fetch(server, accept=accept)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_nothing_else_than_reading_is_possible(server: RunningServer) -> None:
    assert fetch(server, "POST").status == 405
    head = fetch(server, "HEAD")
    assert (head.status, head.data) == (200, b"")
