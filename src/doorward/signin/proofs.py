"""What a sign-in has come to: what the user has shown, and what is still asked of him."""

from typing import Literal

from doorward.directory.user import Factor

Proof = (
    Literal["password", "device", "email", "phone_number", "passkey", "passkey as both factors", "custom"]
    | Factor
)
"""What a user has shown in a sign-in: that he knows the password, that he reads what is sent to an address (where
a code was his first factor), that he holds a passkey, a second factor, a remembered device, what the pool's own
functions ask for."""

Pending = Literal["allow", "mfa", "mfa_setup"]
"""What is to follow: nothing more, the challenge of a second factor, or setting one up."""
