"""What a failure that is nobody's mistake in the program is told as. Imported where one has happened."""

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from doorward.settings_file import SettingsFileError
from doorward.store.sealing import SealError
from doorward.store.server_lock import DataDirectoryInUse


def told(problem: Exception) -> tuple[list[str], int]:
    """Return the sentences and the exit status. Raises the problem itself where it is none of these."""
    match problem:
        case ValidationError():
            # What follows the setting's name is the way through pydantic's own types.
            said: dict[str, list[str]] = {}
            for error in problem.errors():
                said.setdefault(str(error["loc"][0]), []).append(error["msg"])
            return [f"setting {name}: {'; '.join(messages)}" for name, messages in said.items()], 2
        case SettingsFileError():
            return [str(problem)], 2
        case OSError():
            parts = (problem.filename, problem.strerror)
            return [": ".join(str(part) for part in parts if part) or str(problem)], 1
        case DBAPIError():
            # Its own text begins with the name of the driver's class.
            return [f"the database: {problem.orig}"], 1
        case DataDirectoryInUse():
            return [str(problem)], 1
        case SealError() | SQLAlchemyError():
            return [str(problem).splitlines()[0]], 1
    raise problem
