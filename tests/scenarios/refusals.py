"""What a refused call looks like to boto3."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

WRONG = ("NotAuthorizedException", "Incorrect username or password.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")
BLOCKED = ("NotAuthorizedException", "Unable to login because of security reasons")
BAD_SESSION = ("NotAuthorizedException", "Invalid session for the user.")
WRONG_CODE = ("CodeMismatchException", "Invalid code or auth state for the user.")
WRONG_TOKEN = ("CodeMismatchException", "Invalid code received for user")
TOO_MANY_CODES = ("NotAuthorizedException", "Too many wrong codes were given for the user.")
EXPIRED_SESSION = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
NO_USER = ("UserNotFoundException", "User does not exist.")
RESET = ("PasswordResetRequiredException", "Password reset required for the user")
RESET_FOR_SECURITY = (
    "PasswordResetRequiredException",
    "Password reset required for user due to security reasons",
)
COMPROMISED = ("InvalidPasswordException", "Provided password cannot be used for security reasons.")


@contextmanager
def refused(name: str, part: str = "") -> Iterator[None]:
    """Check that the block ends with an error of the API, and that its message has a part."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == name
    assert part in caught.value.response["Error"]["Message"]
