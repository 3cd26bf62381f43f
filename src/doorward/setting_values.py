"""How the values of settings are read: lists, URLs, time zones. Each raises ValueError for what is none."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def comma_separated(value: object) -> object:
    """Return the parts of a text; anything else as it is."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def time_zone(value: str) -> str:
    """Return the name of a time zone that is known."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {value!r}") from None
    return value


def endpoint(value: str) -> str:
    """Return the URL of a server, ours or somebody else's, without the slash at its end."""
    parts = urlsplit(value)
    port_is_a_number = parts.port is None or parts.port > 0
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_a_number:
        raise ValueError("must be a URL http://HOST/PATH or https://HOST/PATH")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must have neither user, query nor fragment")
    if not value.isascii() or any(character.isspace() or character < " " for character in value):
        raise ValueError("must be ASCII, without spaces")
    return value.rstrip("/")


def printable(value: str) -> str:
    """Return a text of printable ASCII: a line's end that came with it, or bytes that are no text, are a mistake."""
    if not (value.isascii() and value.isprintable()):
        raise ValueError("must be printable ASCII, without line breaks")
    return value


def function_and_endpoint(value: str) -> str:
    """Return a function, an equals sign and the URL where it is called."""
    function, equals, url = value.partition("=")
    if not equals or not function:
        raise ValueError("must be a function, an equals sign and a URL")
    return f"{function}={endpoint(url)}"
