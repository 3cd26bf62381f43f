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
    "headerName": ("User-Agent", "user-agent", "X-Forwarded-For", "Accept-Language", ""),
    "RelyingPartyId": ("localhost", "example.org", "xn--"),
}
_PARAMETERS = (
    "USERNAME", "PASSWORD", "SRP_A", "SECRET_HASH", "DEVICE_KEY", "REFRESH_TOKEN", "NEW_PASSWORD", "PREFERRED_CHALLENGE", "SMS_MFA_CODE",
    "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP", "USER_ID_FOR_SRP", "ANSWER", "SOFTWARE_TOKEN_MFA_CODE",
    "userAttributes.email", "userAttributes.custom:age", "userAttributes.", "userAttributes.sub", "CHALLENGE_NAME", "", "username", "\x00",
)  # fmt: skip
_CHOICES = {
    "AuthFlow": ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "ADMIN_NO_SRP_AUTH"),
    "ChallengeName": ("NEW_PASSWORD_REQUIRED", "PASSWORD_VERIFIER"),
}  # fmt: skip
"""The choices that lead somewhere, which random ones seldom hit."""

_ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


def wild_requests(operation: str, place: Place) -> st.SearchStrategy[Raw]:
    """Return requests of an operation, all of them good by the contract, in a place."""
    return _wild(input_shape(operation), "", _Key(place))


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
        members = {one: _wild(target["shape"], one, key) for one, target in shape["members"].items()}
        required = {one: members.pop(one) for one in shape.get("required", ())}
        # What there is in the place is mostly named, also where it need not be.
        return st.fixed_dictionaries(required, optional=members)
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
        return st.one_of(st.sampled_from(_CHOICES[member]), values(name, False))
    return values(name, False) if "enum" in shape else _texts(name, member, key)


def _texts(name: str, member: str, key: _Key) -> st.SearchStrategy[str]:
    """Return good texts: what there is in the place, what the member is about, and what nobody expects."""
    shape = SHAPES[name]
    known = [text for text in key.place.names.get(member, ()) if _is_good(shape, text)]
    hints = [text for text in _HINTS.get(member, ()) if _is_good(shape, text)]
    nasty = [text for text in (*_NASTY, *_longest(shape)) if _is_good(shape, text)]
    sources = [values(name, False)]
    sources += [st.sampled_from(nasty)] * 2 if nasty else []
    sources += [_ANY_TEXT] if _is_good(shape, "\x00") and not shape.get("min") and "max" not in shape else []
    sources += [st.sampled_from(hints)] * 4 if hints else []
    sources += [st.sampled_from(known)] * 12 if known else []
    return st.one_of(sources)


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
    return st.one_of(
        st.fixed_dictionaries(usual, optional={k: v for k, v in named.items() if k not in usual}),
        st.fixed_dictionaries({}, optional=named),
    )
