"""A remembered device proves its secret at sign-in, and what becomes of those that do not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pycognito.aws_srp import N_HEX
from tests import srp
from tests.conftest import ClockedServer
from tests.devices import (
    BESIDE_MFA,
    NO_DEVICE,
    OPT_IN,
    KnownDevice,
    make_device,
    make_devices_app,
)
from tests.people import PASSWORD, App, make_app, make_user, sign_in, told
from tests.scenarios.challenged import TokenApp, enrol, offer, password, respond
from tests.scenarios.refusals import BAD_SESSION, WRONG, refused
from tests.server import RunningServer
from tests.tokens import verified

UNKNOWN_KEY = "eu-west-1_00000000-0000-4000-8000-000000000000"


@pytest.fixture
def device(server: RunningServer) -> KnownDevice:
    """Anna's remembered laptop."""
    return make_device(server, make_devices_app(server))


def test_a_device_proves_its_secret(clocked: ClockedServer) -> None:
    """The tokens are its own, no new device is named, and the sign-in is written down with it."""
    device = make_device(clocked, make_devices_app(clocked))
    before = device.described()
    clocked.clock.advance(60)
    asked = device.begin()
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert asked["ChallengeParameters"] == {"USERNAME": "anna", "DEVICE_KEY": device.key}
    proof = device.proof()
    second = proof.start(asked["Session"])
    assert second["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    assert set(second["ChallengeParameters"]) == {"SALT", "SRP_B", "SECRET_BLOCK", "USERNAME", "DEVICE_KEY"}
    tokens = proof.finish(second)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in tokens
    assert verified(clocked, device.app, tokens["AccessToken"])["device_key"] == device.key
    after = device.described()
    passed = after["DeviceLastAuthenticatedDate"] - before["DeviceLastAuthenticatedDate"]
    assert passed.total_seconds() == 60
    assert after["DeviceLastModifiedDate"] == before["DeviceLastModifiedDate"]


@pytest.mark.parametrize("where", ["begin", "answer", "both"])
def test_a_device_comes_with_srp_too(server: RunningServer, device: KnownDevice, where: str) -> None:
    """DEVICE_KEY with SRP_A, with the password's claim, or with both, as each library has it."""
    key = {"DEVICE_KEY": device.key}
    exchange = srp.begin(server, device.app, "anna")
    exchange.challenge = dict(
        server.anonymous.initiate_auth(
            ClientId=device.app.client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters=exchange.srp.get_auth_params() | (key if where != "answer" else {}),
        )
    )
    asked = server.anonymous.respond_to_auth_challenge(
        ClientId=device.app.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=exchange.answer(**(key if where != "begin" else {})),
    )
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    proof = device.proof()
    assert proof.finish(proof.start(asked["Session"]))["AuthenticationResult"]


def test_a_device_comes_through_a_server(server: RunningServer, device: KnownDevice) -> None:
    """ADMIN_USER_PASSWORD_AUTH and AdminRespondToAuthChallenge."""
    named: Any = {"UserPoolId": device.app.pool_id, "ClientId": device.app.client_id}
    asked: Any = server.administrator.admin_initiate_auth(
        **named,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD, "DEVICE_KEY": device.key},
    )
    proof = device.proof()
    second: Any = server.administrator.admin_respond_to_auth_challenge(
        **named,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={
            "USERNAME": "anna",
            "DEVICE_KEY": device.key,
            "SRP_A": f"{proof.srp.large_a_value:x}",
        },
    )
    answer = server.administrator.admin_respond_to_auth_challenge(
        **named,
        ChallengeName=second["ChallengeName"],
        Session=second["Session"],
        ChallengeResponses=proof.answer(second),
    )
    assert answer["AuthenticationResult"]["AccessToken"]


def test_the_session_may_be_missing(server: RunningServer, device: KnownDevice) -> None:
    """Pycognito sends none: the sign-in is found by client, user and device, and once only."""
    device.begin()
    device.begin()
    proof = device.proof()
    second = proof.start(None)
    with refused(*BAD_SESSION):
        device.proof().start(None)
    assert proof.respond("DEVICE_PASSWORD_VERIFIER", proof.answer(second), None)["AuthenticationResult"]


def test_a_missing_session_finds_no_other_sign_in(server: RunningServer, device: KnownDevice) -> None:
    """Without a password before it, for another user, device or client, there is nothing to go on with."""
    make_user(server, device.app.pool_id, "bert")
    another = make_device(server, device.app)
    for stranger in (device, another):
        with refused(*BAD_SESSION):
            stranger.proof().start(None)
    device.begin()
    with refused(*BAD_SESSION):
        another.proof().start(None)
    for name in ("bert", "nobody"):
        with refused(*BAD_SESSION):
            device.proof().start(None, USERNAME=name)
    elsewhere = KnownDevice(**{**device.__dict__, "app": make_app(server, device.app.pool_id)})
    with refused(*BAD_SESSION):
        elsewhere.proof().start(None)
    assert device.proof().start(None)["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"


def test_a_client_with_a_secret_proves_it_each_time(server: RunningServer) -> None:
    """SECRET_HASH is wanted at every step."""
    plain = make_devices_app(server)
    app = make_app(server, plain.pool_id, GenerateSecret=True)
    device = make_device(server, app)
    assert device.sign_in()["AccessToken"]
    asked = device.begin()
    proof = device.proof()
    with refused("NotAuthorizedException", "secret hash"):
        proof.start(asked["Session"], SECRET_HASH="wrong")
    second = proof.start(asked["Session"])
    with refused("NotAuthorizedException", "secret hash"):
        proof.finish(second, SECRET_HASH="wrong")
    assert proof.finish(second)["AuthenticationResult"]


def test_a_device_not_remembered_proves_nothing_and_is_known(server: RunningServer) -> None:
    """No challenge; the tokens are bound to it all the same, and no new device is named."""
    device = make_device(server, make_devices_app(server, OPT_IN))
    tokens = device.begin()["AuthenticationResult"]
    assert "NewDeviceMetadata" not in tokens
    assert verified(server, device.app, tokens["AccessToken"])["device_key"] == device.key
    server.anonymous.update_device_status(
        AccessToken=tokens["AccessToken"], DeviceKey=device.key, DeviceRememberedStatus="remembered"
    )
    assert device.sign_in()["AccessToken"]


# A device and a second factor.


def with_factor(server: RunningServer, app: App) -> TokenApp:
    """Let the pool offer authenticator apps, and Anna have one."""
    offer(server, app.pool_id, factors=("SOFTWARE_TOKEN_MFA",))
    return enrol(server, app, "anna")


def test_a_remembered_device_stands_for_the_second_factor(clocked: ClockedServer) -> None:
    """Where ChallengeRequiredOnNewDevice is true: a new device is asked for the factor, this one for its secret."""
    app = make_devices_app(clocked)
    device = make_device(clocked, app)
    with_factor(clocked, app)
    assert password(clocked, app, "anna")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert device.sign_in()["AccessToken"]

    clocked.administrator.admin_update_device_status(
        UserPoolId=app.pool_id,
        Username="anna",
        DeviceKey=device.key,
        DeviceRememberedStatus="not_remembered",
    )
    assert device.begin()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


@pytest.mark.parametrize("keeps_session", [True, False])
def test_a_device_may_come_beside_the_second_factor(clocked: ClockedServer, keeps_session: bool) -> None:
    """Where it is false: first the factor, then the device, whose session an older library takes for the same."""
    app = make_devices_app(clocked, BESIDE_MFA)
    device = make_device(clocked, app)
    token_app = with_factor(clocked, app)
    asked = device.begin()
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    code = token_app.code()
    second = respond(clocked, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=code)
    assert second["ChallengeName"] == "DEVICE_SRP_AUTH"
    with refused(*BAD_SESSION):
        respond(clocked, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=code)
    proof = device.proof()
    third = proof.start(asked["Session"] if keeps_session else second["Session"])
    assert proof.finish(third)["AuthenticationResult"]["AccessToken"]


def test_a_device_named_late_counts_for_nothing(clocked: ClockedServer) -> None:
    """DEVICE_KEY with the second factor's answer alone: the tokens are those of a new device."""
    app = make_devices_app(clocked)
    device = make_device(clocked, app)
    token_app = with_factor(clocked, app)
    asked = password(clocked, app, "anna")
    tokens = respond(
        clocked, app, asked, "anna", SOFTWARE_TOKEN_MFA_CODE=token_app.code(), DEVICE_KEY=device.key
    )["AuthenticationResult"]
    assert tokens["NewDeviceMetadata"]["DeviceKey"] != device.key


def test_a_device_forgotten_on_the_way_is_owed_for(clocked: ClockedServer) -> None:
    """What it would have stood for is not let pass: here the second factor, behind a temporary password."""
    app = make_devices_app(clocked)
    device = make_device(clocked, app)
    with_factor(clocked, app)
    clocked.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="anna", Password="Temporary-Horse-9", Permanent=False
    )
    asked = device.begin(PASSWORD="Temporary-Horse-9")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    clocked.administrator.admin_forget_device(UserPoolId=app.pool_id, Username="anna", DeviceKey=device.key)
    with refused(*NO_DEVICE):
        respond(clocked, app, asked, "anna", NEW_PASSWORD=PASSWORD)
    assert password(clocked, app, "anna")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_a_new_password_comes_before_the_device(clocked: ClockedServer) -> None:
    """The libraries take no other challenge behind the device's."""
    device = make_device(clocked, make_devices_app(clocked))
    clocked.administrator.admin_set_user_password(
        UserPoolId=device.app.pool_id, Username="anna", Password="Temporary-Horse-9", Permanent=False
    )
    asked = device.begin(PASSWORD="Temporary-Horse-9")
    second = respond(clocked, device.app, asked, "anna", NEW_PASSWORD=PASSWORD)
    assert second["ChallengeName"] == "DEVICE_SRP_AUTH"
    proof = device.proof()
    assert proof.finish(proof.start(second["Session"]))["AuthenticationResult"]["AccessToken"]


# Keys that lead to no device.


def test_an_unknown_device_tells_nothing_of_its_user(server: RunningServer, device: KnownDevice) -> None:
    """The same answer for a name that leads to nobody, right and wrong passwords, and whatever the key is like."""
    make_user(server, device.app.pool_id, "bert")
    other = make_device(server, make_devices_app(server))
    keys = (UNKNOWN_KEY, "x", "é" * 30_000, "eu-west-1_" + "0" * 36 + "\n", other.key)
    cases = [(name, key) for name in ("anna", "bert", "nobody") for key in keys]
    for name, key in [*cases, ("bert", device.key), ("nobody", device.key)]:
        for secret in (PASSWORD, "Wrong-Horse-9-Battery"):
            with refused(*NO_DEVICE):
                device.begin(USERNAME=name, PASSWORD=secret, DEVICE_KEY=key)
        with refused(*NO_DEVICE):
            server.anonymous.initiate_auth(
                ClientId=device.app.client_id,
                AuthFlow="USER_SRP_AUTH",
                AuthParameters={"USERNAME": name, "SRP_A": "abcdef", "DEVICE_KEY": key},
            )
    open_app = make_app(server, device.app.pool_id, PreventUserExistenceErrors="LEGACY")
    open_device = KnownDevice(**{**device.__dict__, "app": open_app})
    with refused("UserNotFoundException"):
        open_device.begin(USERNAME="nobody")


def test_a_forgotten_device_signs_in_anew_with_the_same_challenge(
    server: RunningServer, device: KnownDevice
) -> None:
    """amazon-cognito-identity-js answers the same PASSWORD_VERIFIER again, without the key."""
    exchange = srp.begin(server, device.app, "anna")
    server.administrator.admin_forget_device(
        UserPoolId=device.app.pool_id, Username="anna", DeviceKey=device.key
    )
    named: Any = {"ClientId": device.app.client_id, "ChallengeName": "PASSWORD_VERIFIER"}
    with refused(*NO_DEVICE):
        server.anonymous.respond_to_auth_challenge(
            **named, ChallengeResponses=exchange.answer(DEVICE_KEY=device.key)
        )
    tokens = server.anonymous.respond_to_auth_challenge(**named, ChallengeResponses=exchange.answer())
    assert tokens["AuthenticationResult"]["NewDeviceMetadata"]["DeviceKey"] != device.key


def test_a_device_forgotten_before_its_proof_proves_nothing(
    server: RunningServer, device: KnownDevice
) -> None:
    """At either step; and no session is left to go on with."""
    named: Any = {"UserPoolId": device.app.pool_id, "Username": "anna", "DeviceKey": device.key}
    first, other = device.begin(), device.begin()
    proof = device.proof()
    second = proof.start(other["Session"])
    server.administrator.admin_forget_device(**named)
    with refused(*NO_DEVICE):
        device.proof().start(first["Session"])
    with refused(*NO_DEVICE):
        proof.finish(second)


# Proofs that are none.


@pytest.mark.parametrize(
    "client_public",
    ["0", "00", N_HEX, f"{2 * int(N_HEX, 16):x}", f"{int(N_HEX, 16) + 1:x}", "x", "-1", " 5", "5" * 100_000],
)
def test_a_public_value_that_needs_no_secret_is_refused(device: KnownDevice, client_public: str) -> None:
    """A = 0 mod N and whatever else is no number of the group; the session goes on waiting for a good one."""
    asked = device.begin()
    with refused("InvalidParameterException"):
        device.proof().start(asked["Session"], SRP_A=client_public)
    proof = device.proof()
    assert proof.finish(proof.start(asked["Session"]))["AuthenticationResult"]


@pytest.mark.parametrize("missing", ["USERNAME", "DEVICE_KEY", "SRP_A"])
def test_a_step_wants_its_parameters(device: KnownDevice, missing: str) -> None:
    asked = device.begin()
    with refused("InvalidParameterException", missing):
        device.proof().start(asked["Session"], **{missing: ""})


@pytest.mark.parametrize(
    "changed",
    [
        {"PASSWORD_CLAIM_SIGNATURE": "AAAA"},
        {"PASSWORD_CLAIM_SIGNATURE": "not base64!"},
        {"PASSWORD_CLAIM_SIGNATURE": "A" * 131_072},
        {"PASSWORD_CLAIM_SIGNATURE": "é"},
        {"TIMESTAMP": "Sun Mar 3 09:05:07 UTC 2024"},
    ],
)
def test_a_wrong_claim_ends_the_sign_in(device: KnownDevice, changed: dict[str, str]) -> None:
    """One claim for one password: the right one afterwards comes too late."""
    asked = device.begin()
    proof = device.proof()
    second = proof.start(asked["Session"])
    with refused(*WRONG):
        proof.finish(second, **changed)
    with refused(*BAD_SESSION):
        proof.finish(second)
    assert device.sign_in()["AccessToken"]


def test_the_password_is_no_secret_of_the_device(device: KnownDevice) -> None:
    """Nor is another device's secret."""
    another = make_device(device.server, device.app)
    for secret in (PASSWORD, another.secret, device.key):
        asked = device.begin()
        proof = device.proof(secret)
        with refused(*WRONG):
            proof.finish(proof.start(asked["Session"]))


@pytest.mark.parametrize("seconds_off", [-400.0, 400.0])
def test_a_stale_claim_proves_nothing(device: KnownDevice, seconds_off: float) -> None:
    asked = device.begin()
    proof = device.proof()
    second = proof.start(asked["Session"])
    with refused(*WRONG):
        proof.respond(
            "DEVICE_PASSWORD_VERIFIER", proof.answer(second, seconds_off=seconds_off), second["Session"]
        )


def test_a_proof_serves_once_and_where_it_was_made(server: RunningServer, device: KnownDevice) -> None:
    """Not again, not in another sign-in, not for another device, not under another challenge's name."""
    another = make_device(server, device.app)
    first, other = device.begin(), device.begin()
    proof, later = device.proof(), device.proof()
    second, elsewhere = proof.start(first["Session"]), later.start(other["Session"])
    answer = proof.answer(second)

    with refused(*BAD_SESSION):
        proof.respond("DEVICE_PASSWORD_VERIFIER", answer, elsewhere["Session"])
    with refused(*BAD_SESSION):
        proof.finish(second, DEVICE_KEY=another.key)
    with refused(*BAD_SESSION):
        proof.finish(second, USERNAME="nobody")
    with refused(*BAD_SESSION):
        proof.respond("PASSWORD_VERIFIER", answer, second["Session"])
    with refused(*BAD_SESSION):
        proof.respond("NEW_PASSWORD_REQUIRED", {**answer, "NEW_PASSWORD": PASSWORD}, second["Session"])
    with refused(*BAD_SESSION):
        proof.respond(
            "SOFTWARE_TOKEN_MFA", {**answer, "SOFTWARE_TOKEN_MFA_CODE": "123456"}, second["Session"]
        )
    with refused(*BAD_SESSION):
        proof.respond("DEVICE_SRP_AUTH", {**answer, "SRP_A": "abcdef"}, second["Session"])
    with refused(*BAD_SESSION):
        later.finish(elsewhere, PASSWORD_CLAIM_SECRET_BLOCK=second["ChallengeParameters"]["SECRET_BLOCK"])

    assert proof.finish(second)["AuthenticationResult"]
    with refused(*BAD_SESSION):
        proof.respond("DEVICE_PASSWORD_VERIFIER", answer, second["Session"])
    assert later.finish(elsewhere)["AuthenticationResult"]


def test_the_first_step_is_taken_once_and_by_its_device(server: RunningServer, device: KnownDevice) -> None:
    """Another user's or device's key, another client, the same session again."""
    make_user(server, device.app.pool_id, "bert")
    another, berts = make_device(server, device.app), make_device(server, device.app, "bert")
    asked = device.begin()
    for other in (another, berts):
        with refused(*BAD_SESSION):
            device.proof().start(asked["Session"], DEVICE_KEY=other.key)
    with refused(*BAD_SESSION):
        berts.proof().start(asked["Session"])
    elsewhere = KnownDevice(**{**device.__dict__, "app": make_app(server, device.app.pool_id)})
    with refused(*BAD_SESSION):
        elsewhere.proof().start(asked["Session"])
    with refused(*BAD_SESSION):
        device.proof().start("A" * 40)
    device.proof().start(asked["Session"])
    with refused(*BAD_SESSION):
        device.proof().start(asked["Session"])


def test_of_two_who_answer_at_once_one_is_refused(device: KnownDevice) -> None:
    """One session, one claim, one set of tokens."""
    asked = device.begin()
    proof = device.proof()
    second = proof.start(asked["Session"])
    answer = proof.answer(second)

    def finish(_: int) -> str:
        try:
            proof.respond("DEVICE_PASSWORD_VERIFIER", answer, second["Session"])
        except ClientError as refusal:
            return told(refusal)[1]
        return "granted"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(finish, range(6)))
    assert outcomes.count("granted") == 1
    assert set(outcomes) == {"granted", BAD_SESSION[1]}


def test_a_device_waits_no_longer_than_the_session(clocked: ClockedServer) -> None:
    device = make_device(clocked, make_devices_app(clocked))
    asked = device.begin()
    proof = device.proof()
    second = proof.start(device.begin()["Session"])
    clocked.clock.advance(181)
    with refused("NotAuthorizedException", "session is expired"):
        device.proof().start(asked["Session"])
    with refused("NotAuthorizedException", "session is expired"):
        proof.finish(second)


def test_a_device_does_not_outlive_the_password_before_it(server: RunningServer, device: KnownDevice) -> None:
    """A password changed meanwhile, or a user disabled, ends what began with it."""
    first, other = device.begin(), device.begin()
    proof, later = device.proof(), device.proof()
    second, third = proof.start(first["Session"]), later.start(other["Session"])
    named: Any = {"UserPoolId": device.app.pool_id, "Username": "anna"}
    server.administrator.admin_disable_user(**named)
    with refused("NotAuthorizedException", "User is disabled."):
        proof.finish(second)
    server.administrator.admin_enable_user(**named)
    server.administrator.admin_set_user_password(**named, Password="Another-Horse-9", Permanent=True)
    with refused(*BAD_SESSION):
        later.finish(third)


def test_a_new_sign_in_names_a_new_device(server: RunningServer, device: KnownDevice) -> None:
    """Without a key there is no known device, however many there are."""
    made: Any = sign_in(server, device.app, "anna")["NewDeviceMetadata"]
    assert made["DeviceKey"] != device.key
    assert made["DeviceGroupKey"] == device.group_key
