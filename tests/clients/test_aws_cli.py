"""The aws command, as an operator types it."""

import json
from typing import Any

import pytest
from pycognito.aws_srp import generate_hash_device
from tests.clients.commands import Command, answer, responded, signed_in
from tests.devices import make_device, make_devices_app
from tests.people import ALL_FLOWS, PASSWORD, App, make_user, sign_in
from tests.scenarios.challenged import ON, PREFERRED, TokenApp, challenged, choose, with_phone, with_token
from tests.server import RunningServer


def test_an_operator_sets_up_a_pool_and_signs_in(aws: Command) -> None:
    """From create-user-pool to admin-initiate-auth, with tokens that get-user takes."""
    pool_id = answer(aws("create-user-pool", "--pool-name", "typed"))["UserPool"]["Id"]
    in_pool = ("--user-pool-id", pool_id)
    client_id = answer(
        aws(
            "create-user-pool-client",
            *in_pool,
            "--client-name",
            "typed",
            "--explicit-auth-flows",
            *ALL_FLOWS,
        )
    )["UserPoolClient"]["ClientId"]
    alice = (*in_pool, "--username", "alice")
    answer(
        aws(
            "admin-create-user",
            *alice,
            "--user-attributes",
            "Name=email,Value=alice@example.org",
            "Name=email_verified,Value=true",
            "--message-action",
            "SUPPRESS",
        )
    )
    answer(aws("admin-set-user-password", *alice, "--password", PASSWORD, "--permanent"))

    credentials = f"USERNAME=alice,PASSWORD={PASSWORD}"
    in_app = ("--client-id", client_id, "--auth-parameters", credentials)
    by_server = answer(
        aws("admin-initiate-auth", *in_pool, "--auth-flow", "ADMIN_USER_PASSWORD_AUTH", *in_app)
    )["AuthenticationResult"]
    unsigned = answer(
        aws("initiate-auth", "--no-sign-request", "--auth-flow", "USER_PASSWORD_AUTH", *in_app)
    )["AuthenticationResult"]
    for tokens in (by_server, unsigned):
        shown = answer(aws("get-user", "--no-sign-request", "--access-token", tokens["AccessToken"]))
        assert shown["Username"] == "alice"
    described = answer(aws("describe-user-pool", *in_pool))["UserPool"]
    assert described["EstimatedNumberOfUsers"] == 1
    answer(aws("admin-delete-user", *alice))
    answer(aws("delete-user-pool", *in_pool))


def test_errors_are_told_in_one_line(aws: Command) -> None:
    """Exit status 254 or 255 and the sentence that scripts match on."""
    unknown = aws("describe-user-pool", "--user-pool-id", "eu-west-1_AAAAAAAAA")
    assert unknown.returncode in {254, 255}
    assert (
        "An error occurred (ResourceNotFoundException) when calling the DescribeUserPool operation"
        in unknown.stderr
    )
    assert "User pool eu-west-1_AAAAAAAAA does not exist." in unknown.stderr

    unsigned = aws("list-user-pools", "--max-results", "5", "--no-sign-request")
    assert "(MissingAuthenticationTokenException)" in unsigned.stderr

    wrong_secret = aws("list-user-pools", "--max-results", "5", AWS_SECRET_ACCESS_KEY="wrong")
    assert "(InvalidSignatureException)" in wrong_secret.stderr

    unknown_key = aws("list-user-pools", "--max-results", "5", AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE")
    assert "(UnrecognizedClientException)" in unknown_key.stderr


def test_list_users_is_paged_by_the_command_itself(aws: Command, server: RunningServer) -> None:
    """The command follows PaginationToken; --max-items and --starting-token stop and go on."""
    pool_id = answer(aws("create-user-pool", "--pool-name", "paged"))["UserPool"]["Id"]
    names = sorted(f"user-{number:03}" for number in range(65))
    for name in names:
        server.administrator.admin_create_user(UserPoolId=pool_id, Username=name, MessageAction="SUPPRESS")
    in_pool = ("--user-pool-id", pool_id)

    everybody = answer(aws("list-users", *in_pool))
    assert sorted(user["Username"] for user in everybody["Users"]) == names
    assert "PaginationToken" not in everybody

    listed: list[str] = []
    start: tuple[str, ...] = ()
    for _ in range(10):
        page = answer(aws("list-users", *in_pool, "--page-size", "20", "--max-items", "30", *start))
        listed += [user["Username"] for user in page["Users"]]
        if "NextToken" not in page:
            break
        start = ("--starting-token", page["NextToken"])
    assert sorted(listed) == names


def test_a_filter_and_a_query(aws: Command, server: RunningServer) -> None:
    """A filter is worked out by the server, a query by the command on what the server sent."""
    pool_id = answer(aws("create-user-pool", "--pool-name", "filtered"))["UserPool"]["Id"]
    for name in ("anna", "annika", "bert"):
        server.administrator.admin_create_user(UserPoolId=pool_id, Username=name, MessageAction="SUPPRESS")
    done = aws(
        "list-users",
        "--user-pool-id",
        pool_id,
        "--filter",
        'username ^= "ann"',
        "--query",
        "sort(Users[].Username)",
    )
    assert json.loads(done.stdout) == ["anna", "annika"]


def test_an_operator_and_a_user_look_after_devices(aws: Command, server: RunningServer) -> None:
    """confirm-device to forget-device, by the user's token and by the administrator's key; and both challenges."""
    device = make_device(server, make_devices_app(server), name="typed")
    key = ("--device-key", device.key)
    own = ("--access-token", device.tokens["AccessToken"])
    anna = ("--user-pool-id", device.app.pool_id, "--username", "anna")
    shown = answer(aws("get-device", *own, *key))["Device"]
    assert {"Name": "device_name", "Value": "typed"} in shown["DeviceAttributes"]
    assert answer(aws("admin-get-device", *anna, *key))["Device"] == shown
    assert answer(aws("list-devices", *own))["Devices"] == [shown]
    assert answer(aws("admin-list-devices", *anna, "--limit", "1"))["Devices"] == [shown]
    status = ("--device-remembered-status", "not_remembered")
    answer(aws("update-device-status", *own, *key, *status))
    answer(aws("admin-update-device-status", *anna, *key, "--device-remembered-status", "remembered"))

    asked = device.begin()
    proof = device.proof()
    in_app = ("respond-to-auth-challenge", "--client-id", device.app.client_id, "--challenge-name")
    first = {"USERNAME": "anna", "DEVICE_KEY": device.key, "SRP_A": f"{proof.srp.large_a_value:x}"}
    second = answer(
        aws(
            *in_app,
            "DEVICE_SRP_AUTH",
            "--session",
            asked["Session"],
            "--challenge-responses",
            json.dumps(first),
        )
    )
    granted = answer(
        aws(
            *in_app,
            "DEVICE_PASSWORD_VERIFIER",
            "--session",
            second["Session"],
            "--challenge-responses",
            json.dumps(proof.answer(second)),
        )
    )["AuthenticationResult"]
    answer(aws("forget-device", "--access-token", granted["AccessToken"], *key))
    gone = aws("admin-forget-device", *anna, *key)
    assert gone.returncode != 0
    assert "Device does not exist." in gone.stderr


def test_a_device_is_confirmed_from_the_command_line(aws: Command, server: RunningServer) -> None:
    """confirm-device with a verifier that a program made."""
    tokens: Any = sign_in(server, make_devices_app(server), "anna")
    made = tokens["NewDeviceMetadata"]
    _, verifier = generate_hash_device(made["DeviceGroupKey"], made["DeviceKey"])
    confirmed = answer(
        aws(
            "confirm-device",
            "--access-token",
            tokens["AccessToken"],
            "--device-key",
            made["DeviceKey"],
            "--device-secret-verifier-config",
            json.dumps(verifier),
        )
    )
    assert confirmed == {"UserConfirmationNecessary": False}


@pytest.mark.parametrize("signed", [False, True], ids=["public", "administrator"])
def test_every_challenge_of_a_second_factor(aws: Command, server: RunningServer, signed: bool) -> None:
    """SMS_MFA, EMAIL_OTP, SOFTWARE_TOKEN_MFA and SELECT_MFA_TYPE."""
    app = challenged(server)
    with_phone(server, app, "anna")
    asked = signed_in(aws, app, "anna")
    code = server.last_code(app.pool_id)
    assert responded(aws, app, asked, "anna", f"SMS_MFA_CODE={code}", signed=signed)["AuthenticationResult"]
    make_user(server, app.pool_id, "berta")
    choose(server, app, "berta", EMAIL_OTP=PREFERRED)
    asked = signed_in(aws, app, "berta")
    code = server.last_code(app.pool_id)
    assert responded(aws, app, asked, "berta", f"EMAIL_OTP_CODE={code}", signed=signed)[
        "AuthenticationResult"
    ]
    token = with_token(server, app, "carla")
    choose(server, app, "carla", SOFTWARE_TOKEN_MFA=ON, EMAIL_OTP=ON)
    chosen = responded(
        aws, app, signed_in(aws, app, "carla"), "carla", "ANSWER=SOFTWARE_TOKEN_MFA", signed=signed
    )
    code = token.code()
    done = responded(aws, app, chosen, "carla", f"SOFTWARE_TOKEN_MFA_CODE={code}", signed=signed)
    assert done["AuthenticationResult"]


def test_setting_up_a_factor(aws: Command, server: RunningServer) -> None:
    """MFA_SETUP, by an app and by an address."""
    app = challenged(server, "ON", ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"])
    for name in ("anna", "berta"):
        make_user(server, app.pool_id, name, attributes={"email": "", "email_verified": ""})
    asked = signed_in(aws, app, "anna")
    given = answer(aws("associate-software-token", "--session", asked["Session"]))
    code = TokenApp(server, given["SecretCode"]).code()
    verified = answer(aws("verify-software-token", "--session", given["Session"], "--user-code", code))
    done = responded(aws, app, {**asked, "Session": verified["Session"]}, "anna")
    assert done["AuthenticationResult"]
    sent = responded(aws, app, signed_in(aws, app, "berta"), "berta", "EMAIL=berta@example.com")
    assert sent["ChallengeName"] == "EMAIL_OTP"
    done = responded(aws, app, sent, "berta", f"EMAIL_OTP_CODE={server.last_code(app.pool_id)}")
    assert done["AuthenticationResult"]


def test_an_operator_renews_tokens_that_rotate(aws: Command, server: RunningServer) -> None:
    pool_id = answer(aws("create-user-pool", "--pool-name", "rotating"))["UserPool"]["Id"]
    make_user(server, pool_id, "anna")
    client_id = answer(
        aws(
            "create-user-pool-client",
            "--user-pool-id",
            pool_id,
            "--client-name",
            "rotating",
            "--explicit-auth-flows",
            "ALLOW_USER_PASSWORD_AUTH",
            "--refresh-token-rotation",
            "Feature=ENABLED,RetryGracePeriodSeconds=0",
        )
    )["UserPoolClient"]["ClientId"]
    first = sign_in(server, App(pool_id, client_id), "anna")["RefreshToken"]
    renew = ("get-tokens-from-refresh-token", "--client-id", client_id, "--refresh-token")
    second = answer(aws(*renew, first))["AuthenticationResult"]["RefreshToken"]
    assert second != first
    refusal = aws(*renew, first)
    assert refusal.returncode != 0
    assert "RefreshTokenReuseException" in refusal.stderr
    assert "Refresh Token has been revoked" in aws(*renew, second).stderr
