"""Every case of a refresh in docs/adaptive-authentication.md, played through the server."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from tests.circumstances import BRISBANE, LAPTOP, LONDON, STRANGER, Device, sign_in_from
from tests.people import App, make_app, make_pool, make_user, told
from tests.scenarios.challenged import ON, choose, offer, phone_of, respond_from
from tests.scenarios.levels import force_level
from tests.scenarios.protected import configure, ranges, switch, takeover
from tests.scenarios.refusals import BLOCKED
from tests.scenarios.sessions import refresh_from
from tests.server import RunningServer, running
from tools.refresh_responses import ACTIONS, AGAIN, LEVELS, ONE, REVOKED, TOKENS, RefreshCase, refresh_cases

from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.protection import queries
from doorward.risk.encoding import encode
from doorward.risk.profile import Profile

ANSWERS: Final = {
    BLOCKED: AGAIN,
    ("NotAuthorizedException", "Refresh Token has been revoked"): REVOKED,
}
RESPONSES: Final = {TOKENS: "allow", AGAIN: "sign_in_again", REVOKED: "revoke"}
"""What the event calls an outcome."""


class Stage:
    """A pool with two people who have signed in often; one of them has a second factor."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.app = make_app(server, make_pool(server))
        offer(server, self.app.pool_id, "OPTIONAL", ["SMS_MFA"])
        self._subs: dict[str, str] = {}
        for name, attributes in (("none", {}), ("one", {"phone_number": phone_of("one")})):
            sub = make_user(server, self.app.pool_id, name, attributes=attributes)
            self._subs[name] = sub
            with server.services.store.writing() as tx:
                queries.keep_profile(tx, self.app.pool_id, sub, encode(Profile(successes=100)))
        choose(server, self.app, "one", SMS_MFA=ON)

    def begin(self, name: str) -> Any:
        """Begin a session at home, where nothing is risky."""
        self._to("ENFORCED")
        configure(self.server, self.app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
        force_level(self.server, self.app, "none")
        answer = sign_in_from(self.server, self.app, name)
        if "ChallengeName" in answer:
            code = self.server.last_code(self.app.pool_id)
            answer = respond_from(self.server, self.app, answer, name, LONDON, LAPTOP, SMS_MFA_CODE=code)
        return answer["AuthenticationResult"]

    def prepare(self, case: RefreshCase) -> App:
        """Let the pool be configured for the case, and what is scored have its level."""
        at = LEVELS.index(case.level)
        actions = {
            level.lower(): "NO_ACTION" if number < at else case.action if number == at else "BLOCK"
            for number, level in enumerate(LEVELS)
            if number
        }
        listed = (f"{BRISBANE}/32",)
        lists = {"always allowed": ranges(skipped=listed), "always blocked": ranges(blocked=listed)}
        configure(self.server, self.app, **takeover(**actions), **lists.get(case.listed, {}))
        force_level(self.server, self.app, case.level)
        self._to(case.mode)
        return self.app

    def _to(self, mode: str) -> None:
        switch(
            self.server,
            self.app,
            mode,
            MfaConfiguration="OPTIONAL",
            SmsConfiguration={"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"},
        )

    def events(self, name: str) -> list[AuthEvent]:
        """A user's events."""
        with self.server.services.store.reading() as tx:
            return list(events.all_of_user(tx, self.app.pool_id, self._subs[name]))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server of its own, which sends as many codes as are asked for."""
    with running(tmp_path_factory.mktemp("doorward"), messages_per_address=10_000) as server:
        yield Stage(server)


@pytest.mark.parametrize(
    "case", list(refresh_cases()), ids=lambda case: "-".join(str(part) for part in vars(case).values())
)
def test_the_case(stage: Stage, case: RefreshCase) -> None:
    name = "one" if case.user == ONE else "none"
    tokens = stage.begin(name)
    app, before = stage.prepare(case), stage.events(name)
    where = (BRISBANE, STRANGER) if case.moved else (LONDON, LAPTOP)
    assert outcome(stage, app, tokens["RefreshToken"], where, name) == case.outcome
    assert lives_on(stage, app, tokens["RefreshToken"], name) == (case.outcome != REVOKED)
    written = [event for event in stage.events(name) if event not in before]
    if case.mode == "OFF" or not case.moved or case.listed == "always allowed":
        assert written == []
        return
    (event,) = written
    assert event.refresh_of in {one.event_id for one in before}
    assert event.response == ("Pass" if case.outcome == TOKENS else "Fail")
    assert event.risk.response == RESPONSES[case.outcome]
    assert event.risk.would_have == RESPONSES[case.enforced]
    assert (event.risk.level or "none") == ("none" if case.listed else case.level)
    assert not event.learned


def outcome(stage: Stage, app: App, token: str, where: tuple[str, Device], name: str) -> str:
    """What the refresh came to, as the page calls it."""
    try:
        answer = refresh_from(stage.server, app, token, where[0], where[1], name)
    except ClientError as error:
        return ANSWERS[told(error)]
    assert answer["AccessToken"]
    return TOKENS


def lives_on(stage: Stage, app: App, token: str, name: str) -> bool:
    """Whether the session can still be refreshed where it began."""
    return outcome(stage, app, token, (LONDON, LAPTOP), name) == TOKENS


def test_every_action_is_met_at_every_level() -> None:
    assert {(case.level, case.action) for case in refresh_cases() if case.mode == "ENFORCED"} >= {
        (level, action) for level in LEVELS[1:] for action in ACTIONS
    }


def test_a_higher_level_never_gets_a_weaker_response() -> None:
    """Whatever is configured, as long as its own order rises."""
    strength = {TOKENS: 0, AGAIN: 1, REVOKED: 2}
    for user in {case.user for case in refresh_cases()}:
        by_action = {
            case.action: strength[case.enforced]
            for case in refresh_cases()
            if case.user == user and case.moved and case.level != "none" and not case.listed
        }
        risen = [by_action[action] for action in ACTIONS]
        assert risen == sorted(risen)
