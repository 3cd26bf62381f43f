"""`doorward users passkeys`, beside a server that works on the same data."""

import json

import pytest
from tests import authenticator
from tests.authenticator import Credential
from tests.cli.house import House
from tests.history import kept, listed
from tests.people import App, make_user
from tests.scenarios import choosing, passkeys
from tests.scenarios.challenged import respond
from tests.scenarios.passkeys import UNPROVEN, asked_for_passkey, show, sign_in_with, token_of, with_passkeys
from tests.scenarios.refusals import refused

IDS = (bytes(32), b"\xf8" + bytes(31), b"\xfb\xe8" + bytes(30))
"""Passkeys' ids: one like any other, one whose name begins with a hyphen, and one that begins with two."""


def register(house: House, token: str, passkey_id: bytes) -> Credential:
    options = passkeys.begin(house.server, token)
    made = Credential(options["rp"]["id"], options["user"]["id"], passkey_id)
    _, answer = authenticator.create(options, credential=made)
    passkeys.complete(house.server, token, answer)
    return made


@pytest.fixture
def app(house: House) -> App:
    return with_passkeys(house.server, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})


@pytest.fixture
def token(house: House, app: App) -> str:
    return token_of(house.server, app, "anna")


def test_a_users_passkeys_are_listed(house: House, app: App, token: str) -> None:
    used, unused = (register(house, token, passkey_id) for passkey_id in IDS[:2])
    sign_in_with(house.server, app, "anna", used)
    said = house.says("users", "passkeys", "list", "--pool", app.pool_id, "anna")
    (of_used,) = [line for line in said.splitlines() if used.name in line]
    (of_unused,) = [line for line in said.splitlines() if unused.name in line]
    assert "example.org" in of_used
    assert ("never" in of_used, "never" in of_unused) == (False, True)


@pytest.mark.parametrize("passkey_id", IDS)
def test_a_lost_authenticator_signs_in_no_more(house: House, app: App, token: str, passkey_id: bytes) -> None:
    """At once, also where it is asked for already; the user's others stay."""
    kept_one = register(house, token, b"kept" * 8)
    lost = register(house, token, passkey_id)
    on_its_way = asked_for_passkey(house.server, app, "anna")
    said = house.says("users", "passkeys", "delete", "--pool", app.pool_id, "anna", lost.name)
    assert said.startswith(f"anna: the passkey {lost.name} (")
    assert "is deleted; 1 left.\n" in said
    with refused(*UNPROVEN):
        show(house.server, app, on_its_way, "anna", lost)
    asked = asked_for_passkey(house.server, app, "anna")
    assert lost.name not in json.dumps(passkeys.options_of(asked))
    assert show(house.server, app, asked, "anna", kept_one)["AuthenticationResult"]


def test_it_stands_in_the_history_with_who_did_it(house: House, app: App, token: str) -> None:
    lost = register(house, token, IDS[0])
    before = len(kept(house.server, app.pool_id))
    house.says("users", "passkeys", "delete", "--pool", app.pool_id, "anna", lost.name)
    event, *others = kept(house.server, app.pool_id)[before:]
    assert others == []
    assert (event.operation, event.by) == ("doorward users passkeys delete", "command line")
    assert (event.response, event.learned) == ("Pass", False)
    assert lost.name in event.risk.because
    assert listed(house.server, app)[0]["EventType"] == "ForgotPassword"


def test_another_users_passkey_is_none_of_his(house: House, app: App, token: str) -> None:
    hers = register(house, token, IDS[0])
    make_user(house.server, app.pool_id, "berta")
    before = kept(house.server, app.pool_id)
    ended = house.run("users", "passkeys", "delete", "--pool", app.pool_id, "berta", hers.name)
    assert (ended.status, ended.out) == (2, "")
    assert f"berta has no passkey {hers.name}" in ended.err
    assert kept(house.server, app.pool_id) == before
    assert sign_in_with(house.server, app, "anna", hers)["AuthenticationResult"]


def test_who_is_left_without_a_way_in_is_told(house: House) -> None:
    """One who has never had a password."""
    server = house.server
    app = with_passkeys(
        server,
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN", "EMAIL_OTP"]}},
    )
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id,
        Username="carla",
        UserAttributes=[
            {"Name": "email", "Value": "carla@example.org"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    asked = choosing.begin(server, app, "carla", "EMAIL_OTP")
    code = server.last_code(app.pool_id)
    tokens = respond(server, app, asked, "carla", EMAIL_OTP_CODE=code)["AuthenticationResult"]
    only = register(house, tokens["AccessToken"], IDS[0])
    said = house.says("users", "passkeys", "delete", "--pool", app.pool_id, "carla", only.name)
    assert "none left" in said
    assert "no password" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "nobody"), "there is no user nobody"),
        (("delete", "nobody", "made-up"), "there is no user nobody"),
        (("delete", "anna", "made-up"), "anna has no passkey made-up"),
        (("delete", "anna", "--all"), "anna has no passkey --all"),
        (("delete", "anna"), "Missing argument 'passkey_id'"),
    ],
)
def test_what_does_not_exist_is_named(
    house: House, app: App, token: str, arguments: tuple[str, ...], said: str
) -> None:
    assert token
    ended = house.run("users", "passkeys", *arguments, "--pool", app.pool_id)
    assert ended.status == 2
    assert said in ended.err
