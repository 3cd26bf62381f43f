"""Changing, forgetting and setting passwords."""

import pytest
from botocore.exceptions import ClientError
from tests.conftest import ClockedServer
from tests.scenarios.pools import ANY_PASSWORD, BREACHED, NEW_PASSWORD, PASSWORD, Pool, make_pool
from tests.server import RunningServer


def error_of(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def change(pool: Pool, token: str, before: str = PASSWORD, after: str = NEW_PASSWORD) -> None:
    pool.server.anonymous.change_password(AccessToken=token, PreviousPassword=before, ProposedPassword=after)


def reset(pool: Pool, password: str = NEW_PASSWORD, username: str = "alice") -> None:
    """Go the way of a forgotten password from its beginning to its end."""
    pool.server.anonymous.forgot_password(ClientId=pool.client_id, Username=username)
    pool.server.anonymous.confirm_forgot_password(
        ClientId=pool.client_id,
        Username=username,
        ConfirmationCode=pool.server.last_code(pool.id),
        Password=password,
    )


def cannot_sign_in(pool: Pool, password: str, username: str = "alice") -> bool:
    try:
        pool.sign_in(username, password)
    except pool.server.anonymous.exceptions.NotAuthorizedException:
        return True
    return False


def test_a_user_changes_his_password(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.confirmed("alice")
    token = pool.sign_in("alice")["AccessToken"]
    change(pool, token)
    assert cannot_sign_in(pool, PASSWORD)
    assert pool.sign_in("alice", NEW_PASSWORD)
    server.anonymous.get_user(AccessToken=token)


def test_changing_needs_the_present_password_and_guesses_are_counted(clocked: ClockedServer) -> None:
    pool = make_pool(clocked)
    pool.confirmed("alice")
    token = pool.sign_in("alice")["AccessToken"]
    for _ in range(5):
        with pytest.raises(ClientError) as caught:
            change(pool, token, before="Wrong-Horse-7-Battery")
        assert error_of(caught) == ("NotAuthorizedException", "Incorrect username or password.")
    for before in ("Wrong-Horse-7-Battery", PASSWORD):
        with pytest.raises(ClientError) as caught:
            change(pool, token, before=before)
        assert error_of(caught) == (
            "LimitExceededException",
            "Attempt limit exceeded, please try after some time.",
        )
    assert cannot_sign_in(pool, NEW_PASSWORD)


def test_who_knows_his_password_may_change_it_often(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.confirmed("alice")
    token, before = pool.sign_in("alice")["AccessToken"], PASSWORD
    for number in range(7):
        after = f"{NEW_PASSWORD}-{number}"
        change(pool, token, before, after)
        before = after


def test_changing_has_an_end_within_an_hour(clocked: ClockedServer) -> None:
    pool = make_pool(clocked)
    pool.confirmed("alice")
    token, passwords = pool.sign_in("alice")["AccessToken"], (PASSWORD, NEW_PASSWORD)
    for number in range(20):
        change(pool, token, passwords[number % 2], passwords[(number + 1) % 2])
    with pytest.raises(ClientError) as caught:
        change(pool, token, PASSWORD, NEW_PASSWORD)
    assert error_of(caught)[0] == "LimitExceededException"
    clocked.clock.advance(3600)
    token = pool.sign_in("alice")["AccessToken"]
    change(pool, token, PASSWORD, NEW_PASSWORD)


@pytest.mark.parametrize("token", ["x", "a.b.c", "é"])
def test_a_token_of_nobodys_changes_nothing(server: RunningServer, token: str) -> None:
    with pytest.raises(ClientError) as caught:
        server.anonymous.change_password(
            AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW_PASSWORD
        )
    assert error_of(caught)[0] in {"NotAuthorizedException", "InvalidParameterException"}


def test_a_weak_new_password_is_refused_everywhere(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.confirmed("alice")
    token = pool.sign_in("alice")["AccessToken"]
    invalid = server.anonymous.exceptions.InvalidPasswordException
    with pytest.raises(invalid, match="not long enough"):
        change(pool, token, after="Aa1!xyz")
    with pytest.raises(invalid, match="not long enough"):
        reset(pool, "Aa1!xyz")
    with pytest.raises(server.administrator.exceptions.InvalidPasswordException, match="not long enough"):
        server.administrator.admin_set_user_password(
            UserPoolId=pool.id, Username="alice", Password="Aa1!xyz", Permanent=True
        )
    assert pool.sign_in("alice")


def test_the_last_passwords_do_not_come_back(server: RunningServer) -> None:
    pool = make_pool(
        server,
        Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}},
        UserPoolTier="PLUS",
    )
    pool.confirmed("alice")
    first, second, third = PASSWORD, "Second-Password-2", "Third-Password-3"
    token = pool.sign_in("alice")["AccessToken"]
    change(pool, token, first, second)
    change(pool, token, second, third)
    for again in (first, second, third):
        with pytest.raises(ClientError) as caught:
            change(pool, token, third, again)
        assert error_of(caught) == (
            "PasswordHistoryPolicyViolationException",
            "Password has previously been used.",
        )
    change(pool, token, third, "Fourth-Password-4")
    change(pool, token, "Fourth-Password-4", first)
    assert pool.sign_in("alice", first)


def test_a_forgotten_password_is_replaced(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.confirmed("alice", email="alice@example.org")
    before = pool.sign_in("alice")
    answer = server.anonymous.forgot_password(ClientId=pool.client_id, Username="alice")
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "a***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    assert server.messages(pool.id)[-1].kind == "forgot-password"
    assert pool.sign_in("alice"), "until then the old one is good"
    reset(pool)
    assert cannot_sign_in(pool, PASSWORD)
    assert pool.sign_in("alice", NEW_PASSWORD)
    with pytest.raises(ClientError) as caught:
        server.anonymous.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": before["RefreshToken"]},
        )
    assert error_of(caught) == ("NotAuthorizedException", "Refresh Token has been revoked")


def test_a_new_password_ends_a_lock(clocked: ClockedServer) -> None:
    pool = make_pool(clocked)
    pool.confirmed("alice")
    for _ in range(7):
        assert cannot_sign_in(pool, "Wrong-Horse-7-Battery")
    reset(pool)
    assert pool.sign_in("alice", NEW_PASSWORD)


def test_without_a_verified_address_there_is_no_way_back(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.sign_up("alice")
    with pytest.raises(ClientError) as caught:
        reset(pool)
    assert error_of(caught) == (
        "InvalidParameterException",
        "Cannot reset password for the user as there is no registered/verified email or phone_number",
    )


def test_a_temporary_password_is_not_forgotten(server: RunningServer) -> None:
    pool = make_pool(server)
    server.administrator.admin_create_user(
        UserPoolId=pool.id,
        Username="alice",
        UserAttributes=[
            {"Name": "email", "Value": "alice@example.org"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    with pytest.raises(ClientError) as caught:
        reset(pool)
    assert error_of(caught) == (
        "NotAuthorizedException",
        "User password cannot be reset in the current state.",
    )


def test_a_disabled_user_gets_no_code(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.confirmed("alice")
    server.administrator.admin_disable_user(UserPoolId=pool.id, Username="alice")
    sent = len(server.messages(pool.id))
    with pytest.raises(ClientError) as caught:
        server.anonymous.forgot_password(ClientId=pool.client_id, Username="alice")
    assert error_of(caught) == ("NotAuthorizedException", "User is disabled.")
    assert len(server.messages(pool.id)) == sent


def test_where_only_administrators_recover_nobody_else_does(server: RunningServer) -> None:
    pool = make_pool(
        server,
        AccountRecoverySetting={"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]},
    )
    pool.confirmed("alice")
    for username in ("alice", "nobody"):
        with pytest.raises(ClientError) as caught:
            server.anonymous.forgot_password(ClientId=pool.client_id, Username=username)
        assert error_of(caught) == ("NotAuthorizedException", "Contact administrator to reset password.")


def test_the_code_goes_the_way_the_pool_prefers(server: RunningServer) -> None:
    order = [{"Name": "verified_email", "Priority": 2}, {"Name": "verified_phone_number", "Priority": 1}]
    pool = make_pool(server, AccountRecoverySetting={"RecoveryMechanisms": order})
    pool.confirmed("alice", email="alice@example.org", phone_number="+442079460123")
    server.administrator.admin_update_user_attributes(
        UserPoolId=pool.id,
        Username="alice",
        UserAttributes=[{"Name": "phone_number_verified", "Value": "true"}],
    )
    answer = server.anonymous.forgot_password(ClientId=pool.client_id, Username="alice")
    assert answer["CodeDeliveryDetails"]["DeliveryMedium"] == "SMS"


@pytest.mark.parametrize("permanent", [True, False])
def test_an_administrator_sets_a_password(server: RunningServer, permanent: bool) -> None:
    pool = make_pool(server)
    pool.sign_up("alice")
    server.administrator.admin_set_user_password(
        UserPoolId=pool.id, Username="alice", Password=NEW_PASSWORD, Permanent=permanent
    )
    assert pool.user("alice")["UserStatus"] == ("CONFIRMED" if permanent else "FORCE_CHANGE_PASSWORD")
    answer = server.anonymous.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": NEW_PASSWORD},
    )
    assert answer.get("ChallengeName") == (None if permanent else "NEW_PASSWORD_REQUIRED")


def test_a_temporary_password_ends_with_its_days(clocked: ClockedServer) -> None:
    policy = {"MinimumLength": 8, "TemporaryPasswordValidityDays": 2}
    pool = make_pool(clocked, Policies={"PasswordPolicy": policy})
    pool.confirmed("alice")
    clocked.administrator.admin_set_user_password(
        UserPoolId=pool.id, Username="alice", Password=NEW_PASSWORD, Permanent=False
    )
    clocked.clock.advance(2 * 86_400)
    with pytest.raises(clocked.anonymous.exceptions.NotAuthorizedException, match="expired"):
        pool.sign_in("alice", NEW_PASSWORD)


def test_an_administrator_makes_a_user_choose_anew(server: RunningServer) -> None:
    pool = make_pool(server)
    pool.confirmed("alice")
    server.administrator.admin_reset_user_password(UserPoolId=pool.id, Username="alice")
    assert pool.user("alice")["UserStatus"] == "RESET_REQUIRED"
    with pytest.raises(server.anonymous.exceptions.PasswordResetRequiredException):
        pool.sign_in("alice")
    server.anonymous.confirm_forgot_password(
        ClientId=pool.client_id,
        Username="alice",
        ConfirmationCode=server.last_code(pool.id),
        Password=NEW_PASSWORD,
    )
    assert pool.user("alice")["UserStatus"] == "CONFIRMED"
    assert pool.sign_in("alice", NEW_PASSWORD)


def test_administrators_are_told_who_does_not_exist(server: RunningServer) -> None:
    pool = make_pool(server, client={"PreventUserExistenceErrors": "ENABLED"})
    missing = server.administrator.exceptions.UserNotFoundException
    with pytest.raises(missing):
        server.administrator.admin_reset_user_password(UserPoolId=pool.id, Username="nobody")
    with pytest.raises(missing):
        server.administrator.admin_set_user_password(
            UserPoolId=pool.id, Username="nobody", Password=NEW_PASSWORD, Permanent=True
        )


def test_a_breached_new_password_is_refused_and_the_way_stays_open(server: RunningServer) -> None:
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}, Policies=ANY_PASSWORD)
    pool.confirmed("alice")
    token = pool.sign_in("alice")["AccessToken"]
    refused = ("InvalidPasswordException", "Provided password cannot be used for security reasons.")
    with pytest.raises(ClientError) as caught:
        change(pool, token, after=BREACHED)
    assert error_of(caught) == refused
    with pytest.raises(ClientError) as caught:
        reset(pool, BREACHED)
    assert error_of(caught) == refused
    server.anonymous.confirm_forgot_password(
        ClientId=pool.client_id,
        Username="alice",
        ConfirmationCode=server.last_code(pool.id),
        Password=NEW_PASSWORD,
    )
    assert pool.sign_in("alice", NEW_PASSWORD)


def test_each_attempt_becomes_an_event(server: RunningServer) -> None:
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    pool.sign_up("alice")
    server.anonymous.resend_confirmation_code(ClientId=pool.client_id, Username="alice")
    pool.confirm("alice")
    token = pool.sign_in("alice")["AccessToken"]
    with pytest.raises(ClientError):
        change(pool, token, before="Wrong-Horse-7-Battery")
    reset(pool)
    events = server.administrator.admin_list_user_auth_events(UserPoolId=pool.id, Username="alice")
    assert [(event["EventType"], event["EventResponse"]) for event in reversed(events["AuthEvents"])] == [
        ("SignUp", "Pass"),
        ("ResendCode", "Pass"),
        ("SignIn", "Pass"),
        ("PasswordChange", "Fail"),
        ("ForgotPassword", "Pass"),
        ("PasswordChange", "Pass"),
    ]


def test_an_always_blocked_address_gets_nothing(server: RunningServer) -> None:
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    pool.confirmed("alice")
    token = pool.sign_in("alice")["AccessToken"]
    server.administrator.set_risk_configuration(
        UserPoolId=pool.id, RiskExceptionConfiguration={"BlockedIPRangeList": ["127.0.0.0/8", "::1/128"]}
    )
    sent = len(server.messages(pool.id))
    for attempt in (
        lambda: server.anonymous.forgot_password(ClientId=pool.client_id, Username="alice"),
        lambda: change(pool, token),
        lambda: server.anonymous.resend_confirmation_code(ClientId=pool.client_id, Username="alice"),
    ):
        with pytest.raises(ClientError) as caught:
            attempt()
        assert error_of(caught) == (
            "NotAuthorizedException",
            "Unable to login because of security reasons",
        )
    assert len(server.messages(pool.id)) == sent
