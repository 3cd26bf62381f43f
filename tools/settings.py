"""Write docs/settings.md: every setting with its default, from `doorward.settings`."""

from pathlib import Path

from pydantic_core import PydanticUndefined

from doorward.settings import Settings

PAGE = Path("docs/settings.md")

_HEAD = """# Settings

Each is an environment variable, or a line of the TOML file that `DOORWARD_CONFIG` names (there without the
prefix and in lower case: `port = 9700`). The environment wins over the file, a command's own option over both.
A value that does not fit, a file that is missing or broken and a line of it that is no setting end the command; a
variable that is none is named when the server starts.
Written by `make settings`.

| variable | default | meaning |
|---|---|---|
"""


def page() -> str:
    """Return the page."""
    return _HEAD + "".join(
        f"| `DOORWARD_{name.upper()}` | {_default(field.default)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )


def _default(value: object) -> str:
    if value is None or value is PydanticUndefined or value == ():
        return ""
    if isinstance(value, tuple):
        return f"`{','.join(map(str, value))}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
