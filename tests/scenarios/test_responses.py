"""Every case of docs/adaptive-authentication.md, played through the server."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from tests import srp
from tests.circumstances import LAPTOP, LONDON, context
from tests.people import PASSWORD, App, make_app, make_pool, make_user, told
from tests.scenarios.challenged import ON, choose, offer, password, phone_of, respond
from tests.scenarios.choosing import begin
from tests.scenarios.levels import force_level
from tests.scenarios.protected import configure, ranges, takeover
from tests.scenarios.refusals import BLOCKED as UNABLE_TO_LOGIN
from tests.server import RunningServer, running
from tools.responses import (
    ABLE,
    ACTIONS,
    BLOCKED,
    FLOWS,
    LEVELS,
    ONE,
    PAGE,
    REFUSED,
    SETUP,
    SEVERAL,
    TOKENS,
    UNABLE,
    Case,
    cases,
    page,
)

from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.protection import queries
from doorward.risk.encoding import encode
from doorward.risk.profile import Profile

NO_FACTOR = ("NotAuthorizedException", "The user pool requires a second factor, and the user holds none.")

RESPONSES: Final = {TOKENS: "allow", SETUP: "mfa_setup", REFUSED: "refuse", BLOCKED: "block"}
"""What the event calls an outcome; the challenges are all `mfa`."""


class Stage:
    """Pools of every kind, and the same four people in them."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self._apps: dict[tuple[str, str, bool], App] = {}
        self._subs: dict[tuple[str, str], str] = {}
        self._set: dict[str, object] = {}

    def app(self, case: Case) -> App:
        """The app client of a case's pool: its MFA, its mode, and whether an app can be set up."""
        key = (case.mfa, case.mode, case.user != UNABLE)
        if key not in self._apps:
            self._apps[key] = self._made(*key)
        return self._apps[key]

    def _made(self, mfa: str, mode: str, anything: bool) -> App:
        server = self.server
        app = make_app(server, make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": mode}))
        offer(
            server,
            app.pool_id,
            "OPTIONAL",
            ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"] if anything else ["SMS_MFA"],
        )
        for user, attributes in (
            (ABLE, {"email": "", "email_verified": ""}),
            (UNABLE, {"email": "", "email_verified": ""}),
            (ONE, {"phone_number": phone_of("one"), "email": "", "email_verified": ""}),
            (SEVERAL, {"phone_number": phone_of("several")}),
        ):
            name = name_of(user)
            sub = self._subs[app.pool_id, name] = make_user(server, app.pool_id, name, attributes=attributes)
            with server.services.store.writing() as tx:
                # Of somebody who has signed in before: what is rare for a new user is never above Low.
                queries.keep_profile(tx, app.pool_id, sub, encode(Profile(successes=100)))
        choose(server, app, name_of(ONE), SMS_MFA=ON)
        if anything:
            choose(server, app, name_of(SEVERAL), SMS_MFA=ON, EMAIL_OTP=ON)
        offer(
            server,
            app.pool_id,
            mfa,
            []
            if mfa == "OFF"
            else ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
            if anything
            else ["SMS_MFA"],
        )
        return app

    def prepare(self, case: Case) -> App:
        """Let the pool be configured for the case, and every attempt have its level."""
        app = self.app(case)
        if self._set.get(app.pool_id) != (case.level, case.action, case.listed):
            self._set[app.pool_id] = (case.level, case.action, case.listed)
            if case.mode != "OFF":
                # In mode OFF no configuration is taken, and the defaults would block at every level.
                configure(self.server, app, **takeover(**actions(case)), **addresses(case))
            force_level(self.server, app, case.level)
        return app

    def latest_event(self, app: App, name: str) -> AuthEvent | None:
        """The newest event of a user."""
        with self.server.services.store.reading() as tx:
            found = events.of_user(tx, app.pool_id, self._subs[app.pool_id, name], 1, None)
        return found[0] if found else None


def name_of(user: str) -> str:
    return user.replace(" ", "-").replace(";", "")


def actions(case: Case) -> dict[str, str]:
    """The case's action at its level, the weakest below and the strongest above: only the right one fits."""
    at = LEVELS.index(case.level)
    return {
        level.lower(): "NO_ACTION" if number < at else case.action if number == at else "BLOCK"
        for number, level in enumerate(LEVELS)
        if number
    }


def addresses(case: Case) -> dict[str, Any]:
    if not case.listed:
        return {}
    whole = (LONDON + "/32",)
    return ranges(skipped=whole) if case.listed == "always allowed" else ranges(blocked=whole)


def sign_in(server: RunningServer, app: App, name: str, flow: str) -> Any:
    """Sign in by a flow, up to the tokens or what else is asked for."""
    if flow == "password":
        return password(server, app, name)
    if flow == "SRP":
        return srp.sign_in(server, app, name)
    if flow == "choice, password":
        return begin(server, app, name, "PASSWORD", PASSWORD=PASSWORD)
    if flow == "choice, SRP":
        return _by_choice_and_srp(server, app, name)
    as_administrator: dict[str, Any] = {
        "UserPoolId": app.pool_id,
        "ClientId": app.client_id,
        "ContextData": context(app, name, LONDON, LAPTOP, server.services.clock.now()),
    }
    if flow == "admin, password":
        return server.administrator.admin_initiate_auth(
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
            **as_administrator,
        )
    if flow == "admin, choice, password":
        asked = server.administrator.admin_initiate_auth(
            AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name}, **as_administrator
        )
        return server.administrator.admin_respond_to_auth_challenge(
            ChallengeName="SELECT_CHALLENGE",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, "ANSWER": "PASSWORD", "PASSWORD": PASSWORD},
            **as_administrator,
        )
    exchange = srp.prepare(server, app, name)
    asked = server.administrator.admin_initiate_auth(
        AuthFlow="USER_SRP_AUTH", AuthParameters=exchange.get_auth_params(), **as_administrator
    )
    return server.administrator.admin_respond_to_auth_challenge(
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=exchange.process_challenge(
            asked["ChallengeParameters"], exchange.get_auth_params()
        ),
        **as_administrator,
    )


def _by_choice_and_srp(server: RunningServer, app: App, name: str) -> Any:
    exchange = srp.prepare(server, app, name)
    parameters = exchange.get_auth_params()
    asked = respond(
        server, app, begin(server, app, name), name, ANSWER="PASSWORD_SRP", SRP_A=parameters["SRP_A"]
    )
    proof = exchange.process_challenge(asked["ChallengeParameters"], parameters)
    return respond(server, app, asked, name, **proof)


def outcome(stage: Stage, app: App, case: Case) -> str:
    """What the sign-in came to, as the page calls it."""
    try:
        answer = sign_in(stage.server, app, name_of(case.user), case.flow)
    except ClientError as error:
        if told(error) == NO_FACTOR:
            return REFUSED
        assert told(error) == UNABLE_TO_LOGIN
        # The same answer to the user; the event tells the two apart.
        event = stage.latest_event(app, name_of(case.user))
        return REFUSED if event is not None and event.risk.response == "refuse" else BLOCKED
    return TOKENS if "AuthenticationResult" in answer else answer["ChallengeName"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server of its own, which sends as many codes as are asked for."""
    with running(tmp_path_factory.mktemp("doorward"), messages_per_address=10_000) as server:
        yield Stage(server)


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: "-".join(filter(None, vars(case).values())))
def test_the_case(stage: Stage, case: Case) -> None:
    app = stage.prepare(case)
    assert outcome(stage, app, case) == case.outcome
    event = stage.latest_event(app, name_of(case.user))
    if case.mode == "OFF":
        assert event is None
        return
    assert event is not None
    assert event.risk.response == RESPONSES.get(case.outcome, "mfa")
    assert event.risk.would_have == RESPONSES.get(case.enforced, "mfa")
    assert (event.risk.level or "none") == (
        case.level if case.listed != "always blocked" or case.mode == "AUDIT" else "none"
    )
    ended = {TOKENS: "Pass", REFUSED: "Fail", BLOCKED: "Fail"}
    assert event.response == ended.get(case.outcome, "InProgress")


def test_every_way_in_meets_every_outcome() -> None:
    met = {(case.flow, case.outcome) for case in cases()}
    assert met == {(flow, outcome) for flow in FLOWS for outcome in {case.outcome for case in cases()}}


def test_every_action_is_met_at_every_level() -> None:
    assert {(case.level, case.action) for case in cases() if case.mode == "ENFORCED"} >= {
        (level, action) for level in LEVELS[1:] for action in ACTIONS
    }


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
