"""`doorward users unlock` and `doorward pools unblock`, beside a server that works on the same data."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.circumstances import sign_in_from
from tests.cli.house import House
from tests.history import kept, listed
from tests.people import App
from tests.scenarios.challenged import enrol, offer, password, respond
from tests.scenarios.levels import force_level
from tests.scenarios.protected import configure, protected, switch, takeover
from tests.scenarios.refusals import BLOCKED, WRONG, refused

from doorward.protection import queries
from doorward.risk.encoding import encode
from doorward.risk.profile import Profile

LOCKED = ("NotAuthorizedException", "Password attempts exceeded")
TOO_MANY = ("NotAuthorizedException", "Too many wrong codes were given for the user. Try again later.")


@pytest.fixture
def app(house: House) -> App:
    """A pool in which everything is High, and is blocked; anna has signed in often."""
    made = protected(house.server)
    sub = house.server.administrator.admin_get_user(UserPoolId=made.pool_id, Username="anna")
    (of_anna,) = [one["Value"] for one in sub["UserAttributes"] if one["Name"] == "sub"]
    with house.server.services.store.writing() as tx:
        queries.keep_profile(tx, made.pool_id, of_anna, encode(Profile(successes=100)))
    configure(house.server, made, **takeover(low="BLOCK", medium="BLOCK", high="BLOCK"))
    force_level(house.server, made, "High")
    return made


def test_a_user_whom_wrong_passwords_lock_out_is_let_in(house: House, app: App) -> None:
    force_level(house.server, app, "none")
    for _ in range(7):
        with pytest.raises(ClientError):
            sign_in_from(house.server, app, "anna", password="wrong-Horse-1-Battery")
    with refused(*LOCKED):
        sign_in_from(house.server, app, "anna")
    said = house.says("users", "unlock", "--pool", app.pool_id, "anna")
    assert said == (
        "anna: wrong passwords, wrong codes and spent attempts are forgotten;"
        " the next sign-in within 60 minutes is not blocked by risk.\n"
    )
    assert sign_in_from(house.server, app, "anna")["AuthenticationResult"]


def test_a_user_whom_risk_blocks_is_let_in_once(house: House, app: App) -> None:
    with refused(*BLOCKED):
        sign_in_from(house.server, app, "anna")
    house.says("users", "unlock", "--pool", app.pool_id, "anna")
    with refused(*WRONG):
        sign_in_from(house.server, app, "anna", password="wrong-Horse-1-Battery")
    assert sign_in_from(house.server, app, "anna")["AuthenticationResult"]
    with refused(*BLOCKED):
        sign_in_from(house.server, app, "anna")


def test_the_block_stays_where_that_is_wished(house: House, app: App) -> None:
    said = house.says("users", "unlock", "--pool", app.pool_id, "anna", "--minutes", "0")
    assert said == "anna: nothing was counted against the user.\n"
    assert kept(house.server, app.pool_id) == []
    with refused(*BLOCKED):
        sign_in_from(house.server, app, "anna")


def test_wrong_codes_are_forgotten_too(house: House, app: App) -> None:
    """Also those of a month."""
    server = house.server
    switch(server, app, "OFF")
    offer(server, app.pool_id, "OPTIONAL", ["SOFTWARE_TOKEN_MFA"])
    token = enrol(server, app, "anna")
    for _ in range(2):
        asked = password(server, app, "anna")
        for _ in range(5):
            with pytest.raises(ClientError):
                respond(server, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=token.wrong())
    with refused(*TOO_MANY):
        password(server, app, "anna")
    house.says("users", "unlock", "--pool", app.pool_id, "anna")
    asked = password(server, app, "anna")
    assert respond(server, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=token.code())["AuthenticationResult"]


def test_it_stands_in_the_history(house: House, app: App) -> None:
    """As the nearest of the API's types, with who did it; a running server goes on counting."""
    house.says("users", "unlock", "--pool", app.pool_id, "anna")
    (event,) = kept(house.server, app.pool_id)
    assert (event.operation, event.by, event.learned) == ("doorward users unlock", "command line", False)
    told: Any = listed(house.server, app)[0]
    assert (told["EventType"], told["EventResponse"]) == ("ForgotPassword", "Pass")
    assert sign_in_from(house.server, app, "anna")["AuthenticationResult"]
    assert len(kept(house.server, app.pool_id)) == 2


def test_it_says_what_else_holds_the_user_off(house: House, app: App) -> None:
    house.server.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="anna")
    assert "disabled" in house.says("users", "unlock", "--pool", app.pool_id, "anna")
    house.server.administrator.admin_enable_user(UserPoolId=app.pool_id, Username="anna")
    house.server.administrator.admin_reset_user_password(UserPoolId=app.pool_id, Username="anna")
    assert "ForgotPassword" in house.says("users", "unlock", "--pool", app.pool_id, "anna")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("users", "unlock", "--pool", "eu-west-1_nobodyhas", "anna"), "there is no user pool"),
        (("pools", "unblock", "--pool", "eu-west-1_nobodyhas", "on"), "there is no user pool"),
        (("users", "unlock", "anna"), "Missing option '--pool'"),
    ],
)
def test_what_does_not_exist_is_named(house: House, arguments: tuple[str, ...], said: str) -> None:
    ended = house.run(*arguments)
    assert ended.status == 2
    assert said in ended.err


def test_an_unknown_user_is_named(house: House, app: App) -> None:
    ended = house.run("users", "unlock", "--pool", app.pool_id, "nobody")
    assert ended.status == 2
    assert "there is no user nobody" in ended.err
    assert kept(house.server, app.pool_id) == []


def test_self_service_is_switched_and_shown(house: House, app: App) -> None:
    pool = ("pools", "unblock", "--pool", app.pool_id)
    assert house.says(*pool) == "self-service unblock  off\n"
    assert house.says(*pool, "on").startswith("self-service unblock  on\n  by a code to an address")
    switch(house.server, app, "AUDIT")
    assert house.says(*pool).endswith("the pool's advanced security is AUDIT: nobody is blocked\n")
    assert house.says(*pool, "off") == "self-service unblock  off\n"
