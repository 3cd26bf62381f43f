"""Devices: confirmed, read, listed, remembered or not, forgotten, and what becomes of their tokens."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pycognito.aws_srp import N_HEX, generate_hash_device
from tests.conftest import ClockedServer
from tests.devices import (
    ALWAYS,
    BAD_KEY,
    BAD_REFRESH,
    NO_DEVICE,
    OPT_IN,
    KnownDevice,
    confirm,
    make_device,
    make_devices_app,
)
from tests.people import App, make_app, make_pool, make_user, sign_in, told
from tests.scenarios.refusals import refused
from tests.server import RunningServer
from tests.tokens import verified

from doorward.directory.device import DEVICES_PER_USER

REVOKED = ("NotAuthorizedException", "Access Token has been revoked")


def refresh(server: RunningServer, app: App, token: str, key: str | None) -> Any:
    """Renew the tokens; return the AuthenticationResult."""
    device = {"DEVICE_KEY": key} if key else {}
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token, **device},
    )["AuthenticationResult"]


def keys_of(server: RunningServer, app: App, username: str = "anna") -> list[str]:
    """The keys of a user's devices, as AdminListDevices tells them."""
    listed = server.administrator.admin_list_devices(UserPoolId=app.pool_id, Username=username)["Devices"]
    return [one["DeviceKey"] for one in listed]


def test_a_pool_that_tracks_no_devices_names_none(server: RunningServer) -> None:
    """No NewDeviceMetadata, no claim; a DEVICE_KEY from earlier days does not matter."""
    pool_id = make_pool(server)
    make_user(server, pool_id, "anna")
    app = make_app(server, pool_id)
    tokens = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": "Correct-Horse-9-Battery", "DEVICE_KEY": "x"},
    )["AuthenticationResult"]
    assert "NewDeviceMetadata" not in tokens
    assert "device_key" not in verified(server, app, tokens["AccessToken"])
    assert refresh(server, app, tokens["RefreshToken"], "x")["AccessToken"]
    config: Any = {"PasswordVerifier": "Ag==", "Salt": "AQ=="}
    with refused(*BAD_KEY):
        server.anonymous.confirm_device(
            AccessToken=tokens["AccessToken"], DeviceKey="eu-west-1_0", DeviceSecretVerifierConfig=config
        )


def test_a_new_device_is_named_and_confirmed(server: RunningServer) -> None:
    """The key of the answer is that of the token; what is kept of the device is told."""
    app = make_devices_app(server)
    tokens: Any = sign_in(server, app, "anna")
    made = tokens["NewDeviceMetadata"]
    region, _, unique = made["DeviceKey"].partition("_")
    assert region == app.pool_id.partition("_")[0]
    assert len(unique) == 36
    assert made["DeviceGroupKey"]
    assert verified(server, app, tokens["AccessToken"])["device_key"] == made["DeviceKey"]
    assert keys_of(server, app) == []

    device = confirm(server, app, tokens, "anna", "Anna's laptop")
    shown = server.anonymous.get_device(AccessToken=tokens["AccessToken"], DeviceKey=device.key)["Device"]
    assert shown == server.anonymous.list_devices(AccessToken=tokens["AccessToken"])["Devices"][0]
    described = device.described()
    assert {name: described[name] for name in described if "_" in name} == {
        "device_status": "valid",
        "device_name": "Anna's laptop",
        "dev:device_arn": f"arn:aws:cognito-idp:eu-west-1:000000000000:owner/anna.{app.pool_id}/device/{device.key}",
        "dev:device_owner": f"anna.{app.pool_id}",
        "last_ip_used": "127.0.0.1",
        "dev:device_remembered_status": "remembered",
    }
    assert described["DeviceCreateDate"] == described["DeviceLastModifiedDate"]


@pytest.mark.parametrize(
    ("devices", "asks", "status"), [(ALWAYS, False, "remembered"), (OPT_IN, True, "not_remembered")]
)
def test_the_user_is_asked_where_the_pool_says_so(
    server: RunningServer, devices: dict[str, bool], asks: bool, status: str
) -> None:
    """DeviceOnlyRememberedOnUserPrompt: UserConfirmationNecessary, and not remembered until UpdateDeviceStatus."""
    app = make_devices_app(server, devices)
    tokens: Any = sign_in(server, app, "anna")
    made = tokens["NewDeviceMetadata"]
    _, verifier = generate_hash_device(made["DeviceGroupKey"], made["DeviceKey"])
    answer = server.anonymous.confirm_device(
        AccessToken=tokens["AccessToken"], DeviceKey=made["DeviceKey"], DeviceSecretVerifierConfig=verifier
    )
    assert answer["UserConfirmationNecessary"] is asks
    device = KnownDevice(server, app, "anna", made["DeviceKey"], "", "", dict(tokens))
    assert device.described()["dev:device_remembered_status"] == status
    assert "device_name" not in device.described()


def test_a_status_is_changed_by_the_user_and_by_an_administrator(clocked: ClockedServer) -> None:
    """UpdateDeviceStatus and AdminUpdateDeviceStatus; without a status nothing changes."""
    device = make_device(clocked, make_devices_app(clocked))
    token, made = device.tokens["AccessToken"], device.described()["DeviceLastModifiedDate"]
    clocked.clock.advance(5)
    clocked.anonymous.update_device_status(AccessToken=token, DeviceKey=device.key)
    assert device.described()["DeviceLastModifiedDate"] == made
    clocked.anonymous.update_device_status(
        AccessToken=token, DeviceKey=device.key, DeviceRememberedStatus="not_remembered"
    )
    described = device.described()
    assert described["dev:device_remembered_status"] == "not_remembered"
    assert (described["DeviceLastModifiedDate"] - made).total_seconds() == 5
    clocked.administrator.admin_update_device_status(
        UserPoolId=device.app.pool_id,
        Username="anna",
        DeviceKey=device.key,
        DeviceRememberedStatus="remembered",
    )
    assert device.described()["dev:device_remembered_status"] == "remembered"


def test_devices_come_page_by_page(clocked: ClockedServer) -> None:
    """The oldest first; a token goes on where its page ended, for its own list alone."""
    app = make_devices_app(clocked)
    made = []
    for _ in range(3):
        made.append(make_device(clocked, app))
        clocked.clock.advance(1)
    token = made[0].tokens["AccessToken"]
    first = clocked.anonymous.list_devices(AccessToken=token, Limit=2)
    second = clocked.anonymous.list_devices(
        AccessToken=token, Limit=2, PaginationToken=first["PaginationToken"]
    )
    listed = [one["DeviceKey"] for one in first["Devices"] + second["Devices"]]
    assert listed == [one.key for one in made]
    assert "PaginationToken" not in second
    assert keys_of(clocked, app) == listed
    with refused("InvalidParameterException", "PaginationToken"):
        clocked.administrator.admin_list_devices(
            UserPoolId=app.pool_id, Username="anna", PaginationToken=first["PaginationToken"]
        )


def test_a_device_is_confirmed_once_and_by_its_own_token(server: RunningServer) -> None:
    """Neither the key of another sign-in, user or pool, nor a made-up one; and not twice."""
    app, other = make_devices_app(server), make_devices_app(server)
    make_user(server, app.pool_id, "bert")
    device = make_device(server, app)
    own: Any = sign_in(server, app, "anna")
    others: list[Any] = [
        sign_in(server, app, "anna"),
        sign_in(server, app, "bert"),
        sign_in(server, other, "anna"),
    ]
    _, verifier = generate_hash_device("-group", "key")
    wrong = [one["NewDeviceMetadata"]["DeviceKey"] for one in others]
    for key in (*wrong, device.key, "eu-west-1_00000000-0000-4000-8000-000000000000", "forgotten_0"):
        with refused(*BAD_KEY):
            server.anonymous.confirm_device(
                AccessToken=own["AccessToken"], DeviceKey=key, DeviceSecretVerifierConfig=verifier
            )
    with refused("DeviceKeyExistsException"):
        server.anonymous.confirm_device(
            AccessToken=device.tokens["AccessToken"],
            DeviceKey=device.key,
            DeviceSecretVerifierConfig=verifier,
        )
    assert keys_of(server, app) == [device.key]


def test_of_many_confirmations_at_once_one_counts(server: RunningServer) -> None:
    """And of many that forget it, one."""
    app = make_devices_app(server)
    tokens: Any = sign_in(server, app, "anna")
    key = tokens["NewDeviceMetadata"]["DeviceKey"]
    verifiers = [generate_hash_device("-group", key)[1] for _ in range(6)]
    named: Any = {"UserPoolId": app.pool_id, "Username": "anna", "DeviceKey": key}

    def outcome(call: Callable[[], Any]) -> str:
        try:
            call()
        except ClientError as refusal:
            return told(refusal)[0]
        return "done"

    confirm_with = partial(server.anonymous.confirm_device, AccessToken=tokens["AccessToken"], DeviceKey=key)
    with ThreadPoolExecutor(6) as pool:
        confirmed = list(
            pool.map(outcome, [partial(confirm_with, DeviceSecretVerifierConfig=one) for one in verifiers])
        )
        forgotten = list(pool.map(outcome, [partial(server.administrator.admin_forget_device, **named)] * 6))
    assert sorted(confirmed) == ["DeviceKeyExistsException"] * 5 + ["done"]
    assert sorted(forgotten) == ["ResourceNotFoundException"] * 5 + ["done"]


def _base64(number: int, size: int) -> str:
    return base64.b64encode(number.to_bytes(size)).decode()


_N = int(N_HEX, 16)
_GOOD = {"PasswordVerifier": _base64(5, 384), "Salt": _base64(7, 16)}


@pytest.mark.parametrize(
    "config",
    [
        None,
        {},
        {"Salt": _GOOD["Salt"]},
        {"PasswordVerifier": _GOOD["PasswordVerifier"]},
        *(
            {**_GOOD, "PasswordVerifier": _base64(number, 385)}
            for number in (0, 1, _N - 1, _N, 2 * _N, 1 << 3079)
        ),
        {**_GOOD, "PasswordVerifier": base64.b64encode(b"\x01" * 90_000).decode()},
        {**_GOOD, "PasswordVerifier": "not base64!"},
        {**_GOOD, "PasswordVerifier": "0123456789abcdef\n"},
        {**_GOOD, "PasswordVerifier": "é"},
        {**_GOOD, "Salt": "===="},
        {**_GOOD, "Salt": _base64(0, 16)},
        {**_GOOD, "Salt": base64.b64encode(b"\x01" * 66).decode()},
        {**_GOOD, "Salt": "%%%%"},
    ],
)
def test_a_verifier_that_is_none_is_refused(server: RunningServer, config: Any) -> None:
    """Missing, no base64, too long, or a number for which no secret is needed: nothing is confirmed."""
    app = make_devices_app(server)
    tokens: Any = sign_in(server, app, "anna")
    given = {} if config is None else {"DeviceSecretVerifierConfig": config}
    with refused("InvalidParameterException"):
        server.anonymous.confirm_device(
            AccessToken=tokens["AccessToken"], DeviceKey=tokens["NewDeviceMetadata"]["DeviceKey"], **given
        )
    assert keys_of(server, app) == []


def test_a_refresh_token_serves_its_own_device_alone(server: RunningServer) -> None:
    """Not before the confirmation, not without the key, not with another; and not once the device is forgotten."""
    app = make_devices_app(server)
    tokens: Any = sign_in(server, app, "anna")
    key = tokens["NewDeviceMetadata"]["DeviceKey"]
    with refused(*BAD_REFRESH):
        refresh(server, app, tokens["RefreshToken"], key)
    device = confirm(server, app, tokens, "anna")
    another = make_device(server, app)
    for wrong in (None, another.key, "forgotten", key.upper()):
        with refused(*BAD_REFRESH):
            refresh(server, app, tokens["RefreshToken"], wrong)
    renewed = refresh(server, app, tokens["RefreshToken"], key)
    assert "NewDeviceMetadata" not in renewed
    assert verified(server, app, renewed["AccessToken"])["device_key"] == key

    server.anonymous.forget_device(AccessToken=another.tokens["AccessToken"], DeviceKey=device.key)
    for token in (tokens["AccessToken"], renewed["AccessToken"]):
        with refused(*REVOKED):
            server.anonymous.get_user(AccessToken=token)
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(server, app, tokens["RefreshToken"], key)
    assert refresh(server, app, another.tokens["RefreshToken"], another.key)["AccessToken"]
    assert keys_of(server, app) == [another.key]


def test_whoever_forgets_the_device_he_sits_at_stays_until_his_token_expires(server: RunningServer) -> None:
    """The access token serves on, nothing renews it, and the device cannot be confirmed again."""
    app = make_devices_app(server)
    device = make_device(server, app)
    token = device.tokens["AccessToken"]
    server.anonymous.forget_device(AccessToken=token, DeviceKey=device.key)
    assert server.anonymous.get_user(AccessToken=token)["Username"] == "anna"
    for key in (device.key, None, "forgotten"):
        with refused(*BAD_REFRESH):
            refresh(server, app, device.tokens["RefreshToken"], key)
    _, verifier = generate_hash_device(device.group_key, device.key)
    with refused(*BAD_KEY):
        server.anonymous.confirm_device(
            AccessToken=token, DeviceKey=device.key, DeviceSecretVerifierConfig=verifier
        )
    with refused(*NO_DEVICE):
        server.anonymous.forget_device(AccessToken=token, DeviceKey=device.key)


def test_an_administrator_forgets_a_device(server: RunningServer) -> None:
    """Its tokens end, access tokens too."""
    app = make_devices_app(server)
    device = make_device(server, app)
    named: Any = {"UserPoolId": app.pool_id, "Username": "anna", "DeviceKey": device.key}
    server.administrator.admin_forget_device(**named)
    with refused(*REVOKED):
        server.anonymous.get_user(AccessToken=device.tokens["AccessToken"])
    calls = (
        server.administrator.admin_forget_device,
        server.administrator.admin_get_device,
        server.administrator.admin_update_device_status,
    )
    for call in calls:
        with refused(*NO_DEVICE):
            call(**named)


def test_the_devices_of_others_do_not_exist(server: RunningServer) -> None:
    """Another user's, another pool's, a made-up one: the same answer, and nothing is changed."""
    app, other = make_devices_app(server), make_devices_app(server)
    make_user(server, app.pool_id, "bert")
    device, elsewhere = make_device(server, app), make_device(server, other)
    bert = make_device(server, app, "bert")
    token = bert.tokens["AccessToken"]
    anonymous, administrator = server.anonymous, server.administrator
    for key in (device.key, elsewhere.key, "eu-west-1_00000000-0000-4000-8000-000000000000"):
        attempts: list[Callable[[], Any]] = [
            partial(anonymous.get_device, AccessToken=token, DeviceKey=key),
            partial(anonymous.forget_device, AccessToken=token, DeviceKey=key),
            partial(
                anonymous.update_device_status,
                AccessToken=token,
                DeviceKey=key,
                DeviceRememberedStatus="not_remembered",
            ),
            partial(
                administrator.admin_forget_device, UserPoolId=app.pool_id, Username="bert", DeviceKey=key
            ),
            partial(
                administrator.admin_update_device_status,
                UserPoolId=app.pool_id,
                Username="bert",
                DeviceKey=key,
                DeviceRememberedStatus="not_remembered",
            ),
        ]
        for attempt in attempts:
            with refused(*NO_DEVICE):
                attempt()
    assert device.described()["dev:device_remembered_status"] == "remembered"
    assert elsewhere.described()["dev:device_remembered_status"] == "remembered"


def test_operations_want_a_token_and_a_user(server: RunningServer) -> None:
    """A missing token is no server's error; an unknown user is told as each operation's model can."""
    app = make_devices_app(server)
    for call in (server.anonymous.get_device, server.anonymous.forget_device):
        with refused("NotAuthorizedException"):
            call(DeviceKey="eu-west-1_0")
    nobody: Any = {"UserPoolId": app.pool_id, "Username": "nobody"}
    with refused("ResourceNotFoundException", "User does not exist."):
        server.administrator.admin_list_devices(**nobody)
    with refused("ResourceNotFoundException", "User does not exist."):
        server.administrator.admin_get_device(**nobody, DeviceKey="eu-west-1_0")
    with refused("UserNotFoundException"):
        server.administrator.admin_forget_device(**nobody, DeviceKey="eu-west-1_0")
    with refused("UserNotFoundException"):
        server.administrator.admin_update_device_status(**nobody, DeviceKey="eu-west-1_0")


def test_of_too_many_devices_the_least_used_is_forgotten(clocked: ClockedServer) -> None:
    """A browser that forgets everything confirms a device each time: the bound refuses nobody his sign-in."""
    app = make_devices_app(clocked)
    made = []
    for _ in range(DEVICES_PER_USER):
        made.append(make_device(clocked, app))
        clocked.clock.advance(1)
    first, *others = made
    assert first.key in keys_of_all(clocked, app)
    last = make_device(clocked, app)
    kept = keys_of_all(clocked, app)
    assert kept == [one.key for one in (*others, last)]
    with refused(*REVOKED):
        clocked.anonymous.get_user(AccessToken=first.tokens["AccessToken"])


def keys_of_all(server: RunningServer, app: App) -> list[str]:
    """The keys of all of Anna's devices, over pages."""
    pages: list[str] = []
    more: dict[str, Any] = {}
    while True:
        page = server.administrator.admin_list_devices(UserPoolId=app.pool_id, Username="anna", **more)
        pages += [one["DeviceKey"] for one in page["Devices"]]
        if "PaginationToken" not in page:
            return pages
        more = {"PaginationToken": page["PaginationToken"]}


def test_devices_go_with_their_user(server: RunningServer) -> None:
    """A user of the same name has none of them."""
    app = make_devices_app(server)
    device = make_device(server, app)
    server.administrator.admin_delete_user(UserPoolId=app.pool_id, Username="anna")
    make_user(server, app.pool_id, "anna")
    assert keys_of(server, app) == []
    with pytest.raises(ClientError) as unknown:
        device.begin()
    assert told(unknown.value) == NO_DEVICE
