"""Whose address counts, what the always-lists say of it, and what a device says of itself."""

from typing import Any

import pytest
from tests.circumstances import BRISBANE, CALIFORNIA, LAPTOP, LONDON, STRANGER, sign_in_from
from tests.conftest import ClockedServer
from tests.history import kept, latest, listed
from tests.people import PASSWORD, App, make_app, sign_in
from tests.scenarios.protected import configure, protected, ranges, takeover, with_habits
from tests.scenarios.refusals import BLOCKED, NO_USER, refused
from tests.server import RunningServer, running

PROPAGATING = {"EnablePropagateAdditionalUserContextData": True}


def public(server: RunningServer, app: App, context: Any, username: str = "anna") -> Any:
    """Sign in with UserContextData."""
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD, **app.proof_parameter(username)},
        UserContextData=context,
    )


def forwarded(server: RunningServer, app: App, header: str) -> None:
    """Sign in as if through proxies that wrote X-Forwarded-For."""
    client = RunningServer(server.server).anonymous

    def forward(params: dict[str, Any], **_: Any) -> None:
        params["headers"]["X-Forwarded-For"] = header

    client.meta.events.register("before-call.cognito-identity-provider.InitiateAuth", forward)
    client.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
    )


def test_an_always_blocked_address_is_refused_whatever_the_password(server: RunningServer) -> None:
    app = protected(server)
    configure(server, app, **ranges(blocked=("81.2.69.0/24",)))
    for password in (PASSWORD, "Wrong-Horse-9"):
        with refused(*BLOCKED):
            sign_in_from(server, app, "anna", LONDON, password=password)
    assert sign_in_from(server, app, "anna", CALIFORNIA)["AuthenticationResult"]


def test_an_always_blocked_address_is_told_nothing_of_who_exists(server: RunningServer) -> None:
    app = protected(server, app={"PreventUserExistenceErrors": "LEGACY"})
    configure(server, app, **ranges(blocked=("127.0.0.0/8",)))
    for flow, parameters in (
        ("USER_PASSWORD_AUTH", {"PASSWORD": PASSWORD}),
        ("USER_SRP_AUTH", {"SRP_A": "abcdef"}),
    ):
        with refused(*BLOCKED):
            server.anonymous.initiate_auth(
                ClientId=app.client_id,
                AuthFlow=flow,  # type: ignore[arg-type]
                AuthParameters={"USERNAME": "nobody", **parameters},
            )


def test_the_event_of_an_always_blocked_address_says_so(server: RunningServer) -> None:
    app = protected(server)
    configure(server, app, **ranges(blocked=("81.2.69.0/24",)))
    with refused(*BLOCKED):
        sign_in_from(server, app, "anna", LONDON)
    event = listed(server, app)[0]
    assert (event["EventResponse"], event["EventRisk"]["RiskDecision"]) == ("Fail", "Block")
    assert event["EventContextData"]["IpAddress"] == LONDON
    assert latest(server, app).risk.because == "the address is on the always-block list"


def test_attempts_from_an_always_blocked_address_lock_nobody(server: RunningServer) -> None:
    app = protected(server)
    configure(server, app, **ranges(blocked=("81.2.69.0/24",)))
    for _ in range(6):
        with refused(*BLOCKED):
            sign_in_from(server, app, "anna", LONDON, password="Wrong-Horse-9")
    assert sign_in_from(server, app, "anna", CALIFORNIA)["AuthenticationResult"]


def test_a_new_password_is_not_taken_from_an_always_blocked_address(server: RunningServer) -> None:
    app = protected(server)
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="anna", Password="Only-For-Now-1", Permanent=False
    )
    session = sign_in_from(server, app, "anna", LONDON, password="Only-For-Now-1")["Session"]
    configure(server, app, **ranges(blocked=("1.2.3.0/24",)))
    answer = {
        "UserPoolId": app.pool_id,
        "ClientId": app.client_id,
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": session,
        "ChallengeResponses": {"USERNAME": "anna", "NEW_PASSWORD": PASSWORD},
    }
    elsewhere: Any = {"IpAddress": BRISBANE, "ServerName": "s", "ServerPath": "/", "HttpHeaders": []}
    with refused(*BLOCKED):
        server.administrator.admin_respond_to_auth_challenge(**answer, ContextData=elsewhere)
    home = elsewhere | {"IpAddress": LONDON}
    assert server.administrator.admin_respond_to_auth_challenge(**answer, ContextData=home)[
        "AuthenticationResult"
    ]


def test_an_always_allowed_address_skips_the_response_to_risk(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    configure(clocked, app, **takeover(low="BLOCK"), **ranges(skipped=("1.2.3.0/24",)))
    assert sign_in_from(clocked, app, "anna", BRISBANE, STRANGER)["AuthenticationResult"]
    assert latest(clocked, app).risk.because.startswith("the address is on the always-allow list")


@pytest.mark.parametrize(
    ("skipped", "blocked", "allowed"),
    [
        ("81.2.69.142/32", "81.2.69.0/24", True),
        ("81.2.69.0/24", "81.2.69.142/32", False),
        ("81.2.0.0/16", "81.2.69.0/24", False),
    ],
)
def test_the_most_specific_range_wins(
    server: RunningServer, skipped: str, blocked: str, allowed: bool
) -> None:
    app = protected(server)
    configure(server, app, **ranges(skipped=(skipped,), blocked=(blocked,)))
    if allowed:
        assert sign_in_from(server, app, "anna", LONDON)["AuthenticationResult"]
    else:
        with refused(*BLOCKED):
            sign_in_from(server, app, "anna", LONDON)


def test_an_ipv6_range_holds_ipv6_addresses(server: RunningServer) -> None:
    app = protected(server)
    configure(server, app, **ranges(blocked=("2a00:1450::/32",)))
    with refused(*BLOCKED):
        sign_in_from(server, app, "anna", "2a00:1450:4009::1")


def test_an_ipv4_address_in_ipv6_clothing_is_the_ipv4_address(server: RunningServer) -> None:
    app = protected(server)
    configure(server, app, **ranges(blocked=("81.2.69.0/24",)))
    with refused(*BLOCKED):
        sign_in_from(server, app, "anna", f"::ffff:{LONDON}")


def test_a_clients_ranges_are_its_own(server: RunningServer) -> None:
    app = protected(server)
    other = make_app(server, app.pool_id)
    configure(server, app, client=True, **ranges(blocked=("81.2.69.0/24",)))
    with refused(*BLOCKED):
        sign_in_from(server, app, "anna", LONDON)
    assert sign_in_from(server, other, "anna", LONDON)["AuthenticationResult"]


def test_audit_blocks_no_address_and_says_that_it_would_have(server: RunningServer) -> None:
    app = protected(server, "AUDIT")
    configure(server, app, **ranges(blocked=("81.2.69.0/24",)))
    assert sign_in_from(server, app, "anna", LONDON)["AuthenticationResult"]
    risk = latest(server, app).risk
    assert (risk.response, risk.would_have, risk.decision) == ("allow", "block", "Block")


def test_off_blocks_no_address(server: RunningServer) -> None:
    app = protected(server)
    configure(server, app, **ranges(blocked=("81.2.69.0/24",)))
    server.administrator.update_user_pool(
        UserPoolId=app.pool_id, UserPoolAddOns={"AdvancedSecurityMode": "OFF"}
    )
    assert sign_in_from(server, app, "anna", LONDON)["AuthenticationResult"]


def test_a_forwarding_header_of_anybody_is_not_believed(server: RunningServer) -> None:
    app = protected(server)
    forwarded(server, app, LONDON)
    context = latest(server, app).context
    assert (context.address, context.address_source) == ("127.0.0.1", "connection")


def test_a_trusted_proxys_forwarding_header_is_believed_as_far_as_it_is_trusted(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running(tmp_path_factory.mktemp("doorward"), trusted_proxies="127.0.0.0/8,10.0.0.0/8") as server:
        app = protected(server)
        forwarded(server, app, f"{BRISBANE}, {LONDON}, 10.1.2.3")
        context = latest(server, app).context
        assert (context.address, context.address_source) == (LONDON, "x-forwarded-for")


def test_a_client_that_proves_itself_may_pass_its_users_address_on(server: RunningServer) -> None:
    app = protected(server, app={"GenerateSecret": True} | PROPAGATING)
    public(server, app, {"IpAddress": LONDON})
    context = latest(server, app).context
    assert (context.address, context.address_source) == (LONDON, "user-context-data")
    assert context.country == "United Kingdom"


@pytest.mark.parametrize("settings", [{}, {"GenerateSecret": True}])
def test_no_other_client_passes_an_address_on(server: RunningServer, settings: dict[str, Any]) -> None:
    app = protected(server, app=settings)
    public(server, app, {"IpAddress": LONDON})
    assert latest(server, app).context.address == "127.0.0.1"


@pytest.mark.parametrize("address", ["somewhere", "300.1.2.3", "81.2.69.142/24", "fe80::1%eth0"])
def test_an_address_that_does_not_parse_is_a_wrong_parameter(server: RunningServer, address: str) -> None:
    app = protected(server, app={"GenerateSecret": True} | PROPAGATING)
    with refused("InvalidParameterException"):
        sign_in_from(server, app, "anna", address)
    with refused("InvalidParameterException"):
        public(server, app, {"IpAddress": address})
    assert kept(server, app.pool_id) == []


def test_a_device_that_describes_itself_is_written_down(server: RunningServer) -> None:
    app = protected(server)
    public(server, app, {"EncodedData": LAPTOP.describe(app, "anna", server.services.clock.now())})
    context = latest(server, app).context
    assert context.device_name == "Chrome 126, Windows 10"
    assert (context.timezone, context.context_signature) == (LAPTOP.timezone, "valid")


def test_a_description_with_a_bad_signature_is_flagged_and_the_sign_in_goes_on(
    server: RunningServer,
) -> None:
    app = protected(server)
    other = make_app(server, app.pool_id)
    public(server, app, {"EncodedData": LAPTOP.describe(other, "anna", server.services.clock.now())})
    event = latest(server, app)
    assert event.response == "Pass"
    assert (event.context.context_signature, event.context.timezone) == ("invalid", None)
    assert event.context.context_problem


@pytest.mark.parametrize("encoded", ["garbage", "e30=", "=" * 100, "A" * 20_000])
def test_garbage_is_flagged_and_the_sign_in_goes_on(server: RunningServer, encoded: str) -> None:
    app = protected(server)
    public(server, app, {"EncodedData": encoded})
    event = latest(server, app)
    assert (event.response, event.context.context_signature) == ("Pass", "malformed")


def test_a_description_of_another_user_is_flagged(server: RunningServer) -> None:
    app = protected(server)
    public(server, app, {"EncodedData": LAPTOP.describe(app, "berta", server.services.clock.now())})
    assert latest(server, app).context.context_signature == "mismatch"


def test_an_old_description_is_flagged(server: RunningServer) -> None:
    app = protected(server)
    public(server, app, {"EncodedData": LAPTOP.describe(app, "anna", server.services.clock.now() - 7200)})
    assert latest(server, app).context.context_signature == "stale"


def test_a_silent_client_is_flagged_as_nothing(server: RunningServer) -> None:
    app = protected(server)
    sign_in(server, app, "anna")
    assert latest(server, app).context.context_signature == "absent"


def test_the_user_agent_comes_from_the_headers_that_a_server_passes_on(server: RunningServer) -> None:
    app = protected(server)
    server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
        ContextData={
            "IpAddress": LONDON,
            "ServerName": "shop.example.org",
            "ServerPath": "/login",
            "HttpHeaders": [{"headerName": "User-Agent", "headerValue": STRANGER.user_agent}],
        },
    )
    assert latest(server, app).context.device_name == "Firefox 127, Linux"


def test_an_unknown_name_is_recorded_where_the_client_tells_who_exists(server: RunningServer) -> None:
    app = protected(server, app={"PreventUserExistenceErrors": "LEGACY"})
    with refused(*NO_USER):
        server.anonymous.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": "nobody", "SRP_A": "abcdef"},
        )
    event = latest(server, app)
    assert (event.sub, event.response) == (None, "Fail")
