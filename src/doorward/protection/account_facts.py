"""What the engine is told of the account itself: its age, its password, and what was reported of it."""

from doorward.clock import Instant
from doorward.directory.user import User
from doorward.risk.profile import Profile
from doorward.risk.scene import AccountFacts

TAKEOVERS_SECONDS = 2 * 365 * 86_400.0
"""How long a sign-in that was reported as not the user's own counts against his account."""


def account_facts(user: User | None, profile: Profile, now: Instant) -> AccountFacts:
    """Return the facts; those of nobody where the name leads to nobody."""
    if user is None:
        return AccountFacts()
    password = user.password
    reported = sum(1 for mark in profile.distrusted if now - mark.at < TAKEOVERS_SECONDS)
    return AccountFacts(
        created_at=user.created_at,
        password_changed_at=password.set_at if password else None,
        compromised=bool(password and password.compromised),
        takeovers=reported,
    )
