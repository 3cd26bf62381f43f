"""A session that is refreshed from elsewhere than it was begun: what is seen, done, written down and not learned."""

from typing import Any

import pytest
from tests.circumstances import BRISBANE, CALIFORNIA, DAY, LAPTOP, LONDON, STRANGER, Device, sign_in_from
from tests.conftest import ClockedServer
from tests.history import kept, latest, listed
from tests.people import App, make_app, make_user, sign_in
from tests.scenarios.protected import configure, judge, protected, ranges, switch, takeover, with_habits
from tests.scenarios.refusals import BLOCKED, refused
from tests.scenarios.sessions import begin, refresh_from

from doorward.history.auth_event import AuthEvent
from doorward.history.feedback_token import feedback_token
from doorward.protection import queries
from doorward.protection.rebuilding import rebuild

REVOKED = ("NotAuthorizedException", "Refresh Token has been revoked")
SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"}
PHONE = Device(
    "phone-of-anna",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1",
    platform="iPhone",
)


@pytest.fixture
def app(clocked: ClockedServer) -> App:
    """Anna's pool, after two weeks at home, where High is blocked."""
    app = with_habits(clocked)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="BLOCK"))
    return app


def profile(server: ClockedServer, app: App) -> bytes | None:
    """What the engine has learned of anna."""
    sub = kept(server, app.pool_id)[0].sub or ""
    with server.services.store.reading() as tx:
        return queries.profile(tx, app.pool_id, sub)


def from_afar(server: ClockedServer, app: App, token: str, who: str = "anna") -> Any:
    """Refresh a minute later, from the other end of the world, with a machine that nobody knows."""
    server.clock.advance(60)
    return refresh_from(server, app, token, BRISBANE, STRANGER, who)


def test_a_stolen_session_is_ended(clocked: ClockedServer, app: App) -> None:
    """For the thief and for everybody: also the access token serves no more."""
    tokens = begin(clocked, app)
    with refused(*REVOKED):
        from_afar(clocked, app, tokens["RefreshToken"])
    with refused(*REVOKED):
        refresh_from(clocked, app, tokens["RefreshToken"])
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        clocked.anonymous.get_user(AccessToken=tokens["AccessToken"])
    assert begin(clocked, app)["AccessToken"]


def test_another_session_of_the_user_lives_on(clocked: ClockedServer, app: App) -> None:
    stolen, other = begin(clocked, app), begin(clocked, app)
    with refused(*REVOKED):
        from_afar(clocked, app, stolen["RefreshToken"])
    assert refresh_from(clocked, app, other["RefreshToken"])["AccessToken"]


def test_it_is_an_event_of_its_own_tied_to_the_sign_in(clocked: ClockedServer, app: App) -> None:
    tokens = begin(clocked, app)
    began = latest(clocked, app)
    with refused(*REVOKED):
        from_afar(clocked, app, tokens["RefreshToken"])
    event = latest(clocked, app)
    assert (event.refresh_of, event.response, event.learned) == (began.event_id, "Fail", False)
    assert (event.risk.level, event.risk.response, event.risk.would_have) == ("High", "revoke", "revoke")
    assert event.risk.reasons
    told: Any = listed(clocked, app)[0]
    assert (told["EventType"], told["EventResponse"], told["ChallengeResponses"]) == ("SignIn", "Fail", [])
    assert told["EventRisk"]["RiskDecision"] == "AccountTakeover"
    assert told["EventContextData"]["IpAddress"] == BRISBANE


@pytest.mark.parametrize("mode", ["AUDIT", "ENFORCED"])
def test_a_refresh_that_is_reported_as_anothers_ends_the_session(clocked: ClockedServer, mode: str) -> None:
    """That session and no other; what was said of it is taken back, and it stays ended."""
    app = with_habits(clocked, mode)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
    stolen, other = begin(clocked, app), begin(clocked, app)
    got = from_afar(clocked, app, stolen["RefreshToken"])
    event_id = latest(clocked, app).event_id
    judge(clocked, app, event_id, "Invalid")
    for where in ((BRISBANE, STRANGER), (LONDON, LAPTOP)):
        with refused(*REVOKED):
            refresh_from(clocked, app, stolen["RefreshToken"], *where)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        clocked.anonymous.get_user(AccessToken=got["AccessToken"])
    assert refresh_from(clocked, app, other["RefreshToken"])["AccessToken"]
    judge(clocked, app, event_id, "Valid")
    with refused(*REVOKED):
        refresh_from(clocked, app, stolen["RefreshToken"])


def test_the_user_ends_it_by_the_token_from_his_mail(clocked: ClockedServer, app: App) -> None:
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
    token = begin(clocked, app)["RefreshToken"]
    from_afar(clocked, app, token)
    event = latest(clocked, app)
    with refused("NotAuthorizedException", "Invalid feedback token."):
        say(clocked, app, event, "made-up")
    assert refresh_from(clocked, app, token)["AccessToken"]
    say(clocked, app, event, feedback_token(clocked.services.keyring, event, clocked.clock.now()))
    with refused(*REVOKED):
        refresh_from(clocked, app, token)


def say(server: ClockedServer, app: App, event: AuthEvent, token: str) -> None:
    server.anonymous.update_auth_event_feedback(
        UserPoolId=app.pool_id,
        Username="anna",
        EventId=event.event_id,
        FeedbackToken=token,
        FeedbackValue="Invalid",
    )


def test_a_refresh_that_was_the_users_own_ends_nothing(clocked: ClockedServer, app: App) -> None:
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
    token = begin(clocked, app)["RefreshToken"]
    from_afar(clocked, app, token)
    judge(clocked, app, latest(clocked, app).event_id, "Valid")
    assert from_afar(clocked, app, token)["AccessToken"]


@pytest.mark.parametrize(
    ("address", "device"),
    [
        (BRISBANE, LAPTOP),
        (LONDON, STRANGER),
        (BRISBANE, None),
        (None, None),
    ],
    ids=["the device travels", "the client changes at home", "no client is known", "nothing is known"],
)
def test_what_is_not_very_different_writes_nothing(
    clocked: ClockedServer, app: App, address: str | None, device: Device | None
) -> None:
    tokens = begin(clocked, app)
    before = kept(clocked, app.pool_id), profile(clocked, app)
    assert refresh_from(clocked, app, tokens["RefreshToken"], address, device)["AccessToken"]
    assert (kept(clocked, app.pool_id), profile(clocked, app)) == before


def test_a_phone_may_change_networks_all_day(clocked: ClockedServer) -> None:
    """Also where every risk is blocked, and its browser is updated meanwhile."""
    app = protected(clocked)
    for day in range(3):
        begin(clocked, app, LONDON, PHONE)
        clocked.clock.advance(DAY * (day + 1))
    configure(clocked, app, **takeover(low="BLOCK", medium="BLOCK", high="BLOCK"))
    clocked.clock.advance(-DAY * 3)
    token = begin(clocked, app, LONDON, PHONE)["RefreshToken"]
    updated = Device(PHONE.device_id, PHONE.user_agent.replace("17_5", "17_6"), platform="iPhone")
    for number in range(30):
        address = f"{60 + 5 * number}.12.{number}.9"
        assert refresh_from(clocked, app, token, address, updated)["AccessToken"]
        clocked.clock.advance(600)


def test_another_device_of_the_users_is_no_thief(clocked: ClockedServer, app: App) -> None:
    """A client that he has signed in with, wherever it is now."""
    begin(clocked, app, LONDON, PHONE)
    clocked.clock.advance(DAY)
    token = begin(clocked, app)["RefreshToken"]
    assert refresh_from(clocked, app, token, CALIFORNIA, PHONE)["AccessToken"]


def test_where_a_factor_is_required_the_user_signs_in_again(clocked: ClockedServer) -> None:
    """The session lives on where it began."""
    app = with_habits(clocked, MfaConfiguration="OPTIONAL", SmsConfiguration=SMS)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="MFA_REQUIRED"))
    token = begin(clocked, app)["RefreshToken"]
    with refused(*BLOCKED):
        from_afar(clocked, app, token)
    assert latest(clocked, app).risk.response == "sign_in_again"
    assert refresh_from(clocked, app, token)["AccessToken"]


def test_refusals_of_one_session_fill_no_history(clocked: ClockedServer) -> None:
    """Five a day are written down; all are refused."""
    app = with_habits(clocked, MfaConfiguration="OPTIONAL", SmsConfiguration=SMS)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="MFA_REQUIRED"))
    token = begin(clocked, app)["RefreshToken"]
    before = len(kept(clocked, app.pool_id))
    for _ in range(12):
        with refused(*BLOCKED):
            from_afar(clocked, app, token)
    assert len(kept(clocked, app.pool_id)) == before + 5
    clocked.clock.advance(DAY)
    with refused(*BLOCKED):
        from_afar(clocked, app, token)
    assert len(kept(clocked, app.pool_id)) == before + 6


def test_audit_tells_and_does_nothing(clocked: ClockedServer, app: App) -> None:
    switch(clocked, app, "AUDIT")
    token = begin(clocked, app)["RefreshToken"]
    before = profile(clocked, app)
    assert from_afar(clocked, app, token)["AccessToken"]
    event = latest(clocked, app)
    assert (event.response, event.risk.response, event.risk.would_have) == ("Pass", "allow", "revoke")
    assert not event.learned
    assert profile(clocked, app) == before


def test_off_sees_nothing(clocked: ClockedServer, app: App) -> None:
    token = begin(clocked, app)["RefreshToken"]
    before = len(kept(clocked, app.pool_id))
    switch(clocked, app, "OFF")
    assert from_afar(clocked, app, token)["AccessToken"]
    assert len(kept(clocked, app.pool_id)) == before


def test_a_sign_in_that_was_not_recorded_is_compared_with_nothing(clocked: ClockedServer) -> None:
    app = protected(clocked, "OFF")
    token = begin(clocked, app)["RefreshToken"]
    switch(clocked, app, "ENFORCED")
    assert from_afar(clocked, app, token)["AccessToken"]
    assert kept(clocked, app.pool_id) == []


def test_an_address_always_allowed_is_not_responded_to(clocked: ClockedServer, app: App) -> None:
    """The servers that refresh for their users, say."""
    configure(
        clocked,
        app,
        **takeover(low="BLOCK", medium="BLOCK", high="BLOCK"),
        **ranges(skipped=(f"{BRISBANE}/32",)),
    )
    token = begin(clocked, app)["RefreshToken"]
    assert from_afar(clocked, app, token)["AccessToken"]


def test_a_refresh_never_teaches_even_when_everything_is_made_anew(clocked: ClockedServer, app: App) -> None:
    switch(clocked, app, "AUDIT")
    token = begin(clocked, app)["RefreshToken"]
    for _ in range(5):
        from_afar(clocked, app, token)
    before = profile(clocked, app)
    rebuild(clocked.services.store, app.pool_id, clocked.services.guard.model, clocked.services.clock.now())
    assert profile(clocked, app) == before


def test_valid_feedback_on_a_refusal_is_a_way_out(clocked: ClockedServer, app: App) -> None:
    """It was anna, who has moved to Brisbane and copied her browser's profile."""
    token = begin(clocked, app)["RefreshToken"]
    with refused(*REVOKED):
        from_afar(clocked, app, token)
    judge(clocked, app, latest(clocked, app).event_id, "Valid")
    moved = begin(clocked, app, BRISBANE, STRANGER)["RefreshToken"]
    assert from_afar(clocked, app, moved)["AccessToken"]
    token = begin(clocked, app)["RefreshToken"]
    assert from_afar(clocked, app, token)["AccessToken"]


def test_a_refusal_is_no_wrong_password_of_the_users(clocked: ClockedServer, app: App) -> None:
    """Whoever keeps trying a stolen session makes the sign-in at home no riskier."""
    for _ in range(10):
        token = begin(clocked, app)["RefreshToken"]
        with refused(*REVOKED):
            from_afar(clocked, app, token)
    clocked.clock.advance(60)
    begin(clocked, app)
    signals = {reason.signal for reason in latest(clocked, app).risk.reasons}
    assert not signals & {"brute_force", "stuffing", "mfa_fatigue"}


def test_stolen_sessions_at_one_address_are_seen_together(clocked: ClockedServer) -> None:
    """Users who were never in that country, one after the other."""
    app = with_habits(clocked, "AUDIT", days=3)
    names = [f"user{number}" for number in range(12)]
    for name in names:
        make_user(clocked, app.pool_id, name)
        for _ in range(3):
            sign_in_from(clocked, app, name, LONDON, owned_by(name))
            clocked.clock.advance(3600)
    events: list[AuthEvent] = []
    for name in names:
        token = begin(clocked, app, LONDON, owned_by(name), name)["RefreshToken"]
        from_afar(clocked, app, token, name)
        events.append(latest(clocked, app))
    seen = [{reason.signal for reason in event.risk.reasons} for event in events]
    assert "strangers" not in seen[0]
    assert "strangers" in seen[-1]


def owned_by(name: str) -> Device:
    return Device(f"laptop-of-{name}", LAPTOP.user_agent)


def test_a_refresh_token_of_another_client_or_pool_is_told_nothing(clocked: ClockedServer, app: App) -> None:
    """Not even that the session has moved; nothing is written down."""
    token = begin(clocked, app)["RefreshToken"]
    elsewhere = protected(clocked)
    before = len(kept(clocked, app.pool_id))
    for other in (make_app(clocked, app.pool_id), elsewhere):
        with refused("NotAuthorizedException", "Invalid Refresh Token"):
            refresh_from(clocked, other, token, BRISBANE, STRANGER)
    assert len(kept(clocked, app.pool_id)) == before
    assert refresh_from(clocked, app, token)["AccessToken"]


def test_a_client_that_does_not_prove_itself_ends_no_session(clocked: ClockedServer) -> None:
    app = with_habits(clocked, app={"GenerateSecret": True})
    token = begin(clocked, app)["RefreshToken"]
    without = App(app.pool_id, app.client_id)
    with pytest.raises(clocked.administrator.exceptions.NotAuthorizedException, match="SECRET_HASH"):
        refresh_from(clocked, without, token, BRISBANE, STRANGER)
    assert refresh_from(clocked, app, token)["AccessToken"]


def test_the_ordinary_public_refresh_is_quiet(clocked: ClockedServer) -> None:
    app = protected(clocked)
    token = sign_in(clocked, app, "anna")["RefreshToken"]
    for _ in range(3):
        clocked.anonymous.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": token},
        )
    assert len(kept(clocked, app.pool_id)) == 1
