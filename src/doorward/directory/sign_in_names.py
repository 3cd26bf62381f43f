"""By which names besides the user name a user signs in."""

from doorward.directory.user import User
from doorward.directory.user_pool import UserPool


def sign_in_names(pool: UserPool, user: User) -> set[tuple[str, str]]:
    """Return the (kind, key) pairs that lead to a user.

    An address that stands in place of the user name (UsernameAttributes) counts at once. An alias
    (AliasAttributes) counts once it is verified, so that nobody claims another's address; a preferred user
    name needs no verification. Two users of a pool never share one.
    """
    names = set()
    for kind in pool.username_attributes:
        if value := user.attributes.get(kind):
            names.add((kind, pool.key(value)))
    for kind in pool.alias_attributes:
        value = user.attributes.get(kind)
        if value and (kind == "preferred_username" or user.verified(kind)):
            names.add((kind, pool.key(value)))
    return names
