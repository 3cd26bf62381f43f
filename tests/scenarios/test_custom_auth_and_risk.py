"""Custom sign-ins and advanced security: the mode that acts, what is assessed, and what stands in the history."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.circumstances import BRISBANE, DAY, LONDON, STRANGER
from tests.lambda_emulator import Emulator
from tests.people import PASSWORD, App, make_user, sign_in, told
from tests.scenarios.challenged import ON, choose, offer, phone_of, respond
from tests.scenarios.custom import (
    answer,
    answer_from,
    assessed,
    begin,
    begin_from,
    begin_with_password,
    custom,
    show_password,
)
from tests.scenarios.levels import force_level
from tests.scenarios.pools import ANY_PASSWORD, BREACHED, NEW_PASSWORD
from tests.scenarios.protected import configure, ranges, takeover
from tests.scenarios.refusals import BLOCKED
from tests.server import RunningServer, running

from doorward.clock import SetClock, SystemClock
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.protection import queries
from doorward.protection.abandoned import fail_abandoned
from doorward.risk.encoding import decode, encode
from doorward.risk.profile import Profile

RIGHT = {"ChallengeName": "Mfa", "ChallengeResponse": "Success"}
WRONG = {"ChallengeName": "Mfa", "ChallengeResponse": "Failure"}
PASSWORD_RIGHT = {"ChallengeName": "Password", "ChallengeResponse": "Success"}
NEVER = takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION")


@pytest.fixture(scope="module")
def clock() -> SetClock:
    return SetClock(SystemClock().now())


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, emulator: Emulator, clock: SetClock
) -> Iterator[RunningServer]:
    with running(tmp_path_factory.mktemp("doorward"), clock, lambda_endpoint=emulator.url) as one:
        yield one


def with_history(server: RunningServer, app: App, username: str = "anna") -> None:
    """Let the user have signed in before: what is rare for a new user is never above Low."""
    with server.services.store.writing() as tx:
        queries.keep_profile(tx, app.pool_id, sub_of(server, app, username), encode(Profile(successes=100)))


def sub_of(server: RunningServer, app: App, username: str = "anna") -> str:
    user = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username=username)
    return next(one["Value"] for one in user["UserAttributes"] if one["Name"] == "sub")


def successes(server: RunningServer, app: App) -> int:
    with server.services.store.reading() as tx:
        encoded = queries.profile(tx, app.pool_id, sub_of(server, app))
    return decode(encoded).successes if encoded else 0


def listed(server: RunningServer, app: App, username: str = "anna") -> list[Any]:
    return list(
        server.administrator.admin_list_user_auth_events(UserPoolId=app.pool_id, Username=username)[
            "AuthEvents"
        ]
    )


def kept(server: RunningServer, app: App) -> list[AuthEvent]:
    """The user's latest event as it is kept, also where the API lists none."""
    with server.services.store.reading() as tx:
        return list(events.of_user(tx, app.pool_id, sub_of(server, app), 1, None))


def newest(server: RunningServer, app: App) -> AuthEvent:
    return kept(server, app)[0]


@pytest.mark.parametrize(
    ("pool_mode", "mode", "acts"),
    [
        ("ENFORCED", "ENFORCED", "ENFORCED"),
        ("ENFORCED", "AUDIT", "AUDIT"),
        ("AUDIT", "ENFORCED", "AUDIT"),
        ("AUDIT", "AUDIT", "AUDIT"),
        ("OFF", "ENFORCED", "OFF"),
        ("OFF", "AUDIT", "OFF"),
        ("ENFORCED", "", "OFF"),
        ("AUDIT", "", "OFF"),
    ],
)
def test_the_mode_that_acts(server: RunningServer, pool_mode: str, mode: str, acts: str) -> None:
    """CustomAuthMode, within the mode of the pool; without it a custom sign-in is not assessed."""
    flows: dict[str, Any] = {"AdvancedSecurityAdditionalFlows": {"CustomAuthMode": mode}} if mode else {}
    app = custom(server, UserPoolAddOns={"AdvancedSecurityMode": pool_mode, **flows})
    with_history(server, app)
    force_level(server, app, "High")
    asked = begin(server, app)
    if acts == "ENFORCED":
        with pytest.raises(ClientError) as refused:
            answer(server, app, asked)
        assert told(refused.value) == BLOCKED
    else:
        assert "AuthenticationResult" in answer(server, app, asked)
    if acts == "OFF":
        assert kept(server, app) == []
        return
    (event,) = kept(server, app)
    assert (event.risk.mode, event.risk.level, event.risk.would_have) == (acts, "High", "block")
    assert event.risk.reasons


def test_passwords_are_assessed_by_the_pools_own_mode(server: RunningServer) -> None:
    app = assessed(server, "AUDIT")
    with_history(server, app)
    force_level(server, app, "High")
    with pytest.raises(ClientError) as refused:
        sign_in(server, app, "anna")
    assert told(refused.value) == BLOCKED


class TestHistory:
    """The event of a custom sign-in."""

    @pytest.fixture
    def app(self, server: RunningServer, emulator: Emulator) -> App:
        emulator.reset()
        made = assessed(server)
        configure(server, made, **NEVER)
        return made

    def test_nothing_is_noted_before_anything_is_shown(self, server: RunningServer, app: App) -> None:
        begin(server, app)
        begin_with_password(server, app)
        assert listed(server, app) == []

    def test_a_right_answer_passes_and_teaches(self, server: RunningServer, app: App) -> None:
        answer_from(server, app, begin_from(server, app))
        (event,) = listed(server, app)
        assert event["EventResponse"] == "Pass"
        assert event["ChallengeResponses"] == [RIGHT]
        assert event["EventRisk"]["RiskDecision"] in {"NoRisk", "AccountTakeover"}
        assert event["EventContextData"]["IpAddress"] == LONDON
        assert successes(server, app) == 1

    def test_rounds_are_one_event(self, server: RunningServer, app: App) -> None:
        asked = answer(server, app, begin(server, app), "red")
        (event,) = listed(server, app)
        assert (event["EventResponse"], event["ChallengeResponses"]) == ("InProgress", [WRONG])
        answer(server, app, asked)
        (event,) = listed(server, app)
        assert (event["EventResponse"], event["ChallengeResponses"]) == ("Pass", [RIGHT])
        assert newest(server, app).risk.score is not None

    def test_the_password_and_the_challenge(self, server: RunningServer, app: App) -> None:
        asked = show_password(server, begin_with_password(server, app))
        (event,) = listed(server, app)
        assert (event["EventResponse"], event["ChallengeResponses"]) == ("InProgress", [PASSWORD_RIGHT])
        answer(server, app, asked)
        (event,) = listed(server, app)
        assert (event["EventResponse"], event["ChallengeResponses"]) == ("Pass", [PASSWORD_RIGHT, RIGHT])

    def test_what_the_functions_end_fails(self, server: RunningServer, app: App) -> None:
        asked = begin(server, app)
        for wrong in ("red", "green"):
            asked = answer(server, app, asked, wrong)
        with pytest.raises(ClientError):
            answer(server, app, asked, "grey")
        (event,) = listed(server, app)
        assert (event["EventResponse"], event["ChallengeResponses"]) == ("Fail", [WRONG])
        assert successes(server, app) == 0

    def test_what_nobody_goes_on_with_fails(self, server: RunningServer, app: App, clock: SetClock) -> None:
        answer(server, app, begin(server, app), "red")
        clock.advance(181)
        fail_abandoned(server.services.store, server.services.guard, clock, lambda: False)
        assert [event["EventResponse"] for event in listed(server, app)] == ["Fail"]

    def test_a_function_that_fails_ends_it(self, server: RunningServer, emulator: Emulator, app: App) -> None:
        asked = answer(server, app, begin(server, app), "red")
        emulator.functions["define"] = lambda event: {"response": {}}
        with pytest.raises(ClientError, match="InvalidLambdaResponseException"):
            answer(server, app, asked)
        (event,) = listed(server, app)
        assert (event["EventResponse"], event["ChallengeResponses"]) == ("Fail", [RIGHT])


def test_a_stranger_is_riskier_than_anna(emulator: Emulator, tmp_path: Path) -> None:
    """A server of its own, whose clock goes on for days: the libraries' part of SRP goes by the machine's."""
    emulator.reset()
    clock = SetClock(SystemClock().now())
    with running(tmp_path, clock, lambda_endpoint=emulator.url) as server:
        app = assessed(server)
        configure(server, app, **NEVER)
        for _ in range(14):
            answer_from(server, app, begin_from(server, app))
            clock.advance(DAY)
        usual = newest(server, app).risk
        asked = begin_from(server, app, address=BRISBANE, device=STRANGER)
        answer_from(server, app, asked, address=BRISBANE, device=STRANGER)
        strange = newest(server, app).risk
    assert usual.level is None
    assert strange.level in {"Medium", "High"}
    assert (usual.score or 0) < (strange.score or 0)


def test_a_new_password_is_checked_whatever_the_mode_of_custom_sign_ins(
    server: RunningServer, emulator: Emulator
) -> None:
    emulator.reset()
    app = custom(server, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}, Policies=ANY_PASSWORD)
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username="new", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    asked = answer(
        server, app, show_password(server, begin_with_password(server, app, "new")), username="new"
    )
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    with pytest.raises(ClientError, match="cannot be used for security reasons"):
        respond(server, app, asked, "new", NEW_PASSWORD=BREACHED)
    assert "AuthenticationResult" in respond(server, app, asked, "new", NEW_PASSWORD=NEW_PASSWORD)


class TestResponses:
    """What the level leads to, behind the last answer."""

    def test_a_blocked_address_is_refused_before_any_function_is_asked(
        self, server: RunningServer, emulator: Emulator
    ) -> None:
        app = assessed(server)
        configure(server, app, **NEVER, **ranges(blocked=(LONDON + "/32",)))
        asked = begin_from(server, app, address=BRISBANE)
        emulator.reset()
        with pytest.raises(ClientError) as refused:
            begin_from(server, app)
        assert told(refused.value) == BLOCKED
        with pytest.raises(ClientError) as refused:
            answer_from(server, app, asked)
        assert told(refused.value) == BLOCKED
        assert emulator.events == []
        # The session stays its owner's, who is elsewhere.
        assert "AuthenticationResult" in answer_from(server, app, asked, address=BRISBANE)

    @pytest.mark.parametrize("with_password", [False, True])
    def test_a_second_factor_at_risk(
        self, server: RunningServer, emulator: Emulator, with_password: bool
    ) -> None:
        emulator.reset()
        app = assessed(server)
        offer(server, app.pool_id, factors=["SMS_MFA"])
        make_user(server, app.pool_id, "mia", attributes={"phone_number": phone_of("mia")})
        choose(server, app, "mia", SMS_MFA=ON)
        configure(server, app, **takeover(low="MFA_REQUIRED", medium="MFA_REQUIRED", high="MFA_REQUIRED"))
        with_history(server, app, "mia")
        force_level(server, app, "High")
        asked = (
            show_password(server, begin_with_password(server, app, "mia", PASSWORD))
            if with_password
            else begin(server, app, "mia")
        )
        asked = answer(server, app, asked, username="mia")
        assert asked["ChallengeName"] == "SMS_MFA"
        granted = server.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id,
            ChallengeName="SMS_MFA",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "mia", "SMS_MFA_CODE": server.last_code(app.pool_id)},
        )
        assert "AuthenticationResult" in granted
        (event,) = listed(server, app, "mia")
        assert event["EventResponse"] == "Pass"
        assert event["EventRisk"]["RiskLevel"] == "High"

    def test_nobody_is_not_told_from_somebody_by_the_event(
        self, server: RunningServer, emulator: Emulator
    ) -> None:
        """Wrong answers for a name that leads to nobody are events too, under a digest, and lock it alike."""
        emulator.reset()
        app = assessed(server)
        outcomes: dict[str, list[str]] = {}
        for name in ("anna", "nobody"):
            outcomes[name] = []
            for _ in range(3):
                asked = begin(server, app, name)
                for _ in range(3):
                    try:
                        asked = answer(server, app, asked, "red", username=name)
                        outcomes[name].append(asked["ChallengeName"])
                    except ClientError as refused:
                        outcomes[name].append(str(told(refused)))
                        break
                else:
                    continue
                if "attempts exceeded" in outcomes[name][-1]:
                    break
        assert outcomes["anna"] == outcomes["nobody"]
