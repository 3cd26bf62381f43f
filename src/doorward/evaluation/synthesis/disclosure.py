"""The side files: every choice behind a synthetic file, for programs and for people."""

from pathlib import Path
from textwrap import fill

import msgspec

from doorward.evaluation.atomic import atomically
from doorward.evaluation.synthesis.choices import FIXED, MEANING, Choices

VERSION = 1


def disclose(choices: Choices, described: Path, text: Path) -> None:
    """Write the choices as JSON and as text. Raises OSError."""
    values = msgspec.to_builtins(choices)
    document = {
        "version": VERSION,
        "choices": values,
        "meaning": MEANING,
        "fixed": FIXED,
        "cite": "Wiefling et al., ACM TOPS 2022, doi 10.1145/3546069",
    }
    with atomically(described) as file:
        file.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")
    with atomically(text) as file:
        file.write("How this file was made: rows that nobody sent, like the public data set for risk-based\n")
        file.write("authentication (Wiefling et al., ACM TOPS 2022, doi 10.1145/3546069).\n\n")
        for name, value in values.items():
            told = f"{name} = {value}" + (f": {MEANING[name]}" if name in MEANING else "")
            file.write(fill(told, 110, subsequent_indent="    ") + "\n")
        file.write("\n")
        for sentence in FIXED:
            file.write(fill(sentence, 110, initial_indent="- ", subsequent_indent="  ") + "\n")
