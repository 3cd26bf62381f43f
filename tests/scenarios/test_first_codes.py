"""A code by e-mail or SMS as the first factor: who is offered one, and how he signs in with it."""

from typing import Any

import pytest
from tests.circumstances import LAPTOP, LONDON, context
from tests.people import App, make_user
from tests.scenarios.challenged import ON, choose, offer, other, phone_of, respond
from tests.scenarios.choosing import PASSWORDS, begin, choosing
from tests.scenarios.refusals import refused
from tests.server import RunningServer


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return choosing(server)


def with_number(server: RunningServer, app: App, username: str, verified: str = "true") -> None:
    """Make a user with a verified e-mail address and a number."""
    number = {"phone_number": phone_of(username), "phone_number_verified": verified}
    make_user(server, app.pool_id, username, attributes=number)


def available(server: RunningServer, app: App, username: str) -> list[str]:
    return list(begin(server, app, username)["AvailableChallenges"])


def test_a_code_by_mail_is_preferred(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "anna")
    asked = begin(server, app, "anna", "EMAIL_OTP")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "a***@e***",
    }
    sent = server.messages(app.pool_id)[-1]
    assert (sent.kind, sent.medium, sent.destination) == ("authentication", "EMAIL", "anna@example.org")
    tokens = respond(server, app, asked, "anna", EMAIL_OTP_CODE=sent.code)["AuthenticationResult"]
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"


def test_a_code_by_sms_is_chosen(server: RunningServer, app: App) -> None:
    with_number(server, app, "berta")
    selected = begin(server, app, "berta")
    assert selected["AvailableChallenges"] == [*PASSWORDS, "EMAIL_OTP", "SMS_OTP"]
    asked = respond(server, app, selected, "berta", ANSWER="SMS_OTP")
    assert asked["ChallengeName"] == "SMS_OTP"
    assert asked["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******" + phone_of("berta")[-4:],
    }
    sent = server.messages(app.pool_id)[-1]
    assert (sent.kind, sent.medium, sent.destination) == ("authentication", "SMS", phone_of("berta"))
    assert respond(server, app, asked, "berta", SMS_OTP_CODE=sent.code)["AuthenticationResult"]


def test_a_server_signs_a_user_in_with_a_code(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "carla")
    whom: dict[str, Any] = {
        "UserPoolId": app.pool_id,
        "ClientId": app.client_id,
        "ContextData": context(app, "carla", LONDON, LAPTOP, server.services.clock.now()),
    }
    asked = server.administrator.admin_initiate_auth(
        AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "carla"}, **whom
    )
    assert asked["AvailableChallenges"] == [*PASSWORDS, "EMAIL_OTP"]
    asked = server.administrator.admin_respond_to_auth_challenge(
        ChallengeName="SELECT_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "carla", "ANSWER": "EMAIL_OTP"},
        **whom,
    )
    answer = server.administrator.admin_respond_to_auth_challenge(
        ChallengeName="EMAIL_OTP",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "carla", "EMAIL_OTP_CODE": server.last_code(app.pool_id)},
        **whom,
    )
    assert answer["AuthenticationResult"]


def test_a_pool_without_codes_offers_none(server: RunningServer) -> None:
    app = choosing(server, ["PASSWORD", "SMS_OTP"])
    with_number(server, app, "anna")
    assert available(server, app, "anna") == [*PASSWORDS, "SMS_OTP"]
    asked = begin(server, app, "anna", "EMAIL_OTP")
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert not server.messages(app.pool_id)


def test_an_address_that_is_not_verified_is_no_first_factor(server: RunningServer, app: App) -> None:
    with_number(server, app, "dora", verified="false")
    assert available(server, app, "dora") == [*PASSWORDS, "EMAIL_OTP"]
    asked = begin(server, app, "dora", "SMS_OTP")
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"


def test_who_has_to_show_two_factors_begins_with_the_password(server: RunningServer) -> None:
    app = choosing(server, mfa="OPTIONAL")
    make_user(server, app.pool_id, "anna")
    make_user(server, app.pool_id, "berta")
    choose(server, app, "berta", EMAIL_OTP=ON)
    assert available(server, app, "anna") == [*PASSWORDS, "EMAIL_OTP"]
    assert available(server, app, "berta") == PASSWORDS
    offer(server, app.pool_id, "ON")
    assert available(server, app, "anna") == PASSWORDS


def test_a_user_who_has_no_way_in_yet_is_offered_no_code(server: RunningServer, app: App) -> None:
    for username in ("emma", "fanny", "gerda"):
        make_user(server, app.pool_id, username)
    named: Any = {"UserPoolId": app.pool_id}
    server.administrator.admin_disable_user(**named, Username="emma")
    server.administrator.admin_reset_user_password(**named, Username="fanny")
    server.administrator.admin_set_user_password(**named, Username="gerda", Password="Temporary-1-Password")
    for username in ("emma", "fanny", "gerda"):
        assert available(server, app, username) == PASSWORDS


def test_each_wrong_code_is_an_event_and_the_right_one_too(server: RunningServer) -> None:
    app = choosing(server, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    make_user(server, app.pool_id, "anna")
    asked = begin(server, app, "anna", "EMAIL_OTP")
    code = server.last_code(app.pool_id)
    for _ in range(2):
        with refused("CodeMismatchException"):
            respond(server, app, asked, "anna", EMAIL_OTP_CODE=other(code))
    respond(server, app, asked, "anna", EMAIL_OTP_CODE=code)
    begin(server, app, "anna", "EMAIL_OTP")
    listed = server.administrator.admin_list_user_auth_events(UserPoolId=app.pool_id, Username="anna")
    told = [(one["EventResponse"], one["ChallengeResponses"]) for one in listed["AuthEvents"]]
    right = [{"ChallengeName": "Password", "ChallengeResponse": "Success"}]
    wrong = [{"ChallengeName": "Password", "ChallengeResponse": "Failure"}]
    assert told == [("Pass", right), ("Fail", wrong), ("Fail", wrong)]
