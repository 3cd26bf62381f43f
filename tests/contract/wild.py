"""Requests that keep the contract, about things that exist, with the strangest values that may be there."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from tests.contract.inputs import SHAPES, Raw, input_shape, matches, values
from tests.contract.stage import Place

_NASTY = (
    "", " ", "\x00", "a\x00b", "\n", "\r\n\r\n", "\t", "\x1b[31m", "\u202eabc", "\u200b", "\ufeff", "\ufffe", "\uffff",
    "\U0010ffff", "é", "e\u0301", "ß", "ẞ", "İ", "ı", "ﬀ", "٣", "１２", "²", "😀" * 9, "ada\u0301", "ADA", "aDa ", "null",
    "None", "true", "False", "TRUE", "0", "-0", "-1", "00", "1", "5", "99", "2048", "2049", "1e5", "1e999999", "-1e999999",
    "0x10", "NaN", "Infinity", "-inf", "1_000", "9" * 30, "9" * 300, "9" * 2000, "9" * 5000, "-" + "9" * 2048, "0." + "1" * 2040,
    "2147483648", "9223372036854775808", "'", '"', "\\", "\\\\", "%", "%s%n", "%00", "_", "*", "' OR 1=1 --", "../../etc/passwd",
    "<script>alert(1)</script>", "{####}", "{username}", "{username} {####}", "{username}" * 90, "{##x##}", "{}", "{0}", "{{7*7}}", "${x}",
    "{ip-address}", "{one-click-link-valid}", "[]", "null", '{"a":1}', "x" * 128, "x" * 129, "x" * 256, "x" * 2048, "x" * 2049,
    "a@b", "a@b.c", "ada@example.org", "ADA@EXAMPLE.ORG", "eve@example.org", "a@" + "b" * 64 + ".org", "é@é.example", '"a b"@example.org',
    "a@[127.0.0.1]", "a@[::1]", "a@xn--a", "a@xn--", "@", "a@example.org\nBcc: b@example.org", "a" * 64 + "@example.org", "Ada <a@b.org>",
    "+1", "+14155550100", "+99999999999", "+8613800138000", "+" + "9" * 15, "+٣٣٣٣٣٣", "+1 415", "tel:+1",
    "127.0.0.1", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "1.2.3.4", "256.1.1.1", "010.1.1.1", "1.2.3.4/32", "0.0.0.0/0", "::/0", "::/129",
    "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/255.0.0.0", "10.0.0.1/8", "1.2.3", "0x7f.1", "2130706433", "1.2.3.4\n", "fe80::%25/64",
    "2020-02-30", "2020-02-29", "0000-00-00", "9999-12-31", "2020-01-01T00:00:00Z", "2020-01-01T24:00:00", "2020-W01-1", "20200101",
    "https://a", "http://localhost/", "http://[::1", "https://[", "https://a:99999999/", "javascript:alert(1)", "myapp://x", "https://a/#f", "//",
    "https://é.example/", "https://a b/", "http://a\x00/", "urn:x", ":", "https://user:p@h/", "http://[v1.x]/", "http://[::1]x/",
    'username = "ada"', 'email ^= "a"', 'sub = ""', 'name ^= ""', 'status = "Enabled"', 'cognito:user_status = "X"', 'x = "y"', '"', '= "a"',
    'name = "\\"\\\\"', 'name ^= "%_\x00\U0010ffff"', 'name ^= "\U0010ffff"', 'email^="' + "\\" * 99, 'name = "' + "a" * 240 + '"', "()" * 99,
    "CONFIRMED", "email", "phone_number", "custom:note", "custom:age", "ALLOW_USER_AUTH", "openid", "COGNITO", "aws.cognito.signin.user.admin",
    "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/eu-west-1_a", "eu-west-1_a", "Correct-Horse-9-Battery", "Pässwörd-9-" + "é" * 40,
    "AQ", "AQID", "=", "A" * 40, "====", "-_-_", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "." * 99, "..", "1.", "1.AA==", "٣.AA==",
)  # fmt: skip
"""Whatever some parser or store might stumble over."""

_ATTRIBUTE_NAMES = (
    "email", "email_verified", "phone_number", "phone_number_verified", "name", "given_name", "preferred_username", "birthdate", "updated_at",
    "zoneinfo", "locale", "address", "picture", "website", "gender", "sub", "username", "cognito:user_status", "cognito:mfa_enabled",
    "identities", "custom:note", "custom:badge", "custom:age", "custom:count", "custom:since", "custom:member", "custom:inner", "dev:custom:inner",
    "custom:", "dev:", "custom:custom:note", "Email", "status", "custom:" + "x" * 25, "\u0130", "x" * 32,
)  # fmt: skip
_NUMBERS = (
    "0",
    "1",
    "-1",
    "2048",
    "2049",
    "00",
    "+5",
    "1.5",
    "9" * 40,
    "-" + "9" * 40,
    "1e3",
    "٣",
    " 1",
    "1 ",
    "",
)

_HINTS: Mapping[str, tuple[str, ...]] = {
    "MinLength": _NUMBERS,
    "MaxLength": _NUMBERS,
    "MinValue": _NUMBERS,
    "MaxValue": _NUMBERS,
    "Name": _ATTRIBUTE_NAMES,
    "AttributeName": _ATTRIBUTE_NAMES,
    "UserAttributeNames": _ATTRIBUTE_NAMES,
    "AttributesToGet": _ATTRIBUTE_NAMES,
    "ReadAttributes": _ATTRIBUTE_NAMES,
    "WriteAttributes": _ATTRIBUTE_NAMES,
    "AllowedOAuthScopes": (
        "openid",
        "email",
        "phone",
        "profile",
        "aws.cognito.signin.user.admin",
        "a/b",
        "/",
    ),
    "SupportedIdentityProviders": ("COGNITO", "Google", "LoginWithAmazon"),
    "Value": (
        "ada@example.org",
        "eve@example.org",
        "a@b.c",
        "+14155550100",
        "5",
        "-0",
        "1" * 40,
        "true",
        "2020-02-29",
        "0000-00-00",
        "2020-01-01T24:00:00",
        "9999-12-31T23:59:59.999999-23:59",
        "0001-01-01T00:00:00+23:59",
        "x",
        "",
        "\x00",
        "e\u0301",
        "x" * 2048,
    ),
    "Filter": (
        'username = "ada"',
        'username ^= ""',
        'email ^= "a"',
        'sub = ""',
        'name = "\x00"',
        'name ^= "\U0010ffff"',
        'name ^= "\uffff"',
        'status = "Enabled"',
        'status ^= "E"',
        'cognito:user_status = "CONFIRMED"',
        'cognito:user_status ^= "\ud7ff"',
        'phone_number ^= "+"',
        'email = "' + "x" * 200 + '"',
        'given_name = "\\\\\\""',
        'sub ^= "%"',
        'preferred_username ^= "_"',
        'name ^= "İ"',
        'name ^= "ﬀ"',
    ),
    "IpAddress": ("127.0.0.1", "::1", "fe80::1%eth0", "::ffff:1.2.3.4", "", "1.2.3.4/8", "x"),
    "BlockedIPRangeList": (
        "0.0.0.0/0",
        "::/0",
        "1.2.3.4/8",
        "1.2.3.4",
        "fe80::/10",
        "::ffff:1.2.3.4/128",
        "x",
    ),
    "SkippedIPRangeList": (
        "0.0.0.0/0",
        "::/0",
        "1.2.3.4/8",
        "1.2.3.4",
        "fe80::/10",
        "::ffff:1.2.3.4/128",
        "x",
    ),
    "CallbackURLs": (
        "https://a",
        "http://localhost/",
        "http://[::1",
        "https://[",
        "myapp://x",
        "https://a/#f",
        "https://é.example/",
    ),
    "LogoutURLs": (
        "https://a",
        "http://localhost/",
        "http://[::1",
        "https://[",
        "myapp://x",
        "https://a/#f",
        "https://a:99999999/",
    ),
    "headerName": ("User-Agent", "user-agent", "X-Forwarded-For", "Accept-Language", ""),
    "RelyingPartyId": ("localhost", "example.org", "xn--"),
}
_NEW_NAMES = (
    "new", "new@example.org", "NEW@EXAMPLE.ORG", "é@é.example", "+14155550100", "e\u0301", "x" * 128, "😀" * 128, "0", "#", "a|b", "İ", "ẞ",
    "new@example.org.", "a@b", "{####}", "{username}", "<b>&amp;", "00000000-0000-0000-0000-000000000000", "'\"", "..", "Google_1",
)  # fmt: skip
_PARAMETERS = (
    "USERNAME", "PASSWORD", "SRP_A", "SECRET_HASH", "DEVICE_KEY", "REFRESH_TOKEN", "NEW_PASSWORD", "PREFERRED_CHALLENGE", "SMS_MFA_CODE",
    "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP", "USER_ID_FOR_SRP", "ANSWER", "SOFTWARE_TOKEN_MFA_CODE",
    "EMAIL_OTP_CODE", "SMS_OTP_CODE", "userAttributes.email", "userAttributes.custom:age", "userAttributes.", "userAttributes.sub", "CHALLENGE_NAME", "", "username", "\x00",
)  # fmt: skip
_CHOICES = {
    "AuthFlow": ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "ADMIN_NO_SRP_AUTH", "USER_AUTH"),
    "ChallengeName": ("NEW_PASSWORD_REQUIRED", "PASSWORD_VERIFIER", "SELECT_CHALLENGE", "PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"),
}  # fmt: skip
"""The choices that lead somewhere, which random ones seldom hit."""

_MOSTLY = st.integers(0, 7).map(lambda number: number != 5)
_OFTEN = frozenset({"Value", "Name", "AttributeDataType", "AuthParameters", "ChallengeResponses"})
_SELDOM = frozenset({"SecretHash", "ClientSecret", "NextToken", "PaginationToken"})
"""What a request does better without, even where something fitting is there."""

_ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@st.composite
def wild_requests(draw: st.DrawFn, operation: str, place: Place) -> Raw:
    """Return requests of an operation, all of them good by the contract, in a place."""
    request: Raw = draw(_wild(input_shape(operation), "", _Key(place)))
    if operation in {"SignUp", "AdminCreateUser"} and draw(_MOSTLY):
        request["Username"] = draw(st.sampled_from(_NEW_NAMES))
    if draw(_MOSTLY):
        _prove(request, "SecretHash", request.get("Username"), request.get("ClientId"), place)
        parameters = request.get("AuthParameters", request.get("ChallengeResponses"))
        if parameters is not None:
            _prove(parameters, "SECRET_HASH", parameters.get("USERNAME"), request.get("ClientId"), place)
    return request


def _prove(given: Raw, name: str, username: str | None, client_id: str | None, place: Place) -> None:
    """Put the right secret hash where one belongs, and none where none does."""
    given.pop(name, None)
    app = place.apps.get(client_id or "")
    if app is not None and app.secret is not None and username:
        given[name] = app.secret_hash(username)


class _Key:
    """A place as an argument that can be remembered: the same place, the same strategy."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.place is self.place

    def __hash__(self) -> int:
        return id(self.place)


@cache
def _wild(name: str, member: str, key: _Key) -> st.SearchStrategy[Any]:
    shape = SHAPES[name]
    kind = shape["type"]
    if shape.get("document"):
        return values(name, False)
    if kind == "structure":
        return _structures(name, key)
    if kind == "list":
        least = shape.get("min", 0)
        most = min(shape.get("max", least + 3), least + 3)
        return st.lists(_wild(shape["member"]["shape"], member, key), min_size=least, max_size=most)
    if kind == "map":
        return _maps(shape, member, key)
    if kind == "integer":
        low, high = shape.get("min", -(2**31)), shape.get("max", 2**31 - 1)
        edges = [edge for edge in (low, low + 1, 0, 1, 60, high - 1, high) if low <= edge <= high]
        return st.one_of(st.sampled_from(edges), st.integers(low, high))
    if kind != "string":
        return values(name, False)
    if member in _CHOICES and "enum" in shape:
        choices = st.sampled_from(_CHOICES[member])
        return _MOSTLY.flatmap(lambda mostly: choices if mostly else values(name, False))
    return values(name, False) if "enum" in shape else _texts(name, member, key)


def _texts(name: str, member: str, key: _Key) -> st.SearchStrategy[str]:
    """Return good texts: what there is in the place, what the member is about, and what nobody expects."""
    shape = SHAPES[name]
    known, hints, nasty = (
        [text for text in texts if _is_good(shape, text)]
        for texts in (key.place.names.get(member, ()), _HINTS.get(member, ()), (*_NASTY, *_longest(shape)))
    )
    strange = [values(name, False)]
    strange += [st.sampled_from(nasty)] if nasty else []
    strange += [_ANY_TEXT] if "pattern" not in shape and not shape.get("min") and "max" not in shape else []
    usual = [st.sampled_from(texts) for texts in (known, hints) if texts]
    if not usual:
        return st.one_of(strange)
    return _MOSTLY.flatmap(lambda mostly: st.one_of(usual if mostly else strange))


@st.composite
def _structures(draw: st.DrawFn, name: str, key: _Key) -> Raw:
    """Draw what must be there, mostly what there is something for in the place, and a few other members.

    With half of all members present, as chance would have it, most requests would contradict themselves.
    """
    members = SHAPES[name]["members"]
    chosen = list(SHAPES[name].get("required", ()))
    others = [one for one in members if one not in chosen]
    useful = [one for one in others if one in key.place.names.keys() | _OFTEN and one not in _SELDOM]
    chosen += [one for one in useful if draw(_MOSTLY)]
    others = [one for one in others if one not in useful]
    if others:
        chosen += draw(st.lists(st.sampled_from(others), unique=True, max_size=4))
    return {one: draw(_wild(members[one]["shape"], one, key)) for one in chosen}


def _longest(shape: Raw) -> Iterator[str]:
    most = min(shape.get("max", 20_000), 20_000)
    for letter in "x9é😀\x00{":
        yield letter * most


def _is_good(shape: Raw, text: str) -> bool:
    return (
        shape.get("min", 0) <= len(text) <= shape.get("max", 1 << 20)
        and ("pattern" not in shape or matches(shape["pattern"], text))
    )  # fmt: skip


def _maps(shape: Raw, member: str, key: _Key) -> st.SearchStrategy[dict[str, Any]]:
    if member not in {"AuthParameters", "ChallengeResponses"}:
        least = shape.get("min", 0)
        most = min(shape.get("max", least + 3), least + 3)
        parts = (_wild(shape[part]["shape"], member, key) for part in ("key", "value"))
        return st.dictionaries(*parts, min_size=least, max_size=most)
    value = shape["value"]["shape"]
    named = {name: _texts(value, name, key) for name in _PARAMETERS}
    usual = {name: strategy for name, strategy in named.items() if name in key.place.names}
    others = {name: strategy for name, strategy in named.items() if name not in usual}
    anyhow = st.fixed_dictionaries({}, optional=named)
    return _MOSTLY.flatmap(lambda mostly: st.fixed_dictionaries(usual, optional=others) if mostly else anyhow)
