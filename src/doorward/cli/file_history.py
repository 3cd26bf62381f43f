"""What would become of an attempt after the history of a file in the public data set's format."""

from pathlib import Path

from doorward.evaluation.models.doorward import Doorward
from doorward.evaluation.rows import read_rows
from doorward.network.locator import Locator
from doorward.protection.described import Described
from doorward.protection.simulating import Simulation, simulation
from doorward.risk.model import SHIPPED
from doorward.risk.policy import Mode, Policy, UserFacts, decide
from doorward.risk.scene import NO_FACTS
from doorward.risk.score import score


class NoSuchUser(ValueError):
    """The file knows no successful sign-in of the user."""


def simulate_after(file: Path, user: str, given: Described, mode: Mode, locator: Locator) -> Simulation:
    """Return what would become of a user's sign-in after all rows of a file; the default responses act.

    Labels are not looked at. Without an instant the attempt takes place at the last row's. Raises NoSuchUser,
    doorward.evaluation.rows.RowError for a file that is none, OSError where it cannot be read.
    """
    engine, last = Doorward(live=True), 0.0
    for row in read_rows(file):
        last = row.at
        if row.successful:
            engine.learn(row)
        else:
            engine.note(row)
    user_id = int(user) if user.removeprefix("-").isdecimal() and len(user) < 21 else None
    if user_id is None or not (profile := engine.profile(user_id)).successes:
        raise NoSuchUser(f"{file} has no successful sign-in of a user {user!r}.")
    at = last if given.at is None else given.at
    circumstance = given.surroundings(at, locator).circumstance
    view = engine.velocity.view(circumstance, str(user_id), at)
    assessment = score(circumstance, profile, engine.population, view, NO_FACTS, SHIPPED)
    decision = decide(Policy(mode=mode), assessment.level, UserFacts())
    return simulation(assessment, decision, mode, SHIPPED.thresholds, profile.successes)
