"""Values that must not be found anywhere, and the looking for them."""

import base64
import binascii
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

_LONG = 8
"""From this length on a value is looked for everywhere; shorter ones (codes) as words, so that no part of a
longer number is taken for one."""


@dataclass
class Planted:
    """Secrets by what they are, in every form in which they might be written."""

    values: dict[str, str] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)

    def secret(self, what: str, value: str) -> str:
        """Remember a secret text, its bytes where it is base64 or hexadecimal, and return it."""
        name = f"{what} ({len(self.values)})"
        self.values[name] = value
        if len(value) >= _LONG:
            self.raw[name] = value.encode()
            for form, decoded in (("base64", _base64(value)), ("hexadecimal", _hexadecimal(value))):
                if len(decoded) >= _LONG:
                    self.raw[f"{name} as {form}"] = decoded
        return value

    def octets(self, what: str, value: bytes) -> None:
        """Remember a secret that is no text, and its usual spellings."""
        self.raw[what] = value
        self.secret(f"{what} in base64", base64.b64encode(value).decode())
        self.secret(f"{what} in hexadecimal", value.hex().lstrip("0"))

    def found_in(self, text: bytes) -> set[str]:
        """Return which of them stand in a text that people read: a log, a message."""
        words = set(re.findall(rb"\w+", text))
        short = {what for what, value in self.values.items() if value.encode() in words}
        return short | self.found_in_file(text)

    def found_in_file(self, content: bytes) -> set[str]:
        """Return which of the long ones stand in raw bytes."""
        return {what for what, value in self.raw.items() if value in content}

    def found_in_database(self, file: Path) -> set[str]:
        """Return which stand in the file, in its log, or in a column, with the column's name."""
        found: set[str] = set()
        for part in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            if part.exists():
                found |= {f"{what} in {part.name}" for what in self.found_in_file(part.read_bytes())}
        with closing(sqlite3.connect(file)) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                rows = database.execute(f'SELECT * FROM "{table}"')
                columns = [column[0] for column in rows.description]
                for row in rows:
                    for column, value in zip(columns, row, strict=True):
                        octets = value if isinstance(value, bytes) else str(value).encode()
                        # Random bytes hold any six digits sooner or later, but not between other characters.
                        look = self.found_in_file if column.startswith("sealed_") else self.found_in
                        found |= {f"{what} in {table}.{column}" for what in look(octets)}
        return found


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _hexadecimal(text: str) -> bytes:
    try:
        return bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}")
    except ValueError:
        return b""
