"""What a name that leads to nobody seems to be able to begin with, where the choice is put (USER_AUTH)."""

from typing import Final

import msgspec

from doorward.directory.relying_party import relying_party
from doorward.directory.user_pool import UserPool
from doorward.signin import stand_in
from doorward.signin.first_factors import CODE_ADDRESS, Chooser, allowed
from doorward.store.sealing import Keyring

_VERIFIED: Final = ("email_verified", "phone_number_verified")
_KINDS: Final = ((True, 0), (True, 1), (True, 1), (True, 2), (False, 1), (False, 2))
"""What names that lead to nobody seem to have: a password or none, and so many addresses that codes can go to. Whatever
a user may have occurs here too, and tells nobody that he exists."""
_PASSKEYS: Final = 2
"""And one of so many a passkey besides."""


def nobody(keyring: Keyring, pool: UserPool, name: str) -> Chooser:
    """Return who seems to choose where the name leads to nobody: always the same, with what a user might have."""
    user = stand_in.stand_in(keyring, pool, name)
    *_, chance, seed = stand_in.seed(keyring, pool, name, "simulated choice")
    has_password, addresses = _KINDS[seed % len(_KINDS)]
    verified = {name: value for name, value in user.attributes.items() if addresses or name not in _VERIFIED}
    if addresses > 1:
        verified |= dict.fromkeys(_VERIFIED, "true")
    # Users without a password are those who signed up with a code: where there are none, a passkey alone would tell.
    by_code = bool(CODE_ADDRESS.keys() & set(allowed(pool)))
    return Chooser(
        msgspec.structs.replace(user, attributes=verified),
        has_password=has_password or not by_code,
        has_passkey=relying_party(pool.factors.passkeys) is not None and chance % _PASSKEYS == 0,
    )
