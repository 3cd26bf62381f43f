"""The TOML file of settings that `DOORWARD_CONFIG` names."""

from pathlib import Path

from pydantic_settings import BaseSettings, TomlConfigSettingsSource


class SettingsFileError(Exception):
    """The file that `DOORWARD_CONFIG` names cannot be read. The sentence says why."""


def settings_file(settings_cls: type[BaseSettings], path: Path) -> TomlConfigSettingsSource:
    """Return the file as a source of settings. Raises SettingsFileError where it is missing or no TOML."""
    # The source itself would pass over a file that is missing, and the server run on other settings than were meant.
    if not path.is_file():
        raise SettingsFileError(f"DOORWARD_CONFIG: there is no file {path}")
    try:
        return TomlConfigSettingsSource(settings_cls, path)
    except (OSError, ValueError) as problem:
        raise SettingsFileError(f"DOORWARD_CONFIG: {path}: {problem}") from None
