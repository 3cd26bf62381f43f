"""What protection is told of a user's second factors."""

from collections.abc import Collection

from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.protection.screening import HeldFactors
from doorward.signin import second_factors
from doorward.signin.proofs import Proof


def held_factors(pool: UserPool, user: User, proofs: Collection[Proof] = ()) -> HeldFactors:
    """Return what a decision must know of a user's second factors, given what he has shown.

    Where MFA is OPTIONAL, whoever has an active factor is asked for it whatever the risk; if his only ones are of the
    channel of his first factor, he is treated as one who is to set up another.
    """
    held = second_factors.usable(pool, user)
    can_set_up = second_factors.can_set_up_in_sign_in(pool, user)
    passkey_stands = "passkey as both factors" in proofs
    return HeldFactors(
        active=passkey_stands or bool(second_factors.of_other_channel(held, proofs)),
        can_set_up=bool(second_factors.of_other_channel(can_set_up, proofs)),
        always_asked=bool(held) or pool.mfa_configuration == "ON",
        passkey_stands=passkey_stands,
    )
