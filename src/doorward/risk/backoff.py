"""How likely a value is for a user, from his own counts and from the pool's share."""

from typing import Final

_LEFT_AT_LEAST: Final = 0.1
"""Of a kept value's count, whatever it gives up."""


def of_user(
    known: float, total: float, values: int, forgotten: float, share: float, alpha: float, discount: float
) -> float:
    """p(value | parent, user) = (n(value) - d + (α + d · values + forgotten) · share) / (n(parent) + α).

    The Pitman-Yor process (Pitman & Yor, Ann. Probab. 1997; as back-off: Teh, ACL 2006), a Dirichlet prior
    where the discount is 0: `known` and `total` are decayed counts of the value and of its parent, `values`
    how many values are kept, `share` is the pool's. Who has shown many values shows further ones. The discount
    shrinks with counts that have decayed below one sign-in a value. `forgotten` is the count of values that are
    not kept any more: who has shown so many that they do not fit shows further ones.
    """
    if not discount:
        return (known + (alpha + forgotten) * share) / (total + alpha)
    taken = discount * min(total / values, 1.0) if values else 0.0
    left = max(known - taken, _LEFT_AT_LEAST * known)
    return (left + (alpha + taken * values + forgotten) * share) / (total + alpha)
