"""NEW_PASSWORD_REQUIRED as it is put to the client (`new_password_flow` takes the answer)."""

from typing import Final

import msgspec

from doorward.directory import attributes
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool

CHALLENGE: Final = "NEW_PASSWORD_REQUIRED"
ATTRIBUTE_PREFIX: Final = "userAttributes."


def new_password_parameters(pool: UserPool, user: User) -> dict[str, str]:
    """Return what the client is told: the user's attributes and which required ones he lacks, as JSON."""
    known = {name: value for name, value in user.attributes.items() if name != "sub"}
    lacking = [f"{ATTRIBUTE_PREFIX}{name}" for name in attributes.missing(pool, user.attributes)]
    return {
        "USER_ID_FOR_SRP": user.username,
        "requiredAttributes": msgspec.json.encode(lacking).decode(),
        "userAttributes": msgspec.json.encode(known).decode(),
    }
