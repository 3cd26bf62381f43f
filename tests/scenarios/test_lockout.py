"""Lockout: who guesses waits longer and longer, and nobody is locked out of his own home by others."""

import pytest
from tests import srp
from tests.circumstances import BRISBANE, CALIFORNIA, DAY, LAPTOP, LONDON, STRANGER, sign_in_from
from tests.conftest import ClockedServer
from tests.people import App, make_app, make_pool, make_user, sign_in
from tests.scenarios.refusals import LOCKED, WRONG, refused

GUESS = "Wrong-Horse-9"


@pytest.fixture
def app(clocked: ClockedServer) -> App:
    pool = make_pool(clocked)
    make_user(clocked, pool, "anna")
    return make_app(clocked, pool)


def guess(server: ClockedServer, app: App, times: int, username: str = "anna") -> None:
    """Guess wrong, and be told that it was wrong."""
    for _ in range(times):
        with refused(*WRONG):
            sign_in(server, app, username, GUESS)


def assert_locked_for(server: ClockedServer, app: App, seconds: float, username: str = "anna") -> None:
    """See that the lock holds to its last millisecond, and leave the clock where it ends."""
    with refused(*LOCKED):
        sign_in(server, app, username, GUESS)
    server.clock.advance(seconds - 0.001)
    with refused(*LOCKED):
        sign_in(server, app, username, GUESS)
    server.clock.advance(0.001)


@pytest.mark.parametrize("username", ["anna", "nobody"])
def test_each_failure_from_the_fifth_on_doubles_the_lock_up_to_fifteen_minutes(
    clocked: ClockedServer, app: App, username: str
) -> None:
    guess(clocked, app, 5, username)
    for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        assert_locked_for(clocked, app, seconds, username)
        guess(clocked, app, 1, username)


def test_four_failures_lock_nobody(clocked: ClockedServer, app: App) -> None:
    guess(clocked, app, 4)
    assert sign_in(clocked, app, "anna")["AccessToken"]


def test_even_the_right_password_is_refused_during_a_lock(clocked: ClockedServer, app: App) -> None:
    guess(clocked, app, 5)
    with refused(*LOCKED):
        sign_in(clocked, app, "anna")
    clocked.clock.advance(1)
    assert sign_in(clocked, app, "anna")["AccessToken"]


def test_attempts_during_a_lock_do_not_lengthen_it(clocked: ClockedServer, app: App) -> None:
    for seconds in (0, 1, 2, 4):
        clocked.clock.advance(seconds)
        guess(clocked, app, 5 if seconds == 0 else 1)
    for _ in range(10):
        with refused(*LOCKED):
            sign_in(clocked, app, "anna", GUESS)
    clocked.clock.advance(8)
    assert sign_in(clocked, app, "anna")["AccessToken"]


def test_a_success_forgets_the_failures(clocked: ClockedServer, app: App) -> None:
    guess(clocked, app, 4)
    sign_in(clocked, app, "anna")
    guess(clocked, app, 4)
    assert sign_in(clocked, app, "anna")["AccessToken"]


def test_fifteen_quiet_minutes_forget_the_failures(clocked: ClockedServer, app: App) -> None:
    guess(clocked, app, 5)
    clocked.clock.advance(1 + 900)
    guess(clocked, app, 4)
    assert sign_in(clocked, app, "anna")["AccessToken"]


def test_less_than_fifteen_minutes_forget_nothing(clocked: ClockedServer, app: App) -> None:
    guess(clocked, app, 5)
    clocked.clock.advance(1 + 899.9)
    guess(clocked, app, 1)
    assert_locked_for(clocked, app, 2)


def test_other_users_are_not_locked(clocked: ClockedServer, app: App) -> None:
    make_user(clocked, app.pool_id, "berta")
    guess(clocked, app, 5)
    assert sign_in(clocked, app, "berta")["AccessToken"]


def test_the_name_in_another_case_is_locked_alike_where_case_does_not_count(clocked: ClockedServer) -> None:
    app = make_app(clocked, make_pool(clocked, UsernameConfiguration={"CaseSensitive": False}))
    for username in ("nobody", "NOBODY", "NoBody", "nobodY", "Nobody"):
        guess(clocked, app, 1, username)
    with refused(*LOCKED):
        sign_in(clocked, app, "nobody", GUESS)


def test_srp_counts_and_is_locked_alike(clocked: ClockedServer, app: App) -> None:
    exchange = srp.begin(clocked, app, "anna")
    for _ in range(5):
        with refused(*WRONG):
            srp.sign_in(clocked, app, "anna", GUESS)
    with refused(*LOCKED):
        srp.begin(clocked, app, "anna")
    with refused(*LOCKED):
        clocked.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id,
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses=exchange.answer(),
        )
    with refused(*LOCKED):
        sign_in(clocked, app, "anna")


def test_an_unknown_name_is_locked_alike_over_srp(clocked: ClockedServer, app: App) -> None:
    for _ in range(5):
        with refused(*WRONG):
            srp.sign_in(clocked, app, "nobody", GUESS)
    with refused(*LOCKED):
        srp.begin(clocked, app, "nobody")


def test_a_forgotten_password_ends_the_lock(clocked: ClockedServer, app: App) -> None:
    guess(clocked, app, 5)
    clocked.anonymous.forgot_password(ClientId=app.client_id, Username="anna")
    with refused(*LOCKED):
        sign_in(clocked, app, "anna")
    clocked.anonymous.confirm_forgot_password(
        ClientId=app.client_id,
        Username="anna",
        ConfirmationCode=clocked.last_code(app.pool_id),
        Password="Another-Horse-9",
    )
    assert sign_in(clocked, app, "anna", "Another-Horse-9")["AccessToken"]


@pytest.mark.parametrize("mode", ["AUDIT", "ENFORCED"])
def test_guessing_from_elsewhere_does_not_lock_a_user_out_of_a_network_he_knows(
    clocked: ClockedServer, mode: str
) -> None:
    app = at_home(clocked, mode)
    for _ in range(5):
        with refused(*WRONG):
            sign_in_from(clocked, app, "anna", BRISBANE, STRANGER, GUESS)
    for address in (BRISBANE, CALIFORNIA):
        with refused(*LOCKED):
            sign_in_from(clocked, app, "anna", address, STRANGER)
    assert sign_in_from(clocked, app, "anna", LONDON, LAPTOP)["AuthenticationResult"]


def test_guessing_from_elsewhere_does_not_lock_a_device_he_knows(clocked: ClockedServer) -> None:
    app = at_home(clocked, "AUDIT")
    for _ in range(5):
        with refused(*WRONG):
            sign_in_from(clocked, app, "anna", BRISBANE, STRANGER, GUESS)
    assert sign_in_from(clocked, app, "anna", BRISBANE, LAPTOP)["AuthenticationResult"]


def test_guessing_at_home_locks_home_only(clocked: ClockedServer) -> None:
    app = at_home(clocked, "AUDIT")
    for _ in range(5):
        with refused(*WRONG):
            sign_in_from(clocked, app, "anna", LONDON, None, GUESS)
    with refused(*LOCKED):
        sign_in_from(clocked, app, "anna", LONDON, None)
    assert sign_in_from(clocked, app, "anna", CALIFORNIA, None)["AuthenticationResult"]


def test_a_forgotten_password_ends_the_lock_of_a_known_network_too(clocked: ClockedServer) -> None:
    app = at_home(clocked, "AUDIT")
    for _ in range(5):
        with refused(*WRONG):
            sign_in_from(clocked, app, "anna", LONDON, None, GUESS)
    clocked.anonymous.forgot_password(ClientId=app.client_id, Username="anna")
    clocked.anonymous.confirm_forgot_password(
        ClientId=app.client_id,
        Username="anna",
        ConfirmationCode=clocked.last_code(app.pool_id),
        Password="Another-Horse-9",
    )
    assert sign_in_from(clocked, app, "anna", LONDON, None, "Another-Horse-9")["AuthenticationResult"]


def at_home(server: ClockedServer, mode: str) -> App:
    """Make a pool whose user has signed in from home for a few days."""
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": mode})
    make_user(server, pool, "anna")
    app = make_app(server, pool)
    for _ in range(3):
        sign_in_from(server, app, "anna")
        server.clock.advance(DAY)
    return app
