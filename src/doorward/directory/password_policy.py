"""A pool's password policy (PasswordPolicyType), and temporary passwords that keep to it."""

import string
from typing import Final

import msgspec

from doorward.clock import Instant, random_text, shuffled
from doorward.directory.password_hash import MAXIMUM_LENGTH

SYMBOLS: Final = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-")
"""What Cognito counts as a symbol, beside a space that neither begins nor ends the password
(developer guide, user-pool-settings-policies)."""

MINIMUM_LENGTHS: Final = range(6, 100)
LONGEST_VALIDITY_DAYS: Final = 365
DEFAULT_VALIDITY_DAYS: Final = 7
LONGEST_HISTORY: Final = 24

_UPPERCASE: Final = frozenset(string.ascii_uppercase)
_LOWERCASE: Final = frozenset(string.ascii_lowercase)
_NUMBERS: Final = frozenset(string.digits)
_DAY: Final = 86400.0

# Temporary passwords are read from a mail and typed: no letters that look like numbers, and no symbol that a
# mail's markup or a shell would change.
_TYPED_UPPERCASE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_TYPED_LOWERCASE: Final = "abcdefghijkmnpqrstuvwxyz"
_TYPED_NUMBERS: Final = "23456789"
_TYPED_SYMBOLS: Final = "@#%_=+-"
_TEMPORARY_LENGTH: Final = 16


class PasswordPolicy(msgspec.Struct, frozen=True):
    """The members of PasswordPolicyType; absent requirements are not required.

    `temporary_password_validity_days` 0 means the default of 7, as on the wire. Raises ValueError for
    numbers outside Cognito's ranges (lengths 6 to 99, 365 days, a history of 24).
    """

    minimum_length: int = 8
    require_uppercase: bool = False
    require_lowercase: bool = False
    require_numbers: bool = False
    require_symbols: bool = False
    temporary_password_validity_days: int = DEFAULT_VALIDITY_DAYS
    password_history_size: int = 0

    def __post_init__(self) -> None:
        if self.minimum_length not in MINIMUM_LENGTHS:
            raise ValueError("minimum_length is between 6 and 99")
        if not 0 <= self.temporary_password_validity_days <= LONGEST_VALIDITY_DAYS:
            raise ValueError("temporary_password_validity_days is between 0 and 365")
        if not 0 <= self.password_history_size <= LONGEST_HISTORY:
            raise ValueError("password_history_size is between 0 and 24")


DEFAULT_POLICY: Final = PasswordPolicy(
    require_uppercase=True, require_lowercase=True, require_numbers=True, require_symbols=True
)
"""The policy of a pool that was created without one."""


def violation(policy: PasswordPolicy, password: str) -> str | None:
    """Return the sentence of the InvalidPasswordException that the password earns, or None where it conforms.

    One sentence, for the first rule it breaks, as Cognito answers.
    """
    complaint = _complaint(policy, password)
    return None if complaint is None else f"Password did not conform with policy: {complaint}"


def _complaint(policy: PasswordPolicy, password: str) -> str | None:
    characters = set(password)
    rules = (
        (len(password) < policy.minimum_length, "Password not long enough"),
        (len(password) > MAXIMUM_LENGTH, f"Password must have at most {MAXIMUM_LENGTH} characters"),
        (password != password.strip(), "Password must not have leading or trailing spaces"),
        (
            policy.require_uppercase and not characters & _UPPERCASE,
            "Password must have uppercase characters",
        ),
        (
            policy.require_lowercase and not characters & _LOWERCASE,
            "Password must have lowercase characters",
        ),
        (policy.require_numbers and not characters & _NUMBERS, "Password must have numeric characters"),
        (
            policy.require_symbols and not (characters & SYMBOLS or " " in password.strip()),
            "Password must have symbol characters",
        ),
    )
    return next((sentence for broken, sentence in rules if broken), None)


def temporary_password(policy: PasswordPolicy) -> str:
    """Return an unpredictable password that conforms to any policy of this minimum length.

    At least 16 characters with one of each kind; some 80 bits of entropy.
    """
    length = max(policy.minimum_length, _TEMPORARY_LENGTH)
    kinds = (_TYPED_UPPERCASE, _TYPED_LOWERCASE, _TYPED_NUMBERS, _TYPED_SYMBOLS)
    certain = "".join(random_text(1, kind) for kind in kinds)
    return shuffled(
        certain + random_text(length - len(certain), _TYPED_UPPERCASE + _TYPED_LOWERCASE + _TYPED_NUMBERS)
    )


def temporary_password_expiry(policy: PasswordPolicy, set_at: Instant) -> Instant:
    """Return when a temporary password that was set at `set_at` stops opening the account."""
    return set_at + (policy.temporary_password_validity_days or DEFAULT_VALIDITY_DAYS) * _DAY
