"""Which second factors a user signs in with, and which he could set up.

What is active for the user (`User.factors`) is his choice or an administrator's. What is asked for at sign-in
follows from it and from what the pool offers at that time.
"""

from collections.abc import Collection, Iterable
from typing import Final

from doorward.directory.user import ADDRESS_OF, Factor, User
from doorward.directory.user_pool import UserPool
from doorward.signin.sessions import Proof

FACTORS: Final[tuple[Factor, ...]] = ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
"""Every second factor, in the order in which they are told."""


def usable(pool: UserPool, user: User) -> tuple[Factor, ...]:
    """Return the factors that the user can be challenged with now, in the order of `FACTORS`.

    None where the pool's MFA is OFF. A code by SMS or mail needs the pool to offer it and the user to have the
    address, verified or not: the first right code verifies it. A software token that the user has set up stays
    his when the pool ceases to offer new ones (developer guide, TOTP software token MFA): else dropping the
    factor would open his account to whoever knows the password.

    Where MFA is ON, an address is a factor without being chosen, unless the user has chosen another: who gave
    his number at sign-up has nothing left to set up (developer guide, Adding MFA to a user pool).
    """
    if pool.mfa_configuration == "OFF":
        return ()
    chosen = tuple(factor for factor in FACTORS if factor in user.factors and _is_open(pool, user, factor))
    if chosen or pool.mfa_configuration != "ON":
        return chosen
    return tuple(factor for factor in ADDRESS_OF if _is_open(pool, user, factor))


def of_other_channel(factors: Iterable[Factor], proofs: Collection[Proof]) -> tuple[Factor, ...]:
    """Leave out the factors whose codes go where a code was read already, as the first factor of the sign-in.

    Reading the same mailbox twice proves no more than reading it once.
    """
    return tuple(factor for factor in factors if ADDRESS_OF.get(factor) not in proofs)


def preferred(user: User, factors: tuple[Factor, ...]) -> Factor | None:
    """Return the factor to challenge with where no choice is put to the user: his preferred one, or the only one."""
    if user.preferred_factor in factors:
        return user.preferred_factor
    return factors[0] if len(factors) == 1 else None


def can_set_up(pool: UserPool, user: User) -> tuple[Factor, ...]:
    """Return the factors of MFAS_CAN_SETUP: those the pool offers and the user cannot be challenged with yet.

    A software token is set up within the challenge, and so is an e-mail address. SMS is told too, as in Cognito,
    though a phone number has to be given another way: see `can_set_up_in_sign_in`.
    """
    present = usable(pool, user)
    return tuple(factor for factor in FACTORS if offers(pool, factor) and factor not in present)


def can_set_up_in_sign_in(pool: UserPool, user: User) -> tuple[Factor, ...]:
    """Return those of `can_set_up` by which MFA_SETUP can be answered without leaving the sign-in."""
    return tuple(factor for factor in can_set_up(pool, user) if factor != "SMS_MFA")


def loses_last(pool: UserPool, before: User, after: User) -> bool:
    """Say whether a change leaves a user without a factor where the pool requires one and he had one.

    A user may not do that himself: whoever held his access token for a minute could then enrol a factor of his
    own at the next sign-in with the password.
    """
    return pool.mfa_configuration == "ON" and bool(usable(pool, before)) and not usable(pool, after)


def offers(pool: UserPool, factor: Factor) -> bool:
    """Say whether a pool's users may have a factor: MFA is OPTIONAL or ON, and the factor is among the pool's."""
    if pool.mfa_configuration == "OFF":
        return False
    if factor == "SMS_MFA":
        return pool.factors.sms
    if factor == "EMAIL_OTP":
        return pool.factors.email is not None
    return pool.factors.software_token


def _is_open(pool: UserPool, user: User, factor: Factor) -> bool:
    if factor == "SOFTWARE_TOKEN_MFA":
        return True
    return offers(pool, factor) and bool(user.attributes.get(ADDRESS_OF[factor]))
