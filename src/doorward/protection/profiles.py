"""What is known of one user, as it is kept."""

import structlog
from sqlalchemy import Connection

from doorward.protection import queries
from doorward.risk.encoding import ProfileUnreadable, decode
from doorward.risk.profile import Profile

_log = structlog.get_logger(__name__)


def read_profile(tx: Connection, pool_id: str, sub: str) -> Profile:
    """Return a user's profile, an empty one where there is none."""
    encoded = queries.profile(tx, pool_id, sub)
    if encoded is None:
        return Profile()
    try:
        return decode(encoded)
    except ProfileUnreadable as problem:
        # Unknown is not risky: the user starts anew rather than being locked out by our own data.
        _log.error("risk profile unreadable", pool_id=pool_id, sub=sub, problem=str(problem))
        return Profile()
