"""A choice-based sign-in by a name that leads to nobody looks like one by a user's."""

import pytest
from tests.people import PASSWORD, App, make_user
from tests.scenarios.challenged import respond
from tests.scenarios.choosing import PASSWORDS, begin, choosing
from tests.scenarios.refusals import BAD_SESSION, TOO_MANY_CODES, WRONG, WRONG_CODE, refused
from tests.server import RunningServer

NOBODY = [f"nobody{number}" for number in range(120)]


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return choosing(server)


@pytest.mark.parametrize("named", ["{}", "{}@example.org"], ids=["name", "address"])
def test_a_name_of_nobody_is_always_offered_the_same(server: RunningServer, app: App, named: str) -> None:
    """And whatever a user may be offered is offered to some of those names, so that it tells of nobody."""
    names = [named.format(name) for name in NOBODY]
    seen = {name: begin(server, app, name)["AvailableChallenges"] for name in names}
    for name in names[:5]:
        assert begin(server, app, name)["AvailableChallenges"] == seen[name]
    assert {tuple(choices) for choices in seen.values()} >= {
        tuple(PASSWORDS),
        ("EMAIL_OTP",),
        ("EMAIL_OTP", "SMS_OTP"),
        (*PASSWORDS, "EMAIL_OTP"),
        (*PASSWORDS, "EMAIL_OTP", "SMS_OTP"),
    }


def test_a_code_for_nobody_is_never_sent_and_never_right(server: RunningServer) -> None:
    app = choosing(server)
    name = next(name for name in NOBODY if "EMAIL_OTP" in begin(server, app, name)["AvailableChallenges"])
    asked = begin(server, app, name, "EMAIL_OTP")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    told_of = asked["ChallengeParameters"]
    assert told_of == begin(server, app, name, "EMAIL_OTP")["ChallengeParameters"]
    assert set(told_of) == {"CODE_DELIVERY_DELIVERY_MEDIUM", "CODE_DELIVERY_DESTINATION"}
    assert not server.messages(app.pool_id)
    for number in range(4):
        with refused(*WRONG_CODE):
            respond(server, app, asked, name, EMAIL_OTP_CODE=f"{number:06}")
    with refused(*TOO_MANY_CODES):
        respond(server, app, asked, name, EMAIL_OTP_CODE="000000")
    with refused(*BAD_SESSION):
        respond(server, app, asked, name, EMAIL_OTP_CODE="000000")
    selected = begin(server, app, name)
    asked = respond(server, app, selected, name, ANSWER="EMAIL_OTP")
    # Who takes the name meanwhile is not the one who was asked.
    make_user(server, app.pool_id, name)
    with refused(*WRONG_CODE):
        respond(server, app, asked, name, EMAIL_OTP_CODE="000000")


def test_a_forgotten_password_goes_where_a_users_would(server: RunningServer) -> None:
    """To the phone before the mailbox, where both seem to be his; that it does not would tell that he is nobody."""
    app = choosing(server, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    phone = {"phone_number": "+441632960001", "phone_number_verified": "true"}
    make_user(server, app.pool_id, "anna", attributes=phone)
    make_user(server, app.pool_id, "berta")
    seen: dict[str, set[str]] = {}
    for name in ("anna", "berta", *NOBODY[:20]):
        available = begin(server, app, name)["AvailableChallenges"]
        told = server.anonymous.forgot_password(ClientId=app.client_id, Username=name)["CodeDeliveryDetails"]
        seen.setdefault(str("SMS_OTP" in available), set()).add(told["DeliveryMedium"])
    assert seen == {"True": {"SMS"}, "False": {"EMAIL"}}


def test_the_password_of_nobody_is_wrong(server: RunningServer, app: App) -> None:
    name = next(name for name in NOBODY if "PASSWORD" in begin(server, app, name)["AvailableChallenges"])
    with refused(*WRONG):
        begin(server, app, name, "PASSWORD", PASSWORD=PASSWORD)
    asked = respond(server, app, begin(server, app, name), name, ANSWER="PASSWORD")
    with refused(*WRONG):
        respond(server, app, asked, name, PASSWORD=PASSWORD)


@pytest.mark.parametrize("preferred", [None, "EMAIL_OTP", "SMS_OTP", "PASSWORD", "PASSWORD_SRP"])
def test_a_client_that_tells_who_exists_tells_it(server: RunningServer, preferred: str | None) -> None:
    app = choosing(server, client={"PreventUserExistenceErrors": "LEGACY"})
    with refused("UserNotFoundException", "User does not exist."):
        begin(server, app, "nobody", preferred)
