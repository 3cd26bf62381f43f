"""Signing in with a password, by a user's own application and by a server on his behalf."""

import pytest
from mypy_boto3_cognito_idp.literals import AuthFlowTypeType, ExplicitAuthFlowsTypeType
from mypy_boto3_cognito_idp.type_defs import InitiateAuthResponseTypeDef
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_pool, make_user, sign_in
from tests.scenarios.refusals import NO_USER, RESET, WRONG, refused
from tests.server import RunningServer

TEMPORARY = "Only-For-Now-1"


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    pool = make_pool(server)
    make_user(server, pool, "anna")
    return make_app(server, pool)


def test_the_right_password_brings_all_three_tokens(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    assert (tokens["TokenType"], tokens["ExpiresIn"]) == ("Bearer", 3600)
    assert {"AccessToken", "IdToken", "RefreshToken"} <= set(tokens)


def test_the_access_token_shows_who_it_is(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"


def test_a_wrong_password_is_refused(server: RunningServer, app: App) -> None:
    with refused(*WRONG):
        sign_in(server, app, "anna", "Wrong-Horse-9")


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_a_server_signs_a_user_in(server: RunningServer, app: App, flow: AuthFlowTypeType) -> None:
    answer = server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow=flow,
        AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
    )
    assert answer["AuthenticationResult"]["AccessToken"]


def test_a_server_is_refused_for_a_wrong_password_too(server: RunningServer, app: App) -> None:
    with refused(*WRONG):
        server.administrator.admin_initiate_auth(
            UserPoolId=app.pool_id,
            ClientId=app.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "anna", "PASSWORD": "Wrong-Horse-9"},
        )


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
def test_the_administrators_flows_are_not_for_the_public(
    server: RunningServer, app: App, flow: AuthFlowTypeType
) -> None:
    with refused("InvalidParameterException", "Initiate Auth method not supported."):
        server.anonymous.initiate_auth(
            ClientId=app.client_id,
            AuthFlow=flow,
            AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
        )


def test_a_client_of_another_pool_signs_nobody_in(server: RunningServer, app: App) -> None:
    elsewhere = make_pool(server)
    with refused("ResourceNotFoundException"):
        server.administrator.admin_initiate_auth(
            UserPoolId=elsewhere,
            ClientId=app.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
        )


@pytest.mark.parametrize("name", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_a_refresh_token_brings_new_tokens_and_stays_itself(
    server: RunningServer, app: App, name: AuthFlowTypeType
) -> None:
    first = sign_in(server, app, "anna")
    renewed = refresh(server, app, first["RefreshToken"], name)["AuthenticationResult"]
    assert "RefreshToken" not in renewed
    assert server.anonymous.get_user(AccessToken=renewed["AccessToken"])["Username"] == "anna"
    assert refresh(server, app, first["RefreshToken"])["AuthenticationResult"]["AccessToken"]


def test_a_refresh_token_that_is_none_is_refused(server: RunningServer, app: App) -> None:
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        refresh(server, app, "no-token-of-ours")


def test_a_refresh_token_serves_its_own_client_only(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        refresh(server, make_app(server, app.pool_id), tokens["RefreshToken"])


@pytest.mark.parametrize(
    ("flow", "enabled"),
    [
        ("USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"),
        ("USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"),
        ("REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"),
    ],
)
def test_a_flow_that_the_client_does_not_allow_is_refused(
    server: RunningServer, app: App, flow: AuthFlowTypeType, enabled: ExplicitAuthFlowsTypeType
) -> None:
    narrow = make_app(server, app.pool_id, ExplicitAuthFlows=[enabled])
    with refused("InvalidParameterException", f"{flow} flow not enabled for this client"):
        server.anonymous.initiate_auth(
            ClientId=narrow.client_id,
            AuthFlow=flow,
            AuthParameters={
                "USERNAME": "anna",
                "PASSWORD": PASSWORD,
                "SRP_A": "abc",
                "REFRESH_TOKEN": "token",
            },
        )


def test_a_server_may_not_use_a_flow_that_the_client_does_not_allow(server: RunningServer, app: App) -> None:
    narrow = make_app(server, app.pool_id, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    with refused("InvalidParameterException"):
        server.administrator.admin_initiate_auth(
            UserPoolId=app.pool_id,
            ClientId=narrow.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
        )


def test_the_old_names_in_a_clients_flows_count(server: RunningServer, app: App) -> None:
    old = make_app(server, app.pool_id, ExplicitAuthFlows=["USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
    tokens = sign_in(server, old, "anna")
    assert refresh(server, old, tokens["RefreshToken"])["AuthenticationResult"]["AccessToken"]


@pytest.mark.parametrize(
    ("flow", "missing", "given"),
    [
        ("USER_PASSWORD_AUTH", "USERNAME", {"PASSWORD": PASSWORD}),
        ("USER_PASSWORD_AUTH", "PASSWORD", {"USERNAME": "anna"}),
        ("USER_PASSWORD_AUTH", "PASSWORD", {"USERNAME": "anna", "PASSWORD": ""}),
        ("USER_SRP_AUTH", "USERNAME", {"SRP_A": "abc"}),
        ("USER_SRP_AUTH", "SRP_A", {"USERNAME": "anna"}),
        ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", {}),
    ],
)
def test_a_missing_parameter_is_named(
    server: RunningServer, app: App, flow: AuthFlowTypeType, missing: str, given: dict[str, str]
) -> None:
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        server.anonymous.initiate_auth(ClientId=app.client_id, AuthFlow=flow, AuthParameters=given)


def test_a_disabled_user_is_told_so_after_the_right_password(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "disabled")
    server.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="disabled")
    with refused("NotAuthorizedException", "User is disabled."):
        sign_in(server, app, "disabled")
    with refused(*WRONG):
        sign_in(server, app, "disabled", "Wrong-Horse-9")


def test_an_enabled_user_signs_in_again(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "back")
    server.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="back")
    server.administrator.admin_enable_user(UserPoolId=app.pool_id, Username="back")
    assert sign_in(server, app, "back")["AccessToken"]


def test_an_unconfirmed_user_is_told_so_after_the_right_password(server: RunningServer, app: App) -> None:
    server.anonymous.sign_up(
        ClientId=app.client_id,
        Username="new",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "new@example.org"}],
    )
    with refused("UserNotConfirmedException", "User is not confirmed."):
        sign_in(server, app, "new")
    with refused(*WRONG):
        sign_in(server, app, "new", "Wrong-Horse-9")


def test_a_user_whose_password_was_reset_is_sent_to_choose_another(server: RunningServer, app: App) -> None:
    make_user(server, app.pool_id, "reset")
    server.administrator.admin_reset_user_password(UserPoolId=app.pool_id, Username="reset")
    with refused(*RESET):
        sign_in(server, app, "reset")


def test_a_temporary_password_expires(clocked: ClockedServer) -> None:
    policy = {"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 2}}
    pool = make_pool(clocked, Policies=policy)
    app = make_app(clocked, pool)
    clocked.administrator.admin_create_user(
        UserPoolId=pool, Username="late", TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
    )
    clocked.clock.advance(2 * 86_400 - 1)
    answer = clocked.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "late", "PASSWORD": TEMPORARY},
    )
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    clocked.clock.advance(1)
    expired = "Temporary password has expired and must be reset by an administrator."
    with refused("NotAuthorizedException", expired):
        sign_in(clocked, app, "late", TEMPORARY)


def test_an_unknown_user_looks_like_a_wrong_password_where_the_client_hides_who_exists(
    server: RunningServer, app: App
) -> None:
    with refused(*WRONG):
        sign_in(server, app, "nobody")


def test_an_unknown_user_is_called_unknown_where_the_client_does_not_hide_it(
    server: RunningServer, app: App
) -> None:
    legacy = make_app(server, app.pool_id, PreventUserExistenceErrors="LEGACY")
    with refused(*NO_USER):
        sign_in(server, legacy, "nobody")


def test_an_unknown_client_is_refused(server: RunningServer, app: App) -> None:
    gone = App(app.pool_id, "0123456789abcdefghijklmnop")
    message = f"User pool client {gone.client_id} does not exist."
    with refused("ResourceNotFoundException", message):
        sign_in(server, gone, "anna")


def test_case_counts_in_a_case_sensitive_pool(server: RunningServer) -> None:
    pool = make_pool(server, UsernameConfiguration={"CaseSensitive": True})
    app = make_app(server, pool)
    make_user(server, pool, "anna")
    with refused(*WRONG):
        sign_in(server, app, "Anna")


def test_case_does_not_count_in_a_case_insensitive_pool(server: RunningServer) -> None:
    pool = make_pool(server, UsernameConfiguration={"CaseSensitive": False})
    app = make_app(server, pool)
    make_user(server, pool, "anna")
    assert sign_in(server, app, "ANNA")["AccessToken"]


@pytest.mark.parametrize("name", ["anna@example.org", "+14155550100", "anna.the.first"])
def test_a_verified_alias_signs_in(server: RunningServer, name: str) -> None:
    pool = make_pool(server, AliasAttributes=["email", "phone_number", "preferred_username"])
    app = make_app(server, pool)
    phone = {"phone_number": "+14155550100", "phone_number_verified": "true"}
    make_user(server, pool, "anna", attributes=phone | {"preferred_username": "anna.the.first"})
    tokens = sign_in(server, app, name)
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"


def test_an_alias_that_is_not_verified_leads_to_nobody(server: RunningServer) -> None:
    pool = make_pool(server, AliasAttributes=["email"])
    app = make_app(server, pool)
    make_user(server, pool, "anna", attributes={"email_verified": "false"})
    with refused(*WRONG):
        sign_in(server, app, "anna@example.org")


def test_an_address_that_stands_for_the_name_signs_in_unverified_too(server: RunningServer) -> None:
    pool = make_pool(server, UsernameAttributes=["email"])
    app = make_app(server, pool)
    attributes = {"email": "anna@example.org", "email_verified": "false"}
    sub = make_user(server, pool, "anna@example.org", attributes=attributes)
    tokens = sign_in(server, app, "anna@example.org")
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == sub


def refresh(
    server: RunningServer, app: App, token: str, flow: AuthFlowTypeType = "REFRESH_TOKEN_AUTH"
) -> InitiateAuthResponseTypeDef:
    answer = server.anonymous.initiate_auth(
        ClientId=app.client_id, AuthFlow=flow, AuthParameters={"REFRESH_TOKEN": token}
    )
    return answer
