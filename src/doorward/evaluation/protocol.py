"""The protocol: what is scored, what is learned and which attacks stand in for which sign-ins.

One reading of the rows in the order of their time. An attack replaces a legitimate sign-in at the same
instant; what it is made of comes from rows after that instant; labels choose what is measured and are never
handed to a model. The same rows and seed give the same attacks, whatever the model.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Final

import msgspec

from doorward.clock import seeded
from doorward.evaluation.ahead import DAYS, ROWS, Ahead
from doorward.evaluation.attackers import REPLACEMENTS, Attacker, Client, client_of
from doorward.evaluation.columns import Remembered
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch, Survey, is_legitimate, is_sign_in

ATTACKS: Final = 20_000
"""Sign-ins of the report stretch that each attacker replaces; half as many set the thresholds."""
TAKEOVER: Final = "takeover"
"""The name under which the file's own takeovers are reported, as far as they succeeded."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that fixes an evaluation but the model."""

    survey: Survey
    seed: int
    attacks: int = ATTACKS
    sampled_users: int | None = None
    rows_ahead: int = ROWS
    days_ahead: float = DAYS
    attackers: tuple[str, ...] = tuple(REPLACEMENTS)

    def share_attacked(self, stretch: Stretch) -> float:
        """The share of a stretch's legitimate sign-ins that are replaced."""
        if stretch < Stretch.THRESHOLDS:
            return 0.0
        wanted = self.attacks if stretch is Stretch.REPORT else self.attacks / 2
        return min(wanted / max(self.survey.legitimate[stretch], 1), 1.0)


class Step(msgspec.Struct, gc=False):
    """One row, and what is to be done with it.

    `earlier` counts the successes of this user before it. A sign-in is scored and then learned; everything
    else is merely noted. `attacks` are to be scored before the row is learned.
    """

    row: Row
    stretch: Stretch
    earlier: int
    sign_in: bool
    legitimate: bool
    attacks: list[tuple[str, Row]]


_NONE: Final[list[tuple[str, Row]]] = []
_CLIENTS: Final = 1 << 17


def share(*of: str | int) -> float:
    """Return a number from 0 to 1 that hangs on nothing but what is named."""
    named = "\x1f".join(map(str, of)).encode()
    return int.from_bytes(blake2b(named, digest_size=7).digest(), "big") / 2.0**56


def of_sampled_users(rows: Iterable[Row], users: int | None, of: int, seed: int) -> Iterator[Row]:
    """Keep the rows of about `users` of the `of` users, and as large a share of the other rows."""
    if users is None or users >= of:
        yield from rows
        return
    kept = users / of
    decided: dict[int, bool] = {}
    for row in rows:
        if is_sign_in(row) or row.user_id in decided:
            keep = decided.get(row.user_id)
            if keep is None:
                keep = decided[row.user_id] = share(seed, "user", row.user_id) < kept
        else:
            keep = share(seed, "row", row.index) < kept
        if keep:
            yield row


def walk(rows: Iterable[Row], plan: Plan, seen: list[Ahead] | None = None) -> Iterator[Step]:
    """Yield a step for each row. `seen`, where given, receives the look ahead."""
    ahead = Ahead(rows, plan.rows_ahead, plan.days_ahead)
    if seen is not None:
        seen.append(ahead)
    attackers = {name: REPLACEMENTS[name] for name in plan.attackers}
    attacked = {stretch: plan.share_attacked(stretch) for stretch in Stretch}
    stretches, seed = plan.survey.stretches, plan.seed
    earlier: dict[int, int] = {}
    latest: dict[int, Client] = {}
    # One tuple for all who show the same: of four million users that is the most that is kept of each.
    clients: Remembered[Client, Client] = Remembered(lambda client: client, _CLIENTS)
    for row in ahead:
        stretch = stretches.of(row.at)
        if not is_sign_in(row):
            yield Step(row, stretch, 0, False, False, _NONE)
            continue
        before = earlier.get(row.user_id, 0)
        legitimate = is_legitimate(row)
        attacks = _NONE
        if stretch >= Stretch.THRESHOLDS:
            if legitimate and share(seed, "attacked", row.index) < attacked[stretch]:
                attacks = _replacing(row, latest.get(row.user_id), ahead, attackers, seed)
            elif row.takeover:
                attacks = [(TAKEOVER, row)]
        yield Step(row, stretch, before, True, legitimate, attacks)
        earlier[row.user_id] = before + 1
        latest[row.user_id] = clients[client_of(row)]


def _replacing(
    row: Row, before: Client | None, ahead: Ahead, attackers: Mapping[str, Attacker], seed: int
) -> list[tuple[str, Row]]:
    made = ((name, act(row, before, ahead, seeded(seed, name, row.index))) for name, act in attackers.items())
    return [(name, attack) for name, attack in made if attack is not None]
