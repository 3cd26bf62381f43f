"""What a User-Agent header says about the program and the machine that sent it.

Browsers are read with the rules of the uap-core project (package `ua-parser`, its Rust engine). Programs
built on the AWS SDKs, Amplify or a plain HTTP library are read first, by the product token they begin with,
since the general rules know few of them. Everything here is a claim of the sender's: cut, cleaned, bounded.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import ua_parser

DeviceType = Literal["desktop", "mobile", "tablet", "bot", "unknown"]

LONGEST_READ = 1024
"""Characters of a header that are read; real ones stay under 500."""

_REMEMBERED = 4096
_LONGEST_NAME = 64

_DESKTOPS = frozenset(
    {
        "Windows",
        "Mac OS X",
        "Linux",
        "Ubuntu",
        "Debian",
        "Fedora",
        "Red Hat",
        "CentOS",
        "SUSE",
        "Gentoo",
        "Arch Linux",
        "Chrome OS",
        "FreeBSD",
        "OpenBSD",
        "NetBSD",
        "Solaris",
    }
)
_PHONES = frozenset(
    {
        "Android",
        "iOS",
        "Windows Phone",
        "BlackBerry OS",
        "BlackBerry Tablet OS",
        "KaiOS",
        "Symbian OS",
        "HarmonyOS",
    }
)

# Product tokens by which SDKs and libraries introduce themselves, how they are shown, and what the bare token
# says about the machine. A script that nobody watches is a bot; an SDK may run anywhere.
_PRODUCTS: dict[str, tuple[str, DeviceType]] = {
    "amazon-cognito-identity-js": ("amazon-cognito-identity-js", "unknown"),
    "amplify-android": ("Amplify Android", "mobile"),
    "amplify-flutter": ("Amplify Flutter", "mobile"),
    "amplify-ios": ("Amplify iOS", "mobile"),
    "amplify-swift": ("Amplify Swift", "mobile"),
    "aws-amplify": ("AWS Amplify", "unknown"),
    "aws-cli": ("AWS CLI", "unknown"),
    "aws-sdk-android": ("AWS SDK for Android", "mobile"),
    "aws-sdk-cpp": ("AWS SDK for C++", "unknown"),
    "aws-sdk-dotnet-coreclr": ("AWS SDK for .NET", "unknown"),
    "aws-sdk-go": ("AWS SDK for Go", "unknown"),
    "aws-sdk-go-v2": ("AWS SDK for Go", "unknown"),
    "aws-sdk-ios": ("AWS SDK for iOS", "mobile"),
    "aws-sdk-java": ("AWS SDK for Java", "unknown"),
    "aws-sdk-js": ("AWS SDK for JavaScript", "unknown"),
    "aws-sdk-kotlin": ("AWS SDK for Kotlin", "unknown"),
    "aws-sdk-nodejs": ("AWS SDK for JavaScript", "unknown"),
    "aws-sdk-php": ("AWS SDK for PHP", "unknown"),
    "aws-sdk-ruby3": ("AWS SDK for Ruby", "unknown"),
    "aws-sdk-rust": ("AWS SDK for Rust", "unknown"),
    "aws-sdk-swift": ("AWS SDK for Swift", "unknown"),
    "boto3": ("Boto3", "unknown"),
    "botocore": ("Botocore", "unknown"),
    "aiohttp": ("aiohttp", "bot"),
    "apache-httpclient": ("Apache HttpClient", "bot"),
    "axios": ("axios", "bot"),
    "curl": ("curl", "bot"),
    "dart": ("Dart", "mobile"),
    "go-http-client": ("Go HTTP client", "bot"),
    "java": ("Java", "bot"),
    "node": ("Node.js", "bot"),
    "node-fetch": ("node-fetch", "bot"),
    "okhttp": ("OkHttp", "mobile"),
    "postmanruntime": ("Postman", "bot"),
    "python-httpx": ("HTTPX", "bot"),
    "python-requests": ("Python Requests", "bot"),
    "python-urllib": ("Python urllib", "bot"),
    "undici": ("undici", "bot"),
    "wget": ("Wget", "bot"),
}
_PRODUCT = re.compile(
    r"(?:lib/)?([A-Za-z][A-Za-z0-9-]{2,39})(?:[/:#]v?([0-9]+(?:\.[0-9A-Za-z]+){0,3})|$)", re.ASCII
)
_FOREIGN_KERNEL = re.compile(r"(?:^| )(?:os/)?(darwin|macos|linux)[/#]", re.IGNORECASE | re.ASCII)
_SDK_SYSTEM = re.compile(
    r"(?:^| )(?:os/)?(windows|android|ios)(?:[/#]([0-9]+(?:\.[0-9]+){0,2}))?(?= |$)", re.IGNORECASE | re.ASCII
)
_SYSTEM_NAMES = {"windows": "Windows", "android": "Android", "ios": "iOS", "linux": "Linux"}
_TABLET = re.compile(r"\bTablet\b|\biPad\b|\bKindle\b|\bKF[A-Z]{2,4}\b|\bSilk/", re.ASCII)
_AUTOMATED = frozenset({"HeadlessChrome", "PhantomJS", "Headless Chrome"})


@dataclass(frozen=True, slots=True)
class UserAgent:
    """A header, read. Versions are dotted and as long as they came; None is unknown.

    `device_name` is what `EventContextData.DeviceName` shows, like `Chrome 126, Windows 10`, with `Other`
    for a half that is not known.
    """

    browser: str | None
    browser_version: str | None
    os: str | None
    os_version: str | None
    device_type: DeviceType
    device_name: str


UNKNOWN = UserAgent(None, None, None, None, "unknown", "Other, Other")


def parse(header: str | None) -> UserAgent:
    """Read a header. Never fails; a header longer than `LONGEST_READ` characters is read up to there."""
    if not header:
        return UNKNOWN
    return _read(header[:LONGEST_READ])


def prepare() -> None:
    """Load the rules now (about 0.15 s and 26 MB) rather than at the first sign-in."""
    _rules()


@cache
def _rules() -> ua_parser.Resolver:
    if ua_parser.RegexResolver is None:
        raise RuntimeError("The package ua-parser is installed without its engine; install ua-parser[regex].")
    return ua_parser.RegexResolver(ua_parser.load_lazy_builtins())


@lru_cache(maxsize=_REMEMBERED)
def _read(header: str) -> UserAgent:
    # A lone surrogate cannot cross into the engine.
    header = header.encode("utf-8", "replace").decode("utf-8").strip()
    product = _PRODUCT.match(header)
    if product and product[1].lower() in _PRODUCTS:
        return _library(header, *_PRODUCTS[product[1].lower()], product[2])
    result = _rules()(header, ua_parser.Domain.ALL)
    browser = browser_version = os = os_version = None
    if result.user_agent:
        agent = result.user_agent
        browser = _clean(agent.family)
        browser_version = _dotted(agent.major, agent.minor, agent.patch, agent.patch_minor)
    if result.os:
        os = _clean(result.os.family)
        os_version = _dotted(result.os.major, result.os.minor, result.os.patch, result.os.patch_minor)
    spider = result.device is not None and result.device.family == "Spider"
    tablet = result.device is not None and result.device.brand == "Generic_Android_Tablet"
    device_type = "bot" if spider or browser in _AUTOMATED else _device_type(header, os, tablet)
    return _named(browser, browser_version, os, os_version, device_type)


def _library(header: str, name: str, bare_type: DeviceType, version: str | None) -> UserAgent:
    os, os_version = _library_system(header)
    if os in (None, "Linux") and "Android" in name:
        # An Android program that names its kernel.
        os = "Android"
    elif os is None and "iOS" in name:
        os = "iOS"
    if os in _DESKTOPS and bare_type != "bot":
        device_type: DeviceType = "desktop"
    elif os in _PHONES:
        device_type = "mobile"
    else:
        device_type = bare_type
    return _named(name, version, os, os_version, device_type)


def _library_system(header: str) -> tuple[str | None, str | None]:
    """Read an SDK's system token: `os/linux#6.5`, `Linux/5.10`, `Windows/10`, `iOS/17.5`.

    What follows Linux and Darwin is the kernel's version, which names no release and changes with each
    update.
    """
    system = _SDK_SYSTEM.search(header)
    if system:
        return _SYSTEM_NAMES[system[1].lower()], system[2]
    kernel = _FOREIGN_KERNEL.search(header)
    if kernel:
        return _SYSTEM_NAMES.get(kernel[1].lower(), "Mac OS X"), None
    return None, None


def _device_type(header: str, os: str | None, tablet: bool) -> DeviceType:
    if tablet or _TABLET.search(header):
        return "tablet"
    if os == "Android" and header.startswith("Mozilla/") and "Mobile" not in header:
        # Browsers on Android say Mobile on a phone and leave it out on a tablet.
        return "tablet"
    if os in _PHONES:
        return "mobile"
    if os in _DESKTOPS:
        return "desktop"
    return "mobile" if "Mobile" in header else "unknown"


def _named(
    browser: str | None,
    browser_version: str | None,
    os: str | None,
    os_version: str | None,
    device_type: DeviceType,
) -> UserAgent:
    # Ten was the tenth Mac OS X for twenty years; only the second number told them apart.
    parts = 2 if os in ("Mac OS X", "Ubuntu") else 1
    name = f"{_shown(browser, browser_version, 1)}, {_shown(os, os_version, parts)}"
    return UserAgent(browser, browser_version, os, os_version, device_type, name)


def _shown(family: str | None, version: str | None, parts: int) -> str:
    if family is None:
        return "Other"
    return f"{family} {'.'.join(version.split('.')[:parts])}" if version else family


def _dotted(*parts: str | None) -> str | None:
    numbers: list[str] = []
    for part in parts:
        if part is None:
            break
        numbers.append(part)
    return _clean(".".join(numbers))


def _clean(text: str) -> str | None:
    """Return a captured text without control characters, bounded; None where nothing of it is left."""
    return "".join(filter(str.isprintable, text[:_LONGEST_NAME])).strip() or None
