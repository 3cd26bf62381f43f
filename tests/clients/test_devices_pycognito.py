"""pycognito, unmodified: its device support, whose own posts go to Cognito's address and are sent on to ours."""

from typing import Any

import pytest
import requests
from pycognito import aws_srp
from pycognito.aws_srp import AWSSRP
from tests.devices import make_devices_app
from tests.people import PASSWORD, App
from tests.server import RunningServer
from tests.tokens import verified

# pycognito asks for the time by datetime.utcnow, which later Pythons deprecate.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


class Forwarding:
    """What pycognito takes for `requests`: whatever it posts to Cognito goes to the server under test."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def post(self, url: str, **arguments: Any) -> requests.Response:
        """Post it there. Fails where the address is another one."""
        assert url == "https://cognito-idp.eu-west-1.amazonaws.com/"
        return requests.post(self._endpoint, **arguments)


@pytest.fixture
def app(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> App:
    """An app client of a pool that remembers devices."""
    monkeypatch.setattr(aws_srp, "requests", Forwarding(server.endpoint))
    return make_devices_app(server)


def user_of(server: RunningServer, app: App, **device: str) -> AWSSRP:
    """Return pycognito's client, with a device or without one."""
    return AWSSRP("anna", PASSWORD, app.pool_id, app.client_id, client=server.anonymous, **device)


def test_a_device_from_its_confirmation_to_its_end(server: RunningServer, app: App) -> None:
    """confirm_device, authenticate_user with the device, update_device_status, forget_device."""
    anna = user_of(server, app)
    tokens = anna.authenticate_user()
    response, secret = anna.confirm_device(tokens=tokens, device_name="laptop")
    assert response.status_code == 200
    assert response.json() == {"UserConfirmationNecessary": False}
    device = {
        "device_key": anna.device_key,
        "device_group_key": anna.device_group_key,
        "device_password": secret,
    }
    for _ in range(3):
        again = user_of(server, app, **device).authenticate_user()["AuthenticationResult"]
        assert "NewDeviceMetadata" not in again
        assert verified(server, app, again["AccessToken"])["device_key"] == anna.device_key

    with pytest.raises(server.anonymous.exceptions.NotAuthorizedException, match="Incorrect username"):
        user_of(server, app, **{**device, "device_password": "not the secret"}).authenticate_user()

    access_token = again["AccessToken"]
    assert "200" in anna.update_device_status(False, access_token, anna.device_key)
    not_asked = user_of(server, app, **device).authenticate_user()["AuthenticationResult"]
    assert verified(server, app, not_asked["AccessToken"])["device_key"] == anna.device_key
    assert "200" in anna.forget_device(access_token, anna.device_key)
    with pytest.raises(server.anonymous.exceptions.ResourceNotFoundException, match="Device does not exist"):
        user_of(server, app, **device).authenticate_user()
