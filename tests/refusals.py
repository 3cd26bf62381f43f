"""What the API refuses, and how a test says that it expects it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError
from tests.people import told

WRONG = ("NotAuthorizedException", "Incorrect username or password.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")
BLOCKED = ("NotAuthorizedException", "Unable to login because of security reasons")
BAD_SESSION = ("NotAuthorizedException", "Invalid session for the user.")
NO_USER = ("UserNotFoundException", "User does not exist.")
RESET = ("PasswordResetRequiredException", "Password reset required for the user")
RESET_FOR_SECURITY = (
    "PasswordResetRequiredException",
    "Password reset required for user due to security reasons",
)
COMPROMISED = ("InvalidPasswordException", "Provided password cannot be used for security reasons.")


@contextmanager
def refused(code: str, message: str | None = None) -> Iterator[None]:
    """Expect the API's error with this code, and this message where one is given."""
    with pytest.raises(ClientError) as caught:
        yield
    given_code, given_message = told(caught.value)
    assert given_code == code, given_message
    if message is not None:
        assert given_message == message
