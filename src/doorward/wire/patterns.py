"""The model's regular expressions, read as the service reads them: Java's `Pattern.matches`.

Java and Python differ in what the model uses: Java's `\\w`, `\\s`, `\\d` and their negations know ASCII only
(while `\\p{L}` knows all of Unicode), and its `.` stops at five line terminators, not at one. A match is of
the whole value.

A pattern of the form `X*marker X*`, where the marker is itself made of X's characters, makes a backtracking
engine try every place of the marker against the whole rest: quadratic or worse, and a request can be made to
suffer it. Such patterns are answered here by two linear questions instead: is each character one of X, and do
the markers come in order.

Source: java.util.regex.Pattern, "Predefined character classes" and "Line terminators".
"""

from collections.abc import Callable
from functools import cache

import regex

Check = Callable[[str], bool]

_ASCII_CLASSES = {
    "w": r"A-Za-z0-9_",
    "W": r"\x00-/:-@\[-^`{-\U0010ffff",
    "s": r"\t-\r ",
    "S": r"\x00-\x08\x0e-\x1f!-\U0010ffff",
    "d": r"0-9",
    "D": r"\x00-/:-\U0010ffff",
}

_ANY_BUT_LINE_TERMINATOR = r"[^\n\r\u0085\u2028\u2029]"

_TOKENS = regex.compile(
    r"(?P<escape>\\(?:p\{\w+\}|.))|(?P<class>\[(?:\\.|[^\]\\])*\])|(?P<other>.)", regex.DOTALL
)

_PARTS = regex.compile(r"(?P<class>\[(?:\\.|[^\]\\])*\])(?P<count>[*+])|\\?(?P<literal>[^\[\]()|?*+.^$\\])")


@cache
def matcher(pattern: str) -> Check:
    """Return the function that tells whether a whole value satisfies a pattern of the model.

    Raises ValueError where the pattern is not a regular expression.
    """
    dialect = in_python(pattern)
    try:
        compiled = regex.compile(dialect)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {pattern}") from error
    linear = _in_linear_time(dialect)
    if linear is not None:
        return linear
    whole = compiled.fullmatch
    return lambda value: whole(value) is not None


def in_python(pattern: str) -> str:
    """Return a pattern that the `regex` module reads as Java reads the one given."""
    dot_takes_all = pattern.startswith("(?s)")
    parts = []
    for token in _TOKENS.finditer(pattern):
        text = token.group()
        if token["class"]:
            parts.append(_class_in_python(text))
        elif token["escape"] and text[1] in _ASCII_CLASSES:
            parts.append(f"[{_ASCII_CLASSES[text[1]]}]")
        elif text == "." and not dot_takes_all:
            parts.append(_ANY_BUT_LINE_TERMINATOR)
        else:
            parts.append(text)
    return "".join(parts)


def _class_in_python(text: str) -> str:
    return "".join(
        _ASCII_CLASSES.get(token.group()[1:], token.group()) if token["escape"] else token.group()
        for token in _TOKENS.finditer(text[1:-1])
    ).join("[]")


def _in_linear_time(dialect: str) -> Check | None:
    """Return the linear check of `X* marker X* marker X*`, or None where the pattern is not of that form."""
    parts = list(_PARTS.finditer(dialect))
    if (
        "".join(part.group() for part in parts) != dialect
        or len({part["class"] for part in parts} - {None}) != 1
    ):
        return None
    gaps: list[int] = []
    markers: list[str] = []
    for part in parts:
        if part["class"]:
            gaps.append(1 if part["count"] == "+" else 0)
            markers.append("")
        elif not gaps:
            return None
        else:
            markers[-1] += part["literal"]
    # Each gap but the last is followed by its marker; two gaps side by side would need another reading.
    if len(gaps) < 2 or markers[-1] or not all(markers[:-1]):
        return None
    allowed = regex.compile(f"{next(part['class'] for part in parts)}*+").fullmatch
    if allowed("".join(markers)) is None:
        return None

    def check(value: str) -> bool:
        position = 0
        for gap, marker in zip(gaps, markers, strict=False):
            if marker:
                found = value.find(marker, position + gap)
                if found < 0:
                    return False
                position = found + len(marker)
        return len(value) - position >= gaps[-1] and allowed(value) is not None

    return check
