"""What is told in more than one place to whoever is refused: Cognito's own sentences, and ours beside them."""

from typing import Final

INCORRECT: Final = "Incorrect username or password."
INVALID: Final = "Invalid session for the user."
LOCKED: Final = "Password attempts exceeded"
BLOCKED: Final = "Unable to login because of security reasons"
RESET_REQUIRED: Final = "Password reset required for the user"
RESET_FOR_SECURITY: Final = "Password reset required for user due to security reasons"
TOO_MANY_GUESSES: Final = "Too many wrong codes were given for the user. Try again later."
WRONG_CODE: Final = "Invalid code or auth state for the user."
