"""What a sign-in can begin with where the choice is put to the user (USER_AUTH).

AllowedFirstAuthFactors says what the pool lets it begin with, and what the user has says the rest. The flow is in
`choice_flow`, which has a table of the factors.
"""

from dataclasses import dataclass
from typing import Final, Literal

from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin import second_factors
from doorward.wire.contract import AuthFactorType

FirstCode = Literal["EMAIL_OTP", "SMS_OTP"]
"""A code that is sent as a first factor, by the name of its challenge."""

CODE_ADDRESS: Final[dict[FirstCode, Literal["email", "phone_number"]]] = {
    "EMAIL_OTP": "email",
    "SMS_OTP": "phone_number",
}
"""The attribute that a code goes to."""


@dataclass(frozen=True)
class Chooser:
    """Who is to choose: a user, or the stand-in of a name that leads to nobody.

    `has_password`, `has_passkey`: he could sign in with one. Of a stand-in it is pretended.
    """

    user: User
    has_password: bool
    has_passkey: bool = False

    @classmethod
    def of(cls, user: User, *, has_passkey: bool = False) -> "Chooser":
        """Return a user as one who is to choose; without word of his passkeys, where a code is asked for."""
        return cls(user, has_password=user.password is not None, has_passkey=has_passkey)


def allowed(pool: UserPool) -> list[AuthFactorType]:
    """Return AllowedFirstAuthFactors: what the pool lets a sign-in begin with; the password by default."""
    policies = pool.configuration.policies
    policy = policies.sign_in_policy if policies else None
    return list((policy and policy.allowed_first_auth_factors) or ["PASSWORD"])


def configured(pool: UserPool, user: User, *, holds_passkey: bool) -> list[AuthFactorType]:
    """Return ConfiguredUserAuthFactors: what the pool allows and the user has, and his software token.

    A code can begin a sign-in where its address is verified. The software token is a second factor only, but
    Cognito tells it in the same list.
    """
    present: dict[AuthFactorType, bool] = {
        "PASSWORD": user.password is not None,
        "EMAIL_OTP": user.verified("email"),
        "SMS_OTP": user.verified("phone_number"),
        "WEB_AUTHN": holds_passkey,
    }
    first = [factor for factor in allowed(pool) if present.get(factor)]
    second: list[AuthFactorType] = ["SOFTWARE_TOKEN"] if "SOFTWARE_TOKEN_MFA" in user.factors else []
    return [*first, *second]


def can_begin_with_code(pool: UserPool, chooser: Chooser, factor: FirstCode) -> bool:
    """Say whether a code to the user's verified address can be his first factor.

    Not where a second factor is asked of him: a code is one factor, and Cognito lets whoever has to show two begin
    with the password alone. Who has no password would have no way in: he begins with a code all the same, and
    shows a second factor of another channel.
    """
    user = chooser.user
    if factor not in allowed(pool):
        return False
    if not user.enabled or user.status != "CONFIRMED" or not user.verified(CODE_ADDRESS[factor]):
        return False
    return not (_owes_second(pool, user) and chooser.has_password)


def can_begin_with_passkey(pool: UserPool, chooser: Chooser) -> bool:
    """Say whether a passkey can be the user's first factor.

    Where a second factor is asked of him the passkey has to count as both, as in Cognito. Who has no password begins
    with it all the same, and shows the second factor besides.
    """
    user = chooser.user
    if "WEB_AUTHN" not in allowed(pool) or not chooser.has_passkey:
        return False
    if not user.enabled or user.status != "CONFIRMED":
        return False
    owes_more = _owes_second(pool, user) and not second_factors.passkey_is_both(pool, user)
    return not (owes_more and chooser.has_password)


def _owes_second(pool: UserPool, user: User) -> bool:
    return pool.mfa_configuration == "ON" or bool(second_factors.usable(pool, user))
