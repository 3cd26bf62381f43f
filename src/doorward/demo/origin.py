"""From where and with what somebody signs in: an address and a device."""

from dataclasses import dataclass

from doorward.client_context import encoded_data
from doorward.demo.chance import base36, one_of, whole

_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_LINUX = "Mozilla/5.0 (X11; Linux x86_64)"
_PIXEL = "Mozilla/5.0 (Linux; Android 14; Pixel 8)"
_GALAXY = "Mozilla/5.0 (Linux; Android 13; SM-S911B)"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5"

COMPUTERS = (
    ("Win32", f"{_WINDOWS} {_WEBKIT} Chrome/126.0.0.0 Safari/537.36"),
    ("Win32", f"{_WINDOWS} {_WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"),
    ("Win32", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"),
    ("MacIntel", f"{_MAC} {_SAFARI} Safari/605.1.15"),
    ("MacIntel", f"{_MAC} {_WEBKIT} Chrome/126.0.0.0 Safari/537.36"),
)
PHONES = (
    ("Linux armv81", f"{_PIXEL} {_WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36"),
    ("Linux armv81", f"{_GALAXY} {_WEBKIT} Chrome/125.0.0.0 Mobile Safari/537.36"),
    ("iPhone", f"{_IPHONE} {_SAFARI} Mobile/15E148 Safari/604.1"),
)
LINUX_COMPUTER = ("Linux x86_64", f"{_LINUX} {_WEBKIT} Chrome/125.0.0.0 Safari/537.36")


@dataclass(frozen=True)
class Device:
    """A browser on a machine. `id` is what the web library made once and keeps in the browser's storage."""

    platform: str
    user_agent: str
    id: str


@dataclass(frozen=True)
class Origin:
    """An address and a device, with the language and time zone that the device is set to."""

    address: str
    device: Device
    language: str
    timezone: str

    def encoded_data(self, client_id: str, pool_id: str, username: str, now: float) -> str:
        """Return what the web library sends along with a sign-in (`UserContextData.EncodedData`)."""
        return encoded_data(
            client_id,
            pool_id,
            username,
            now_ms=int(now * 1000),
            device_id=self.device.id,
            user_agent=self.device.user_agent,
            fingerprint=f"{self.device.user_agent}PDF Viewer:{self.language}",
            language=self.language,
            timezone=self.timezone,
            platform=self.device.platform,
        )


def computer(*of: object) -> Device:
    """Return somebody's computer."""
    return _device(one_of(COMPUTERS, "computer", *of), "computer", *of)


def phone(*of: object) -> Device:
    """Return somebody's phone."""
    return _device(one_of(PHONES, "phone", *of), "phone", *of)


def linux_computer(*of: object) -> Device:
    """Return a computer of a kind that nobody in the pool has."""
    return _device(LINUX_COMPUTER, "linux", *of)


def _device(kind: tuple[str, str], *of: object) -> Device:
    platform, user_agent = kind
    made_at = whole(1_650_000_000_000, 1_700_000_000_000, "made", *of)
    return Device(platform, user_agent, f"{base36(20, 'device', *of)}:{made_at}")
