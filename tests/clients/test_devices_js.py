"""amazon-cognito-identity-js, unmodified: it confirms its device by itself, and proves it at the next sign-in."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.clients.node import IdentityError, IdentityJs, install_library, require_node, talking
from tests.conftest import ClockedServer
from tests.devices import ALWAYS, BESIDE_MFA, OPT_IN, make_devices_app
from tests.people import PASSWORD, App, make_user
from tests.scenarios.challenged import enrol, offer
from tests.server import RunningServer
from tests.tokens import verified


@pytest.fixture(scope="session")
def library() -> None:
    """The library is there."""
    require_node()
    install_library()


@pytest.fixture(params=["always", "opt-in"])
def app(request: pytest.FixtureRequest, server: RunningServer) -> App:
    """An app client of a pool that remembers devices at once, or when the user says so."""
    return make_devices_app(server, ALWAYS if request.param == "always" else OPT_IN)


@pytest.fixture
def js(library: None, server: RunningServer, app: App) -> Iterator[IdentityJs]:
    """The library, set up for the app client with nothing but the endpoint added."""
    with talking(server.endpoint, app.pool_id, app.client_id) as one:
        yield one


def key_of(server: RunningServer, app: App, session: Any) -> Any:
    """The device that a session's tokens were issued to."""
    return verified(server, app, session["accessToken"])["device_key"]


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_a_device_from_its_confirmation_to_its_end(
    js: IdentityJs, server: RunningServer, app: App, flow: str
) -> None:
    """Sign in, be asked or not, be remembered, sign in with the device, refresh, be forgotten, begin anew."""
    opt_in = server.administrator.describe_user_pool(UserPoolId=app.pool_id)["UserPool"][
        "DeviceConfiguration"
    ]["DeviceOnlyRememberedOnUserPrompt"]
    first = js("signIn", username="anna", password=PASSWORD, flow=flow)
    assert first["userConfirmationNecessary"] is opt_in
    key = js("deviceKey")
    assert key == key_of(server, app, first)
    if opt_in:
        assert js("rememberDevice") == "SUCCESS"
    shown = {one["Name"]: one["Value"] for one in js("getDevice")["Device"]["DeviceAttributes"]}
    assert shown["dev:device_remembered_status"] == "remembered"
    assert shown["device_name"]
    assert [one["DeviceKey"] for one in js("listDevices", limit=10)["Devices"]] == [key]

    second = js("signIn", username="anna", password=PASSWORD, flow=flow)
    assert key_of(server, app, second) == key
    renewed = js("refresh", refreshToken=second["refreshToken"])
    assert key_of(server, app, renewed) == key
    assert [one["DeviceKey"] for one in js("listDevices", limit=10)["Devices"]] == [key]

    assert js("doNotRememberDevice") == "SUCCESS"
    assert key_of(server, app, js("signIn", username="anna", password=PASSWORD, flow=flow)) == key
    assert js("forgetDevice") == "SUCCESS"
    assert key_of(server, app, js("signIn", username="anna", password=PASSWORD, flow=flow)) != key


def test_a_device_forgotten_elsewhere_begins_anew(js: IdentityJs, server: RunningServer, app: App) -> None:
    """By SRP the library goes on without the key; with the password it tells the page."""
    js("signIn", username="anna", password=PASSWORD)
    key = js("deviceKey")
    server.administrator.admin_forget_device(UserPoolId=app.pool_id, Username="anna", DeviceKey=key)
    with pytest.raises(IdentityError) as unknown:
        js("signIn", username="anna", password=PASSWORD, flow="USER_PASSWORD_AUTH")
    assert (unknown.value.code, unknown.value.message) == (
        "ResourceNotFoundException",
        "Device does not exist.",
    )
    session = js("signIn", username="anna", password=PASSWORD)
    assert key_of(server, app, session) == js("deviceKey") != key


def test_another_user_has_devices_of_his_own(js: IdentityJs, server: RunningServer, app: App) -> None:
    """The library keeps a key for each user; neither can forget the other's."""
    make_user(server, app.pool_id, "bert")
    js("signIn", username="anna", password=PASSWORD)
    annas = js("deviceKey")
    js("signIn", username="bert", password=PASSWORD)
    assert js("deviceKey") != annas
    with pytest.raises(IdentityError) as unknown:
        js("forgetDevice", key=annas)
    assert unknown.value.message == "Device does not exist."


@pytest.mark.parametrize("devices", [ALWAYS, BESIDE_MFA], ids=["instead", "beside"])
def test_a_device_and_a_second_factor(
    library: None, clocked: ClockedServer, devices: dict[str, bool]
) -> None:
    """A new device is asked for the code, and confirmed behind it. A known one: instead of it, or behind it."""
    app = make_devices_app(clocked, devices)
    offer(clocked, app.pool_id, factors=("SOFTWARE_TOKEN_MFA",))
    token_app = enrol(clocked, app, "anna")
    with talking(clocked.endpoint, app.pool_id, app.client_id) as js:
        assert (
            js("signIn", username="anna", password=PASSWORD)["totpRequired"]["name"] == "SOFTWARE_TOKEN_MFA"
        )
        first = js("sendCode", code=token_app.code(), factor="SOFTWARE_TOKEN_MFA")
        key = key_of(clocked, app, first)
        assert js("deviceKey") == key
        clocked.clock.advance(30)
        second = js("signIn", username="anna", password=PASSWORD)
        if devices is BESIDE_MFA:
            assert second["totpRequired"]["name"] == "SOFTWARE_TOKEN_MFA"
            second = js("sendCode", code=token_app.code(), factor="SOFTWARE_TOKEN_MFA")
        assert key_of(clocked, app, second) == key
