"""Which function answers which operation."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from doorward.call import Call
from doorward.operations.sign_in import (
    admin_initiate_auth,
    admin_respond_to_auth_challenge,
    initiate_auth,
    respond_to_auth_challenge,
)

OPERATIONS: Mapping[str, Callable[[Call, Any], msgspec.Struct]] = {
    "AdminInitiateAuth": admin_initiate_auth,
    "AdminRespondToAuthChallenge": admin_respond_to_auth_challenge,
    "InitiateAuth": initiate_auth,
    "RespondToAuthChallenge": respond_to_auth_challenge,
}
