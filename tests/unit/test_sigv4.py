"""Signature Version 4, verified against signatures that botocore's own signer makes."""

from calendar import timegm
from collections.abc import Sequence
from datetime import datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import assume, given
from hypothesis import strategies as st

from doorward.wire import errors, sigv4

KEY = "AKIDDOORWARD00000001"
SECRET = "a-secret-that-nobody-knows/+="
BODY = b'{"UserPoolId":"eu-west-1_aB3dE5fG7"}'
TARGET = "AWSCognitoIdentityProviderService.DescribeUserPool"
Headers = list[tuple[bytes, bytes]]


def signed(
    *,
    method: str = "POST",
    url: str = "http://localhost:9700/",
    key: str = KEY,
    secret: str = SECRET,
    token: str | None = None,
    service: str = "cognito-idp",
    region: str = "eu-west-1",
    body: bytes = BODY,
    extra: dict[str, str] | None = None,
) -> tuple[Headers, float]:
    """Sign with botocore, which takes the time from the machine; return the headers and that time."""
    request = AWSRequest(
        method=method,
        url=url,
        data=body,
        headers={
            "X-Amz-Target": TARGET,
            "Content-Type": "application/x-amz-json-1.1",
            "Host": "localhost:9700",
        }
        | (extra or {}),
    )
    SigV4Auth(Credentials(key, secret, token), service, region).add_auth(request)
    headers = [(name.lower().encode(), str(value).encode()) for name, value in request.headers.items()]
    signed_at = timegm(datetime.strptime(request.context["timestamp"], "%Y%m%dT%H%M%SZ").timetuple())
    return headers, float(signed_at)


def secret_of(key: str) -> str | None:
    return SECRET if key == KEY else None


def verify(
    headers: Sequence[tuple[bytes, bytes]],
    now: float,
    *,
    method: str = "POST",
    path: bytes = b"/",
    query: bytes = b"",
    body: bytes = BODY,
    region: str | None = None,
) -> str:
    return sigv4.verify(method, path, query, headers, body, now=now, secret_of=secret_of, region=region)


def replaced(headers: Headers, name: bytes, old: bytes, new: bytes) -> Headers:
    changed = [(n, v.replace(old, new, 1) if n == name else v) for n, v in headers]
    assert changed != headers
    return changed


def without(headers: Headers, name: bytes) -> Headers:
    return [(n, v) for n, v in headers if n != name]


def test_a_genuine_signature_names_its_key() -> None:
    headers, now = signed()
    assert verify(headers, now) == KEY
    assert verify(headers, now, region="eu-west-1") == KEY


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        ("http://localhost:9700/a%20b/~c/", b"/a%20b/~c/", b""),
        ("http://localhost:9700//x/./y/../z", b"//x/./y/../z", b""),
        ("http://localhost:9700/?b=2&a=1&a=0&empty=", b"/", b"b=2&a=1&a=0&empty="),
        ("http://localhost:9700/?q=%C3%A9%20x", b"/", b"q=%C3%A9%20x"),
    ],
)
def test_paths_and_queries_are_brought_into_canonical_form(url: str, path: bytes, query: bytes) -> None:
    headers, now = signed(url=url)
    assert verify(headers, now, path=path, query=query) == KEY
    with pytest.raises(errors.InvalidSignatureException):
        verify(headers, now, path=path + b"x", query=query)
    with pytest.raises(errors.InvalidSignatureException):
        verify(headers, now, path=path, query=query + b"&x=1")


def test_spaces_in_values_and_an_empty_body() -> None:
    headers, now = signed(extra={"X-Amz-Note": "  several   spaces  "}, body=b"")
    assert verify(headers, now, body=b"") == KEY


def test_signed_headers_sent_twice_are_joined_in_their_order() -> None:
    headers, now = signed(extra={"X-Amz-Note": "first,second"})
    split = [*without(headers, b"x-amz-note"), (b"x-amz-note", b"first"), (b"X-Amz-Note", b" second ")]
    assert verify(split, now) == KEY
    with pytest.raises(errors.InvalidSignatureException):
        verify([*split[:-2], split[-1], split[-2]], now)


def test_the_date_header_serves_where_there_is_no_amz_date() -> None:
    headers, now = signed(extra={"Date": "Thu, 01 Jan 1970 00:00:00 GMT"})
    assert not any(name == b"x-amz-date" for name, _ in headers)
    assert verify(headers, now) == KEY


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (b"x-amz-target", b"Describe", b"Delete"),
        (b"host", b"localhost", b"elsewhere"),
        (b"content-type", b"1.1", b"1.0"),
        (b"authorization", b"/eu-west-1/", b"/eu-west-2/"),
        (b"authorization", b"content-type;host", b"host"),
    ],
)
def test_a_change_in_any_signed_part_is_noticed(name: bytes, old: bytes, new: bytes) -> None:
    headers, now = signed()
    with pytest.raises(errors.InvalidSignatureException, match="does not match"):
        verify(replaced(headers, name, old, new), now)


def test_a_change_of_method_body_or_signature_is_noticed() -> None:
    headers, now = signed()
    with pytest.raises(errors.InvalidSignatureException):
        verify(headers, now, method="PUT")
    with pytest.raises(errors.InvalidSignatureException):
        verify(headers, now, body=BODY + b" ")
    value = dict(headers)[b"authorization"]
    flipped = value[:-1] + (b"0" if value[-1:] != b"0" else b"1")
    with pytest.raises(errors.InvalidSignatureException):
        verify(replaced(headers, b"authorization", value, flipped), now)
    with pytest.raises(errors.InvalidSignatureException):
        verify(replaced(headers, b"authorization", value, value[:-1]), now)


def test_a_wrong_secret_is_a_wrong_signature() -> None:
    headers, now = signed(secret="another")
    with pytest.raises(errors.InvalidSignatureException, match="does not match"):
        verify(headers, now)


def test_a_declared_payload_hash_must_be_the_bodys() -> None:
    wrong, now = signed(extra={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    with pytest.raises(errors.InvalidSignatureException):
        verify(wrong, now)
    digest = "ab" * 32
    lying, now = signed(extra={"X-Amz-Content-SHA256": digest})
    with pytest.raises(errors.InvalidSignatureException):
        verify(lying, now)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    right, now = signed(extra={"X-Amz-Content-SHA256": empty}, body=b"")
    assert verify(right, now, body=b"") == KEY


def test_an_unknown_key_and_a_session_token_are_unrecognized() -> None:
    unknown, now = signed(key="AKIDNOBODY")
    with pytest.raises(errors.UnrecognizedClientException, match="security token included"):
        verify(unknown, now)
    with_token, now = signed(token="session")
    with pytest.raises(errors.UnrecognizedClientException):
        verify(with_token, now)


def test_an_empty_secret_is_a_secret_and_not_the_lack_of_one() -> None:
    headers, now = signed(secret="x")
    with pytest.raises(errors.InvalidSignatureException):
        sigv4.verify("POST", b"/", b"", headers, BODY, now=now, secret_of=lambda _: "", region=None)


def test_the_date_may_be_fifteen_minutes_off() -> None:
    headers, signed_at = signed()
    assert verify(headers, signed_at + 900) == KEY
    assert verify(headers, signed_at - 900) == KEY
    with pytest.raises(errors.InvalidSignatureException, match="Signature expired"):
        verify(headers, signed_at + 901)
    with pytest.raises(errors.InvalidSignatureException, match="Signature not yet current"):
        verify(headers, signed_at - 901)


def test_the_scope_must_be_ours() -> None:
    other_service, now = signed(service="s3")
    with pytest.raises(errors.InvalidSignatureException, match="correct service"):
        verify(other_service, now)
    headers, now = signed()
    with pytest.raises(errors.InvalidSignatureException, match="terminator"):
        verify(replaced(headers, b"authorization", b"aws4_request", b"aws5_request"), now)
    with pytest.raises(errors.InvalidSignatureException, match="valid region"):
        verify(headers, now, region="us-east-1")
    day = dict(headers)[b"x-amz-date"][:8]
    with pytest.raises(errors.InvalidSignatureException, match="day"):
        verify(replaced(headers, b"authorization", b"/" + day + b"/", b"/20000101/"), now)


def test_without_authorization_the_token_is_missing() -> None:
    headers, now = signed()
    with pytest.raises(errors.MissingAuthenticationTokenException, match=r"^Missing Authentication Token$"):
        verify(without(headers, b"authorization"), now)
    with pytest.raises(errors.IncompleteSignatureException, match="query"):
        verify(without(headers, b"authorization"), now, query=b"X-Amz-Signature=00")


@pytest.mark.parametrize("name", [b"x-amz-date", b"host", b"content-type", b"x-amz-target"])
def test_every_signed_header_must_be_there(name: bytes) -> None:
    headers, now = signed()
    with pytest.raises(errors.IncompleteSignatureException):
        verify(without(headers, name), now)


@pytest.mark.parametrize("added", [(b"x-amz-user-agent", b"x"), (b"X-AMZ-Anything", b"x")])
def test_every_amz_header_must_be_signed(added: tuple[bytes, bytes]) -> None:
    headers, now = signed()
    with pytest.raises(errors.IncompleteSignatureException, match="x-amz-"):
        verify([*headers, added], now)


def test_headers_that_proxies_add_do_not_spoil_a_signature() -> None:
    headers, now = signed()
    added = [(b"x-forwarded-for", b"192.0.2.1"), (b"x-amzn-trace-id", b"1"), (b"x-amz-cf-id", b"1")]
    assert verify([*headers, *added], now) == KEY


@pytest.mark.parametrize("name", [b"authorization", b"x-amz-date", b"host"])
def test_a_header_that_may_be_sent_once_is_refused_twice(name: bytes) -> None:
    headers, now = signed()
    with pytest.raises(errors.IncompleteSignatureException):
        verify([*headers, (name, dict(headers)[name])], now)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"Bearer abc",
        b"AWS4-HMAC-SHA256",
        b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e",
        b"AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=" + b"0" * 64,
        b"AWS4-HMAC-SHA256 Credential=////, SignedHeaders=host, Signature=" + b"0" * 64,
        b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=Host, Signature=" + b"0" * 64,
        b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=x;host, Signature=" + b"0" * 64,
        b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host;host, Signature=" + b"0" * 64,
        b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Credential=a/b/c/d/e, Signature=" + b"0" * 64,
        b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=" + b"0" * 64 + b", X=1",
        b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders="
        + b";".join(b"h%03d" % n for n in range(2000))
        + b", Signature="
        + b"0" * 64,
    ],
)
def test_an_incomplete_authorization_says_so(value: bytes) -> None:
    headers, now = signed()
    with pytest.raises(errors.IncompleteSignatureException):
        verify([*without(headers, b"authorization"), (b"authorization", value)], now)


def test_the_key_is_looked_up_once_known_or_not() -> None:
    asked: list[str] = []

    def secret_for(key: str) -> str | None:
        asked.append(key)
        return secret_of(key)

    for key in (KEY, "AKIDNOBODY"):
        headers, now = signed(key=key, secret="wrong")
        with pytest.raises(errors.CognitoError):
            sigv4.verify("POST", b"/", b"", headers, BODY, now=now, secret_of=secret_for, region=None)
    assert asked == [KEY, "AKIDNOBODY"]


REFUSALS = (
    errors.MissingAuthenticationTokenException,
    errors.IncompleteSignatureException,
    errors.UnrecognizedClientException,
    errors.InvalidSignatureException,
)
NAMES = st.sampled_from([b"authorization", b"host", b"x-amz-date", b"date", b"x-amz-content-sha256", b"x"])


@given(
    st.lists(st.tuples(NAMES | st.binary(max_size=8), st.binary(max_size=40)), max_size=12),
    st.binary(max_size=30),
    st.binary(max_size=30),
)
def test_hostile_requests_are_refused_in_order(added: Headers, path: bytes, query: bytes) -> None:
    headers, now = signed()
    for hostile in (added, [*headers, *added, (b"x-amz-not-signed", b"")]):
        with pytest.raises(REFUSALS):
            verify(hostile, now, path=path, query=query)


@given(st.data())
def test_no_edit_of_the_authorization_passes(data: st.DataObject) -> None:
    headers, now = signed()
    value = dict(headers)[b"authorization"]
    at = data.draw(st.integers(0, len(value) - 1))
    byte = data.draw(st.binary(min_size=0, max_size=2).filter(lambda b: b.strip(b" \t\r\n\x0b\x0c") != b""))
    edited = value[:at] + byte + value[at + 1 :]
    assume(edited != value)
    with pytest.raises(REFUSALS):
        verify([*without(headers, b"authorization"), (b"authorization", edited)], now)


@given(st.sampled_from([b"x-amz-date", b"date"]), st.text(max_size=40))
def test_no_date_is_too_strange(name: bytes, text: str) -> None:
    headers, now = signed()
    plain = without(without(headers, b"x-amz-date"), b"date")
    naming = [(n, v.replace(b"content-type;host;x-amz-date", b"content-type;date;host")) for n, v in plain]
    with pytest.raises(REFUSALS):
        verify([*(naming if name == b"date" else plain), (name, text.encode())], now)
