import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.network.user_agent import UNKNOWN, parse

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
KINDS = [
    (CHROME, "desktop", "Chrome 126, Windows 10"),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.5 Safari/605.1.15",
        "desktop",
        "Safari 17, Mac OS X 10.15",
    ),
    (
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "desktop",
        "Firefox 127, Ubuntu",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
        "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "mobile",
        "Mobile Safari 17, iOS 17",
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/16.6 Mobile/15E148 Safari/604.1",
        "tablet",
        "Mobile Safari 16, iOS 16",
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/126.0.0.0 Mobile Safari/537.36",
        "mobile",
        "Chrome Mobile 126, Android 10",
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/126.0.0.0 Safari/537.36",
        "tablet",
        "Chrome 126, Android 14",
    ),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot", "Googlebot 2, Other"),
    (CHROME.replace("Chrome", "HeadlessChrome"), "bot", "HeadlessChrome 126, Windows 10"),
    (
        "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.5.0 md/arch#x86_64 lang/python#3.11.7 "
        "md/pyimpl#CPython",
        "desktop",
        "Boto3 1, Linux",
    ),
    (
        "aws-cli/1.46.3 md/Botocore#1.44.5 ua/2.1 os/macos#23.5.0 md/arch#arm64",
        "desktop",
        "AWS CLI 1, Mac OS X",
    ),
    ("aws-cli/2.15.0 Python/3.11.6 Windows/10 exe/AMD64 prompt/off", "desktop", "AWS CLI 2, Windows 10"),
    ("aws-amplify/6.0.20 auth/4 framework/1", "unknown", "AWS Amplify 6, Other"),
    ("aws-amplify/0.1.x js", "unknown", "AWS Amplify 0, Other"),
    ("aws-sdk-android/2.22.6 Linux/4.14 Dalvik/2.1.0/0 en_US", "mobile", "AWS SDK for Android 2, Android"),
    ("aws-sdk-iOS/2.36.0 iOS/17.5 en_US", "mobile", "AWS SDK for iOS 2, iOS 17"),
    ("okhttp/4.12.0", "mobile", "OkHttp 4, Other"),
    ("MyApp/12 CFNetwork/1494.0.7 Darwin/23.4.0", "mobile", "MyApp 12, iOS 17"),
    ("python-requests/2.32.3", "bot", "Python Requests 2, Other"),
    ("curl/8.5.0", "bot", "curl 8, Other"),
]


@pytest.mark.parametrize(("header", "device_type", "device_name"), KINDS)
def test_who_it_is(header: str, device_type: str, device_name: str) -> None:
    read = parse(header)
    assert (read.device_type, read.device_name) == (device_type, device_name)


def test_the_parts_are_there_for_the_risk_model() -> None:
    read = parse(CHROME)
    assert (read.browser, read.browser_version, read.os, read.os_version) == (
        "Chrome",
        "126.0.0.0",
        "Windows",
        "10",
    )


def test_a_kernel_version_is_not_taken_for_a_release() -> None:
    before = parse("Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.5.0 md/arch#x86_64")
    after = parse("Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.6.1 md/arch#x86_64")
    assert before == after


@pytest.mark.parametrize("header", [None, "", " ", "UA", "\x00", "-"])
def test_what_says_nothing_is_unknown(header: str | None) -> None:
    assert parse(header) == UNKNOWN


@pytest.mark.parametrize("filler", ["A", "(", "Chrome/1.2 ", "/1.1.1", "é", "\ud800", "\n"])
def test_a_header_of_64_kilobytes_is_cut(filler: str) -> None:
    start = CHROME + " "
    long = start + filler * (65_536 // len(filler))
    assert parse(long).device_name == "Chrome 126, Windows 10"
    assert len(parse(filler * (65_536 // len(filler))).device_name) < 200


@given(st.text() | st.text(alphabet="abcChromeWindowsAndroid/0123456789.;() #\r\n\x1b\ud800"))
def test_no_header_fails_and_no_name_carries_control_characters(header: str) -> None:
    read = parse(header)
    for text in (read.browser, read.browser_version, read.os, read.os_version, read.device_name):
        assert text is None or (text.isprintable() and len(text) < 200)


def test_a_name_chosen_by_the_sender_is_cleaned() -> None:
    read = parse("Evil\x1b[31m\r\nApp/12 CFNetwork/1494.0.7 Darwin/23.4.0")
    assert read.device_name.isprintable()
