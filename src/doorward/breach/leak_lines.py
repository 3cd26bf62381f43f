"""A line of a leak: who had which password, in the forms in which such lists go round. Pure.

Nothing here is sure, since names and passwords may both hold what separates them: a line is given every reading
that makes sense, and only those whose name is an account's are ever looked at further.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, Literal

Kind = Literal["pairs", "passwords"]

LONGEST_NAME: Final = 2048
LONGEST_PASSWORD: Final = 256
"""Characters; nothing longer can be a name or a password of an account."""

READINGS: Final = 4
"""Separators of a line that are tried, from the left."""

_SEPARATOR: Final = re.compile(r"[:;\t|,]")
_SPACED: Final = re.compile(r"\s*([^@\s:;|,]+@[^@\s:;|,]+)\s(.+)", re.DOTALL)
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ().-]{5,30}")
_SURE: Final = 0.5
_RARE: Final = 0.1


def readings(line: str) -> Iterator[tuple[str, str]]:
    """Yield the (name, password) that a line may mean, each once.

    The first separators are each tried as the one between name and password, so that both may hold others; the
    name is also read as the last field before it, behind a number or the like. White space separates an e-mail
    address alone. Space around the name goes; a password is taken as it stands and, where space surrounds it, also
    without. Fields in double quotes, as in CSV, are also taken without them.
    """
    given: set[tuple[str, str]] = set()
    for name, rest in _cuts(line):
        for reading in _unquoted(name, rest):
            if reading not in given and _possible(*reading):
                given.add(reading)
                yield reading


def name_forms(name: str) -> list[str]:
    """Return under which forms an account's name is looked for: folded, and as a telephone number (E.164).

    `00` and a missing `+` in front of a number are read as `+`.
    """
    forms = [name.casefold()]
    if _PHONE.fullmatch(name):
        digits = re.sub(r"[^0-9]", "", name)
        forms.append(f"+{digits.removeprefix('00')}")
    return list(dict.fromkeys(forms))


def possible_password(text: str) -> bool:
    """Say whether a text can be an account's password at all."""
    return 0 < len(text) <= LONGEST_PASSWORD


def guess(lines: Sequence[str]) -> Kind | None:
    """Say what the lines of a leak are, by a sample from its beginning; None where that is not plain.

    Passwords seldom hold a separator with something like a name before it, and pairs always do.
    """
    filled = [line for line in lines if line.strip()]
    if not filled:
        return None
    share = sum(map(_looks_like_pair, filled)) / len(filled)
    if share >= _SURE:
        return "pairs"
    return "passwords" if share <= _RARE else None


def _looks_like_pair(line: str) -> bool:
    if _SPACED.match(line):
        return True
    separator = _SEPARATOR.search(line)
    if separator is None or separator.end() == len(line):
        return False
    name = line[: separator.start()].strip().strip('"')
    return bool(_ADDRESS.fullmatch(name) or _PHONE.fullmatch(name) or (name and not re.search(r"\s", name)))


def _cuts(line: str) -> Iterator[tuple[str, str]]:
    """Yield what may be the name, and all that stands behind it."""
    field = 0
    for separator in islice(_SEPARATOR.finditer(line), READINGS):
        begins, rest = line[: separator.start()], line[separator.end() :]
        yield begins.strip(), rest
        yield begins[field:].strip(), rest
        field = separator.end()
    if spaced := _SPACED.match(line):
        yield spaced[1], spaced[2]


def _unquoted(name: str, rest: str) -> Iterable[tuple[str, str]]:
    yield name, rest
    if rest != rest.strip():
        yield name, rest.strip()
    stripped = rest.strip()
    if all(len(field) > 1 and field[0] == field[-1] == '"' for field in (name, stripped)):
        yield name[1:-1].strip(), stripped[1:-1].replace('""', '"')


def _possible(name: str, password: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and possible_password(password)
