"""Under what a user's wrong passwords and codes are counted, so that guessing locks nobody out of his own home."""

from sqlalchemy import Connection

from doorward.directory.user import User
from doorward.protection.profiles import read_profile
from doorward.protection.screening import Screening
from doorward.risk.traits import DEVICE_ID, PREFIX, keys_of


def lockout_subject(tx: Connection, screening: Screening, user: User) -> str:
    """Return the user's `sub`; with a network or device behind it where he has signed in from that before.

    Each of those counts apart from all others.
    """
    sub, circumstance = user.sub, screening.surroundings.circumstance
    # By the pool's mode, also where it is not that of the attempt: habits are the same for every sign-in.
    if screening.attempt.pool.advanced_security_mode == "OFF":
        return sub
    keys = keys_of(circumstance)
    known = read_profile(tx, user.pool_id, sub).counts
    if keys[DEVICE_ID] in known[DEVICE_ID]:
        # By the key that is known, not by the text: many texts have one key, and each would count apart.
        return f"{sub} device {keys[DEVICE_ID]}"
    return f"{sub} network {keys[PREFIX]}" if keys[PREFIX] in known[PREFIX] else sub
