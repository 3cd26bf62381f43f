"""The commands, run with a user's arguments on a data directory that a server works on."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from tests.cli.house import House
from tests.people import make_app, make_pool, make_user, sign_in
from tests.scenarios.refusals import refused
from tests.server import running


def key_id_of(token: str) -> str:
    """Return the `kid` of a token's header."""
    header = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("house")
    with running(data) as server:
        yield House(server, data)


def signing_with(house: House, key_id: str, secret: str) -> CognitoIdentityProviderClient:
    """Return a client that signs with an access key."""
    return boto3.Session(aws_access_key_id=key_id, aws_secret_access_key=secret).client(
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=house.server.endpoint,
        config=Config(retries={"max_attempts": 0}),
    )


def test_a_new_key_is_two_lines_and_works_for_its_role_and_pool_alone(house: House) -> None:
    pool_id, other = make_pool(house.server), make_pool(house.server)
    printed = house.says("keys", "create", "--role", "read-only", "--pool", pool_id)
    id_line, secret_line = printed.splitlines()
    key_id, secret = (
        id_line.removeprefix("AWS_ACCESS_KEY_ID="),
        secret_line.removeprefix("AWS_SECRET_ACCESS_KEY="),
    )
    client = signing_with(house, key_id, secret)
    assert client.describe_user_pool(UserPoolId=pool_id)["UserPool"]["Id"] == pool_id
    with refused("AccessDeniedException"):
        client.describe_user_pool(UserPoolId=other)
    with refused("AccessDeniedException"):
        client.delete_user_pool(UserPoolId=pool_id)

    row = next(line for line in house.says("keys", "list").splitlines() if key_id in line)
    assert "read-only" in row
    assert pool_id in row
    house.says("keys", "delete", key_id)
    assert key_id not in house.says("keys", "list")
    with refused("UnrecognizedClientException"):
        client.describe_user_pool(UserPoolId=pool_id)


def test_messages_show_code_and_address_whole_whatever_the_user_is_called(house: House) -> None:
    pool_id = make_pool(house.server)
    app = make_app(house.server, pool_id)
    name, address = "[/red]:smile:", "a-rather-long-address-of-somebody@mail.department.example.org"
    house.server.anonymous.sign_up(
        ClientId=app.client_id,
        Username=name,
        Password="Correct-Horse-9-Battery",
        UserAttributes=[{"Name": "email", "Value": address}],
    )
    row = next(line for line in house.says("messages", "--pool", pool_id).splitlines() if address in line)
    assert name in row
    assert house.server.last_code(pool_id) in row


def test_rotated_signing_keys_sign_and_the_old_ones_still_verify(house: House) -> None:
    pool_id = make_pool(house.server)
    make_user(house.server, pool_id, "anna")
    app = make_app(house.server, pool_id)
    before = sign_in(house.server, app, "anna")["AccessToken"]
    said = house.says("signing-keys", "rotate", pool_id)
    after = sign_in(house.server, app, "anna")["AccessToken"]
    assert f"access tokens are now signed by {key_id_of(after)}" in said
    assert key_id_of(before) != key_id_of(after)
    for token in (before, after):
        assert house.server.anonymous.get_user(AccessToken=token)["Username"] == "anna"


def test_what_commands_seal_after_a_rotation_serves_before_the_server_starts_again(house: House) -> None:
    pool_id = make_pool(house.server)
    make_user(house.server, pool_id, "anna")
    app = make_app(house.server, pool_id)
    assert "Restart the server to seal with it." in house.says("sealing", "rotate")
    key = dict(line.split("=", 1) for line in house.says("keys", "create").split())
    named = signing_with(house, key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"])
    assert named.describe_user_pool(UserPoolId=pool_id)["UserPool"]["Id"] == pool_id
    house.says("signing-keys", "rotate", pool_id)
    token = sign_in(house.server, app, "anna")["AccessToken"]
    assert house.server.anonymous.get_user(AccessToken=token)["Username"] == "anna"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("keys", "create", "--role", "king"), 2),
        (("keys", "create", "--pool", "eu-west-1_nobodyhas"), 2),
        (("keys", "delete", "AKIANOBODYHASTHISKEY"), 1),
        (("signing-keys", "rotate", "eu-west-1_nobodyhas"), 1),
        (("messages", "--pool", "eu-west-1_nobodyhas"), 2),
    ],
)
def test_an_error_is_one_line(house: House, arguments: tuple[str, ...], status: int) -> None:
    done = house.run(*arguments)
    assert (done.status, done.out) == (status, "")
    assert len(done.err.splitlines()) == 1
    assert "Value error" not in done.err


def test_a_file_that_is_no_database_is_told_in_a_sentence(house: House, tmp_path: Path) -> None:
    broken = House(house.server, tmp_path)
    broken.says("keys", "create")
    for file in tmp_path.glob("doorward.db*"):
        file.unlink()
    (tmp_path / "doorward.db").write_bytes(b"no database" * 1000)
    done = broken.run("keys", "list")
    assert (done.status, done.out, done.err) == (1, "", "doorward: the database: file is not a database\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "list"),
        ("keys", "delete", "AKIANOBODYHASTHISKEY"),
        ("signing-keys", "rotate", "eu-west-1_abc"),
    ],
)
def test_a_directory_without_data_is_named_and_not_made(
    house: House, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    elsewhere = House(house.server, tmp_path / "mistyped")
    done = elsewhere.run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert f"there is no Doorward data in {elsewhere.data}" in done.err
    assert not elsewhere.data.exists()


def test_an_address_that_is_taken_is_named(house: House, tmp_path: Path) -> None:
    address = house.server.endpoint.removeprefix("http://")
    serve = [
        sys.executable,
        "-m",
        "doorward",
        "serve",
        "--data",
        str(tmp_path),
        "--port",
        address.split(":")[1],
    ]
    done = subprocess.run(serve, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, f"doorward: {address}: Address already in use\n")


def test_a_second_server_on_the_same_data_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    serve = [sys.executable, "-m", "doorward", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline().startswith("Doorward listens on ")
        second = subprocess.run(serve, capture_output=True, text=True, timeout=60, check=False)
        # Not asked to end but killed: the lock goes with the process.
        first.kill()
    said = f"doorward: another server is running on {tmp_path / 'data'}\n"
    assert (second.returncode, second.stdout, second.stderr) == (1, "", said)
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as third:
        assert third.stdout is not None
        assert third.stdout.readline().startswith("Doorward listens on ")
        third.terminate()


def test_the_demo_leaves_pools_alone_that_it_has_not_made(tmp_path: Path) -> None:
    data = tmp_path / "real"
    with running(data) as server:
        pool_id = make_pool(server)
    demo = [sys.executable, "-m", "doorward", "demo", "--once", "--data", str(data), "--port", "0"]
    done = subprocess.run(demo, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == f"doorward: {data} has pools of its own; the demo wants another --data\n"
    with running(data) as server:
        listed = server.administrator.list_user_pools(MaxResults=60)["UserPools"]
    assert [pool["Id"] for pool in listed] == [pool_id]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DOORWARD_CONFIG": "{here}/no.toml"}, "doorward: DOORWARD_CONFIG: there is no file {here}/no.toml"),
        (
            {"DOORWARD_CONFIG": "{here}/broken.toml"},
            "doorward: DOORWARD_CONFIG: {here}/broken.toml: Invalid value",
        ),
        ({"DOORWARD_CONFIG": "{here}/mistyped.toml"}, "doorward: setting prot: Extra inputs"),
        (
            {"DOORWARD_TRUSTED_PROXIES": "10.0.0.0/33"},
            "doorward: setting trusted_proxies: Input is not a valid IPv4",
        ),
        ({"DOORWARD_PUBLIC_URL": "id.example.org"}, "doorward: setting public_url: must be a URL http://"),
    ],
)
def test_settings_that_cannot_be_read_start_no_server(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], said: str
) -> None:
    (tmp_path / "broken.toml").write_text("port = [")
    (tmp_path / "mistyped.toml").write_text("prot = 9")
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(here=tmp_path))
    done = House(house.server, tmp_path / "data").run("serve", "--port", "0")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(said.format(here=tmp_path))
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_the_server_says_what_was_hardly_meant(tmp_path: Path) -> None:
    doubtful = {"DOORWARD_METRIC": "true", "DOORWARD_CORPUS": str(tmp_path / "no.corpus")}
    serve = [sys.executable, "-m", "doorward", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    with subprocess.Popen(
        serve, env={**os.environ, **doubtful}, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stderr is not None
        said = [started.stderr.readline() for _ in range(2)]
        started.terminate()
    assert said[0] == "doorward: DOORWARD_METRIC is no setting, and changes nothing\n"
    assert said[1].startswith("doorward: passwords cannot be checked against breaches: ")
    assert "no.corpus" in said[1]
