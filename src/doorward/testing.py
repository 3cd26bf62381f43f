"""For tests of your own: a history made up in memory, and what the engine thinks of an attempt after it.

    from doorward.testing import History

    history = History()
    history.sign_ins("anna", days=30, address="81.2.69.142", device_id="laptop")
    assert history.attempt("anna", address="81.2.69.142", device_id="laptop").level == "None"
    assert history.attempt("anna", address="1.2.3.4", device_id="other").level == "High"

No server, no database, no clock: the same history always gives the same score. `docs/testing.md` has more.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from doorward.network.locator import Locator
from doorward.protection.configuration import from_saved
from doorward.protection.described import Described, DescriptionError, described
from doorward.protection.simulating import Simulation, simulation
from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import Thresholds
from doorward.risk.model import SHIPPED
from doorward.risk.policy import Mode, Policy, SetupAtRisk, UserFacts, decide
from doorward.risk.population import Population
from doorward.risk.profile import Profile, distrust, learn, trust
from doorward.risk.scene import AccountFacts
from doorward.risk.score import score
from doorward.risk.velocity import Outcome, Velocity, is_afar
from doorward.wire.contract import RiskConfigurationType

__all__ = ["BEGINNING", "DAY", "DescriptionError", "History", "Simulation"]

DAY = 86_400.0
BEGINNING = 1_704_096_000.0
"""When a history begins unless it is told otherwise: 2024-01-01T08:00:00Z."""


class History:
    """What has happened in a pool so far. Attempts are described as in `doorward.protection.described`.

    `at` of an attempt is in seconds since the epoch; without one it takes place where the history has come to.
    """

    def __init__(
        self,
        *,
        mode: str = "ENFORCED",
        risk_configuration: Mapping[str, Any] | None = None,
        thresholds: tuple[float, float, float] | None = None,
        locator: Locator | None = None,
        now: float = BEGINNING,
    ) -> None:
        """Begin an empty history.

        `risk_configuration` is what SetRiskConfiguration takes (without the ids); without one the defaults act,
        which block at every level. `thresholds` (low, medium, high) replace the shipped ones. `locator` says
        where addresses are; without one the built-in list of countries does.

        Raises ValueError for an unknown mode or thresholds that do not rise, msgspec.ValidationError for a
        configuration of another shape, and the API's own errors for one that the API would refuse.
        """
        self.now = now
        self._mode = Mode(mode)
        saved = msgspec.convert(dict(risk_configuration or {}), RiskConfigurationType)
        self._configured = from_saved(saved)
        self._model = (
            SHIPPED
            if thresholds is None
            else msgspec.structs.replace(SHIPPED, thresholds=Thresholds(*thresholds, source="test"))
        )
        self._locator = locator or Locator()
        self._profiles: dict[str, Profile] = {}
        self._population = Population(self._model)
        self._velocity = Velocity()

    def sign_in(self, user: str, **members: Any) -> None:
        """Let a user sign in, all the way: it becomes part of what is normal. Raises DescriptionError."""
        circumstance = self._circumstance(described(members))
        profile = self._profile(user)
        self._velocity.note(
            circumstance, user, Outcome.SUCCESS, circumstance.at, afar=is_afar(profile, circumstance)
        )
        self._population.observe(circumstance, profile.successes)
        self._profiles[user] = learn(profile, circumstance, self._model)

    def sign_ins(self, user: str, *, days: int, each: float = DAY, **members: Any) -> None:
        """Let a user sign in `days` times, `each` seconds apart; the history moves on as far."""
        for _ in range(days):
            self.sign_in(user, **members)
            self.now += each

    def fail(self, user: str, *, exists: bool = True, **members: Any) -> None:
        """Let a password be wrong, or a name lead to nobody (`exists=False`)."""
        circumstance = self._circumstance(described(members))
        outcome = Outcome.FAILURE if exists else Outcome.UNKNOWN_NAME
        self._velocity.note(circumstance, user, outcome, circumstance.at)

    def judge(self, user: str, feedback: str, **members: Any) -> None:
        """Give feedback, Valid or Invalid, on an attempt that was not let in. Raises ValueError for another."""
        circumstance = self._circumstance(described(members))
        if feedback == "Valid":
            self._profiles[user] = trust(self._profile(user), circumstance, self.now, self._model)
            self._population.withdraw(circumstance, user)
        elif feedback == "Invalid":
            self._profiles[user] = distrust(
                self._profile(user), circumstance, self.now, self._model, learned=False
            )
            self._population.report(circumstance, user, self.now)
        else:
            raise ValueError("Feedback is Valid or Invalid.")

    def attempt(
        self, user: str, *, second_factor: bool = False, compromised: bool = False, **members: Any
    ) -> Simulation:
        """Return what would become of a sign-in with the right password. The history stays as it is.

        `second_factor`: the user has one. `compromised`: the password is known to have leaked. Raises
        DescriptionError, and ValueError where the mode is OFF, in which nothing is scored.
        """
        if self._mode is Mode.OFF:
            raise ValueError("In mode OFF nothing is scored.")
        given = described(members)
        circumstance = self._circumstance(given)
        profile = self._profile(user)
        assessment = score(
            circumstance,
            profile,
            self._population,
            self._velocity.view(circumstance, user, circumstance.at),
            AccountFacts(compromised=compromised, takeovers=len(profile.distrusted)),
            self._model,
        )
        decision = decide(
            Policy(mode=self._mode, actions=self._configured.actions, setup=SetupAtRisk.UP_TO_MEDIUM),
            assessment.level,
            UserFacts(second_factor_active=second_factor),
            self._configured.exception(given.address),
        )
        return simulation(assessment, decision, self._mode, self._model.thresholds, profile.successes)

    def _profile(self, user: str) -> Profile:
        return self._profiles.get(user) or Profile()

    def _circumstance(self, given: Described) -> Circumstance:
        at = self.now if given.at is None else given.at
        return given.surroundings(at, self._locator).circumstance
