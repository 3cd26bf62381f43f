"""Lifting what wrong passwords, wrong codes and spent attempts hold against a user."""

from sqlalchemy import Connection

from doorward.signin import queries


def unlock(tx: Connection, pool_id: str, sub: str) -> bool:
    """Forget a user's wrong passwords, wrong codes and counted attempts, wherever they came from.

    Returns whether there were any. What is counted for an address, whoever names it, stays.
    """
    locks = queries.forget_lockouts_of_user(tx, pool_id, sub)
    return queries.remove_attempts_of_user(tx, pool_id, sub) + locks > 0
