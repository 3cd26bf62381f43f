"""One attempt of a pool's history, as a replay is shown it."""

import msgspec

from doorward.risk.circumstance import Circumstance
from doorward.risk.velocity import Outcome


class PastAttempt(msgspec.Struct, frozen=True):
    """One attempt of a pool's history.

    `earlier` is how many successful sign-ins the account had before it. Only a SUCCESS is a legitimate
    sign-in; other outcomes are there for velocity's sake.
    """

    user: str
    circumstance: Circumstance
    earlier: int = 0
    outcome: Outcome = Outcome.SUCCESS
