"""What a user can sign in with where the choice is put to him (USER_AUTH)."""

from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.wire.contract import AuthFactorType


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
