"""Authenticator apps: enrolled by access token and by session, one use per code, and their ends."""

import base64
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from botocore.exceptions import ClientError
from tests.conftest import ClockedServer
from tests.scenarios.factors import (
    OFF,
    ON,
    SMS,
    TOKEN,
    App,
    call,
    enrol,
    offer,
    offering,
    settings,
    state_of,
    waiting,
    with_token,
)
from tests.scenarios.people import PASSWORD, People
from tests.scenarios.refusals import BAD_SESSION, refused
from tests.server import RunningServer

from doorward.directory.queries import user_pools, users
from doorward.directory.user import User
from doorward.signin import mfa_setup, software_tokens
from doorward.signin import software_token_queries as queries
from doorward.signin.software_token_queries import StoredToken
from doorward.store.sealing import SealError
from doorward.wire.errors import NotAuthorizedException

HOUR = 3_600.0
MISMATCH = ("EnableSoftwareTokenMFAException", "Code mismatch")
LIMIT = ("TooManyRequestsException", "Attempt limit exceeded")


def used(server: ClockedServer, pool: People, username: str, code: str) -> str | None:
    """Use up a code as a sign-in does; return the error's name, or None where the code served."""
    now = call(server)
    with now.writing() as tx:
        stored = user_pools.require(tx, pool.pool_id)
        refusal = software_tokens.refusal(tx, now, stored, users.require(tx, stored, username), code)
    return refusal.name if refusal else None


def answered(server: ClockedServer, pool: People, handle: str) -> User:
    """Answer MFA_SETUP with a session, as a sign-in does."""
    now, state = call(server), state_of(server, handle)
    with now.writing() as tx:
        stored = user_pools.require(tx, pool.pool_id)
        user = users.find_by_sub(tx, stored.id, state.sub or "")
        assert user is not None
        return mfa_setup.complete(tx, now, stored, user, state)


def test_an_app_is_enrolled_by_access_token_and_turned_on_apart(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token = pool.settled("ann")
    answer = clocked.anonymous.associate_software_token(AccessToken=token)
    assert "Session" not in answer
    assert len(base64.b32decode(answer["SecretCode"])) == 20
    app = App(answer["SecretCode"], clocked)
    assert used(clocked, pool, "ann", app.code()) == "CodeMismatchException"
    verified = clocked.anonymous.verify_software_token(AccessToken=token, UserCode=app.code())
    assert (verified["Status"], "Session" in verified) == ("SUCCESS", False)
    assert settings(pool, "ann") == ([], None)
    clocked.anonymous.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=ON)
    assert settings(pool, "ann") == ([TOKEN], TOKEN)


def test_where_mfa_is_required_a_verified_app_is_on_at_once(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token = pool.settled("ann")
    offer(pool, "ON")
    enrol(clocked, token)
    assert settings(pool, "ann") == ([TOKEN], TOKEN)


def test_a_code_serves_once_and_no_earlier_one_after_it(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token = pool.settled("ann")
    secret = clocked.anonymous.associate_software_token(AccessToken=token)["SecretCode"]
    app = App(secret, clocked)
    enrolled_with = app.code()
    clocked.anonymous.verify_software_token(AccessToken=token, UserCode=enrolled_with)
    assert used(clocked, pool, "ann", enrolled_with) == "ExpiredCodeException"
    clocked.clock.advance(30)
    before, code = app.code(-1), app.code()
    assert used(clocked, pool, "ann", code) is None
    assert used(clocked, pool, "ann", code) == "ExpiredCodeException"
    assert used(clocked, pool, "ann", before) == "ExpiredCodeException"
    clocked.clock.advance(30)
    assert used(clocked, pool, "ann", app.code()) is None


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_clock_may_drift_by_one_step(clocked: ClockedServer, steps: int) -> None:
    pool = offering(clocked)
    token = pool.settled("ann")
    app = App(clocked.anonymous.associate_software_token(AccessToken=token)["SecretCode"], clocked)
    clocked.anonymous.verify_software_token(AccessToken=token, UserCode=app.code(steps))
    clocked.clock.advance(90)
    assert used(clocked, pool, "ann", app.code(steps)) is None


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_clock_may_not_drift_further(clocked: ClockedServer, steps: int) -> None:
    pool = offering(clocked)
    token = pool.settled("ann")
    app = App(clocked.anonymous.associate_software_token(AccessToken=token)["SecretCode"], clocked)
    with refused(*MISMATCH):
        clocked.anonymous.verify_software_token(AccessToken=token, UserCode=app.code(steps))
    clocked.anonymous.verify_software_token(AccessToken=token, UserCode=app.code())
    clocked.clock.advance(120)
    assert used(clocked, pool, "ann", app.code(steps)) == "CodeMismatchException"


def test_one_code_in_parallel_serves_one_request(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    _, app = with_token(clocked, pool, "ann")
    code = app.code()
    with ThreadPoolExecutor(8) as threads:
        came = list(threads.map(lambda _: used(clocked, pool, "ann", code), range(8)))
    assert sorted(came, key=str) == ["ExpiredCodeException"] * 7 + [None]


def test_ten_wrong_codes_close_the_enrolment_for_an_hour(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token = pool.settled("ann")
    app = App(clocked.anonymous.associate_software_token(AccessToken=token)["SecretCode"], clocked)
    for _ in range(10):
        with refused(*MISMATCH):
            clocked.anonymous.verify_software_token(AccessToken=token, UserCode=app.wrong())
    for code in (app.wrong(), app.code()):
        with refused(*LIMIT):
            clocked.anonymous.verify_software_token(AccessToken=token, UserCode=code)
    another = clocked.anonymous.associate_software_token(AccessToken=token)["SecretCode"]
    with refused(*LIMIT):
        clocked.anonymous.verify_software_token(AccessToken=token, UserCode=App(another, clocked).code())
    clocked.clock.advance(HOUR)
    token = pool.sign_in("ann")
    clocked.anonymous.verify_software_token(AccessToken=token, UserCode=App(another, clocked).code())


def test_a_code_is_of_its_user_and_pool_alone(clocked: ClockedServer) -> None:
    pool, other = offering(clocked), offering(clocked)
    _, app = with_token(clocked, pool, "ann")
    bob = pool.settled("bob")
    namesake = other.settled("ann")
    for elsewhere, token in ((pool, bob), (other, namesake)):
        with refused(*MISMATCH):
            clocked.anonymous.verify_software_token(AccessToken=token, UserCode=app.code())
        enrol(clocked, token)
        name = "bob" if elsewhere is pool else "ann"
        assert used(clocked, elsewhere, name, app.code()) == "CodeMismatchException"
    assert used(clocked, pool, "ann", app.code()) is None


def test_a_sealed_seed_opens_for_nobody_else(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    _, app = with_token(clocked, pool, "ann")
    with_token(clocked, pool, "bob")
    now = call(clocked)
    with now.writing() as tx:
        stored = user_pools.require(tx, pool.pool_id)
        ann, bob = users.require(tx, stored, "ann"), users.require(tx, stored, "bob")
        theirs = queries.of_user(tx, pool.pool_id, ann.sub, confirmed=True)[0]
        queries.keep(tx, msgspec.structs.replace(theirs, sub=bob.sub))
        with pytest.raises(SealError, match="belongs somewhere else"):
            software_tokens.refusal(tx, now, stored, bob, app.code())


def test_a_new_secret_leaves_the_old_app_on_until_it_is_verified(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token, app = with_token(clocked, pool, "ann")
    first = App(clocked.anonymous.associate_software_token(AccessToken=token)["SecretCode"], clocked)
    second = App(clocked.anonymous.associate_software_token(AccessToken=token)["SecretCode"], clocked)
    assert used(clocked, pool, "ann", second.code()) == "CodeMismatchException"
    assert used(clocked, pool, "ann", app.code()) is None
    with refused(*MISMATCH):
        clocked.anonymous.verify_software_token(AccessToken=token, UserCode=first.code())
    clocked.anonymous.verify_software_token(AccessToken=token, UserCode=second.code())
    clocked.clock.advance(60)
    assert used(clocked, pool, "ann", app.code()) == "CodeMismatchException"
    assert used(clocked, pool, "ann", second.code()) is None
    with refused(*MISMATCH):
        clocked.anonymous.verify_software_token(AccessToken=token, UserCode=second.code(1))


def test_apps_of_several_names_serve_beside_each_other(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token, unnamed = with_token(clocked, pool, "ann")
    named = [enrol(clocked, token, name) for name in ("phone", "tablet", "watch", "key")]
    replaced = named[0]
    named[0] = enrol(clocked, token, "phone")
    assert used(clocked, pool, "ann", replaced.code()) == "CodeMismatchException"
    for app in (unnamed, *named):
        assert used(clocked, pool, "ann", app.code()) is None
    clocked.clock.advance(60)
    sixth = enrol(clocked, token, "sixth")
    assert used(clocked, pool, "ann", unnamed.code()) == "CodeMismatchException"
    assert used(clocked, pool, "ann", sixth.code()) is None


def test_who_turns_the_factor_off_and_enrols_anew_has_no_old_app_left(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token, lost = with_token(clocked, pool, "ann")
    clocked.anonymous.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=OFF)
    clocked.anonymous.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=ON)
    assert used(clocked, pool, "ann", lost.code()) is None
    clocked.clock.advance(60)
    clocked.anonymous.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=OFF)
    enrol(clocked, token, "another name")
    clocked.anonymous.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=ON)
    assert used(clocked, pool, "ann", lost.code()) == "CodeMismatchException"


def test_an_administrator_deletes_the_tokens_of_a_lost_device(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token, lost = with_token(clocked, pool, "ann", phone_number="+15550100")
    clocked.anonymous.set_user_mfa_preference(AccessToken=token, SMSMfaSettings={"Enabled": True})
    for _ in range(2):
        clocked.administrator.admin_delete_software_token(UserPoolId=pool.pool_id, Username="ann")
        assert settings(pool, "ann") == (["SMS_MFA"], None)
    assert used(clocked, pool, "ann", lost.code()) == "CodeMismatchException"
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        clocked.anonymous.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=ON)
    with refused("UserNotFoundException"):
        clocked.administrator.admin_delete_software_token(UserPoolId=pool.pool_id, Username="bob")


def test_the_tokens_of_a_deleted_user_are_gone(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    with_token(clocked, pool, "ann")
    clocked.administrator.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    with call(clocked).reading() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM software_tokens").scalar_one() == 0


def test_a_pool_that_does_not_offer_the_factor_enrols_nobody(clocked: ClockedServer) -> None:
    pool = offering(clocked, SmsMfaConfiguration=SMS)
    token = pool.settled("ann")
    session = waiting(clocked, pool, "ann")
    not_offered = (
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA has not been enabled by the userPool.",
    )
    for proof in ({"AccessToken": token}, {"Session": session}):
        with refused(*not_offered):
            clocked.anonymous.associate_software_token(**proof)
        with refused(*not_offered):
            clocked.anonymous.verify_software_token(UserCode="123456", **proof)


def test_either_an_access_token_or_a_session(server: RunningServer) -> None:
    for proof in ({}, {"AccessToken": "a.b.c", "Session": "s" * 30}):
        with refused("InvalidParameterException", "Either an AccessToken or a Session"):
            server.anonymous.associate_software_token(**proof)
        with refused("InvalidParameterException", "Either an AccessToken or a Session"):
            server.anonymous.verify_software_token(UserCode="123456", **proof)
    with refused("NotAuthorizedException", "Invalid Access Token"):
        server.anonymous.associate_software_token(AccessToken="a.b.c")
    with refused(*BAD_SESSION):
        server.anonymous.associate_software_token(Session="s" * 30)
    with refused("InvalidParameterException", "FriendlyDeviceName"):
        server.anonymous.verify_software_token(
            AccessToken="a.b.c", UserCode="123456", FriendlyDeviceName="n" * 129
        )


def test_a_factor_is_set_up_within_a_sign_in(clocked: ClockedServer) -> None:
    pool = offering(clocked, "ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    pool.invite("ann", MessageAction="SUPPRESS")
    clocked.administrator.admin_set_user_password(
        UserPoolId=pool.pool_id, Username="ann", Password=PASSWORD, Permanent=True
    )
    first = waiting(clocked, pool, "ann")
    begun = clocked.anonymous.associate_software_token(Session=first)
    second = begun["Session"]
    app = App(begun["SecretCode"], clocked)
    with refused(*BAD_SESSION):
        clocked.anonymous.verify_software_token(Session=first, UserCode=app.code())
    with refused(*MISMATCH):
        clocked.anonymous.verify_software_token(Session=second, UserCode=app.wrong())
    with pytest.raises(NotAuthorizedException, match="Invalid session"):
        answered(clocked, pool, second)
    verified = clocked.anonymous.verify_software_token(
        Session=second, UserCode=app.code(), FriendlyDeviceName="phone"
    )
    assert verified["Status"] == "SUCCESS"
    assert len({first, second, verified["Session"]}) == 3
    with refused(*BAD_SESSION):
        clocked.anonymous.verify_software_token(Session=second, UserCode=app.code(1))
    assert settings(pool, "ann") == ([], None)
    assert answered(clocked, pool, verified["Session"]).factors == (TOKEN,)
    assert settings(pool, "ann") == ([TOKEN], TOKEN)


def test_a_session_that_waits_for_something_else_sets_nothing_up(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    pool.settled("ann")
    for challenge in ("SMS_MFA", "NEW_PASSWORD_REQUIRED", "PASSWORD_VERIFIER"):
        session = waiting(clocked, pool, "ann", challenge)
        with refused(*BAD_SESSION):
            clocked.anonymous.associate_software_token(Session=session)
        with refused(*BAD_SESSION):
            clocked.anonymous.verify_software_token(Session=session, UserCode="123456")
    late = waiting(clocked, pool, "ann")
    clocked.clock.advance(180)
    with refused("NotAuthorizedException", "session is expired"):
        clocked.anonymous.associate_software_token(Session=late)


def test_a_kept_session_enrols_nothing_beside_what_the_user_has_set_up(clocked: ClockedServer) -> None:
    """An intruder who knows the password begins a set-up, and the user finishes his own in between."""
    pool = offering(clocked)
    token = pool.settled("ann")
    kept = [waiting(clocked, pool, "ann") for _ in range(2)]
    begun = clocked.anonymous.associate_software_token(Session=kept[0])
    ready = clocked.anonymous.verify_software_token(
        Session=begun["Session"], UserCode=App(begun["SecretCode"], clocked).code()
    )["Session"]
    own = enrol(clocked, token)
    clocked.anonymous.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=ON)
    with refused(*BAD_SESSION):
        clocked.anonymous.associate_software_token(Session=kept[1])
    with pytest.raises(NotAuthorizedException):
        answered(clocked, pool, ready)
    assert used(clocked, pool, "ann", App(begun["SecretCode"], clocked).code()) == "CodeMismatchException"
    assert used(clocked, pool, "ann", own.code()) is None


def test_setting_up_within_a_sign_in_has_an_end_however_often_it_is_renewed(clocked: ClockedServer) -> None:
    """Whoever got there by what is the user's no more could else wait there until he has forgotten it."""
    pool = offering(clocked)
    pool.settled("ann")
    session = waiting(clocked, pool, "ann")
    for _ in range(21):
        session = clocked.anonymous.associate_software_token(Session=session)["Session"]
        clocked.clock.advance(170)
    begun = clocked.anonymous.associate_software_token(Session=session)
    ready = clocked.anonymous.verify_software_token(
        Session=begun["Session"], UserCode=App(begun["SecretCode"], clocked).code()
    )["Session"]
    clocked.clock.advance(30)
    with refused(*BAD_SESSION):
        clocked.anonymous.associate_software_token(Session=ready)
    with pytest.raises(NotAuthorizedException):
        answered(clocked, pool, ready)


def test_a_session_ends_with_the_password_that_opened_it(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    pool.settled("ann")
    changed = waiting(clocked, pool, "ann")
    clocked.administrator.admin_set_user_password(
        UserPoolId=pool.pool_id, Username="ann", Password=f"{PASSWORD}-2", Permanent=True
    )
    with refused(*BAD_SESSION):
        clocked.anonymous.associate_software_token(Session=changed)
    disabled = waiting(clocked, pool, "ann")
    clocked.administrator.admin_disable_user(UserPoolId=pool.pool_id, Username="ann")
    with refused(*BAD_SESSION):
        clocked.anonymous.associate_software_token(Session=disabled)
    clocked.administrator.admin_enable_user(UserPoolId=pool.pool_id, Username="ann")
    gone = waiting(clocked, pool, "ann")
    clocked.administrator.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    with refused(*BAD_SESSION):
        clocked.anonymous.associate_software_token(Session=gone)


def test_a_session_in_parallel_goes_on_once(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    pool.settled("ann")
    session = waiting(clocked, pool, "ann")

    def associate(_: int) -> bool:
        try:
            clocked.anonymous.associate_software_token(Session=session)
        except ClientError as error:
            assert error.response["Error"]["Message"] == BAD_SESSION[1]
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(associate, range(8))) == 1


def test_the_attempts_of_a_session_are_the_users(clocked: ClockedServer) -> None:
    pool = offering(clocked)
    token = pool.settled("ann")
    for _ in range(5):
        begun = clocked.anonymous.associate_software_token(Session=waiting(clocked, pool, "ann"))
        app = App(begun["SecretCode"], clocked)
        for _ in range(2):
            with refused(*MISMATCH):
                clocked.anonymous.verify_software_token(Session=begun["Session"], UserCode=app.wrong())
    with refused(*LIMIT):
        clocked.anonymous.verify_software_token(AccessToken=token, UserCode="123456")


def test_a_stored_token_shows_nothing_of_its_seed() -> None:
    token = StoredToken(
        pool_id="eu-west-1_aB3dE5fG7",
        sub="sub",
        name="phone",
        sealed_seed=b"planted",
        confirmed=True,
        last_step=1,
        created_at=0.0,
    )
    assert repr(token) == "StoredToken('sub')"
    assert "planted" not in repr(token.__rich_repr__())
