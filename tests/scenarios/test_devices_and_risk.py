"""A remembered device is a strong signal, from the moment that it has proven its secret and not before."""

from typing import Any

import pytest
from tests.circumstances import BRISBANE, DAY, LAPTOP, LONDON, STRANGER, Device, context
from tests.conftest import ClockedServer
from tests.devices import ALWAYS, NO_DEVICE, KnownDevice, confirm
from tests.history import kept, latest, listed
from tests.people import PASSWORD, App
from tests.scenarios.challenged import enrol, offer
from tests.scenarios.protected import configure, judge, ranges, takeover, with_habits
from tests.scenarios.refusals import BLOCKED, WRONG, refused

PHONE = Device(
    "phone",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Mobile Safari/537.36",
)
TRAVEL = (BRISBANE, PHONE)
"""Another country, with a client that was never seen: High for anna, if nothing speaks for her."""
THEFT = (BRISBANE, STRANGER)
"""The same with another language and time zone too: High even if a device of hers is shown."""


@pytest.fixture
def device(clocked: ClockedServer) -> KnownDevice:
    """Anna's remembered laptop, after two weeks of signing in from home."""
    return remembered(clocked)


def remembered(server: ClockedServer, mode: str = "ENFORCED", **settings: Any) -> KnownDevice:
    """Let anna have habits, and a device that she confirmed at home."""
    app = with_habits(server, mode, DeviceConfiguration=ALWAYS, **settings)
    if mode != "OFF":
        configure(server, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="BLOCK"))
    tokens = begin(server, app, LONDON, LAPTOP)["AuthenticationResult"]
    device = confirm(server, app, tokens, "anna")
    server.clock.advance(DAY)
    return device


def begin(
    server: ClockedServer, app: App, address: str, with_what: Device | None, key: str | None = None
) -> Any:
    """Show the password, and claim a device, from somewhere."""
    claimed = {"DEVICE_KEY": key} if key else {}
    return server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD, **claimed},
        ContextData=context(app, "anna", address, with_what, server.clock.now()),
    )


def prove(device: KnownDevice, asked: Any, secret: str | None = None) -> Any:
    """Answer both challenges of the device."""
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    proof = device.proof(secret)
    return proof.finish(proof.start(asked["Session"]))["AuthenticationResult"]


def test_a_device_that_proves_itself_speaks_for_its_user(clocked: ClockedServer, device: KnownDevice) -> None:
    """Where without it the attempt is blocked; the event says why it was let in."""
    with refused(*BLOCKED):
        begin(clocked, device.app, *TRAVEL)
    blocked = latest(clocked, device.app)
    clocked.clock.advance(1)
    assert prove(device, begin(clocked, device.app, *TRAVEL, device.key))["AccessToken"]
    event = latest(clocked, device.app)
    assert event.response == "Pass"
    assert event.learned
    assert event.risk.response == "allow"
    weights = {reason.signal: reason.weight for reason in event.risk.reasons}
    assert weights["remembered_device"] < -1
    assert blocked.risk.score is not None
    assert event.risk.score is not None
    assert event.risk.score < blocked.risk.score
    assert b'"remembered_device":true' in bytes(event.circumstance)
    assert event.context.address == BRISBANE
    assert len(kept(clocked, device.app.pool_id)) == 17


def test_a_claim_alone_is_worth_nothing(clocked: ClockedServer, device: KnownDevice) -> None:
    """Until it is proven the event tells the risk without it; a wrong proof leaves it so, and teaches nothing."""
    asked = begin(clocked, device.app, *TRAVEL, device.key)
    waiting = latest(clocked, device.app)
    assert (waiting.response, waiting.risk.level, waiting.risk.response) == ("InProgress", "High", "block")
    assert "remembered_device" not in {reason.signal for reason in waiting.risk.reasons}
    with refused(*WRONG):
        prove(device, asked, "not the secret")
    failed = latest(clocked, device.app)
    assert failed.event_id == waiting.event_id
    assert (failed.response, failed.risk, failed.learned) == ("Fail", waiting.risk, False)
    assert b"remembered_device" not in bytes(failed.circumstance)
    assert listed(clocked, device.app)[0]["ChallengeResponses"] == [
        {"ChallengeName": "Password", "ChallengeResponse": "Success"},
        {"ChallengeName": "Mfa", "ChallengeResponse": "Failure"},
    ]
    with refused(*BLOCKED):
        begin(clocked, device.app, *TRAVEL)


def test_the_circumstance_is_the_one_that_the_password_was_shown_in(
    clocked: ClockedServer, device: KnownDevice
) -> None:
    """The proof comes from elsewhere (here the test's own address); what is scored and learned is the beginning."""
    prove(device, begin(clocked, device.app, LONDON, LAPTOP, device.key))
    event = latest(clocked, device.app)
    assert f'"{LONDON}"'.encode() in bytes(event.circumstance)
    assert event.risk.level is None


def test_what_was_learned_with_the_device_is_normal_without_it(
    clocked: ClockedServer, device: KnownDevice
) -> None:
    """A proven device teaches the place it was taken to."""
    for _ in range(3):
        prove(device, begin(clocked, device.app, *TRAVEL, device.key))
        clocked.clock.advance(DAY)
    assert begin(clocked, device.app, *TRAVEL)["AuthenticationResult"]


def test_an_address_always_blocked_refuses_the_device_too(
    clocked: ClockedServer, device: KnownDevice
) -> None:
    """Before the proof, and behind it; whether its key is right is not told there."""
    proof = device.proof()
    asked = begin(clocked, device.app, LONDON, LAPTOP, device.key)
    second = proof.start(asked["Session"])
    configure(clocked, device.app, **ranges(blocked=("127.0.0.0/8", f"{LONDON}/32")))
    for key in (device.key, "eu-west-1_00000000-0000-4000-8000-000000000000"):
        with refused(*BLOCKED):
            begin(clocked, device.app, LONDON, LAPTOP, key)
    with refused(*BLOCKED):
        proof.finish(second)


@pytest.mark.parametrize("action", ["MFA_IF_CONFIGURED", "MFA_REQUIRED"])
def test_a_remembered_device_stands_for_the_factor_that_a_risk_asks_for(
    clocked: ClockedServer, action: str
) -> None:
    """At a level where the response is a factor; without the device it is asked for."""
    device = remembered(clocked)
    offer(clocked, device.app.pool_id, factors=("SOFTWARE_TOKEN_MFA",))
    enrol(clocked, device.app, "anna")
    configure(clocked, device.app, **takeover(low=action, medium=action, high=action))
    assert begin(clocked, device.app, *TRAVEL)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert prove(device, begin(clocked, device.app, *TRAVEL, device.key))["AccessToken"]


def test_a_block_blocks_the_device_too(clocked: ClockedServer, device: KnownDevice) -> None:
    """Where the risk is such that no device makes up for it, its proof is not even asked for."""
    with refused(*BLOCKED):
        begin(clocked, device.app, *THEFT, device.key)
    refusal = latest(clocked, device.app)
    assert refusal.risk.response == "block"
    assert "remembered_device" not in {reason.signal for reason in refusal.risk.reasons}


@pytest.mark.parametrize("mode", ["OFF", "AUDIT"])
def test_a_device_proves_itself_in_every_mode(clocked: ClockedServer, mode: str) -> None:
    """What the engine would do changes nothing there; AUDIT writes it down."""
    device = remembered(clocked, mode)
    assert prove(device, begin(clocked, device.app, *TRAVEL, device.key))["AccessToken"]
    if mode == "AUDIT":
        event = latest(clocked, device.app)
        assert "remembered_device" in {reason.signal for reason in event.risk.reasons}
    else:
        assert kept(clocked, device.app.pool_id) == []


def test_a_device_of_a_sign_in_that_was_anothers_is_forgotten(clocked: ClockedServer) -> None:
    """It would stand for the second factor of whoever has the password, and speak for him anywhere."""
    own = remembered(clocked)
    offer(clocked, own.app.pool_id, factors=("SOFTWARE_TOKEN_MFA",))
    configure(clocked, own.app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
    theirs = confirm(clocked, own.app, begin(clocked, own.app, *THEFT)["AuthenticationResult"], "anna")
    event_id = latest(clocked, own.app).event_id
    clocked.clock.advance(1)
    again = prove(theirs, begin(clocked, own.app, *TRAVEL, theirs.key))
    judge(clocked, own.app, event_id, "Invalid")
    with refused(*NO_DEVICE):
        begin(clocked, own.app, *TRAVEL, theirs.key)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        clocked.anonymous.get_user(AccessToken=again["AccessToken"])
    assert prove(own, begin(clocked, own.app, LONDON, LAPTOP, own.key))["AccessToken"]


def test_a_device_whose_proof_was_anothers_is_forgotten(clocked: ClockedServer, device: KnownDevice) -> None:
    prove(device, begin(clocked, device.app, *TRAVEL, device.key))
    judge(clocked, device.app, latest(clocked, device.app).event_id, "Invalid")
    with refused(*NO_DEVICE):
        begin(clocked, device.app, *TRAVEL, device.key)


def test_a_device_that_was_claimed_alone_is_not_forgotten(
    clocked: ClockedServer, device: KnownDevice
) -> None:
    """Its key is no secret: whoever has the password cannot take it from the user by a sign-in that is reported."""
    clocked.administrator.admin_update_device_status(
        UserPoolId=device.app.pool_id,
        Username="anna",
        DeviceKey=device.key,
        DeviceRememberedStatus="not_remembered",
    )
    begin(clocked, device.app, LONDON, LAPTOP, device.key)
    judge(clocked, device.app, latest(clocked, device.app).event_id, "Invalid")
    assert device.described()["dev:device_remembered_status"] == "not_remembered"
