"""EncodedData: the reference vector, one payload of each platform, and everything hostile."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.client_context import ANDROID, FLUTTER, IOS, encoded_data
from doorward.wire import context_data
from doorward.wire.context_data import ContextData

CLIENT = "1example23456789"
POOL = "eu-west-1_Example"
NOW = 1650094955.0
PAYLOAD = (
    '{"contextData":{"UserAgent":"UA","DeviceId":"abc:1","DeviceLanguage":"en-GB",'
    '"DeviceFingerprint":"UAPDF Viewer:en-GB","DevicePlatform":"Win32","ClientTimezone":"01:00"},'
    '"username":"alice","userPoolId":"eu-west-1_Example","timestamp":"1650094955414"}'
)
SIGNATURE = "zdTV5L+jw41Wj9ZClYAgpbuwi2+XwsnbpvcTa3rD8sY="


def envelope(**parts: Any) -> str:
    whole = {"payload": PAYLOAD, "signature": SIGNATURE, "version": "JS20171115"} | parts
    return base64.b64encode(json.dumps(whole).encode()).decode()


def decode(
    encoded: str | None, *, username: str = "alice", pool: str = POOL, now: float = NOW
) -> ContextData:
    return context_data.decode(encoded, client_id=CLIENT, username=username, user_pool_id=pool, now=now)


def made(version: str, fields: dict[str, str], username: str = "alice", pool: str = POOL) -> str:
    return encoded_data(CLIENT, pool, username, now_ms=1650094955414, version=version, other_fields=fields)


def test_the_reference_vector() -> None:
    assert decode(envelope()) == ContextData(
        "valid",
        version="JS20171115",
        user_agent="UA",
        device_id="abc:1",
        fingerprint="UAPDF Viewer:en-GB",
        language="en-GB",
        timezone="01:00",
        platform="Win32",
        fields=json.loads(PAYLOAD)["contextData"],
    )


def test_our_own_maker_gives_the_reference_vector() -> None:
    encoded = encoded_data(
        CLIENT,
        POOL,
        "alice",
        now_ms=1650094955414,
        user_agent="UA",
        device_id="abc:1",
        language="en-GB",
        fingerprint="UAPDF Viewer:en-GB",
        platform="Win32",
        timezone="01:00",
    )
    assert json.loads(base64.b64decode(encoded)) == {
        "payload": PAYLOAD,
        "signature": SIGNATURE,
        "version": "JS20171115",
    }


def test_android_wraps_lines_and_ends_its_signature_with_one() -> None:
    inner = json.loads(
        base64.b64decode(
            made(
                ANDROID,
                {
                    "ApplicationName": "com.example",
                    "DeviceBrand": "google",
                    "DeviceName": "Pixel 6",
                    "Product": "oriole",
                    "DeviceFingerprint": "google/oriole/oriole:13/TQ1A/1:user/release-keys",
                    "DeviceOsReleaseVersion": "13",
                    "Platform": "ANDROID",
                    "DeviceId": "8f7c4f0e-0000-4000-8000-000000000000:1650000000000",
                    "ThirdPartyDeviceId": "android_id",
                    "DeviceLanguage": "de",
                    "ClientTimezone": ".5:30",
                    "ScreenHeightPixels": "2400",
                },
            )
        )
    )
    inner["signature"] += "\n"
    wrapped = base64.encodebytes(json.dumps(inner).encode()).decode().replace("\n", "\r\n")
    found = decode(wrapped)
    assert found.signature == "valid"
    assert (found.platform, found.device_brand, found.device_name, found.device_model, found.os_version) == (
        "ANDROID",
        "google",
        "Pixel 6",
        "oriole",
        "13",
    )
    assert found.device_id == "8f7c4f0e-0000-4000-8000-000000000000:1650000000000"
    assert found.timezone == ".5:30"
    assert "ThirdPartyDeviceId" not in found.fields
    assert found.fields["ScreenHeightPixels"] == "2400"


def test_the_constant_of_android_is_nobodys_device_id() -> None:
    found = decode(made(ANDROID, {"ThirdPartyDeviceId": "android_id", "DeviceId": "android_id"}))
    assert (found.signature, found.device_id) == ("valid", None)


def test_ios_may_not_know_the_user() -> None:
    fields = {
        "DeviceName": "Ana's phone",
        "DeviceFingerprint": "Apple/iPhone/iPhone14,2/-:16.4/-/-:-/release",
        "Platform": "iOS",
        "ThirdPartyDeviceId": "0FEDCBA9-0000-4000-8000-000000000000",
    }
    found = decode(made(IOS, fields, username="unknown", pool=""))
    assert found.signature == "valid"
    assert (found.device_brand, found.device_model) == ("Apple", "iPhone14,2")
    assert found.device_id == "0FEDCBA9-0000-4000-8000-000000000000"
    assert decode(made(FLUTTER, fields, username="unknown")).signature == "mismatch"
    assert decode(made(IOS, fields, username="mallory")).signature == "mismatch"


def test_flutter_may_send_numbers_and_nothing() -> None:
    payload = json.dumps(
        {
            "contextData": {"ScreenHeightPixels": 900, "DeviceId": "d", "DeviceName": None, "Rooted": False},
            "username": "alice",
            "userPoolId": POOL,
            "timestamp": 1650094955414,
            "encryptedBlob": {"ignored": []},
        }
    )
    encoded = resigned(payload, FLUTTER)
    found = decode(encoded)
    assert (found.signature, found.device_id, found.device_name) == ("valid", "d", None)
    assert found.fields == {"ScreenHeightPixels": "900", "DeviceId": "d", "Rooted": "False"}


def resigned(payload: str, version: str = "JS20171115") -> str:
    """Sign any payload, however odd."""
    mac = hmac.new(CLIENT.encode(), (version + payload).encode(), hashlib.sha256).digest()
    return envelope(payload=payload, version=version, signature=base64.b64encode(mac).decode())


def test_a_web_client_without_storage_has_no_device_id() -> None:
    assert decode(made("JS20171115", {"DeviceId": "UNAVAILABLE"})).device_id is None


@pytest.mark.parametrize("encoded", [None, "", "  \n"])
def test_nothing_is_absent(encoded: str | None) -> None:
    assert decode(encoded) == ContextData("absent")


@pytest.mark.parametrize(
    ("parts", "signature"),
    [
        ({"payload": PAYLOAD.replace("Win32", "Win64")}, "invalid"),
        ({"version": "JS20171116"}, "invalid"),
        ({"signature": ""}, "invalid"),
        ({"signature": SIGNATURE[:-4]}, "invalid"),
        ({"signature": "é"}, "malformed"),
        ({"signature": None}, "malformed"),
        ({"payload": {"contextData": {}}}, "malformed"),
        ({"version": "JS 2017"}, "malformed"),
        ({"payload": "\ud800"}, "malformed"),
    ],
)
def test_a_mangled_envelope_is_flagged_and_treated_as_absent(parts: dict[str, Any], signature: str) -> None:
    found = decode(envelope(**parts))
    assert found.signature == signature
    assert found.problem is not None
    assert found == ContextData(found.signature, found.problem)


@pytest.mark.parametrize(
    "payload",
    [
        "[]",
        "{}",
        "null",
        '{"contextData":[],"username":"alice","timestamp":"1650094955414"}',
        '{"contextData":{"a":{}},"username":"alice","timestamp":"1650094955414"}',
        '{"contextData":{},"username":"alice","timestamp":"soon"}',
        '{"contextData":{},"username":"alice","timestamp":"-1650094955414"}',
        '{"contextData":{},"username":"alice","timestamp":1e400}',
        '{"contextData":{},"username":7,"timestamp":"1650094955414"}',
        '{"x":' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
def test_a_signed_payload_of_another_shape_is_malformed(payload: str) -> None:
    assert decode(resigned(payload)).signature == "malformed"


def test_names_pools_and_clients_must_match() -> None:
    assert decode(envelope(), username="bob").signature == "mismatch"
    assert decode(envelope(), pool="eu-west-1_Other").signature == "mismatch"
    assert decode(envelope(), username="ALICE").signature == "valid"
    alias = context_data.decode(
        envelope(),
        client_id=CLIENT,
        username="alice@example.org",
        user_pool_id=POOL,
        now=NOW,
        other_names=["alice"],
    )
    assert alias.signature == "valid"
    other_client = context_data.decode(
        envelope(), client_id="another", username="alice", user_pool_id=POOL, now=NOW
    )
    assert other_client.signature == "invalid"


def test_the_clock_of_a_device_may_be_an_hour_off() -> None:
    signed_at = 1650094955.414
    assert decode(envelope(), now=signed_at + 3600).signature == "valid"
    assert decode(envelope(), now=signed_at + 3601).signature == "stale"
    assert decode(envelope(), now=signed_at - 3600).signature == "valid"
    assert decode(envelope(), now=signed_at - 3601).signature == "stale"


def test_sizes_are_bounded_and_controls_removed() -> None:
    long = made("JS20171115", {"UserAgent": "x" * 5000, "DeviceName": "a\x00b\r\nc", "n" * 65: "gone"})
    found = decode(long)
    assert found.user_agent == "x" * 1024
    assert found.device_name == "abc"
    assert set(found.fields) == {"UserAgent", "DeviceName"}
    many = decode(made("JS20171115", {f"f{n}": "v" for n in range(300)}))
    assert len(many.fields) == 48
    huge = decode(made("JS20171115", {"UserAgent": "x" * 20000}))
    assert (huge.signature, huge.fields) == ("malformed", {})


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    assert decode(text).signature in {"absent", "malformed"}


@given(st.binary(max_size=200))
def test_no_bytes_raise(content: bytes) -> None:
    assert decode(base64.b64encode(content).decode()).signature in {"absent", "malformed"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries({"contextData": JSON, "username": JSON, "userPoolId": JSON, "timestamp": JSON}),
    st.fixed_dictionaries({}, optional={"payload": JSON, "signature": JSON, "version": JSON}),
)
def test_no_json_of_any_shape_raises(payload: dict[str, Any], parts: dict[str, Any]) -> None:
    assert decode(resigned(json.dumps(payload))).signature != "absent"
    assert decode(envelope(**parts)).signature != "absent"


NAMES = st.text(min_size=1, max_size=64, alphabet=st.characters(exclude_categories=["Cc", "Cs"]))


@given(st.dictionaries(NAMES, NAMES.map(str.strip), max_size=20), NAMES)
def test_what_is_made_is_read(fields: dict[str, str], username: str) -> None:
    fields.pop("ThirdPartyDeviceId", None)
    found = decode(made(FLUTTER, fields, username=username), username=username)
    assert (found.signature, found.fields) == ("valid", fields)
