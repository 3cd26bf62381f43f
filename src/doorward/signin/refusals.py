"""What is told in more than one place to whoever is refused: Cognito's own sentences, and ours beside them."""

from typing import Final

from doorward.directory.user import User
from doorward.wire.errors import PasswordResetRequiredException

INCORRECT: Final = "Incorrect username or password."
INVALID: Final = "Invalid session for the user."
LOCKED: Final = "Password attempts exceeded"
BLOCKED: Final = "Unable to login because of security reasons"
RESET_REQUIRED: Final = "Password reset required for the user"
RESET_FOR_SECURITY: Final = "Password reset required for user due to security reasons"
TOO_MANY_GUESSES: Final = "Too many wrong codes were given for the user. Try again later."
WRONG_CODE: Final = "Invalid code or auth state for the user."


def reset_required(user: User) -> PasswordResetRequiredException | None:
    """Return what is told to a user who has to reset his password; None where he has not to."""
    if user.status != "RESET_REQUIRED":
        return None
    leaked = user.password is not None and user.password.compromised
    return PasswordResetRequiredException(RESET_FOR_SECURITY if leaked else RESET_REQUIRED)
