"""What boto3 really sends, verified as it arrives."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from starlette.types import Receive, Scope, Send
from tests.wire.serving import Address, serving

from doorward.clock import SystemClock
from doorward.wire import errors, refusals, sigv4
from doorward.wire.http_protocol import ConnectionLimits
from doorward.wire.limits import BodyLimits

SECRETS = {"AKIDDOORWARD00000001": "secret/+="}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a well-signed request with an empty object, any other with its error."""
    body = (await receive())["body"]
    status, headers, answer = 200, [(b"content-type", b"application/x-amz-json-1.1")], b"{}"
    try:
        sigv4.verify(
            scope["method"],
            scope["raw_path"],
            scope["query_string"],
            scope["headers"],
            body,
            now=SystemClock().now(),
            secret_of=SECRETS.get,
            region="eu-west-1",
        )
    except errors.CognitoError as error:
        status = error.status
        headers, answer = refusals.headers_and_body(error)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    with serving(BodyLimits(app, max_bytes=10_000, linger_seconds=0.2), ConnectionLimits()) as address:
        yield address


def list_users(server: Address, *, key: str, secret: str, pool: str = "eu-west-1_aB3dE5fG7") -> None:
    client = boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=f"http://{server[0]}:{server[1]}",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )
    client.list_users(UserPoolId=pool, Filter='name = "Zoë"')
    client.close()


def test_a_boto3_client_is_recognised(server: Address) -> None:
    list_users(server, key="AKIDDOORWARD00000001", secret="secret/+=")


@pytest.mark.parametrize(
    ("key", "secret", "name"),
    [
        ("AKIDDOORWARD00000001", "another", "InvalidSignatureException"),
        ("AKIDNOBODY", "secret/+=", "UnrecognizedClientException"),
    ],
)
def test_boto3_reads_why_it_was_refused(server: Address, key: str, secret: str, name: str) -> None:
    with pytest.raises(ClientError) as refusal:
        list_users(server, key=key, secret=secret)
    assert refusal.value.response["Error"]["Code"] == name


def test_boto3_reads_that_it_sent_too_much(server: Address) -> None:
    with pytest.raises(ClientError) as refusal:
        list_users(server, key="AKIDDOORWARD00000001", secret="secret/+=", pool="x" * 5_000_000)
    assert refusal.value.response["Error"]["Code"] == "RequestEntityTooLargeException"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
