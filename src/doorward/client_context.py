"""For clients in Python: make the EncodedData that the mobile and web libraries send with a sign-in.

```python
cognito.initiate_auth(
    ...,
    UserContextData={"EncodedData": encoded_data(client_id, pool_id, username, device_id=..., now_ms=...)},
)
```
"""

import base64
import hmac
import json

WEB = "JS20171115"
ANDROID = "ANDROID20171114"
IOS = "IOS20171114"
FLUTTER = "FLUTTER20230306"


def encoded_data(  # noqa: PLR0913 - one named argument for each thing known of a device
    client_id: str,
    pool_id: str,
    username: str,
    *,
    now_ms: int,
    device_id: str | None = None,
    user_agent: str | None = None,
    fingerprint: str | None = None,
    language: str | None = None,
    timezone: str | None = None,
    platform: str | None = None,
    device_name: str | None = None,
    other_fields: dict[str, str] | None = None,
    version: str = WEB,
) -> str:
    """Return the text for `UserContextData.EncodedData`.

    `device_id` should be random, made once and kept on the device. `now_ms` is the present, in milliseconds
    since the epoch. `other_fields` are added under the names given. What is None is left out.
    """
    named = {
        "UserAgent": user_agent,
        "DeviceId": device_id,
        "DeviceLanguage": language,
        "DeviceFingerprint": fingerprint,
        "DevicePlatform": platform,
        "ClientTimezone": timezone,
        "DeviceName": device_name,
    }
    payload = _compact(
        {
            "contextData": {name: value for name, value in named.items() if value is not None}
            | (other_fields or {}),
            "username": username,
            "userPoolId": pool_id,
            "timestamp": str(now_ms),
        }
    )
    mac = hmac.digest(client_id.encode(), (version + payload).encode(), "sha256")
    envelope = {"payload": payload, "signature": base64.b64encode(mac).decode(), "version": version}
    return base64.b64encode(_compact(envelope).encode()).decode()


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
