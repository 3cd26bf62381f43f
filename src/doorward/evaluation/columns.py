"""The columns of the public data set for risk-based authentication, and how each cell is read.

The data set is Wiefling, Jørgensen, Thunem, Lo Iacono: "Pump Up Password Security! Evaluating and Enhancing
Risk-Based Authentication on a Real-World Large-Scale Online Service", ACM TOPS 2022 (doi 10.1145/3546069).
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from typing import Final, Generic, TypeVar

from doorward.network.address import parse_or_none, shown

COLUMNS: Final = (
    "index",
    "Login Timestamp",
    "User ID",
    "Round-Trip Time [ms]",
    "IP Address",
    "Country",
    "Region",
    "City",
    "ASN",
    "User Agent String",
    "Browser Name and Version",
    "OS Name and Version",
    "Device Type",
    "Login Successful",
    "Is Attack IP",
    "Is Account Takeover",
)
"""The published columns, in file order."""

LIVE_COLUMNS: Final = ("device_id", "language", "time_zone")
"""What a live product sees besides; a file has all three after the published ones, or none."""

UNKNOWN_USER: Final = -4324475583306591935
"""The one id under which the data set files every attempt at a user name that does not exist."""

UNKNOWN_PLACE: Final = "-"
"""What the data set writes for a region or city that is not known."""

LONGEST_USER_AGENT: Final = 4096
"""Characters of a user agent string; the longest real ones stay well under 2,000."""
LONGEST_TEXT: Final = 512
"""Characters of any other text."""
HIGHEST_ASN: Final = 2**32 - 1

BOOLEANS: Final = {"True": True, "False": False}

K = TypeVar("K")
V = TypeVar("V")


class Remembered(dict[K, V], Generic[K, V]):
    """Results of a function, forgotten all at once when there are too many: cheaper than an LRU per cell."""

    def __init__(self, function: Callable[[K], V], most: int) -> None:
        super().__init__()
        self._function = function
        self._most = most

    def __missing__(self, key: K) -> V:
        value = self._function(key)
        if len(self) >= self._most:
            self.clear()
        self[key] = value
        return value


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME_OF_DAY = re.compile(r" ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)", re.ASCII)
_FRACTION = re.compile(r"\.\d{1,9}", re.ASCII)
_IPV4 = re.compile(
    r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}", re.ASCII
)
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?", re.ASCII)


def day(text: str) -> float:
    """Read `2020-02-03` into seconds since the epoch. Raises ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError(_TIME.format(shown(text)))
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()


def time_of_day(text: str) -> float:
    """Read ` 12:43:30` into seconds since midnight. Raises ValueError."""
    found = _TIME_OF_DAY.fullmatch(text)
    if not found:
        raise ValueError(_TIME.format(shown(text)))
    return int(found[1]) * 3600.0 + int(found[2]) * 60.0 + int(found[3])


def fraction(text: str) -> float:
    """Read `.772`, or nothing. Raises ValueError."""
    if text and not _FRACTION.fullmatch(text):
        raise ValueError(_TIME.format(shown(text)))
    return float(text or 0)


_TIME = "{} is not a time like 2020-02-03 12:43:30.772"


def instant(text: str) -> float:
    """Read a whole time into seconds since the epoch, UTC. Raises ValueError."""
    try:
        return day(text[:10]) + time_of_day(text[10:19]) + fraction(text[19:])
    except ValueError:
        raise ValueError(_TIME.format(shown(text))) from None


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds, written the one usual way."""

    def read(text: str) -> int:
        try:
            number = int(text) if len(text) <= 20 else None
        except ValueError:
            number = None
        if number is None or str(number) != text:
            raise ValueError(f"{shown(text)} is not a whole number")
        if not low <= number <= high:
            raise ValueError(f"{text} is not between {low} and {high}")
        return number

    return read


user_id: Final = whole(-(2**63), 2**63 - 1)
index: Final = whole(0, 2**63 - 1)
_asn = whole(0, HIGHEST_ASN)


def asn(text: str) -> int | None:
    """Read an autonomous system number; None where it is empty. Raises ValueError."""
    return _asn(text) if text else None


def round_trip(text: str) -> float | None:
    """Read milliseconds; None where it is empty. Raises ValueError."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or not isfinite(float(text)):
        raise ValueError(f"{shown(text)} is not a number of milliseconds")
    return float(text)


def address(text: str) -> str:
    """Check that a text is an IP address and return it as it came. Raises ValueError."""
    # The common form at a fifth of the price.
    if not _IPV4.fullmatch(text) and parse_or_none(text) is None:
        raise ValueError(f"{shown(text)} is not an IP address")
    return text


def user_agent(text: str) -> str:
    """Check the length of a user agent string. Raises ValueError."""
    if len(text) > LONGEST_USER_AGENT:
        raise ValueError(f"{len(text)} characters are more than the {LONGEST_USER_AGENT} allowed")
    return text


def text(value: str) -> str:
    """Check the length of any other text. Raises ValueError."""
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"{len(value)} characters are more than the {LONGEST_TEXT} allowed")
    return value


def boolean(value: str) -> bool:
    """Read True or False, in this spelling alone. Raises ValueError."""
    if value not in BOOLEANS:
        raise ValueError(f"{shown(value)} is neither True nor False")
    return BOOLEANS[value]


READERS: Final[dict[str, Callable[[str], object]]] = {
    "index": index,
    "Login Timestamp": instant,
    "User ID": user_id,
    "Round-Trip Time [ms]": round_trip,
    "IP Address": address,
    "Country": text,
    "Region": text,
    "City": text,
    "ASN": asn,
    "User Agent String": user_agent,
    "Browser Name and Version": text,
    "OS Name and Version": text,
    "Device Type": text,
    "Login Successful": boolean,
    "Is Attack IP": boolean,
    "Is Account Takeover": boolean,
    "device_id": text,
    "language": text,
    "time_zone": text,
}
"""Who reads the cells of a column; each raises ValueError with a sentence about the cell."""
