"""NEW_PASSWORD_REQUIRED: a user whom an administrator made chooses a password of his own."""

import json
from typing import Any

import pytest
from tests import srp
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_pool, sign_in
from tests.scenarios.refusals import BAD_SESSION, WRONG, refused
from tests.server import RunningServer

TEMPORARY = "Only-For-Now-1"
REQUIRED = [
    {"Name": "given_name", "AttributeDataType": "String", "Required": True, "Mutable": True},
    {"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True},
]


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return make_app(server, make_pool(server))


def invite(server: RunningServer, app: App, username: str) -> None:
    server.administrator.admin_create_user(
        UserPoolId=app.pool_id,
        Username=username,
        TemporaryPassword=TEMPORARY,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": f"{username}@example.org"}],
    )


def begin(server: RunningServer, app: App, username: str) -> Any:
    return server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": TEMPORARY},
    )


def answer(server: RunningServer, app: App, session: str, username: str, **responses: str) -> Any:
    return server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=session,
        ChallengeResponses={"USERNAME": username, **responses},
    )


def status(server: RunningServer, app: App, username: str) -> str:
    return server.administrator.admin_get_user(UserPoolId=app.pool_id, Username=username)["UserStatus"]


def test_the_temporary_password_brings_the_challenge(server: RunningServer, app: App) -> None:
    invite(server, app, "invited")
    challenge = begin(server, app, "invited")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert "AuthenticationResult" not in challenge


def test_the_challenge_tells_the_attributes_and_which_are_lacking(server: RunningServer) -> None:
    app = make_app(server, make_pool(server, Schema=REQUIRED))
    invite(server, app, "anna")
    told = begin(server, app, "anna")["ChallengeParameters"]
    assert json.loads(told["requiredAttributes"]) == ["userAttributes.given_name"]
    assert json.loads(told["userAttributes"])["email"] == "anna@example.org"


def test_the_new_password_brings_tokens_and_confirms_the_user(server: RunningServer, app: App) -> None:
    invite(server, app, "berta")
    answered = answer(server, app, begin(server, app, "berta")["Session"], "berta", NEW_PASSWORD=PASSWORD)
    tokens = answered["AuthenticationResult"]
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "berta"
    assert status(server, app, "berta") == "CONFIRMED"
    assert sign_in(server, app, "berta")["AccessToken"]


def test_the_temporary_password_serves_no_more(server: RunningServer, app: App) -> None:
    invite(server, app, "carla")
    answer(server, app, begin(server, app, "carla")["Session"], "carla", NEW_PASSWORD=PASSWORD)
    with refused(*WRONG):
        sign_in(server, app, "carla", TEMPORARY)


def test_srp_leads_to_the_challenge_too(server: RunningServer, app: App) -> None:
    invite(server, app, "dora")
    exchange = srp.begin(server, app, "dora", TEMPORARY)
    answered = exchange.srp.set_new_password_challenge(PASSWORD)
    assert answered["AuthenticationResult"]["AccessToken"]
    assert srp.sign_in(server, app, "dora")["AuthenticationResult"]["AccessToken"]


def test_a_server_answers_for_its_user(server: RunningServer, app: App) -> None:
    invite(server, app, "emma")
    challenge = server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "emma", "PASSWORD": TEMPORARY},
    )
    answered = server.administrator.admin_respond_to_auth_challenge(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": "emma", "NEW_PASSWORD": PASSWORD},
    )
    assert answered["AuthenticationResult"]["AccessToken"]


def test_attributes_come_with_the_new_password(server: RunningServer) -> None:
    app = make_app(server, make_pool(server, Schema=REQUIRED))
    invite(server, app, "anna")
    session = begin(server, app, "anna")["Session"]
    given = {"NEW_PASSWORD": PASSWORD, "userAttributes.given_name": "Anna"}
    tokens = answer(server, app, session, "anna", **given)["AuthenticationResult"]
    user = server.anonymous.get_user(AccessToken=tokens["AccessToken"])
    assert {"Name": "given_name", "Value": "Anna"} in user["UserAttributes"]


def test_a_required_attribute_that_is_lacking_refuses_and_leaves_the_session(server: RunningServer) -> None:
    app = make_app(server, make_pool(server, Schema=REQUIRED))
    invite(server, app, "anna")
    session = begin(server, app, "anna")["Session"]
    with refused("InvalidParameterException", "Invalid attributes given, given_name is missing"):
        answer(server, app, session, "anna", NEW_PASSWORD=PASSWORD)
    given = {"NEW_PASSWORD": PASSWORD, "userAttributes.given_name": "Anna"}
    assert answer(server, app, session, "anna", **given)["AuthenticationResult"]


def test_an_attribute_that_does_not_exist_is_refused_and_nothing_is_set(
    server: RunningServer, app: App
) -> None:
    invite(server, app, "frida")
    session = begin(server, app, "frida")["Session"]
    with refused("InvalidParameterException"):
        given = {"NEW_PASSWORD": PASSWORD, "userAttributes.shoe_size": "40"}
        answer(server, app, session, "frida", **given)
    assert status(server, app, "frida") == "FORCE_CHANGE_PASSWORD"


def test_a_user_does_not_verify_his_own_address_on_the_way(server: RunningServer, app: App) -> None:
    invite(server, app, "gerda")
    session = begin(server, app, "gerda")["Session"]
    with refused("NotAuthorizedException"):
        given = {"NEW_PASSWORD": PASSWORD, "userAttributes.email_verified": "true"}
        answer(server, app, session, "gerda", **given)


def test_a_changed_address_is_not_verified(server: RunningServer, app: App) -> None:
    invite(server, app, "hanna")
    session = begin(server, app, "hanna")["Session"]
    given = {"NEW_PASSWORD": PASSWORD, "userAttributes.email": "victim@example.org"}
    answer(server, app, session, "hanna", **given)
    user = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="hanna")
    assert {"Name": "email_verified", "Value": "false"} in user["UserAttributes"]


def test_another_users_address_cannot_be_taken_on_the_way(server: RunningServer) -> None:
    app = make_app(server, make_pool(server, UsernameAttributes=["email"]))
    for name in ("anna@example.org", "berta@example.org"):
        server.administrator.admin_create_user(
            UserPoolId=app.pool_id,
            Username=name,
            TemporaryPassword=TEMPORARY,
            MessageAction="SUPPRESS",
        )
    session = begin(server, app, "berta@example.org")["Session"]
    given = {"NEW_PASSWORD": PASSWORD, "userAttributes.email": "anna@example.org"}
    with refused("AliasExistsException"):
        answer(server, app, session, "berta@example.org", **given)


def test_a_password_against_the_policy_leaves_the_session_usable(server: RunningServer, app: App) -> None:
    invite(server, app, "ida")
    session = begin(server, app, "ida")["Session"]
    with refused("InvalidPasswordException"):
        answer(server, app, session, "ida", NEW_PASSWORD="short")
    assert answer(server, app, session, "ida", NEW_PASSWORD=PASSWORD)["AuthenticationResult"]


def test_a_password_of_the_history_is_refused(server: RunningServer) -> None:
    policy = {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}}
    pool = make_pool(server, Policies=policy, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    app = make_app(server, pool)
    invite(server, app, "anna")
    session = begin(server, app, "anna")["Session"]
    with refused("PasswordHistoryPolicyViolationException"):
        answer(server, app, session, "anna", NEW_PASSWORD=TEMPORARY)
    assert answer(server, app, session, "anna", NEW_PASSWORD=PASSWORD)["AuthenticationResult"]


def test_a_session_serves_once(server: RunningServer, app: App) -> None:
    invite(server, app, "jana")
    session = begin(server, app, "jana")["Session"]
    answer(server, app, session, "jana", NEW_PASSWORD=PASSWORD)
    with refused(*BAD_SESSION):
        answer(server, app, session, "jana", NEW_PASSWORD="Another-Horse-9")


def test_a_second_session_serves_no_more_once_the_password_is_chosen(server: RunningServer, app: App) -> None:
    invite(server, app, "klara")
    one, other = begin(server, app, "klara")["Session"], begin(server, app, "klara")["Session"]
    answer(server, app, one, "klara", NEW_PASSWORD=PASSWORD)
    with refused(*BAD_SESSION):
        answer(server, app, other, "klara", NEW_PASSWORD="Another-Horse-9")


def test_a_user_who_was_disabled_meanwhile_is_refused(server: RunningServer, app: App) -> None:
    invite(server, app, "lena")
    session = begin(server, app, "lena")["Session"]
    server.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="lena")
    with refused(*BAD_SESSION):
        answer(server, app, session, "lena", NEW_PASSWORD=PASSWORD)


def test_a_new_temporary_password_ends_the_sessions_of_the_old_one(server: RunningServer, app: App) -> None:
    invite(server, app, "maria")
    session = begin(server, app, "maria")["Session"]
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="maria", Password="Another-Horse-9", Permanent=False
    )
    with refused(*BAD_SESSION):
        answer(server, app, session, "maria", NEW_PASSWORD=PASSWORD)


@pytest.mark.parametrize("missing", ["USERNAME", "NEW_PASSWORD"])
def test_a_missing_response_is_named(server: RunningServer, app: App, missing: str) -> None:
    responses = {"USERNAME": "anna", "NEW_PASSWORD": PASSWORD}
    del responses[missing]
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        server.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session="x" * 40,
            ChallengeResponses=responses,
        )


def test_the_attempt_is_in_progress_until_the_password_is_chosen(clocked: ClockedServer) -> None:
    pool = make_pool(clocked, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    app = make_app(clocked, pool)
    invite(clocked, app, "anna")
    session = begin(clocked, app, "anna")["Session"]
    assert [event["EventResponse"] for event in events(clocked, pool)] == ["InProgress"]
    answer(clocked, app, session, "anna", NEW_PASSWORD=PASSWORD)
    assert [event["EventResponse"] for event in events(clocked, pool)] == ["Pass"]


def events(server: RunningServer, pool: str) -> Any:
    return server.administrator.admin_list_user_auth_events(UserPoolId=pool, Username="anna")["AuthEvents"]
