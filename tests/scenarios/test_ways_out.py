"""Ways out of a block and of a lock: by the user himself, where his pool allows it, and by an administrator."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError
from tests.circumstances import BRISBANE, CALIFORNIA, DAY, LAPTOP, LONDON, STRANGER, Device, sign_in_from
from tests.conftest import ClockedServer
from tests.history import kept, latest, listed
from tests.people import PASSWORD, App, told
from tests.scenarios.challenged import ON, choose, offer, phone_of, respond
from tests.scenarios.levels import force_level
from tests.scenarios.protected import compromised, configure, judge, ranges, switch, takeover, with_habits
from tests.scenarios.refusals import BLOCKED, WRONG, refused

from doorward.directory.queries import user_pools, users
from doorward.protection import queries, unblocking

HOUR = 3600.0
NEW = "Another-Horse-7-Stable"
NEWER = "Third-Horse-5-Meadow"
AFAR = (BRISBANE, STRANGER)
HOME = (LONDON, LAPTOP)
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")


@pytest.fixture
def app(clocked: ClockedServer) -> App:
    """Anna's pool, where High is blocked and users may let themselves in; a server passes their circumstance on."""
    app = guarded(clocked)
    allow(clocked, app)
    return app


def guarded(server: ClockedServer, mode: str = "ENFORCED", **settings: Any) -> App:
    trusted = {"GenerateSecret": True, "EnablePropagateAdditionalUserContextData": True}
    app = with_habits(server, mode, app=trusted, **settings)
    configure(server, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="BLOCK"))
    return app


def allow(server: ClockedServer, app: App) -> None:
    """Do what `doorward pools unblock` does."""
    with server.services.store.writing() as tx:
        pool = user_pools.require(tx, app.pool_id)
        user_pools.change(tx, msgspec.structs.replace(pool, unblocks_by_code=True))


def from_where(server: ClockedServer, app: App, where: tuple[str, Device], who: str = "anna") -> Any:
    address, device = where
    described = device.describe(app, who, server.clock.now())
    return {"UserContextData": {"IpAddress": address, "EncodedData": described}}


def enter(
    server: ClockedServer,
    app: App,
    where: tuple[str, Device] = AFAR,
    password: str = NEW,
    who: str = "anna",
) -> Any:
    """Sign in from somewhere, a moment later."""
    server.clock.advance(1)
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": who, "PASSWORD": password, **app.proof_parameter(who)},
        **from_where(server, app, where, who),
    )


def ask(server: ClockedServer, app: App, where: tuple[str, Device] = AFAR, who: str = "anna") -> Any:
    """Ask for the code of a forgotten password."""
    server.clock.advance(1)
    return server.anonymous.forgot_password(
        ClientId=app.client_id, Username=who, **app.proof(who), **from_where(server, app, where, who)
    )


def show(
    server: ClockedServer,
    app: App,
    where: tuple[str, Device] = AFAR,
    password: str = NEW,
    code: str | None = None,
    who: str = "anna",
) -> None:
    """Show the code that came, and choose a password with it."""
    server.clock.advance(1)
    server.anonymous.confirm_forgot_password(
        ClientId=app.client_id,
        Username=who,
        ConfirmationCode=code or server.last_code(app.pool_id),
        Password=password,
        **app.proof(who),
        **from_where(server, app, where, who),
    )


def is_blocked(
    server: ClockedServer, app: App, where: tuple[str, Device] = AFAR, password: str = PASSWORD
) -> None:
    with refused(*BLOCKED):
        enter(server, app, where, password)


def test_a_code_lets_the_blocked_user_in_where_he_is(clocked: ClockedServer, app: App) -> None:
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    told = latest(clocked, app)
    assert told.event_type == "PasswordChange"
    assert told.risk.because.endswith("the next sign-in from here is let in, by a code")
    assert enter(clocked, app)["AuthenticationResult"]["AccessToken"]
    event = latest(clocked, app)
    assert (event.risk.level, event.risk.response, event.response) == ("High", "allow", "Pass")
    assert "BLOCK, lifted for this sign-in" in event.risk.because
    assert event.learned


def test_it_is_off_by_default(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    is_blocked(clocked, app, password=NEW)


def test_only_the_next_sign_in_is_let_in(clocked: ClockedServer, app: App) -> None:
    """What it taught is one lesson; Invalid feedback on it takes that back, and the block stands again."""
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    enter(clocked, app)
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    is_blocked(clocked, app, password=NEW)


def test_a_place_that_was_reported_is_not_opened_by_a_code(clocked: ClockedServer, app: App) -> None:
    """The user has said that it is not his; whoever reads his mail there is somebody else."""
    is_blocked(clocked, app)
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    is_blocked(clocked, app, password=NEW)


def test_a_report_closes_the_way_that_is_open_there(clocked: ClockedServer, app: App) -> None:
    """Whatever is reported from there: here it is the new password."""
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    is_blocked(clocked, app, password=NEW)


def test_a_report_of_elsewhere_closes_no_way(clocked: ClockedServer, app: App) -> None:
    elsewhere = (CALIFORNIA, Device("other", STRANGER.user_agent, "fr-FR", "-08:00"))
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    is_blocked(clocked, app, elsewhere, NEW)
    judge(clocked, app, latest(clocked, app).event_id, "Invalid")
    assert enter(clocked, app)["AuthenticationResult"]


def test_only_within_an_hour(clocked: ClockedServer, app: App) -> None:
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    clocked.clock.advance(HOUR)
    is_blocked(clocked, app, password=NEW)


def test_only_from_where_the_code_was_shown(clocked: ClockedServer, app: App) -> None:
    elsewhere = (CALIFORNIA, Device("other", STRANGER.user_agent, "fr-FR", "-08:00"))
    is_blocked(clocked, app)
    is_blocked(clocked, app, elsewhere)
    ask(clocked, app)
    show(clocked, app)
    is_blocked(clocked, app, elsewhere, NEW)
    assert enter(clocked, app)["AuthenticationResult"]


def test_a_code_that_is_shown_at_home_lets_nobody_in_elsewhere(clocked: ClockedServer, app: App) -> None:
    is_blocked(clocked, app)
    ask(clocked, app, HOME)
    show(clocked, app, HOME)
    is_blocked(clocked, app, password=NEW)


def test_only_who_was_blocked_there_within_a_day(clocked: ClockedServer, app: App) -> None:
    """With the right password: whoever has the mailbox alone has shown none."""
    with refused(*WRONG):
        enter(clocked, app, password="wrong-Horse-1-Battery")
    ask(clocked, app)
    show(clocked, app)
    is_blocked(clocked, app, password=NEW)
    clocked.clock.advance(DAY)
    ask(clocked, app)
    show(clocked, app, password=NEWER)
    is_blocked(clocked, app, password=NEWER)


def test_the_users_own_sign_in_closes_the_way(clocked: ClockedServer, app: App) -> None:
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    assert enter(clocked, app, HOME)["AuthenticationResult"]
    is_blocked(clocked, app, password=NEW)


def test_an_address_that_was_changed_lately_opens_nothing(clocked: ClockedServer, app: App) -> None:
    """Who took over a session could have put his own there; a week later its owner would know."""
    change_mail(clocked, app)
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    is_blocked(clocked, app, password=NEW)
    clocked.clock.advance(7 * DAY)
    is_blocked(clocked, app, password=NEW)
    ask(clocked, app)
    show(clocked, app, password=NEWER)
    assert enter(clocked, app, password=NEWER)["AuthenticationResult"]


def test_what_else_changes_about_the_user_makes_no_address_younger(clocked: ClockedServer, app: App) -> None:
    clocked.administrator.admin_update_user_attributes(
        UserPoolId=app.pool_id,
        Username="anna",
        UserAttributes=[{"Name": "name", "Value": "Anna"}],
    )
    clocked.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="anna")
    clocked.administrator.admin_enable_user(UserPoolId=app.pool_id, Username="anna")
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    assert enter(clocked, app)["AuthenticationResult"]


def test_an_address_that_is_verified_anew_begins_anew(clocked: ClockedServer, app: App) -> None:
    for verified in ("false", "true"):
        clocked.administrator.admin_update_user_attributes(
            UserPoolId=app.pool_id,
            Username="anna",
            UserAttributes=[{"Name": "email_verified", "Value": verified}],
        )
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    is_blocked(clocked, app, password=NEW)


def change_mail(server: ClockedServer, app: App) -> None:
    server.administrator.admin_update_user_attributes(
        UserPoolId=app.pool_id,
        Username="anna",
        UserAttributes=[
            {"Name": "email", "Value": "new@example.org"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )


def test_it_is_no_way_around_a_second_factor(clocked: ClockedServer, app: App) -> None:
    with_telephone(clocked, app)
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    assert enter(clocked, app)["ChallengeName"] == "SMS_MFA"
    assert latest(clocked, app).risk.response == "mfa"


def let_in(server: ClockedServer, app: App, minutes: float = 60) -> None:
    """Do what `doorward users unlock` does, for Anna, whom risk blocks wherever she comes from."""
    force_level(server, app, "High")
    with server.services.store.writing() as tx:
        anna = users.require(tx, user_pools.require(tx, app.pool_id), "anna")
        unblocking.open_to_all(tx, anna, "test", server.clock.now() + minutes * 60)


def with_telephone(server: ClockedServer, app: App) -> None:
    server.administrator.admin_update_user_attributes(
        UserPoolId=app.pool_id,
        Username="anna",
        UserAttributes=[{"Name": "phone_number", "Value": phone_of("anna")}],
    )
    offer(server, app.pool_id, "OPTIONAL", ["SMS_MFA"])
    choose(server, app, "anna", SMS_MFA=ON)


def asked_for_code(server: ClockedServer, app: App) -> tuple[Any, str]:
    """Enter up to the second factor; return the challenge and its code."""
    asked = enter(server, app, password=PASSWORD)
    assert asked["ChallengeName"] == "SMS_MFA"
    return asked, server.last_code(app.pool_id)


def test_of_two_sign_ins_that_were_let_in_one_is_finished(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    with_telephone(clocked, app)
    let_in(clocked, app)
    (one, code), (other, its_code) = asked_for_code(clocked, app), asked_for_code(clocked, app)
    assert respond(clocked, app, other, "anna", SMS_MFA_CODE=its_code)["AuthenticationResult"]
    with refused(*BLOCKED):
        respond(clocked, app, one, "anna", SMS_MFA_CODE=code)
    events = kept(clocked, app.pool_id)[-2:]
    assert [event.response for event in events] == ["Fail", "Pass"]
    assert "lifted for this sign-in; the way out was another sign-in's" in events[0].risk.because
    assert not events[0].learned
    is_blocked(clocked, app)


def test_one_that_is_given_up_uses_nothing_up(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    with_telephone(clocked, app)
    let_in(clocked, app)
    asked_for_code(clocked, app)
    asked, code = asked_for_code(clocked, app)
    assert respond(clocked, app, asked, "anna", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_a_sign_in_is_finished_while_the_way_is_open(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    with_telephone(clocked, app)
    let_in(clocked, app, minutes=1)
    asked, code = asked_for_code(clocked, app)
    clocked.clock.advance(60)
    with refused(*BLOCKED):
        respond(clocked, app, asked, "anna", SMS_MFA_CODE=code)


def test_who_is_let_in_no_more_sets_no_password(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    clocked.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="anna", Password=NEW, Permanent=False
    )
    let_in(clocked, app, minutes=1)
    asked = enter(clocked, app)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    clocked.clock.advance(60)
    with refused(*BLOCKED):
        respond(clocked, app, asked, "anna", NEW_PASSWORD=NEWER)
    with refused(*WRONG):
        enter(clocked, app, password=NEWER)
    let_in(clocked, app)
    asked = enter(clocked, app)
    assert respond(clocked, app, asked, "anna", NEW_PASSWORD=NEWER)["AuthenticationResult"]


def test_audit_holds_nobody_off_whose_time_is_over(clocked: ClockedServer) -> None:
    app = guarded(clocked, "AUDIT")
    with_telephone(clocked, app)
    let_in(clocked, app, minutes=1)
    asked, code = asked_for_code(clocked, app)
    clocked.clock.advance(60)
    assert respond(clocked, app, asked, "anna", SMS_MFA_CODE=code)["AuthenticationResult"]


def test_of_many_at_once_one_is_let_in(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    let_in(clocked, app)

    def attempt(_: int) -> bool:
        try:
            return bool(sign_in_from(clocked, app, "anna", *AFAR)["AuthenticationResult"])
        except ClientError as error:
            assert told(error) == BLOCKED
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 1


def test_it_enrols_nobodys_factor_at_high(clocked: ClockedServer, app: App) -> None:
    """Where MFA is ON and the user has none yet, whoever has password and mailbox would enrol his own."""
    offer(clocked, app.pool_id, "ON", ["SOFTWARE_TOKEN_MFA"])
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    with refused(*BLOCKED):
        enter(clocked, app)
    assert latest(clocked, app).risk.response == "refuse"


def test_an_address_always_blocked_stays_so(clocked: ClockedServer, app: App) -> None:
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    configure(clocked, app, **ranges(blocked=(f"{BRISBANE}/32",)))
    is_blocked(clocked, app, password=NEW)
    with refused(*BLOCKED):
        ask(clocked, app)
    with refused(*BLOCKED):
        show(clocked, app, code="123456")


def test_a_wrong_code_opens_nothing(clocked: ClockedServer, app: App) -> None:
    is_blocked(clocked, app)
    ask(clocked, app)
    wrong = f"{(int(clocked.last_code(app.pool_id)) + 1) % 1_000_000:06}"
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        show(clocked, app, code=wrong)
    is_blocked(clocked, app)


def test_audit_blocks_nobody_and_opens_nothing(clocked: ClockedServer) -> None:
    app = guarded(clocked, "AUDIT")
    allow(clocked, app)
    assert enter(clocked, app, password=PASSWORD)["AuthenticationResult"]
    ask(clocked, app)
    show(clocked, app)
    assert way_of(clocked, app) is None


def way_of(server: ClockedServer, app: App) -> queries.Unblock | None:
    sub = kept(server, app.pool_id)[0].sub or ""
    with server.services.store.reading() as tx:
        return queries.unblock(tx, app.pool_id, sub)


def is_reset(server: ClockedServer, app: App) -> None:
    with pytest.raises(server.anonymous.exceptions.PasswordResetRequiredException):
        enter(server, app, password=PASSWORD)


def test_who_is_unknown_gets_the_same_answers(clocked: ClockedServer, app: App) -> None:
    is_blocked(clocked, app)
    assert set(ask(clocked, app)) == set(ask(clocked, app, who="nobody"))
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        show(clocked, app, code="000000", who="nobody")


def test_the_pools_setting_outlives_its_updates(clocked: ClockedServer, app: App) -> None:
    switch(clocked, app, "ENFORCED")
    offer(clocked, app.pool_id, "OPTIONAL", ["SOFTWARE_TOKEN_MFA"])
    is_blocked(clocked, app)
    ask(clocked, app)
    show(clocked, app)
    assert enter(clocked, app)["AuthenticationResult"]


def test_an_administrators_reset_lets_the_user_in_where_he_shows_the_code(clocked: ClockedServer) -> None:
    """Whether or not the pool lets users do it by themselves; and only there."""
    app = guarded(clocked)
    is_blocked(clocked, app)
    clocked.administrator.admin_reset_user_password(UserPoolId=app.pool_id, Username="anna")
    is_reset(clocked, app)
    show(clocked, app)
    assert latest(clocked, app).risk.because.endswith("is let in, by test")
    is_blocked(clocked, app, (CALIFORNIA, LAPTOP.__class__("x", "curl/8.0", "fr")), NEW)
    assert enter(clocked, app)["AuthenticationResult"]


def test_the_reset_stands_in_the_history_with_who_did_it(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    clocked.clock.advance(1)
    clocked.administrator.admin_reset_user_password(UserPoolId=app.pool_id, Username="anna")
    event = latest(clocked, app)
    assert (event.event_type, event.operation, event.by, event.response) == (
        "ForgotPassword",
        "AdminResetUserPassword",
        "test",
        "Pass",
    )
    assert listed(clocked, app)[0]["EventType"] == "ForgotPassword"


def test_a_reset_that_a_leak_brought_about_is_no_administrators(clocked: ClockedServer) -> None:
    """The server asks for it by itself: nobody has vouched for whoever shows the code."""
    app = guarded(clocked)
    blocking = takeover(low="NO_ACTION", medium="NO_ACTION", high="BLOCK")
    configure(clocked, app, **blocking, **compromised("NO_ACTION"))
    clocked.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="anna", Password="Password1!", Permanent=True
    )
    configure(clocked, app, **blocking, **compromised("BLOCK"))
    with pytest.raises(clocked.anonymous.exceptions.PasswordResetRequiredException):
        enter(clocked, app, HOME, "Password1!")
    ask(clocked, app)
    show(clocked, app)
    is_blocked(clocked, app, password=NEW)


def lock_out(server: ClockedServer, app: App, where: tuple[str, Device] = AFAR) -> None:
    for _ in range(5):
        with refused(*WRONG):
            sign_in_from(server, app, "anna", *where, password="wrong-Horse-1-Battery")


def test_enabling_a_user_ends_his_lockout(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    lock_out(clocked, app, HOME)
    with refused(*LOCKED):
        sign_in_from(clocked, app, "anna")
    clocked.clock.advance(0.1)
    clocked.administrator.admin_enable_user(UserPoolId=app.pool_id, Username="anna")
    event = latest(clocked, app)
    assert (event.operation, event.by, event.response) == ("AdminEnableUser", "test", "Pass")
    assert sign_in_from(clocked, app, "anna")["AuthenticationResult"]


def test_enabling_a_user_whom_nothing_holds_off_is_no_event(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    before = len(kept(clocked, app.pool_id))
    clocked.administrator.admin_enable_user(UserPoolId=app.pool_id, Username="anna")
    assert len(kept(clocked, app.pool_id)) == before


def test_enabling_a_user_lifts_no_block(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    is_blocked(clocked, app)
    clocked.administrator.admin_enable_user(UserPoolId=app.pool_id, Username="anna")
    is_blocked(clocked, app)


def test_a_password_that_an_administrator_sets_ends_every_lock(clocked: ClockedServer) -> None:
    app = guarded(clocked)
    lock_out(clocked, app, HOME)
    for password in (NEW, NEWER):
        clocked.clock.advance(1)
        clocked.administrator.admin_set_user_password(
            UserPoolId=app.pool_id, Username="anna", Password=password, Permanent=True
        )
    # The second one lifted nothing any more.
    event = latest(clocked, app)
    assert (event.operation, event.by) == ("AdminSetUserPassword", "test")
    assert event.created_at == clocked.clock.now() - 1
    assert sign_in_from(clocked, app, "anna", password=NEWER)["AuthenticationResult"]
