"""No input of any kind gives a 5xx, a traceback, or an answer that an SDK could not read."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.contract.depth import examples
from tests.contract.inputs import MODEL
from tests.contract.log_watch import LogWatch
from tests.contract.raw_api import CONTENT_TYPE, TARGET, Answer
from tests.contract.stage import Stage
from tests.contract.wild import wild_requests

from doorward.messages import smtp
from doorward.messages.smtp import as_mail
from doorward.operations.table import OPERATIONS

BUILT = sorted(OPERATIONS)
OF_THE_TRANSPORT = {
    "AccessDeniedException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "RequestEntityTooLargeException",
    "RequestHeadersTooLargeException",
    "SerializationException",
    "UnknownOperationException",
    "UnrecognizedClientException",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def is_signed(operation: str) -> bool:
    """Tell whether an operation wants a signature."""
    return bool(MODEL.operations[operation].get("authtype") != "none")


def is_readable(answer: Answer, operation: str | None, log: LogWatch) -> None:
    """Check that an answer is a success, or an error that the operation, or the transport, may give."""
    errors = log.errors()
    assert answer.status < 500, (answer, errors)
    assert errors == []
    assert answer.headers["content-type"] == CONTENT_TYPE
    assert answer.headers["x-amzn-requestid"]
    if answer.status == 200:
        assert operation is not None
        assert isinstance(answer.said, dict)
        return
    assert answer.status in {400, 413, 431}
    assert answer.headers["x-amzn-errortype"].rstrip(":") == answer.error
    assert set(answer.said) == {"__type", "message"}
    assert isinstance(answer.said["message"], str)
    assert answer.said["message"]
    own = {error["shape"] for error in MODEL.operations[operation]["errors"]} if operation else set()
    assert answer.error in own | OF_THE_TRANSPORT, answer


@pytest.mark.parametrize("operation", BUILT)
@examples(12)
@given(data=st.data())
def test_any_good_request_is_answered(
    operation: str, stage: Stage, log: LogWatch, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(stage.places))
    request = data.draw(wild_requests(operation, place))
    stage.set_back()
    answer = stage.api.call(operation, request, signed=is_signed(operation))
    is_readable(answer, operation, log)
    assert answer.error != "SerializationException"
    # What was stored must be readable again.
    for again, about in _looking_back(place.pool_id):
        is_readable(stage.api.call(again, about, signed=True), again, log)


def _looking_back(pool_id: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("DescribeUserPool", {"UserPoolId": pool_id}),
        ("ListUsers", {"UserPoolId": pool_id}),
    ]


SETTING_UP = [
    "AddCustomAttributes",
    "AdminCreateUser",
    "AdminUpdateUserAttributes",
    "SetRiskConfiguration",
    "SetUserPoolMfaConfig",
    "SignUp",
    "UpdateUserPool",
    "UpdateUserPoolClient",
]
COMING_IN = [name for name in BUILT if not name.startswith(("Create", "Delete", "Tag", "Untag"))]


@examples(150)
@given(data=st.data())
def test_whatever_went_before_the_next_request_is_answered(
    stage: Stage, log: LogWatch, data: st.DataObject
) -> None:
    """A strange configuration is accepted here and stumbled over there."""
    place = data.draw(st.sampled_from(stage.places))
    first = data.draw(st.lists(st.sampled_from(SETTING_UP), min_size=1, max_size=3))
    then = data.draw(st.lists(st.sampled_from(COMING_IN), min_size=2, max_size=6))
    stage.set_back()
    for operation in first + then:
        request = data.draw(wild_requests(operation, place))
        answer = stage.api.call(operation, request, signed=is_signed(operation))
        is_readable(answer, operation, log)
    for message in stage.server.messages(place.pool_id):
        if message.medium == "EMAIL":
            with suppress(smtp.Refused):
                as_mail(message, "id", "no-reply@localhost").as_bytes()


@pytest.mark.parametrize("operation", BUILT)
@examples(4)
@given(request=JSON)
@example(request=None)
def test_any_json_is_answered(operation: str, stage: Stage, log: LogWatch, request: Any) -> None:
    answer = stage.api.call(operation, request, signed=is_signed(operation))
    is_readable(answer, operation, log)


MEMBER = st.sampled_from(["UserPoolId", "ClientId", "Username", "AuthParameters", "Limit", "Unknown"])


@pytest.mark.parametrize("operation", BUILT)
@examples(6)
@given(member=MEMBER, value=JSON)
def test_any_value_of_a_member_is_answered(
    operation: str, stage: Stage, log: LogWatch, member: str, value: Any
) -> None:
    known = {name: stage.places[0].names[name][0] for name in ("UserPoolId", "ClientId", "Username")}
    answer = stage.api.call(operation, {**known, member: value}, signed=is_signed(operation))
    is_readable(answer, operation, log)
    stage.set_back()


BODIES = [
    b"", b" ", b"\x00", b"{", b"}", b"[]", b"null", b"{} {}", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b'{"Username":"\xff"}',
    b'{"Username":"\\ud800"}', b'{"Username":"\\udc00\\ud800"}', b'{"\\ud800":1}', b'{"Username":"\\u0000"}', b'{"Username":NaN}',
    b'{"Username":"a","Username":"b"}', b'{"Limit":1e400}', b'{"Limit":' + b"9" * 70_000 + b"}", b'{"Limit":-0}', b'{"Limit":1E2}',
    b'{"A":' * 50_000, b"[" * 200_000, b'{"A":' + b"[" * 900 + b"]" * 900 + b"}", b'{"Username":"\xed\xa0\x80"}', b'{"Username":"\xc0\x80"}',
    b'{"Username":"\\x41"}', b"{'Username':'a'}", b'{"Username":"a",}', b'{/**/}', b"Username=a&Password=b", b"<xml/>", b"\x1f\x8b\x08\x00",
    b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(9000)) + b"}", b'"' + b"\\" * 65_535, b'{"Username":"' + b"\\u0000" * 30_000 + b'"}',
]  # fmt: skip


@pytest.mark.parametrize(
    "operation", ["SignUp", "InitiateAuth", "ListUsers", "CreateUserPool", "TagResource"]
)
@examples(20)
@given(body=st.sampled_from(BODIES) | st.binary() | st.text().map(str.encode))
def test_any_bytes_are_answered(operation: str, stage: Stage, log: LogWatch, body: bytes) -> None:
    answer = stage.api.post(operation, body, signed=is_signed(operation))
    is_readable(answer, operation, log)
    assert answer.status != 200 or json.loads(body or b"{}") == {}


@pytest.mark.parametrize(
    "operation", ["SignUp", "InitiateAuth", "ListUsers", "CreateUserPool", "TagResource"]
)
@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:30]))
def test_each_hostile_body_is_refused(operation: str, stage: Stage, log: LogWatch, body: bytes) -> None:
    answer = stage.api.post(operation, body, signed=is_signed(operation))
    is_readable(answer, operation, log)
    assert answer.error in {"SerializationException", "InvalidParameterException"}


_LINE = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\x00"), max_size=40)
_ADDRESSES = st.sampled_from(
    ["1.2.3.4", "::1", "[::1]:80", "1.2.3.4:5", "unknown", "_hidden", "", ",", "999.1.1.1", "fe80::1%eth0",
     "10.0.0.1", "::ffff:10.0.0.1", "1.2.3.4, " * 400, "\xff\xfe", "2001:db8::/32", "for=1.2.3.4", '"1.2.3.4"']
)  # fmt: skip
_AUTHORIZATIONS = st.sampled_from(
    ["", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "Basic YTpi", "Bearer x", "AWS4-HMAC-SHA256 Credential=",
     "AWS4-HMAC-SHA256 Credential=a/20200101/r/cognito-idp/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
     "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=" + "é" * 64, "AWS4-HMAC-SHA256 " + "x" * 5000,
     "AWS4-HMAC-SHA256 Credential=" + "\xff" * 9 + "/20200101/r/cognito-idp/aws4_request, SignedHeaders=host, Signature=" + "f" * 64]
)  # fmt: skip
_DATES = st.sampled_from(
    ["20200101T000000Z", "99999999T999999Z", "00000000T000000Z", "Tue, 99 Foo 2020", "Mon, 01 Jan 0001 00:00:00 +2359",
     "Fri, 31 Dec 9999 23:59:59 -2359", "Thu, 01 Jan 1970 00:00:00 +99999999999999", "x", ""]
)  # fmt: skip
HEADERS: dict[str, st.SearchStrategy[str]] = {
    "X-Forwarded-For": _ADDRESSES | _LINE | st.lists(_ADDRESSES).map(", ".join),
    "Forwarded": _ADDRESSES.map("for={}".format) | _LINE,
    "User-Agent": _LINE | st.sampled_from(["x" * 8192, "Mozilla/5.0 " + "(" * 4000, "a/" * 4000, "\xe9" * 100, ""]),
    "Authorization": _AUTHORIZATIONS | _LINE.map("AWS4-HMAC-SHA256 {}".format) | _LINE,
    "X-Amz-Date": _DATES | _LINE,
    "Date": _DATES,
    "X-Amz-Content-Sha256": _LINE,
    "X-Amz-Security-Token": _LINE,
    "Content-Type": _LINE | st.sampled_from(["text/plain", "application/json; charset=utf-16", "multipart/form-data"]),
    "Content-Encoding": st.sampled_from(["gzip", "br", "identity", "aws-chunked"]),
    "Accept": _LINE,
    "Accept-Encoding": _LINE,
    "Origin": _LINE | st.sampled_from(["null", "https://a.example", "\xff"]),
    "Host": st.sampled_from(["", "a", "[", "a:b", "\xff", "a:99999"]),
    "Cookie": _LINE,
    "X-Amz-Target": _LINE | st.sampled_from(["", TARGET, TARGET + "signUp", TARGET + "SignUp ", "x." + TARGET, TARGET * 200]),
    "X-Unknown": st.just("x" * 9000),
}  # fmt: skip


@examples(250)
@given(
    operation=st.sampled_from(["ListUsers", "InitiateAuth", "SignUp", "ForgotPassword", "GetUser"]),
    headers=st.fixed_dictionaries({}, optional=HEADERS),
    well_signed=st.booleans(),
)
def test_any_headers_are_answered(
    operation: str, stage: Stage, log: LogWatch, headers: dict[str, str], well_signed: bool
) -> None:
    place = stage.places[0]
    request = {
        "UserPoolId": place.pool_id,
        "ClientId": place.names["ClientId"][0],
        "Username": "ada",
        "Password": "Correct-Horse-9-Battery",
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ada", "PASSWORD": "Correct-Horse-9-Battery"},
        "AccessToken": place.names["AccessToken"][0],
    }
    sent = {name: value.strip(" \t").encode("latin-1") for name, value in headers.items()}
    answer = stage.api.post(
        operation, json.dumps(request).encode(), signed=well_signed and is_signed(operation), headers=sent
    )
    target = headers.get("X-Amz-Target", TARGET + operation).strip()
    named = target.removeprefix(TARGET)
    is_readable(answer, named if named in MODEL.operations else None, log)
    stage.set_back()


@pytest.mark.parametrize("operation", sorted(set(MODEL.operations) - set(OPERATIONS)))
def test_an_operation_that_is_not_built_says_so(operation: str, stage: Stage, log: LogWatch) -> None:
    answer = stage.api.call(operation, {}, signed=is_signed(operation))
    is_readable(answer, operation, log)
    assert answer.said == {
        "__type": "UnknownOperationException",
        "message": f"Doorward does not have the operation {operation} yet.",
    }


@pytest.mark.parametrize(
    "target", ["", "SignUp", TARGET, TARGET + "signup", TARGET + "SignUp?", "\xff" * 99, "x" * 8000, TARGET + "__init__"]
)  # fmt: skip
def test_an_unknown_target_is_named(target: str, stage: Stage, log: LogWatch) -> None:
    headers: dict[str, str | bytes] = {"X-Amz-Target": target.encode("latin-1"), "Content-Type": CONTENT_TYPE}
    answer = stage.api.send(b"{}", headers)
    is_readable(answer, None, log)
    assert answer.error == "UnknownOperationException"
    assert answer.said["message"] == f"There is no operation {target[:128]!r}."


_SEGMENTS = st.sampled_from(["", ".", "..", "%00", "%ff", "%2e%2e", "%", "a_b", ".well-known", "jwks.json", "openid-configuration", "healthz", "%F0%9F%98%80"]) | st.text(
    "abc_%0;?#[]é'", max_size=12
).map(lambda text: quote(text, safe="%;?#[]'"))  # fmt: skip


@examples(150)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]),
    segments=st.lists(_SEGMENTS, max_size=4),
)
@example(method="GET", segments=["%00", ".well-known", "jwks.json"])
@example(method="GET", segments=["%ff", ".well-known", "openid-configuration"])
@example(method="GET", segments=["x" * 9000, ".well-known", "jwks.json"])
def test_any_method_and_path_is_answered(
    stage: Stage, log: LogWatch, method: str, segments: list[str]
) -> None:
    answer = stage.api.send(
        b"", {"Origin": "https://a.example"}, method=method, path="/" + "/".join(segments)
    )
    assert answer.status < 500
    assert log.errors() == []
