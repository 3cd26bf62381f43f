"""The browsers on each kind of device, with the forms of their user agent strings and their market shares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Look = tuple[str, str, str]
"""User agent string, browser, operating system."""


@dataclass(frozen=True, slots=True)
class Program:
    """A browser on a kind of device.

    `show` gives the strings from the program's version, the system's version and the model; `system` names the
    releases of the operating system where they move by themselves.
    """

    name: str
    releases: str
    system: str | None
    device_type: str
    show: Callable[[str, str, str], Look]


def _android(browser: str, form: str) -> Callable[[str, str, str], Look]:
    def show(version: str, _: str, model: str) -> Look:
        system, _, hardware = model.partition("; ")
        agent = form.format(version=version, system=system, hardware=hardware)
        return f"Mozilla/5.0 (Linux; {agent}", f"{browser} {version}", system

    return show


def _ios(browser: str | None, machine: str, form: str) -> Callable[[str, str, str], Look]:
    def show(version: str, system: str, _: str) -> Look:
        own = browser or "Mobile Safari"
        shown = version if browser else ".".join(system.split(".")[:2])
        agent = form.format(version=version, safari=shown)
        head = f"Mozilla/5.0 ({machine} {system.replace('.', '_')} like Mac OS X{_APPLE}"
        return f"{head} {agent}", f"{own} {shown}", f"iOS {system}"

    return show


def _desktop(browser: str, form: str) -> Callable[[str, str, str], Look]:
    def show(version: str, _: str, model: str) -> Look:
        machine, _, system = model.partition("|")
        chrome = f"{version.split('.', maxsplit=1)[0]}.0"
        return (
            f"Mozilla/5.0 ({machine}{form.format(version=version, major=chrome)}",
            f"{browser} {version}",
            system,
        )

    return show


_APPLE: Final = ") AppleWebKit/605.1.15 (KHTML, like Gecko)"
_WEBKIT: Final = ") AppleWebKit/537.36 (KHTML, like Gecko) "
_IPHONE: Final = "iPhone; CPU iPhone OS"
_IPAD: Final = "iPad; CPU OS"

CHROME_MOBILE: Final = _android(
    "Chrome Mobile", "{system}; {hardware}" + _WEBKIT + "Chrome/{version} Mobile Safari/537.36"
)
_CHROME_TABLET: Final = _android(
    "Chrome", "{system}; {hardware}" + _WEBKIT + "Chrome/{version} Safari/537.36"
)
_SAMSUNG: Final = _android(
    "Samsung Internet",
    "{system}; SAMSUNG {hardware}"
    + _WEBKIT
    + "SamsungBrowser/{version} Chrome/75.0.3770.143 Mobile Safari/537.36",
)
_WEBVIEW: Final = _android(
    "Chrome Mobile WebView",
    "{system}; {hardware}; wv" + _WEBKIT + "Version/4.0 Chrome/{version} Mobile Safari/537.36",
)
_FIREFOX_MOBILE: Final = _android(
    "Firefox Mobile", "{system}; Mobile; rv:{version}) Gecko/{version} Firefox/{version}"
)
_SAFARI_MOBILE: Final = "Version/{safari} Mobile/15E148 Safari/604.1"
_CHROME_IOS: Final = "CriOS/{version} Mobile/15E148 Safari/604.1"
_FACEBOOK: Final = "Mobile/15E148 [FBAN/FBIOS;FBAV/{version};FBDV/iPhone]"

PHONES: Final = (
    (Program("safari_iphone", "ios", "ios", "mobile", _ios(None, _IPHONE, _SAFARI_MOBILE)), 0.43),
    (
        Program(
            "chrome_iphone", "chrome_ios", "ios", "mobile", _ios("Chrome Mobile iOS", _IPHONE, _CHROME_IOS)
        ),
        0.07,
    ),
    (Program("chrome_android", "chrome_mobile", None, "mobile", CHROME_MOBILE), 0.36),
    (Program("samsung", "samsung", None, "mobile", _SAMSUNG), 0.11),
    (Program("firefox_android", "firefox", None, "mobile", _FIREFOX_MOBILE), 0.03),
)
IN_APP_IPHONE: Final = Program("facebook", "facebook", "ios", "mobile", _ios("Facebook", _IPHONE, _FACEBOOK))
IN_APP_ANDROID: Final = Program("webview", "webview", None, "mobile", _WEBVIEW)
DESKTOPS: Final = (
    (
        Program(
            "chrome", "chrome", None, "desktop", _desktop("Chrome", _WEBKIT + "Chrome/{version} Safari/537.36")
        ),
        0.58,
    ),
    (
        Program(
            "edge", "edge", None, "desktop",
            _desktop("Edge", _WEBKIT + "Chrome/{major}.0.0 Safari/537.36 Edg/{version}"),
        ),
        0.13,
    ),
    (
        Program(
            "firefox", "firefox", None, "desktop",
            _desktop("Firefox", "; rv:{version}) Gecko/20100101 Firefox/{version}"),
        ),
        0.11,
    ),
    (
        Program(
            "safari", "safari", None, "desktop",
            _desktop("Safari", ") AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version} Safari/605.1.15"),
        ),
        0.15,
    ),
    (
        Program(
            "opera", "opera", None, "desktop",
            _desktop("Opera", _WEBKIT + "Chrome/80.0.3987.132 Safari/537.36 OPR/{version}"),
        ),
        0.03,
    ),
)  # fmt: skip
TABLETS: Final = (
    (Program("safari_ipad", "ios", "ios", "tablet", _ios(None, _IPAD, _SAFARI_MOBILE)), 0.7),
    (Program("chrome_tablet", "chrome_mobile", None, "tablet", _CHROME_TABLET), 0.3),
)
COMPUTERS: Final = (
    ("Windows NT 10.0; Win64; x64|Windows 10", 0.8),
    ("Windows NT 6.1; Win64; x64|Windows 7", 0.07),
    ("Windows NT 6.3; Win64; x64|Windows 8.1", 0.02),
    ("Macintosh; Intel Mac OS X 10_15_7|Mac OS X 10.15.7", 0.07),
    ("X11; Linux x86_64|Linux", 0.03),
    ("X11; Ubuntu; Linux x86_64|Ubuntu", 0.01),
)
MACINTOSHES: Final = tuple(
    (f"Macintosh; Intel Mac OS X {version.replace('.', '_')}|Mac OS X {version}", weight)
    for version, weight in (("10.15.6", 0.5), ("10.14.6", 0.25), ("10.13.6", 0.15), ("10.15.3", 0.1))
)
MAKES: Final = (
    "SM-G",
    "SM-A",
    "SM-N",
    "moto g",
    "Pixel ",
    "ELE-L",
    "ANE-L",
    "VOG-L",
    "ONEPLUS A",
    "Redmi Note ",
    "CLT-L",
)
